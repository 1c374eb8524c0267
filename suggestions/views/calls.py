"""Calls before a session: published by the office, answered by deputies; topics decided."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from congress_portal.core.enums import Role
from congress_portal.core.listing import page_of
from suggestions import services
from suggestions.enums import CallKind
from suggestions.forms.calls import CallForm, TopicDecisionForm, TopicForm
from suggestions.models import Call, Suggestion, TopicProposal
from suggestions.selectors import call_counts, suggestions_listed
from suggestions.services.steps import AlreadyDoneError
from suggestions.services.taking import take_once
from suggestions.views.doing import attempt


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    rows = Call.objects.visible_to(request.user).select_related("region")
    context = {
        "page": page_of(request, rows),
        "today": timezone.localdate(),
        "may_open": bool(request.user.scope.write_prefixes),
    }
    return render(request, "suggestions/calls.html", context)


@require_http_methods(["GET", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    form = CallForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        opened = partial(take_once, services.open_call)
        try:
            call = attempt(form, opened, actor=request.user, **form.cleaned_data)
        except AlreadyDoneError as error:
            messages.info(request, error.message)
            return redirect("suggestions:calls")
        if call is not None:
            messages.success(
                request, f"已发布，{call.region}有账号的代表收到了通知，其余的请另行告知。"
            )
            return redirect("suggestions:call", pk=call.pk)
    return render(request, "suggestions/new_call.html", {"form": form})


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """What it asks for and what it brought; topics are proposed here, suggestions by the form."""
    found = get_object_or_404(Call.objects.visible_to(request.user).select_related("region"), pk=pk)
    is_office = request.user.scope.may_write_code(found.region.code)
    form = TopicForm(request.POST or None, is_office=is_office)
    if request.method == "POST" and form.is_valid():
        given = {"call": found, "actor": request.user, **form.cleaned_data}
        try:
            if attempt(form, partial(take_once, services.propose_topic), **given) is not None:
                messages.success(request, "议题已收到，采纳与否都会在这里写明。")
                return redirect("suggestions:call", pk=pk)
        except AlreadyDoneError as error:
            messages.info(request, error.message)
            return redirect("suggestions:call", pk=pk)
    return render(request, "suggestions/call.html", _call_context(request, found, form, is_office))


def _call_context(
    request: HttpRequest, found: Call, form: TopicForm, is_office: bool
) -> dict[str, Any]:
    today = timezone.localdate()
    is_open = found.opens_on <= today <= found.closes_on
    topics = TopicProposal.objects.visible_to(request.user).filter(call=found)
    mine = suggestions_listed(Suggestion.objects.visible_to(request.user).filter(call=found))
    is_topics = found.kind == CallKind.TOPICS
    is_deputy = request.user.has_role(Role.DEPUTY)
    return {
        "call": found,
        "is_open": is_open,
        "is_topics": is_topics,
        "is_office": is_office,
        "counts": call_counts(found) if is_office and not is_topics else None,
        "topics": topics.select_related("deputy", "merged_into").order_by("pk"),
        "suggestions": mine,
        "form": form if is_topics and is_open and (is_office or is_deputy) else None,
        "may_write": is_open and not is_topics and (is_deputy or is_office),
    }


@require_http_methods(["GET", "POST"])
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    rows = TopicProposal.objects.visible_to(request.user).select_related("call")
    found = get_object_or_404(rows, pk=pk)
    if not TopicProposal.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    form = TopicDecisionForm(request.POST or None, topic=found)
    if request.method == "POST" and form.is_valid():
        given = {"topic_pk": pk, "actor": request.user, **form.cleaned_data}
        if attempt(form, services.decide_topic, **given) is not None:
            messages.success(request, "已决定，提出人看得到结果。")
            return redirect("suggestions:call", pk=found.call_id)
    return render(request, "suggestions/topic.html", {"topic": found, "form": form})
