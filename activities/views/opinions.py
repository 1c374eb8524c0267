"""Opinions on the committee's own work: a deputy's pages and the office's board (M71)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities.enums import OpinionState
from activities.forms.opinions import (
    AgainForm,
    AnswerForm,
    AssignForm,
    NotedOpinionForm,
    OpinionFilter,
    OpinionForm,
)
from activities.models import Activity, WorkOpinion
from activities.selectors.opinions import LATE, age_of, opinion_counts, opinions_listed
from activities.services import opinions as services
from congress_portal.core.attempts import attempt
from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from congress_portal.core.models import Region
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from deputies.selectors import deputy_of


@require_safe
def opinion_list(request: HttpRequest) -> HttpResponse:
    """The board with ages; a deputy sees the own ones, a member those of the own office."""
    form = OpinionFilter(request.GET, user=request.user)
    seen = WorkOpinion.objects.visible_to(request.user)
    page = page_of(request, opinions_listed(form.apply(seen)))
    today = timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "lines": [{"row": row, "age": age_of(row, today)} for row in page.object_list],
        "counts": opinion_counts(seen),
        "late": LATE,
        "reads": bool(request.user.scope.read_prefixes),
        "may_raise": request.user.has_role(Role.DEPUTY),
        "may_note": bool(request.user.scope.write_prefixes),
        "today": today,
    }
    return render(request, "activities/opinions_list.html", context)


@require_safe
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    return render(request, "activities/opinions_detail.html", _context(request, row))


def _row(request: HttpRequest, pk: int) -> WorkOpinion:
    rows = WorkOpinion.objects.visible_to(request.user).select_related(
        "deputy__town", "region", "office", "activity", "answered_by",
        "contact__pairing__member__deputy",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


def _context(request: HttpRequest, row: WorkOpinion, **forms: Any) -> dict[str, Any]:
    """What the person may do next, as forms; each carries what the page was made from."""
    works = WorkOpinion.objects.editable_by(request.user).filter(pk=row.pk).exists()
    is_staff = request.user.scope.may_write_code(row.region.code)
    is_own = request.user.has_role(Role.DEPUTY) and row.deputy.user_id == request.user.pk
    is_open, seen = row.state == OpinionState.OPEN, {"seen": fingerprint(row)}
    answered = row.state == OpinionState.ANSWERED
    assign = AssignForm(opinion=row)
    assign.initial = {**seen, "office": row.office_id}
    answer, again = AnswerForm(initial=seen), AgainForm(initial=seen)
    return {
        "opinion": row,
        "age": age_of(row, timezone.localdate()),
        "late": LATE,
        "own": is_own,
        "opens_activity": Activity.objects.visible_to(request.user)
        .filter(pk=row.activity_id)
        .exists(),
        "seen": seen["seen"],
        "assign": forms.get("assign", assign) if is_open and is_staff else None,
        "answer": forms.get("answer", answer) if is_open and works and row.office_id else None,
        "again": forms.get("again", again) if answered and is_own else None,
        "may_close": answered and (is_own or is_staff),
    }


@require_http_methods(["GET", "POST"])
def raise_opinion(request: HttpRequest) -> HttpResponse:
    """A deputy writes; the county's congress first, the own town's as well."""
    own = deputy_of(request.user) if request.user.has_role(Role.DEPUTY) else None
    if own is None:
        return _note(request)
    form = OpinionForm(request.POST or None, regions=_congresses(own))
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "deputy": own, **form.cleaned_data}
        if row := attempt(form, services.raise_opinion, **given):
            messages.success(request, "已交人大办公室，由有关委室答复您，每一步都会告诉您。")
            return redirect("activities:opinion", pk=row.pk)
    return render(request, "activities/opinions_new.html", {"form": form, "own": own})


def _congresses(deputy: Deputy) -> Any:
    county = f"{deputy.town.code[:6]}000000"
    return Region.objects.filter(Q(code=county) | Q(pk=deputy.town_id)).order_by("code")


def _note(request: HttpRequest) -> HttpResponse:
    """Staff note what was said at a meeting."""
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    form = NotedOpinionForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        row = attempt(form, services.raise_opinion, actor=request.user, **form.cleaned_data)
        if row:
            messages.success(request, "已登记，请指定由哪个委室答复。")
            return redirect("activities:opinion", pk=row.pk)
    return render(request, "activities/opinions_new.html", {"form": form, "own": None})


@require_POST
def assign_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    form = AssignForm(request.POST, opinion=row)
    done = form.is_valid() and attempt(
        form, services.assign_opinion, actor=request.user, opinion_pk=pk, **form.cleaned_data
    )
    return _after(request, pk, done, f"已交{done.office}答复。" if done else "", assign=form)


@require_POST
def answer_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    _row(request, pk)
    form = AnswerForm(request.POST)
    done = form.is_valid() and attempt(
        form, services.answer_opinion, actor=request.user, opinion_pk=pk, **form.cleaned_data
    )
    return _after(request, pk, done, "已答复，代表收到了通知。", answer=form)


@require_POST
def reopen_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    _row(request, pk)
    form = AgainForm(request.POST)
    done = form.is_valid() and attempt(
        form, services.reopen_opinion, actor=request.user, opinion_pk=pk, **form.cleaned_data
    )
    return _after(request, pk, done, "已请委室重新答复。", again=form)


@require_POST
def close_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    seen = request.POST.get("seen", "")
    try:
        services.close_opinion(actor=request.user, opinion_pk=row.pk, seen=seen)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已办结。")
    return redirect("activities:opinion", pk=pk)


def _after(request: HttpRequest, pk: int, done: Any, told: str, **forms: Any) -> HttpResponse:
    """Back to the page; a refusal is shown there with the text that was typed.

    Where the form no longer fits the state, its fault is told above the page.
    """
    if done:
        messages.success(request, told)
        return redirect("activities:opinion", pk=pk)
    context = _context(request, _row(request, pk), **forms)
    name, form = next(iter(forms.items()))
    if context[name] is None:
        for faults in form.errors.values():
            messages.error(request, " ".join(faults))
        return redirect("activities:opinion", pk=pk)
    return render(request, "activities/opinions_detail.html", context)
