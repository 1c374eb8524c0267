"""People's halls: list, entry, views, conclusion, what follows, minutes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.attempts import attempt
from congress_portal.core.documents.files import send_paper
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import page_of
from suggestions.forms.halls import (
    ConcludeForm,
    DoneForm,
    HallForm,
    PassOnForm,
    TaskForm,
    ViewForm,
)
from suggestions.models import Hall, HallTask, HallView, Voice
from suggestions.reports.halls import minutes_paper
from suggestions.selectors import voice_desk
from suggestions.selectors.halls import halls_for, may_keep
from suggestions.services import halls as service

_STEPS: dict[str, tuple[str, Any, Any]] = {
    "view": ("记一条意见", ViewForm, service.add_view),
    "conclude": ("议定和公布", ConcludeForm, service.conclude),
    "task": ("定一件后续", TaskForm, service.add_task),
}


@require_safe
def halls(request: HttpRequest) -> HttpResponse:
    is_late = request.GET.get("state") == "late"
    today = timezone.localdate()
    context = {
        "page": page_of(request, halls_for(request.user, today if is_late else None)),
        "is_late": is_late,
        "may_log": voice_desk.may_sort(request.user),
    }
    return render(request, "suggestions/halls.html", context)


@require_http_methods(["GET", "POST"])
def new_hall(request: HttpRequest) -> HttpResponse:
    if not voice_desk.may_sort(request.user):
        raise PermissionDenied
    form = HallForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        hall = attempt(form, service.open_hall, actor=request.user, **form.cleaned_data)
        if hall is not None:
            messages.success(request, "已登记，接着记各方意见。")
            return redirect("suggestions:hall", pk=hall.pk)
    return _step_page(request, form, "登记议事", None)


@require_safe
def hall(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(halls_for(request.user), pk=pk)
    read = Voice.objects.visible_to(request.user)
    views = list(row.views.select_related("deputy", "unit"))
    context = {
        "hall": row,
        "views": views,
        "readable": set(
            read.filter(pk__in=[each.voice_id for each in views]).values_list("pk", flat=True)
        ),
        "tasks": row.tasks.select_related("unit"),
        "deputies": row.activity.deputies.order_by("attendances__serial"),
        "may_keep": may_keep(request.user, row.activity),
        "today": timezone.localdate(),
    }
    return render(request, "suggestions/hall.html", context)


def _kept(request: HttpRequest, pk: int) -> Hall:
    """404 for strangers, 403 for readers."""
    row = get_object_or_404(Hall.objects.visible_to(request.user), pk=pk)
    if not may_keep(request.user, row.activity):
        raise PermissionDenied
    return row


@require_http_methods(["GET", "POST"])
def hall_step(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    if action not in _STEPS:
        raise Http404
    row = _kept(request, pk)
    title, form_class, step = _STEPS[action]
    form = form_class(request.POST or None, hall=row)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "hall_pk": pk, **form.given}
        if attempt(form, step, **given) is not None:
            messages.success(request, "已登记。")
            return redirect("suggestions:hall", pk=pk)
    return _step_page(request, form, title, row)


@require_http_methods(["GET", "POST"])
def hall_task_done(request: HttpRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(HallTask.objects.visible_to(request.user), pk=pk)
    row = _kept(request, task.hall_id)
    form = DoneForm(request.POST or None, task=task)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "task_pk": pk, **form.cleaned_data}
        if attempt(form, service.finish_task, **given) is not None:
            messages.success(request, "办理结果已登记。")
            return redirect("suggestions:hall", pk=row.pk)
    return _step_page(request, form, f"登记结果：{task.what}", row)


@require_POST
def hall_drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(HallView.objects.visible_to(request.user), pk=pk)
    row = _kept(request, view.hall_id)
    try:
        service.drop_view(actor=request.user, view_pk=pk)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "这条意见已删去。")
    return redirect("suggestions:hall", pk=row.pk)


@require_http_methods(["GET", "POST"])
def hall_pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """A view becomes a voice, once."""
    view = get_object_or_404(HallView.objects.visible_to(request.user), pk=pk)
    row = _kept(request, view.hall_id)
    if view.voice_id:
        messages.info(request, "这条意见已经转过，这是转成的群众意见。")
        return redirect("suggestions:voice_detail", pk=view.voice_id)
    form = PassOnForm(request.POST or None, view=view)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "view_pk": pk, **form.cleaned_data}
        voice = attempt(form, service.voice_from_view, **given)
        if voice is not None:
            messages.success(request, "已转为群众意见。")
            return redirect("suggestions:voice_detail", pk=voice.pk)
    return _step_page(request, form, "转为群众意见", row)


def _step_page(request: HttpRequest, form: Any, title: str, row: Hall | None) -> HttpResponse:
    context = {"form": form, "title": title, "hall": row}
    return render(request, "suggestions/hall_step.html", context)


@require_safe
def hall_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(halls_for(request.user), pk=pk)
    return send_paper(minutes_paper(row), "pdf", row)
