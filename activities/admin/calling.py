"""Invitations, papers of activities, the ledger of support; only services write answers."""

from django.contrib import admin

from activities.models import ActivityFile, CalendarFeed, Invitation, SupportItem
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.keeping import ReadOnly
from congress_portal.core.admin.records import STAMPS, RecordAdmin

_DEPUTY_SEARCH = ("deputy__name", "^deputy__pinyin", "^deputy__initials")
_SEARCH_HELP = "代表姓名、拼音或拼音首字母"


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, PortalAdmin):
    list_display = ("activity", "deputy", "told_by", "read_at", "answer", "leave_kind")
    list_select_related = ("activity", "deputy")
    list_filter = ("answer", "told_by", TownFilter.by("deputy__town"))
    search_fields = ("activity__title", *_DEPUTY_SEARCH)
    fields = (
        ("activity", "deputy"),
        ("told_by", "sent_at", "read_at"),
        ("answer", "answered_at", "answered_by"),
        ("leave_kind", "leave_reason"),
        ("decision", "decided_by", "decided_at"),
    )
    export_columns = ("activity", "deputy", "told_by", "read_at", "answer", "leave_kind")


@admin.register(ActivityFile)
class ActivityFileAdmin(PortalAdmin):
    list_display = ("title", "activity", "entered_by", "entered_at")
    list_select_related = ("activity", "entered_by")
    search_fields = ("title", "activity__title")
    autocomplete_fields = ("activity",)
    owner_fields = ("activity",)
    fields = ("activity", "title", "file")
    export_columns = ("title", "activity", "entered_at")


@admin.register(SupportItem)
class SupportItemAdmin(RecordAdmin):
    list_display = ("held_on", "deputy", "kind", "number", "detail", "amount", "verification")
    list_display_links = ("held_on", "deputy")
    list_select_related = ("deputy",)
    list_filter = ("kind", PeriodFilter, TownFilter.by("deputy__town"))
    search_fields = ("number", "detail", *_DEPUTY_SEARCH)
    search_help_text = _SEARCH_HELP
    autocomplete_fields = ("deputy", "activity")
    owner_fields = ("deputy",)
    readonly_fields = (*RecordAdmin.readonly_fields, "number")
    fieldsets = (
        (None, {"fields": (("deputy", "held_on"), ("kind", "number"), ("detail", "amount"))}),
        ("为哪次活动", {"fields": ("activity",)}),
        ("核实", {"fields": STAMPS}),
    )


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly, PortalAdmin):
    """Who has opened a feed; the address itself is shown to nobody but its owner."""

    list_display = ("user", "made_at")
    list_select_related = ("user",)
    fields = ("user", "made_at")
    export_columns = ("user", "made_at")
