"""Activities with their attendance, visits, duty reports, news."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from activities.enums import ActivityState, Presence
from activities.models import Activity, ActivityForm, Attendance, DutyReport, NewsItem, Visit
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.records import STAMPS, RecordAdmin
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel, Verification

_DEPUTY_SEARCH = ("deputy__name", "^deputy__pinyin", "^deputy__initials")


class AttendanceInline(PortalInline):
    model = Attendance
    fields = ("deputy", "presence", "serial")
    autocomplete_fields = ("deputy",)
    select_related = ("deputy__town", "activity")


@admin.register(ActivityForm)
class ActivityFormAdmin(PortalAdmin):
    list_display = ("name", "counts_as", "is_meeting", "synonyms", "order", "is_active")
    list_filter = ("counts_as", "is_active")
    search_fields = ("name", "synonyms")
    fields = ("name", "synonyms", "counts_as", "is_meeting", "order", "is_active")
    export_columns = ("name", "synonyms", "counts_as", "order")


def _was_held(activity: Activity | None) -> bool:
    return activity is None or activity.state == ActivityState.HELD


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    list_display = (
        "held_on", "title", "form", "region", "station", "present", "state", "verification",
    )  # fmt: skip
    list_display_links = ("held_on", "title")
    list_select_related = ("form", "region", "station")
    list_filter = ("verification", "state", PeriodFilter, TownFilter, "form", "theme", "field")
    search_fields = ("title", "organiser", "station__name")
    autocomplete_fields = ("station", "group", "campaign", "project", "units")
    owner_fields = ("region",)
    inlines = (AttendanceInline,)
    has_import = True
    export_kinds = ("活动登记",)
    fieldsets = (
        (None, {"fields": ("title", ("held_on", "form"), ("theme", "field"))}),
        (
            "组织",
            {"fields": ("region", ("station", "group"), ("organiser", "organiser_unit"), "place")},
        ),
        ("内容", {"fields": (("hours", "opinions_reported"), "content", "result")}),
        (
            "归到",
            {"fields": (("campaign", "central_task"), "project", "units")},
        ),
        ("核实", {"fields": ("self_initiated", *STAMPS)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is still being organised is changed on its own pages, which tell the deputies."""
        return super().has_change_permission(request, obj) and _was_held(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _was_held(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Activity]:
        there = Attendance.objects.filter(activity=OuterRef("pk"), presence=Presence.PRESENT)
        counted = there.order_by().values("activity").annotate(n=Count("pk")).values("n")
        return super().get_queryset(request).annotate(present_count=Subquery(counted))

    @admin.display(description="参加人数")
    def present(self, activity: Activity) -> int:
        return activity.present_count or 0  # type: ignore[attr-defined]

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows.filter(is_active=True) if name == "form" else rows


@admin.register(Visit)
class VisitAdmin(RecordAdmin):
    list_display = ("held_on", "deputy", "region", "village", "channel", "people", "verification")
    list_display_links = ("held_on", "deputy")
    list_select_related = ("deputy__town", "region", "village", "channel")
    list_filter = ("verification", PeriodFilter, TownFilter, "channel")
    search_fields = _DEPUTY_SEARCH
    search_help_text = "代表姓名、拼音或拼音首字母"
    autocomplete_fields = ("deputy", "village")
    owner_fields = ("region",)
    has_import = True
    export_kinds = ("联系走访",)
    fieldsets = (
        (None, {"fields": (("deputy", "held_on"), ("region", "village"), ("channel", "people"))}),
        ("情况", {"fields": ("matter", "self_initiated")}),
        ("核实", {"fields": STAMPS}),
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(level__in=TOWN_LEVELS) if name == "region" else rows


@admin.register(DutyReport)
class DutyReportAdmin(RecordAdmin):
    list_display = (
        "held_on",
        "deputy",
        "district",
        "voters_present",
        "satisfied",
        "basically_satisfied",
        "unsatisfied",
        "verification",
    )
    list_display_links = ("held_on", "deputy")
    list_select_related = ("deputy__town", "district")
    list_filter = ("verification", PeriodFilter, TownFilter.by("deputy__town"))
    search_fields = _DEPUTY_SEARCH
    search_help_text = "代表姓名、拼音或拼音首字母"
    autocomplete_fields = ("deputy", "district")
    owner_fields = ("deputy",)
    has_import = True
    export_kinds = ("述职评议",)
    fieldsets = (
        (None, {"fields": (("deputy", "held_on"), ("district", "district_name"))}),
        (
            "测评",
            {
                "fields": (
                    "voters_present",
                    ("excellent", "satisfied", "basically_satisfied", "unsatisfied"),
                )
            },
        ),
        ("核实", {"fields": STAMPS}),
    )


@admin.register(NewsItem)
class NewsItemAdmin(RecordAdmin):
    list_display = ("held_on", "title", "region", "level", "verification")
    list_display_links = ("held_on", "title")
    list_select_related = ("region", "level")
    list_filter = ("verification", PeriodFilter, TownFilter, "level")
    search_fields = ("title",)
    owner_fields = ("region",)
    has_import = True
    export_kinds = ("信息报送",)
    fieldsets = (
        (None, {"fields": ("title", ("held_on", "region"), "level")}),
        ("核实", {"fields": STAMPS}),
    )

    def stamp(self, request: HttpRequest, row: Any, change: bool) -> None:
        """A town hands its news in; the county's office looks at it before it counts (M116)."""
        super().stamp(request, row, change)
        if not change and not request.user.scope.is_office:  # type: ignore[union-attr]
            row.verification = Verification.PENDING
            row.verified_by = row.verified_at = None

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        if not request.user.scope.is_office:  # type: ignore[union-attr]
            for name in ("verify_selected", "refuse_selected"):
                found.pop(name, None)
        return found  # type: ignore[no-any-return]

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows
