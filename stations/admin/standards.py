"""Checklists, what is chosen for whom, what was found, and the books."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.enums import TOWN_LEVELS
from stations.models import Book, Standard, StandardChoice, StandardItem, StandardUse, TownCheck


class StandardItemInline(PortalInline):
    model = StandardItem
    fields = (
        "number", "section", "name", "demand", "rule", "points", "deduction", "synonyms",
    )  # fmt: skip


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
    list_display = ("region", "item", "state", "since", "checked_on", "note")
    list_select_related = ("region", "item")
    list_filter = (TownFilter, "state", "item__standard")
    search_fields = ("region__name", "item__name")
    owner_fields = ("region",)
    fields = ("region", "item", "state", "note", "checked_on", "photo")
    export_columns = ("region", "item", "state", "since", "checked_on", "note")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level__in=TOWN_LEVELS) if name == "region" else rows


@admin.register(Book)
class BookAdmin(PortalAdmin):
    list_display = ("title", "kind", "code", "order", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("title", "code")
    fields = (("title", "kind"), "code", "columns", "remark", ("order", "is_active"))
    export_columns = ("title", "kind", "code")
