"""The congress office's own pages: review, hand-over meeting, internal notes, inbox."""

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.listing import page_of
from congress_portal.core.models import Unit
from suggestions import services
from suggestions.enums import IntakeState, Party, State
from suggestions.filters import InboxFilter
from suggestions.forms.batch import BatchForm, RowForm
from suggestions.forms.office import (
    AcceptForm,
    InternalNoteForm,
    MergeForm,
    RefuseForm,
    ReturnForm,
    mergeable,
)
from suggestions.models import Intake, Suggestion
from suggestions.selectors import (
    awaiting_hand_over,
    office_inbox,
    parties_of,
    propose_for_all,
    similar_suggestions,
    suggestion_in_full,
)
from suggestions.services.review import next_number_shown
from suggestions.services.steps import AlreadyDoneError, who_was_it
from suggestions.views.doing import attempt, case_of, refuse_plainly, take

_TICK = re.compile(r"s\d{1,9}-take")


def office_only(request: HttpRequest) -> None:
    """The pages of the office are not there for others."""
    if not request.user.scope.write_prefixes:
        raise Http404("没有这个页面。")


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Text and checklist side by side; each decision is its own small form."""
    rows = suggestion_in_full(Suggestion.objects.visible_to(request.user))
    suggestion = get_object_or_404(rows, pk=pk)
    if Party.OFFICE not in parties_of(request.user, suggestion):
        raise PermissionDenied
    if suggestion.state != State.SUBMITTED:
        return redirect("suggestions:detail", pk=pk)
    return render(request, "suggestions/review.html", _review_context(request, suggestion))


def _review_context(request: HttpRequest, suggestion: Suggestion) -> dict[str, Any]:
    given: dict[str, Any] = {"user": request.user, "suggestion": suggestion}
    similar = similar_suggestions(
        Suggestion.objects.visible_to(request.user),
        title=suggestion.title,
        text=suggestion.full_text,
        exclude_pk=suggestion.pk,
    )
    return {
        "suggestion": suggestion,
        "similar": similar,
        "joinable": set(mergeable(request.user, suggestion).values_list("pk", flat=True)),
        "next_number": next_number_shown(suggestion),
        "faults": services.submission_faults(suggestion),
        "accept": AcceptForm(auto_id="accept_%s", **given),
        "back": ReturnForm(auto_id="return_%s", **given),
        "refuse": RefuseForm(auto_id="refuse_%s", **given),
        "merge": MergeForm(auto_id="merge_%s", **given),
    }


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the office, kind by kind."""
    office_only(request)
    form = InboxFilter(request.GET, user=request.user)
    rows = form.apply(Suggestion.objects.editable_by(request.user))
    kinds = office_inbox(request.user, rows)
    asked = next((kind for kind in kinds if kind.code == request.GET.get("kind")), None)
    page = page_of(request, asked.rows) if asked else None
    items = asked.items_of(page.object_list) if asked and page else []
    letters = Intake.objects.editable_by(request.user).filter(state=IntakeState.RECEIVED)
    context = {
        "form": form,
        "kinds": kinds,
        "asked": asked,
        "page": page,
        "items": items,
        "letters": letters.count(),
    }
    return render(request, "suggestions/inbox.html", context)


@require_http_methods(["GET", "POST"])
def hand_over_meeting(request: HttpRequest) -> HttpResponse:
    """交办会: all accepted ones with likely units and why; first «请核对», then all or none."""
    office_only(request)
    rows = list(awaiting_hand_over(Suggestion.objects.editable_by(request.user)))
    batch, forms = _batch(request, rows)
    gone = _no_longer_waiting(request, rows)
    faults = [form for form in forms if not form.is_valid()]  # each is asked, to show its faults
    is_valid = batch.is_valid() and not faults
    for fault in gone if is_valid else ():
        batch.add_error(None, fault)
    taken = [form for form in forms if is_valid and form.assignment]
    if is_valid and not taken and not gone:
        batch.add_error(None, "一件都没有勾选。")
    elif (
        taken
        and not gone
        and request.POST.get("then") == "hand_over"
        and _handed(request, batch, taken)
    ):
        return redirect("suggestions:list")
    is_checking = bool(taken) and request.POST.get("then") != "change" and batch.is_valid()
    template = "suggestions/hand_over_check.html" if is_checking else "suggestions/hand_over.html"
    return render(request, template, {"batch": batch, "forms": forms, "taken": taken})


def _batch(request: HttpRequest, rows: list[Suggestion]) -> tuple[BatchForm, list[RowForm]]:
    data = request.POST or None
    units = {unit.pk: unit for unit in Unit.objects.active()}
    known = propose_for_all(Suggestion.objects.visible_to(request.user), rows)
    forms = [
        RowForm(data, suggestion=row, proposals=known.get(row.pk, []), units=units) for row in rows
    ]
    return BatchForm(data), forms


def _no_longer_waiting(request: HttpRequest, rows: list[Suggestion]) -> list[str]:
    """Ticked ones that another officer took meanwhile: what became of them, and by whom."""
    sent = {int(name[1:-5]) for name in request.POST if _TICK.fullmatch(name)}
    missing = sent - {row.pk for row in rows}
    cases = Suggestion.objects.visible_to(request.user).filter(pk__in=missing).order_by("number")
    return [
        f"第{case.number}号已「{case.get_state_display()}」，不再待交办。{who_was_it(case)}"
        for case in cases
    ]


def _handed(request: HttpRequest, batch: BatchForm, taken: list[RowForm]) -> bool:
    rows = [form.assignment for form in taken]
    done = attempt(
        batch,
        services.hand_over_batch,
        rows=rows,
        actor=request.user,
        on=batch.cleaned_data["on"],
    )
    if done is None:
        return False
    units = {row.lead.pk for row in rows if row}
    messages.success(request, f"已交办 {len(done)} 件，主办单位 {len(units)} 家，等各单位签收。")
    return True


@require_POST
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    suggestion = case_of(request, pk)
    form = InternalNoteForm(request.POST, user=request.user, suggestion=suggestion)
    if form.is_valid():
        try:
            take(request, form, services.add_internal_note, pk=pk, **form.values)
        except AlreadyDoneError as error:
            return refuse_plainly(request, error, pk)
    for fault in [each for faults in form.errors.values() for each in faults]:
        messages.error(request, fault)
    if not form.errors:
        messages.success(request, "内部意见已记下，承办单位和代表看不到。")
    return redirect("suggestions:detail", pk=pk)
