"""One view for the steps of a case and one for those of a unit's part, made from the tables."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from suggestions.enums import HandlingState, State
from suggestions.forms.fields import StepForm
from suggestions.models import Handling, Suggestion
from suggestions.selectors import (
    actions_for,
    handling_actions_for,
    handling_parties_of,
    parties_of,
)
from suggestions.services.steps import AlreadyDoneError, last_step
from suggestions.views.doing import back_to_case, case_of, part_of, take
from suggestions.views.pages import CASE_PAGES, PART_PAGES, StepPage
from suggestions.workflow import (
    Action,
    HandlingAction,
    Transition,
    handling_transition_of,
    transition_of,
)


@require_http_methods(["GET", "POST"])
def take_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    suggestion = case_of(request, pk)
    page, row = _case_page(request, suggestion, action)
    if request.method == "GET":
        allowed = {button.action for button in actions_for(request.user, suggestion)}
        if action not in allowed:
            return _not_now(request, suggestion, row, State(suggestion.state).label)
    form = _form(request, page, suggestion)
    if request.method == "POST" and form.is_valid() and _did(request, page, row, form, pk):
        return back_to_case(request, pk)
    return _render(request, form, row, suggestion=suggestion, part=None)


@require_http_methods(["GET", "POST"])
def take_part_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    part = part_of(request, pk)
    page, row = _part_page(request, part, action)
    if request.method == "GET":
        allowed = {button.action for button in handling_actions_for(request.user, part)}
        if action not in allowed:
            return _not_now(request, part.suggestion, row, HandlingState(part.state).label)
    form = _form(request, page, part.suggestion, part)
    if request.method == "POST" and form.is_valid() and _did(request, page, row, form, pk):
        return back_to_case(request, part.suggestion_id)
    return _render(request, form, row, suggestion=part.suggestion, part=part)


def _case_page(
    request: HttpRequest, suggestion: Suggestion, action: str
) -> tuple[StepPage, Transition[Any]]:
    """404 for no such action, 403 for somebody else's."""
    if action not in {str(each) for each in CASE_PAGES}:
        raise Http404("没有这一步。")
    row = transition_of(Action(action))
    if not row.who & parties_of(request.user, suggestion):
        raise PermissionDenied
    return CASE_PAGES[Action(action)], row


def _part_page(
    request: HttpRequest, part: Handling, action: str
) -> tuple[StepPage, Transition[Any]]:
    if action not in {str(each) for each in PART_PAGES}:
        raise Http404("没有这一步。")
    row = handling_transition_of(HandlingAction(action))
    if not row.who & handling_parties_of(request.user, part):
        raise PermissionDenied
    return PART_PAGES[HandlingAction(action)], row


def _not_now(
    request: HttpRequest, suggestion: Suggestion, row: Transition[Any], state: str
) -> HttpResponse:
    """The link was older than the case: say what happened and by whom."""
    log = last_step(suggestion)
    who = ""
    if log is not None:
        at = timezone.localtime(log.at)
        who = f"最近一步：{log.actor_name}于 {at:%m月%d日 %H:%M}「{log.label}」。"
    messages.error(request, f"「{state}」时不能「{row.label}」。{who}")
    return redirect("suggestions:detail", pk=suggestion.pk)


def _form(
    request: HttpRequest, page: StepPage, suggestion: Suggestion, part: Handling | None = None
) -> StepForm:
    is_sent = request.method == "POST"
    return page.form(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        user=request.user,
        suggestion=suggestion,
        part=part,
    )


def _did(
    request: HttpRequest, page: StepPage, row: Transition[Any], form: StepForm, pk: int
) -> bool:
    given = {**page.fixed, **form.values, **({page.case: pk} if page.case else {})}
    try:
        result = take(request, form, page.service, part=form.handling, **given)
    except AlreadyDoneError as error:
        messages.info(request, error.message)
        return True
    if result is None:
        return False
    words = page.done(result) if page.done else f"已「{row.label}」。下一步：{row.next_step}。"
    messages.success(request, words)
    return True


def _render(
    request: HttpRequest,
    form: StepForm,
    row: Transition[Any],
    *,
    suggestion: Suggestion,
    part: Handling | None,
) -> HttpResponse:
    context = {"form": form, "step": row, "suggestion": suggestion, "part": part}
    context["draft"] = part.drafts.filter(state="pending").first() if part else None
    if context["draft"] and part.unit_id not in request.user.scope.unit_ids:
        context["draft"] = None  # a draft stays inside the unit
    return render(request, "suggestions/step.html", context)
