from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from congress_portal.core.errors import DomainError
from congress_portal.desk.registers.forms import (
    MOST_MEMBERS,
    JoinForm,
    LeaveForm,
    NewGroupForm,
    PersonFilter,
    RoleForm,
)
from congress_portal.desk.registers.selectors.groups import states_of, work_of
from congress_portal.desk.registers.views.access import readers_only
from deputies import services
from deputies.models import Group, GroupMembership


@require_safe
@readers_only
def groups(request: HttpRequest) -> HttpResponse:
    rows = Group.objects.visible_to(request.user).filter(is_active=True).order_by("pk")
    states = states_of(rows, timezone.localdate())
    is_narrowed = request.GET.get("state") == "adjust"
    context = {
        "states": [each for each in states if each.to_adjust] if is_narrowed else states,
        "is_narrowed": is_narrowed,
        "may_group": bool(request.user.scope.write_prefixes),
    }
    return render(request, "desk/registers/groups.html", context)


@require_safe
def group(request: HttpRequest, pk: int) -> HttpResponse:
    return _group_page(request, pk, None)


def _group_page(request: HttpRequest, pk: int, form: JoinForm | None) -> HttpResponse:
    """The page of a group; ``form`` is one that was refused."""
    rows = Group.objects.visible_to(request.user).filter(pk=pk)
    get_object_or_404(rows)
    state = states_of(rows, timezone.localdate())[0]
    may_edit = Group.objects.editable_by(request.user).filter(pk=pk).exists()
    if may_edit and form is None:
        form = JoinForm(None, group=state.group, user=request.user)
    context = {
        "state": state,
        "group": state.group,
        "work": work_of(state.group, request.user),
        "may_edit": may_edit,
        "form": form,
    }
    return render(request, "desk/registers/group.html", context)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    chosen = _editable(request, pk)
    form = JoinForm(request.POST, group=chosen, user=request.user)
    if form.is_valid() and _done(form, services.join_group, request, group_pk=pk):
        messages.success(request, f"{form.cleaned_data['deputy']}已编入{chosen}。")
        return redirect("desk:group", pk=pk)
    return _group_page(request, pk, form)


@require_http_methods(["GET", "POST"])
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    """Adjust one member: another role, or out of the group; both keep the history."""
    rows = GroupMembership.objects.visible_to(request.user).select_related("group", "deputy__town")
    row = get_object_or_404(rows, pk=pk)
    _editable(request, row.group_id)
    leaving = request.POST.get("step") == "leave"
    leave = LeaveForm(request.POST if leaving else None, auto_id="leave_%s")
    role = RoleForm(
        request.POST if request.method == "POST" and not leaving else None,
        initial={"role": row.role},
    )
    form, service = (leave, services.leave_group) if leaving else (role, services.change_role)
    if form.is_valid() and _done(form, service, request, membership_pk=pk):
        done = "已离开小组" if leaving else "的小组职务已调整"
        messages.success(request, f"{row.deputy}{done}，原来的任职留在{row.group}的历史里。")
        return redirect("desk:group", pk=row.group_id)
    context = {"membership": row, "leave": leave, "role": role, "form": form}
    return render(request, "desk/registers/membership.html", context)


@require_http_methods(["GET", "POST"])
@readers_only
def new_group(request: HttpRequest) -> HttpResponse:
    """First from the list of persons (``deputy`` many times), then with the group's own fields."""
    if not request.user.scope.write_prefixes:
        raise PermissionDenied
    chosen = _chosen(request)
    form = NewGroupForm(request.POST or None, user=request.user, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        made = _done(form, services.create_group, request)
        if made:
            messages.success(request, f"已建立{made}。请在下面定组长、副组长和联络员。")
            return redirect("desk:group", pk=made.pk)
    return render(request, "desk/registers/new_group.html", {"form": form, "chosen": chosen})


def _chosen(request: HttpRequest) -> list[int]:
    """The deputies that were ticked, or (``all``) everyone whom the filters of the list find."""
    if request.method == "GET" and request.GET.get("all"):
        form = PersonFilter(request.GET, user=request.user)
        return list(form.apply(form.base()).values_list("pk", flat=True)[:MOST_MEMBERS])
    given = request.POST.getlist("members") if request.POST else request.GET.getlist("deputy")
    return [int(key[:18]) for key in given if key.isascii() and key.isdigit()]


def _done(form: forms.Form, service: Callable[..., Any], request: HttpRequest, **given: Any) -> Any:
    """What the service gives back; None when a rule refuses, with the fault in the form."""
    try:
        return service(actor=request.user, **given, **form.cleaned_data)
    except ValidationError as error:
        faults = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, found in faults.items():
            form.add_error(name if name in form.fields else None, found)
    except DomainError as error:
        form.add_error(None, error.message)
    return None


def _editable(request: HttpRequest, pk: int) -> Group:
    found = get_object_or_404(Group.objects.visible_to(request.user), pk=pk)
    if not Group.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return found
