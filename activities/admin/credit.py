"""Good deeds, honours, and the notes that deputies share."""

from django.contrib import admin
from django.http import HttpRequest

from activities.models import ExchangePost, GoodDeed, Honour
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.records import STAMPS, RecordAdmin

_DEPUTY_SEARCH = ("deputy__name", "^deputy__pinyin", "^deputy__initials", "title")


@admin.register(GoodDeed)
class GoodDeedAdmin(RecordAdmin):
    list_display = (
        "held_on", "deputy", "kind", "title", "amount", "beneficiaries", "is_publishable",
        "verification",
    )  # fmt: skip
    list_display_links = ("held_on", "title")
    list_select_related = ("deputy", "kind")
    list_filter = ("verification", PeriodFilter, TownFilter.by("deputy__town"), "kind")
    search_fields = _DEPUTY_SEARCH
    autocomplete_fields = ("deputy",)
    owner_fields = ("deputy",)
    fieldsets = (
        (None, {"fields": (("deputy", "held_on"), ("kind", "title"), "content")}),
        ("金额和受益", {"fields": (("amount", "beneficiaries"), "is_publishable")}),
        ("核实", {"fields": STAMPS}),
    )
    export_columns = ("held_on", "deputy", "kind", "title", "amount", "beneficiaries")


@admin.register(Honour)
class HonourAdmin(RecordAdmin):
    list_display = ("held_on", "deputy", "title", "level", "given_by", "verification")
    list_display_links = ("held_on", "title")
    list_select_related = ("deputy", "level")
    list_filter = ("verification", PeriodFilter, TownFilter.by("deputy__town"), "level")
    search_fields = _DEPUTY_SEARCH
    autocomplete_fields = ("deputy",)
    owner_fields = ("deputy",)
    fieldsets = (
        (None, {"fields": (("deputy", "held_on"), "title", ("level", "given_by"),
                           "document_number")}),
        ("核实", {"fields": STAMPS}),
    )  # fmt: skip
    export_columns = ("held_on", "deputy", "title", "level", "given_by", "document_number")


@admin.register(ExchangePost)
class ExchangePostAdmin(PortalAdmin):
    """Written by deputies and let on its page; here it is found."""

    list_display = ("written_at", "deputy", "title", "state", "moderated_by")
    list_display_links = ("written_at", "title")
    list_select_related = ("deputy", "moderated_by")
    list_filter = ("state", TownFilter.by("deputy__town"))
    search_fields = _DEPUTY_SEARCH
    readonly_fields = (
        "deputy", "title", "body", "state", "written_at", "moderated_by", "moderated_at", "reason"
    )  # fmt: skip
    fields = (
        ("deputy", "written_at"), "title", "body", ("state", "reason"),
        ("moderated_by", "moderated_at"),
    )  # fmt: skip
    export_columns = ("written_at", "deputy", "title", "state")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
