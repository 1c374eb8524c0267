"""Campaigns, teams, assignments, what has to be put right. Sheets are scored on their own page."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from stations import guards
from stations.enums import StandardKind
from stations.models import (
    Assignment,
    InspectionCampaign,
    InspectionMark,
    InspectionSheet,
    Objection,
    Rectification,
    RectificationStep,
    SheetLine,
    Team,
    TeamMember,
    YearGrade,
    YearWeights,
)
from stations.services.campaigns import prepare_sheets


class GuardedAdmin(PortalAdmin):
    """What only the database's own rules see (rows of one page against each other) is told."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with guards.told():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with guards.told():
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with guards.told():
            super().delete_model(request, obj)


@admin.register(InspectionMark)
class InspectionMarkAdmin(GuardedAdmin):
    list_display = ("station", "year", "quarter", "team", "score", "note")
    list_select_related = ("station",)
    list_filter = ("year", "quarter", TownFilter.by("station__region"))
    search_fields = ("station__name", "=station__number", "team")
    autocomplete_fields = ("station",)
    owner_fields = ("station",)
    has_import = True
    export_kinds = ("现场考评打分",)
    fields = ("station", ("year", "quarter"), ("team", "score"), "note")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mark that a locked sheet made stays."""
        made = obj is not None and obj.sheet_id is not None
        return super().has_change_permission(request, obj) and not made

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        made = obj is not None and obj.sheet_id is not None
        return super().has_delete_permission(request, obj) and not made


class TeamInline(PortalInline):
    model = Team
    fields = ("name", "order")
    select_related = ("campaign",)
    show_change_link = True


@admin.register(InspectionCampaign)
class InspectionCampaignAdmin(GuardedAdmin):
    list_display = ("title", "year", "quarter", "standard", "opens_on", "closes_on", "state")
    list_select_related = ("standard",)
    list_filter = ("kind", "year", "state")
    search_fields = ("title",)
    owner_fields = ("region",)
    inlines = (TeamInline,)
    readonly_fields = ("state", "disclosed_at", "locked_at", "locked_by")
    fields = (
        "title",
        ("region", "kind"),
        ("year", "quarter"),
        "standard",
        ("opens_on", "closes_on"),
        ("objection_days", "objections_until", "rectify_by"),
        ("teams_per_place", "mark_full"),
        ("state", "disclosed_at", "locked_at", "locked_by"),
    )
    export_columns = ("title", "year", "quarter", "standard", "opens_on", "closes_on", "state")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level=RegionLevel.COUNTY)
        return rows.filter(kind=StandardKind.INSPECTION) if name == "standard" else rows


class MemberInline(PortalInline):
    model = TeamMember
    fields = ("user", "is_leader", "home")
    autocomplete_fields = ("user",)
    select_related = ("user", "home", "team")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level__in=TOWN_LEVELS) if name == "home" else rows


class AssignmentInline(PortalInline):
    model = Assignment
    fields = ("station", "region", "visit_on")
    autocomplete_fields = ("station",)
    select_related = ("station", "region", "team")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


@admin.register(Team)
class TeamAdmin(GuardedAdmin):
    list_display = ("name", "campaign", "order")
    list_select_related = ("campaign",)
    list_filter = ("campaign",)
    search_fields = ("name", "campaign__title")
    autocomplete_fields = ("campaign",)
    owner_fields = ("campaign",)
    inlines = (MemberInline, AssignmentInline)
    fields = ("campaign", "name", "order")
    export_columns = ("campaign", "name")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A place added while the campaign runs gets its sheet."""
        super().save_related(request, form, formsets, change)
        prepare_sheets(form.instance.campaign)


class LineInline(ReadOnly, PortalInline):
    model = SheetLine
    fields = ("name", "points", "deduction", "reason")
    readonly_fields = fields


class ObjectionInline(ReadOnly, PortalInline):
    model = Objection
    fields = ("line", "words", "state", "answer", "old_deduction", "new_deduction")
    readonly_fields = fields
    select_related = ("line",)


@admin.register(InspectionSheet)
class InspectionSheetAdmin(ReadOnly, PortalAdmin):
    """To look at: scoring, objections and locking have their own pages."""

    list_display = ("assignment", "state", "inspected_on", "score", "submitted_at", "locked_at")
    list_select_related = ("assignment__team", "assignment__station", "assignment__region")
    list_filter = ("state", TownFilter.by("assignment__region"))
    search_fields = ("assignment__station__name", "assignment__team__name")
    inlines = (LineInline, ObjectionInline)
    fields = (
        "assignment",
        ("state", "score"),
        "inspected_on",
        "note",
        ("submitted_at", "submitted_by"),
        "locked_at",
    )
    export_columns = ("assignment", "state", "inspected_on", "score", "note")


class StepInline(ReadOnly, PortalInline):
    """Steps are taken on the finding's own page, which tells whom they concern."""

    model = RectificationStep
    fields = ("kind", "on", "words", "new_due_on", "photo")
    select_related = ("finding",)


@admin.register(Rectification)
class RectificationAdmin(ReadOnly, PortalAdmin):
    """Opened, moved on and closed on the board's own pages: those told of it see every step, and
    whoever has to put it right can neither reword nor remove it."""

    list_display = ("words", "region", "station", "found_on", "due_on", "state", "closed_on")
    list_select_related = ("region", "station")
    list_filter = ("state", TownFilter)
    search_fields = ("words", "station__name", "=station__number")
    autocomplete_fields = ("station",)
    owner_fields = ("region", "station")
    inlines = (StepInline,)
    fields = (("region", "station"), "words", ("found_on", "due_on"), ("state", "closed_on"))
    export_columns = ("words", "region", "station", "found_on", "due_on", "state", "closed_on")


@admin.register(YearWeights)
class YearWeightsAdmin(PortalAdmin):
    list_display = ("year", "region", "first", "second", "third", "fourth", "year_end")
    list_select_related = ("region",)
    list_filter = ("year",)
    owner_fields = ("region",)
    fields = (
        ("region", "year"),
        ("first", "second", "third", "fourth", "year_end"),
        "performance_full",
        "source",
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level=RegionLevel.COUNTY) if name == "region" else rows


@admin.register(YearGrade)
class YearGradeAdmin(PortalAdmin):
    list_display = ("name", "least")
    search_fields = ("name",)
    fields = ("name", "least")
