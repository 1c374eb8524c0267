"""Projects: the list, one project with its inspections and findings, entering an inspection."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.forms.projects import InspectionForm, LinkForm, ProjectForm
from activities.models import Project
from activities.selectors import projects as selectors
from activities.services import projects as services
from congress_portal.core.attempts import attempt
from congress_portal.core.listing import page_of


def _project(request: HttpRequest, pk: int, *, to_write: bool = False) -> Project:
    rows = Project.objects.visible_to(request.user).select_related("region", "unit", "field")
    found = get_object_or_404(rows, pk=pk)
    if to_write and not request.user.scope.may_write_code(found.region.code):
        raise PermissionDenied
    return found


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    rows = selectors.listed(Project.objects.visible_to(request.user)).order_by("-pk")
    may_add = bool(request.user.scope.write_prefixes)
    context = {"page": page_of(request, rows), "may_add": may_add}
    return render(request, "activities/project_list.html", context)


@require_safe
def project(request: HttpRequest, pk: int) -> HttpResponse:
    found = _project(request, pk)
    context = {
        "project": found,
        "inspections": selectors.inspections_of(found, request.user, timezone.localdate()),
        "may_write": request.user.scope.may_write_code(found.region.code),
    }
    return render(request, "activities/project.html", context)


@require_http_methods(["GET", "POST"])
def write_project(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    found = _project(request, pk, to_write=True) if pk else None
    form = ProjectForm(request.POST or None, user=request.user, project=found)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "project_pk": pk, "seen": form.cleaned_data["seen"]}
        saved = attempt(form, services.save_project, **given, values=form.values)
        if saved is not None:
            messages.success(request, f"「{saved}」已保存。")
            return redirect("activities:project", pk=saved.pk)
    return render(request, "activities/project_write.html", {"form": form, "project": found})


@require_http_methods(["GET", "POST"])
def log_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    found = _project(request, pk, to_write=True)
    form = InspectionForm(request.POST or None, project=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"actor": request.user, "project_pk": pk, **form.values}
        saved = attempt(form, services.log_inspection, **given)
        if saved is not None:
            messages.success(request, "已登记，计入代表履职。发现的问题可以接着登记。")
            return redirect("activities:detail", pk=saved.pk)
    context = {"project": found, "form": form, "title": "登记一次视察"}
    return render(request, "activities/project_inspection.html", context)


@require_http_methods(["GET", "POST"])
def link_activity(request: HttpRequest, pk: int) -> HttpResponse:
    found = _project(request, pk, to_write=True)
    form = LinkForm(request.POST or None, project=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = {"project_pk": pk, "activity_pk": form.cleaned_data["activity"].pk}
        if attempt(form, services.link_activity, actor=request.user, **given) is not None:
            messages.success(request, "已把这次活动算作对这个项目的视察。")
            return redirect("activities:project", pk=pk)
    context = {"project": found, "form": form, "title": "选已登记的活动"}
    return render(request, "activities/project_inspection.html", context)
