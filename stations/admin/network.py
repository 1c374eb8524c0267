"""The network of stations, their standards, people and receptions."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.records import STAMPS, RecordAdmin
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from stations.models import (
    Fixture,
    Posting,
    Reception,
    ReceptionDuty,
    Station,
    StationCheck,
    StationOfficer,
    StationType,
)


class StationFilter(admin.SimpleListFilter):
    """Stations of the town that is chosen beside it; without one only where there are few."""

    title = "家站"
    parameter_name = "station"
    few = 40

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        stations = Station.objects.visible_to(request.user)
        if town := request.GET.get("town", ""):
            stations = stations.filter(region__code=town)
        found = list(stations.values_list("pk", "name")[: self.few + 1])
        if len(found) > self.few:
            chosen = self.value() or ""
            found = [row for row in found if str(row[0]) == chosen]
        return [(str(pk), name) for pk, name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not (self.value() or "").isdigit():
            return queryset
        return queryset.filter(station=self.value())


class PostingInline(PortalInline):
    model = Posting
    fields = ("deputy", "serial", "begins_on", "ends_on")
    autocomplete_fields = ("deputy",)
    select_related = ("deputy__town", "station")


class OfficerInline(PortalInline):
    model = StationOfficer
    fields = ("kind", "name", "phone", "user", "begins_on", "ends_on")
    autocomplete_fields = ("user",)
    select_related = ("user", "station")
    shown = ("phone",)


class CheckInline(PortalInline):
    """What was found; the portal's own page records it, with photo, checker and history."""

    model = StationCheck
    fields = ("item", "state", "note", "checked_on")
    select_related = ("item", "station")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FixtureInline(PortalInline):
    model = Fixture
    fields = ("kind", "name", "count", "area", "condition", "acquired_on", "note")
    select_related = ("kind", "station")


@admin.register(Station)
class StationAdmin(PortalAdmin):
    list_display = ("number", "name", "type", "region", "village", "books", "is_active")
    list_display_links = ("number", "name")
    list_select_related = ("type", "region", "village")
    list_filter = (TownFilter, "type", "is_active")
    search_fields = ("name", "=number")
    autocomplete_fields = ("village", "parent", "group", "unit", "enterprise")
    owner_fields = ("region",)
    inlines = (PostingInline, OfficerInline, FixtureInline, CheckInline)
    has_import = True
    export_kinds = ("家站台账",)
    fieldsets = (
        (None, {"fields": (("number", "name"), "type", ("region", "village"), "parent")}),
        ("阵地", {"fields": (("area", "established_on"), "rooms", "feature", "tags")}),
        ("依托", {"fields": ("group", "unit", "enterprise")}),
        ("开放", {"fields": ("address", ("longitude", "latitude"), "opening_hours")}),
        ("簿册", {"fields": (("books_required", "books_kept"), "is_active")}),
    )

    @admin.display(description="簿册（实建/应建）")
    def books(self, station: Station) -> str:
        return f"{station.books_kept}/{station.books_required}"

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows

    @property
    def export_needs_reason(self) -> bool:
        return True  # the ledger names the officers' telephones


@admin.register(StationType)
class StationTypeAdmin(PortalAdmin):
    list_display = ("name", "synonyms", "order", "is_active")
    search_fields = ("name", "synonyms")
    fields = ("name", "synonyms", "least_area", "order", "is_active")
    export_columns = ("name", "synonyms", "order")


class DutyInline(PortalInline):
    model = ReceptionDuty
    fields = ("deputy", "serial")
    autocomplete_fields = ("deputy",)
    select_related = ("deputy__town", "reception__station")


@admin.register(Reception)
class ReceptionAdmin(RecordAdmin):
    """The app that knows the visitors' matters (voices) puts them on this page."""

    list_display = ("held_on", "station", "deputies_on_duty", "place", "verification")
    list_display_links = ("held_on", "station")
    list_select_related = ("station",)
    list_filter = (
        "verification",
        PeriodFilter,
        TownFilter.by("station__region"),
        StationFilter,
    )
    search_fields = ("station__name", "=station__number", "place")
    autocomplete_fields = ("station",)
    owner_fields = ("station",)
    inlines = (DutyInline,)
    has_import = True
    exports_personal = True
    fieldsets = (
        (None, {"fields": (("station", "held_on"), "place", "note", "no_visitors")}),
        ("核实", {"fields": STAMPS}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reception]:
        duties = ReceptionDuty.objects.select_related("deputy")
        rows = super().get_queryset(request)
        return rows.prefetch_related(models.Prefetch("duties", duties))

    @admin.display(description="接待代表")
    def deputies_on_duty(self, reception: Reception) -> str:
        return "、".join(duty.deputy.name for duty in reception.duties.all())
