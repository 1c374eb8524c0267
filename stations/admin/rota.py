"""Rules of reception days and the rota; planning and swapping have their own pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from stations.models import (
    ReceptionNumber,
    Rota,
    RotaDuty,
    RotaRule,
    RotaSlot,
    SwapRequest,
    ThemedReception,
    Unavailability,
)


@admin.register(RotaRule)
class RotaRuleAdmin(PortalAdmin):
    list_display = ("station", "pattern", "starts_at", "ends_at", "deputies_needed", "begins_on")
    list_select_related = ("station",)
    list_filter = ("pattern", TownFilter.by("station__region"))
    search_fields = ("station__name", "=station__number")
    autocomplete_fields = ("station",)
    owner_fields = ("station",)
    fields = (
        "station",
        ("pattern", "interval"),
        ("months", "day_of_month"),
        ("week_of_month", "weekday"),
        ("begins_on", "ends_on"),
        ("starts_at", "ends_at"),
        "holiday_shift",
        ("deputies_needed", "level_needed"),
        "notice_days",
        "source",
    )
    export_columns = ("station", "pattern", "starts_at", "ends_at", "deputies_needed")


@admin.register(Rota)
class RotaAdmin(PortalAdmin):
    """Released by its own page, which tells the deputies."""

    list_display = ("title", "region", "first_on", "last_on", "state", "released_at")
    list_select_related = ("region",)
    list_filter = ("state", TownFilter)
    search_fields = ("title", "region__name")
    owner_fields = ("region",)
    readonly_fields = ("state", "released_at", "released_by")
    fields = ("title", "region", ("first_on", "last_on"), ("state", "released_at", "released_by"))
    export_columns = ("title", "region", "first_on", "last_on", "state")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


class DutyInline(ReadOnly, PortalInline):
    model = RotaDuty
    fields = ("deputy", "serial", "state", "reason")
    select_related = ("deputy", "slot__station")


@admin.register(RotaSlot)
class RotaSlotAdmin(ReadOnly, PortalAdmin):
    """To look at and export; days and duties are changed on the rota's pages."""

    list_display = ("held_on", "station", "starts_at", "ends_at", "planned_on", "cancelled_reason")
    list_display_links = ("held_on", "station")
    list_select_related = ("station",)
    list_filter = (PeriodFilter, TownFilter.by("station__region"))
    search_fields = ("station__name", "=station__number")
    inlines = (DutyInline,)
    fields = (
        ("station", "held_on"),
        ("starts_at", "ends_at"),
        ("rota", "rule", "planned_on"),
        "deputies_needed",
        ("themed", "reception"),
        "cancelled_reason",
    )
    export_columns = ("held_on", "station", "starts_at", "ends_at", "planned_on")


@admin.register(ThemedReception)
class ThemedReceptionAdmin(PortalAdmin):
    list_display = ("held_on", "station", "title", "on_market_day", "place")
    list_display_links = ("held_on", "title")
    list_select_related = ("station",)
    list_filter = (PeriodFilter, TownFilter.by("station__region"), "on_market_day")
    search_fields = ("title", "station__name")
    autocomplete_fields = ("station", "reception", "partners")
    owner_fields = ("station",)
    fields = (
        ("station", "held_on"),
        ("title", "theme"),
        ("place", "on_market_day"),
        "partners",
        "other_partners",
        "reception",
        "summary",
    )
    export_columns = ("held_on", "station", "title", "place", "other_partners")


@admin.register(Unavailability)
class UnavailabilityAdmin(PortalAdmin):
    list_display = ("deputy", "first_on", "last_on", "reason")
    list_select_related = ("deputy",)
    search_fields = ("deputy__name", "^deputy__pinyin")
    autocomplete_fields = ("deputy",)
    owner_fields = ("deputy",)
    fields = ("deputy", ("first_on", "last_on"), "reason")
    export_columns = ("deputy", "first_on", "last_on")

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        if not change:
            row.entered_by = request.user


@admin.register(SwapRequest)
class SwapRequestAdmin(ReadOnly, PortalAdmin):
    list_display = ("duty", "asked", "state", "asked_at", "answered_at")
    list_select_related = ("duty__deputy", "asked")
    list_filter = ("state",)
    search_fields = ("asked__name", "duty__deputy__name")
    fields = ("duty", "asked", "in_return", "reason", "state", "asked_at", "answered_at")
    readonly_fields = ("asked_at",)
    export_columns = ("duty", "asked", "state", "asked_at", "answered_at")


@admin.register(ReceptionNumber)
class ReceptionNumberAdmin(ReadOnly, PortalAdmin):
    list_display = ("station", "year", "serial", "printed_at", "void_reason")
    list_select_related = ("station",)
    list_filter = ("year", TownFilter.by("station__region"))
    search_fields = ("station__name", "=serial")
    fields = ("station", ("year", "serial"), ("printed_at", "printed_by"), "void_reason")
    export_columns = ("station", "year", "serial", "printed_at", "void_reason")
