"""Requests for correction: looked up here, answered on their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from activities.models import CorrectionRequest
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import TownFilter

_FIELDS = (
    "deputy",
    "kind",
    "text",
    "asked_at",
    "state",
    "answer",
    "answered_by",
    "answered_at",
)


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(PortalAdmin):
    """Read only: whoever answers must mend first, and the deputy is told."""

    list_display = ("asked_at", "deputy", "kind", "state", "answered_by")
    list_display_links = ("asked_at", "deputy")
    list_select_related = ("deputy", "answered_by")
    list_filter = ("state", "kind", TownFilter.by("deputy__town"))
    search_fields = ("deputy__name", "^deputy__pinyin", "^deputy__initials")
    search_help_text = "代表姓名、拼音或拼音首字母"
    readonly_fields = _FIELDS
    fields = _FIELDS
    export_columns = ("asked_at", "deputy", "kind", "text", "state", "answer", "answered_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
