"""Accounts and their roles; passwords are handed out once and changed at the first sign-in."""

import secrets
from typing import Any

from axes.utils import reset as reset_attempts
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from congress_portal.core.admin.base import PortalAdmin, PortalInline
from congress_portal.core.audit import record
from congress_portal.core.enums import TOWN_LEVELS, AuditAction, RegionLevel, Role
from congress_portal.core.models import RoleAssignment, User

# Without 0 O 1 l I: read out on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH = 12


class RoleAssignmentInline(PortalInline):
    model = RoleAssignment
    fields = ("role", "region", "unit", "begins_on", "ends_on")
    select_related = ("region", "unit")
    verbose_name_plural = "角色和范围"

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            above = (RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY)
            return rows.filter(level__in=(*above, *TOWN_LEVELS))
        return rows


class RoleFilter(admin.SimpleListFilter):
    title = "角色"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        holders = RoleAssignment.objects.filter(role=self.value()).values("user")
        return queryset.filter(pk__in=holders)


@admin.register(User)
class UserAdmin(PortalAdmin):
    """Accounts are switched off, never deleted: the audit trail names them."""

    list_display = ("username", "name", "roles_held", "is_active", "last_login")
    list_filter = ("is_active", RoleFilter)
    search_fields = ("username", "name")
    inlines = (RoleAssignmentInline,)
    fields = (
        ("username", "name"),
        ("phone", "email"),
        "is_active",
        "must_change_password",
        "last_login",
        "date_joined",
    )
    readonly_fields = ("must_change_password", "last_login", "date_joined")
    export_columns = ("username", "name", "is_active", "last_login")
    change_form_template = "core/admin/user_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        held = RoleAssignment.objects.select_related("region", "unit")
        return super().get_queryset(request).prefetch_related(Prefetch("role_assignments", held))

    @admin.display(description="角色")
    def roles_held(self, user: User) -> str:
        return "；".join(str(row) for row in user.role_assignments.all()) or "（没有角色）"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def stamp(self, request: HttpRequest, row: User, change: bool) -> None:
        if not change:
            row.set_unusable_password()

    def get_urls(self) -> list[URLPattern]:
        issue = self.admin_site.admin_view(self.issue_password)
        unlock = self.admin_site.admin_view(self.unlock)
        return [
            path("<path:object_id>/unlock/", unlock, name="core_user_unlock"),
            path("<path:object_id>/one-time-password/", issue, name="core_user_password"),
            *super().get_urls(),
        ]

    def _for_change(self, request: HttpRequest, object_id: str) -> User:
        user: User | None = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Forget the wrong passwords of this user name, on every machine."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = self._for_change(request, object_id)
        forgotten = reset_attempts(username=user.username)
        record(AuditAction.UPDATE, user, reason="解除登录锁定")
        told = "已解除锁定，现在可以登录。" if forgotten else "这个账号没有被锁定。"
        self.message_user(request, told)
        return redirect("admin:core_user_change", user.pk)

    def issue_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set a new password, to be changed at the next sign-in, and show it this once."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = self._for_change(request, object_id)
        password = give_one_time_password(user)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{user}的一次性密码",
            "account": user,
            "password": password,
            "opts": self.opts,
            "back": reverse("admin:core_user_change", args=[user.pk]),
        }
        response = TemplateResponse(request, "core/admin/one_time_password.html", context)
        response["Cache-Control"] = "no-store"
        return response


@transaction.atomic
def give_one_time_password(user: User) -> str:
    """Returns the password; only its hash is kept. Sessions opened before end with it."""
    password = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    record(AuditAction.UPDATE, user, reason="发放一次性密码")
    return password
