"""Meetings at which deputies report to the voters; planned and counted on their pages."""

from django.contrib import admin
from django.http import HttpRequest

from activities.models import DutyReport, ReportMeeting
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import PeriodFilter


class DutyReportInline(PortalInline):
    model = DutyReport
    fields = ("deputy", "voters_present", "result", "announced_at", "verification")
    readonly_fields = fields
    select_related = ("meeting", "deputy")
    max_num = 0
    can_delete = False


@admin.register(ReportMeeting)
class ReportMeetingAdmin(PortalAdmin):
    list_display = ("held_on", "title", "region", "district", "voters_present", "is_held")
    list_display_links = ("held_on", "title")
    list_select_related = ("region", "district")
    list_filter = (PeriodFilter, "is_held")
    search_fields = ("title", "place")
    owner_fields = ("region",)
    readonly_fields = (
        "title", "region", "district", "held_on", "place", "scale", "voters_present", "is_held"
    )  # fmt: skip
    fields = (
        "title", ("region", "district"), ("held_on", "place"), "scale",
        ("voters_present", "is_held"), "note",
    )  # fmt: skip
    inlines = (DutyReportInline,)
    export_columns = ("held_on", "title", "region", "district", "voters_present", "is_held")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
