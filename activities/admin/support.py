"""Towns' organs, plans, sessions, rules, funds and leaders' areas."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from activities.models.support import (
    AreaPairing,
    AreaVisit,
    Budget,
    DutyShare,
    Exchange,
    Expense,
    ExpenseKind,
    OrganRule,
    PartyMeeting,
    PlanItem,
    RuleDocument,
    RuleVersion,
    SessionPaper,
    StaffPost,
    StaffPostKind,
    TownSession,
    WorkPlan,
)
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel


class EnteredAdmin(PortalAdmin):
    """Stamps who entered a row; ``region_levels`` are the places that may own one."""

    region_levels: tuple[str, ...] = (RegionLevel.COUNTY, *TOWN_LEVELS)

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        if not change and hasattr(row, "entered_by_id"):
            row.entered_by = request.user

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level__in=self.region_levels) if name == "region" else rows


@admin.register(OrganRule)
class OrganRuleAdmin(EnteredAdmin):
    region_levels = (RegionLevel.COUNTY,)
    list_display = ("region", "sessions_a_year", "portfolios_most", "party_meetings_a_year")
    list_select_related = ("region",)
    search_fields = ("region__name",)
    owner_fields = ("region",)
    fields = (
        "region", ("sessions_a_year", "sessions_source"), "portfolios_most",
        "party_meetings_a_year",
    )  # fmt: skip
    export_columns = ("region", "sessions_a_year", "sessions_source", "portfolios_most")


@admin.register(StaffPostKind)
class StaffPostKindAdmin(PortalAdmin):
    list_display = ("name", "is_chair", "order", "is_active")
    search_fields = ("name",)
    fields = ("name", "is_chair", ("order", "is_active"))
    export_columns = ("name", "is_chair")


class DutyShareInline(PortalInline):
    model = DutyShare
    fields = ("year", "quarter", "work", "is_congress", "share")
    select_related = ("post__kind", "post__region")


@admin.register(StaffPost)
class StaffPostAdmin(EnteredAdmin):
    region_levels = TOWN_LEVELS
    list_display = ("region", "kind", "name", "time", "begins_on", "ends_on")
    list_select_related = ("region", "kind")
    list_filter = (TownFilter, "kind", "time")
    search_fields = ("name", "region__name")
    owner_fields = ("region",)
    inlines = (DutyShareInline,)
    fields = (("region", "kind"), ("name", "time"), ("begins_on", "ends_on"), "note")
    export_columns = ("region", "kind", "name", "time", "begins_on", "ends_on")


@admin.register(AreaPairing)
class AreaPairingAdmin(EnteredAdmin):
    region_levels = TOWN_LEVELS
    list_display = ("leader", "post", "region", "station", "visits_a_year", "begins_on", "ends_on")
    list_select_related = ("region", "station")
    list_filter = (TownFilter,)
    search_fields = ("leader", "region__name", "station__name")
    autocomplete_fields = ("station", "user")
    owner_fields = ("region",)
    fields = (
        ("leader", "post"), "user", ("region", "station"), "visits_a_year",
        ("begins_on", "ends_on"),
    )  # fmt: skip
    export_columns = ("leader", "post", "region", "station", "begins_on", "ends_on")


@admin.register(AreaVisit)
class AreaVisitAdmin(EnteredAdmin):
    list_display = ("held_on", "pairing", "content", "problems", "help_given")
    list_select_related = ("pairing__region", "pairing__station")
    list_filter = (PeriodFilter, TownFilter.by("pairing__region"))
    search_fields = ("pairing__leader", "content", "problems")
    autocomplete_fields = ("pairing",)
    fields = ("pairing", "held_on", "content", "problems", "help_given")
    export_columns = ("held_on", "pairing", "content", "problems", "help_given")


@admin.register(Exchange)
class ExchangeAdmin(PortalAdmin):
    list_display = ("activity", "host", "lessons")
    list_select_related = ("activity", "host")
    list_filter = (TownFilter.by("activity__region"),)
    search_fields = ("activity__title", "host__name")
    autocomplete_fields = ("activity", "host", "visitors", "materials")
    owner_fields = ("activity",)
    fields = ("activity", "host", "visitors", "materials", "lessons")
    export_columns = ("activity", "host", "lessons")


class PlanItemInline(PortalInline):
    model = PlanItem
    fields = ("number", "content", "owner", "due_on", "state", "done_on", "result")
    select_related = ("plan",)


@admin.register(WorkPlan)
class WorkPlanAdmin(EnteredAdmin):
    list_display = ("title", "year", "region", "station", "adopted_on", "published_on")
    list_select_related = ("region", "station")
    list_filter = ("year", TownFilter)
    search_fields = ("title", "region__name", "station__name")
    autocomplete_fields = ("station",)
    owner_fields = ("region",)
    inlines = (PlanItemInline,)
    fields = (
        ("title", "year"), ("region", "station"), ("adopted_on", "published_on"), "summary",
    )  # fmt: skip
    export_columns = ("title", "year", "region", "station", "adopted_on", "published_on")


class SessionPaperInline(PortalInline):
    model = SessionPaper
    fields = ("title", "file")
    select_related = ("session__region",)


@admin.register(TownSession)
class TownSessionAdmin(EnteredAdmin):
    region_levels = TOWN_LEVELS
    list_display = ("region", "number", "begins_on", "ends_on", "due", "present")
    list_select_related = ("region",)
    list_filter = (PeriodFilter.by("begins_on"), TownFilter)
    search_fields = ("region__name",)
    owner_fields = ("region",)
    inlines = (SessionPaperInline,)
    fields = (
        ("region", "term", "number"), ("begins_on", "ends_on"), ("due", "present"), "agenda",
        "decisions",
    )  # fmt: skip
    export_columns = ("region", "number", "begins_on", "ends_on", "due", "present")

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "term":
            return rows.select_related("region")
        return super().narrow_choices(name, rows, request)


@admin.register(PartyMeeting)
class PartyMeetingAdmin(EnteredAdmin):
    list_display = ("held_on", "region", "topic", "chair")
    list_select_related = ("region",)
    list_filter = (PeriodFilter, TownFilter)
    search_fields = ("topic", "region__name")
    owner_fields = ("region",)
    fields = (("region", "held_on"), "topic", "decisions", "chair")
    export_columns = ("held_on", "region", "topic", "chair")


class RuleVersionInline(PortalInline):
    model = RuleVersion
    fields = ("version", "issuer", "effective_on", "text", "file")
    select_related = ("document",)


@admin.register(RuleDocument)
class RuleDocumentAdmin(EnteredAdmin):
    list_display = ("title", "topic", "region", "station", "is_public", "is_active")
    list_select_related = ("region", "station")
    list_filter = (TownFilter, "is_active")
    search_fields = ("title", "topic")
    autocomplete_fields = ("station",)
    owner_fields = ("region",)
    inlines = (RuleVersionInline,)
    fields = (("title", "topic"), ("region", "station"), ("is_public", "is_active"))
    export_columns = ("title", "topic", "region", "station", "is_active")


@admin.register(ExpenseKind)
class ExpenseKindAdmin(PortalAdmin):
    list_display = ("name", "is_proper", "order", "is_active")
    search_fields = ("name",)
    fields = ("name", "is_proper", ("order", "is_active"))
    export_columns = ("name", "is_proper")


@admin.register(Budget)
class BudgetAdmin(EnteredAdmin):
    list_display = ("title", "year", "region", "station", "group", "amount")
    list_select_related = ("region", "station", "group")
    list_filter = ("year", TownFilter)
    search_fields = ("title", "region__name")
    autocomplete_fields = ("station", "group")
    owner_fields = ("region",)
    fields = (("title", "year"), "region", ("station", "group"), "amount", "source")
    export_columns = ("title", "year", "region", "station", "group", "amount")


@admin.register(Expense)
class ExpenseAdmin(EnteredAdmin):
    list_display = ("spent_on", "budget", "kind", "purpose", "amount")
    list_select_related = ("budget__region", "kind")
    list_filter = (PeriodFilter.by("spent_on"), TownFilter.by("budget__region"), "kind")
    search_fields = ("purpose", "voucher", "budget__title")
    autocomplete_fields = ("budget", "activity")
    owner_fields = ("budget",)
    fields = (
        ("budget", "spent_on"), ("kind", "amount"), "purpose", "activity",
        ("voucher", "paper"),
    )  # fmt: skip
    export_columns = ("spent_on", "budget", "kind", "purpose", "amount", "voucher")
