"""Findings: the board, one finding with its next step, several entered at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms import findings as found_forms
from activities.models import Activity, Finding
from activities.selectors import findings as selectors
from activities.services import findings as services
from activities.supervision_workflow import FINDING, FindingAction, Side, available
from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of

_Step = tuple[Callable[..., Any], Callable[..., Finding], str]
_STEPS: dict[str, _Step] = {
    FindingAction.CHANGE: (found_forms.ChangeFindingForm, services.change_finding, "已改好。"),
    FindingAction.RESPOND: (found_forms.RespondForm, services.respond, "回应已送到人大。"),
    FindingAction.ADOPT: (found_forms.AdoptForm, services.adopt, "已记下，单位和代表看得到。"),
    FindingAction.MEND: (found_forms.MendForm, services.report_mended, "已报送，等人大复查。"),
    FindingAction.RECHECK: (found_forms.RecheckForm, services.recheck, "复查结果已告诉单位。"),
    FindingAction.CLOSE: (found_forms.CloseForm, services.close, "已办结，单位和代表都收到通知。"),
    FindingAction.REOPEN: (found_forms.ReopenForm, services.reopen, "已退回单位重新办理。"),
}


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """The board: units by what is late and how old, then the findings themselves."""
    form = found_forms.FindingFilter(request.GET, user=request.user)
    today = timezone.localdate()
    rows = Finding.objects.visible_to(request.user)
    found = selectors.in_full(form.apply(rows)).order_by("-activity__held_on", "pk")
    page = page_of(request, found)
    page.object_list = [(row, selectors.standing(row, today)) for row in page.object_list]
    reads_all = bool(request.user.scope.read_prefixes)
    context = {
        "form": form,
        "page": page,
        "units": selectors.by_unit(rows, today) if reads_all else [],
    }
    return render(request, "activities/finding_list.html", context)


def _finding(request: HttpRequest, pk: int) -> Finding:
    return get_object_or_404(selectors.in_full(Finding.objects.visible_to(request.user)), pk=pk)


@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "activities/finding.html", _context(request, _finding(request, pk)))


def _context(request: HttpRequest, row: Finding) -> dict[str, Any]:
    sides = selectors.sides_of(request.user, row.activity, row.unit_id)
    seen = Activity.objects.visible_to(request.user).filter(pk=row.activity_id)
    return {
        "finding": row,
        "standing": selectors.standing(row, timezone.localdate()),
        "actions": available(FINDING, selectors.stage(row), sides),
        "opens_activity": seen.exists(),
        "is_office": Side.OFFICE in sides,
    }


@require_http_methods(["GET", "POST"])
def finding_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in _STEPS:
        raise Http404
    row = _finding(request, pk)
    context = _context(request, row)
    if (
        not selectors.sides_of(request.user, row.activity, row.unit_id)
        & FINDING[FindingAction(action)].sides
    ):
        raise PermissionDenied
    form_class, service, told = _STEPS[action]
    form = form_class(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "finding_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, service, **given, **form.values) is not None:
            messages.success(request, told)
            return redirect("activities:finding", pk=pk)
    context |= {
        "form": form,
        "action": FindingAction(action),
        "then": FINDING[FindingAction(action)].then,
    }
    return render(request, "activities/finding_step.html", context)


def _activity(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).select_related("form", "region")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def add_findings(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _activity(request, pk)
    if not selectors.may_add(request.user, activity):
        raise PermissionDenied
    key_form = found_forms.KeyForm(request.POST or None)
    formset = found_forms.findings_form(request.POST or None, activity, request.GET)
    if request.method == "POST" and formset.is_valid() and key_form.is_valid():
        given = {"findings": found_forms.findings_in(formset), "key": key_form.cleaned_data["key"]}
        service = services.add_findings
        saved = attempt(key_form, service, actor=request.user, activity_pk=pk, **given)
        if saved is not None:
            told = "，责任单位已收到通知" if any(row.unit_id for row in saved) else ""
            messages.success(request, f"已记下 {len(saved)} 条{told}。")
            return redirect("activities:detail", pk=pk)
    context = {"activity": activity, "formset": formset, "form": key_form}
    return render(request, "activities/finding_new.html", context)
