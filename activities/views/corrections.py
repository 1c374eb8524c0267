from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_safe

from activities.enums import RequestKind, RequestState
from activities.forms.corrections import AnswerForm, AskForm
from activities.models import Activity, CorrectionRequest, Visit
from activities.selectors.corrections import (
    changed_since_asked,
    open_first,
    own_record,
    requests_in_full,
)
from activities.services.corrections import accept_correction, ask_correction, refuse_correction
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from deputies.selectors import deputy_of
from stations.models import Reception

_PAGES = {
    Visit: "activities:visit_detail",
    Activity: "activities:detail",
    Reception: "stations:reception_detail",
}


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """A deputy's own requests; for staff those of their place, unanswered ones first."""
    rows = open_first(CorrectionRequest.objects.visible_to(request.user))
    page = page_of(request, requests_in_full(rows))
    context = {"page": page, "may_ask": request.user.has_role(Role.DEPUTY)}
    return render(request, "activities/corrections.html", context)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    deputy = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if deputy is None:
        raise PermissionDenied
    mark = request.GET.get("about", "")
    row = own_record(deputy, request.user, mark) if mark else None
    if mark and row is None:
        raise Http404("没有这条记录。")
    form = AskForm(request.POST or None, has_row=row is not None)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": deputy, "row": row, **form.cleaned_data}
        asked = attempt(form, ask_correction, **given)
        if asked is not None:
            messages.success(request, "已提出。镇（街道）人大工作人员答复后，会在消息里告诉您。")
            return redirect("activities:correction", pk=asked.pk)
    return render(request, "activities/correction_ask.html", {"form": form, "row": row})


@require_http_methods(["GET", "POST"])
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    rows = requests_in_full(CorrectionRequest.objects.visible_to(request.user))
    found = get_object_or_404(rows, pk=pk)
    may_answer = CorrectionRequest.objects.editable_by(request.user).filter(pk=pk).exists()
    form = AnswerForm(request.POST or None, request=found, user=request.user)
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied
        if form.is_valid() and _answer(request, form, pk) is not None:
            messages.success(request, f"已答复{found.deputy}代表。")
            return redirect("activities:corrections")
    context = {
        "request_": found,
        "form": form,
        "is_open": found.state == RequestState.OPEN,
        "may_answer": may_answer,
        "is_missing": found.kind == RequestKind.MISSING,
        "is_mended": changed_since_asked(found),
        **_addresses(found, may_answer=may_answer),
    }
    return render(request, "activities/correction.html", context)


def _answer(request: HttpRequest, form: AnswerForm, pk: int) -> Any:
    given = {"actor": request.user, "pk": pk, "answer": form.cleaned_data["answer"]}
    if form.cleaned_data["do"] == form.ACCEPT:
        return attempt(form, accept_correction, entered=form.row_entered, **given)
    return attempt(form, refuse_correction, **given)


def _addresses(found: CorrectionRequest, *, may_answer: bool) -> dict[str, str]:
    """Where the record is read, and where staff mend it (the admin keeps every kind)."""
    row = found.row
    if row is None:
        return {"page": "", "mend": ""}
    view = _PAGES.get(type(row))
    page = reverse(view, args=[row.pk]) if view else ""
    mend = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    try:
        return {"page": page, "mend": reverse(mend, args=[row.pk]) if may_answer else ""}
    except NoReverseMatch:  # kinds that are computed (scores) are mended at their sources
        return {"page": page, "mend": ""}
