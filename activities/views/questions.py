"""专题询问: one page with the questions and answers, their follow-up, the official list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.findings import KeyForm
from activities.forms.questions import (
    ChangeQuestionForm,
    FinishForm,
    questions_form,
    questions_in,
)
from activities.models import Activity, Question
from activities.reports import supervision as reports
from activities.selectors import questions as selectors
from activities.selectors.findings import may_run
from activities.services import questions as services
from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper


def _activity(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).select_related("form", "region")
    return get_object_or_404(rows, pk=pk)


@require_safe
def question_list(request: HttpRequest, pk: int) -> HttpResponse:
    activity, today = _activity(request, pk), timezone.localdate()
    rows = list(selectors.questions_of(activity))
    context = {
        "activity": activity,
        "lines": [(row, selectors.standing(row, today)) for row in rows],
        "inquiry": selectors.inquiry(rows),
        "may_run": may_run(request.user, activity),
    }
    return render(request, "activities/question_list.html", context)


@require_http_methods(["GET", "POST"])
def add_questions(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _activity(request, pk)
    if not may_run(request.user, activity):
        raise PermissionDenied
    key_form = KeyForm(request.POST or None)
    formset = questions_form(request.POST or None, activity)
    if request.method == "POST" and formset.is_valid() and key_form.is_valid():
        given = {"questions": questions_in(formset), "key": key_form.cleaned_data["key"]}
        service = services.add_questions
        saved = attempt(key_form, service, actor=request.user, activity_pk=pk, **given)
        if saved is not None:
            messages.success(request, f"已记下 {len(saved)} 个问题。")
            return redirect("activities:questions", pk=pk)
    context = {"activity": activity, "formset": formset, "form": key_form}
    return render(request, "activities/question_new.html", context)


_STEPS: dict[str, tuple[Any, Any, str, str]] = {
    "edit": (ChangeQuestionForm, services.change_question, "答复和修改", "已改好。"),
    "done": (FinishForm, services.finish_follow_up, "后续办结", "已办结，提问的代表会收到通知。"),
}


@require_http_methods(["GET", "POST"])
def question_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in _STEPS:
        raise Http404
    rows = Question.objects.visible_to(request.user).select_related("activity__form", "unit")
    row = get_object_or_404(rows, pk=pk)
    if not may_run(request.user, row.activity):
        raise PermissionDenied
    form_class, service, title, told = _STEPS[action]
    form = form_class(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "question_pk": pk, "seen": form.cleaned_data["seen"]}
        if attempt(form, service, **given, **form.values) is not None:
            messages.success(request, told)
            return redirect("activities:questions", pk=row.activity_id)
    context = {"question": row, "form": form, "title": title}
    return render(request, "activities/question_step.html", context)


@require_safe
def question_paper(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """询问与答复一览, an official paper."""
    activity = _activity(request, pk)
    rows = list(selectors.questions_of(activity))
    if not rows:
        raise Http404("还没有登记询问。")
    return send_paper(reports.inquiry_paper(activity, rows), kind, activity)
