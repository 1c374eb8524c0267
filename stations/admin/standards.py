"""Checklists, what is chosen for whom, what was found, and the books."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.enums import TOWN_LEVELS
from stations.models import (
    Book,
    CheckEntry,
    Standard,
    StandardChoice,
    StandardItem,
    StandardUse,
    TownCheck,
)
from stations.services.standards import is_in_use


class StandardItemInline(PortalInline):
    """Items that something was checked by stay: the standard's page makes the next version."""

    model = StandardItem
    fields = (
        "number", "section", "name", "demand", "rule", "points", "deduction", "synonyms",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not _is_checked(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_checked(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not _is_checked(obj)


def _is_checked(standard: Standard | None) -> bool:
    return standard is not None and bool(standard.pk) and is_in_use(standard)


class StandardUseInline(PortalInline):
    model = StandardUse
    fields = ("type", "region_level")
    select_related = ("type", "standard")


@admin.register(Standard)
class StandardAdmin(PortalAdmin):
    list_display = ("name", "version", "subject", "kind", "source", "is_active")
    list_filter = ("subject", "kind", "is_active")
    search_fields = ("name",)
    inlines = (StandardItemInline, StandardUseInline)
    autocomplete_fields = ("supersedes",)
    fields = (
        ("name", "version"),
        "supersedes",
        ("subject", "kind"),
        "source",
        "in_force_on",
        ("is_optional", "is_active"),
    )
    export_columns = ("name", "version", "subject", "kind", "source")


@admin.register(StandardChoice)
class StandardChoiceAdmin(PortalAdmin):
    list_display = ("standard", "station", "region", "begins_on")
    list_select_related = ("standard", "station", "region")
    list_filter = ("standard",)
    search_fields = ("station__name", "region__name", "standard__name")
    autocomplete_fields = ("station", "standard")
    fields = ("standard", "station", "region", "begins_on")
    export_columns = ("standard", "station", "region", "begins_on")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level__in=TOWN_LEVELS) if name == "region" else rows


@admin.register(TownCheck)
class TownCheckAdmin(PortalAdmin):
    """What was found last; the portal's own page records it, with photo, checker and history."""

    list_display = ("region", "item", "state", "since", "checked_on", "note")
    list_select_related = ("region", "item")
    list_filter = (TownFilter, "state", "item__standard")
    search_fields = ("region__name", "item__name")
    fields = ("region", "item", "state", "note", "checked_on", "checked_by")
    readonly_fields = fields
    export_columns = ("region", "item", "state", "since", "checked_on", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CheckEntry)
class CheckEntryAdmin(PortalAdmin):
    """What checks found, day by day; written beside the checks and never changed."""

    list_display = ("checked_on", "station", "region", "item", "state", "checked_by")
    list_select_related = ("station", "region", "item", "checked_by")
    list_filter = ("state", "item__standard")
    search_fields = ("station__name", "region__name", "item__name")
    fields = ("station", "region", "item", "state", "note", "checked_on", "checked_by")
    readonly_fields = fields
    export_columns = ("checked_on", "station", "region", "item", "state", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Book)
class BookAdmin(PortalAdmin):
    list_display = ("title", "kind", "code", "order", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("title", "code")
    fields = (("title", "kind"), "code", "columns", "remark", ("order", "is_active"))
    export_columns = ("title", "kind", "code")
