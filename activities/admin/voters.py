"""Contact rules, fixed voters, notebooks."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from activities.models import ContactRule, FixedVoter, NotebookEntry
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel

_DEPUTY_SEARCH = ("deputy__name", "^deputy__pinyin", "^deputy__initials")
_SEARCH_HELP = "代表姓名、拼音或拼音首字母"


@admin.register(ContactRule)
class ContactRuleAdmin(PortalAdmin):
    list_display = (
        "region",
        "voters_least",
        "contacts_a_year",
        "pairs_least",
        "pairs_most",
        "gap_months",
        "outside_least",
    )
    list_select_related = ("region",)
    owner_fields = ("region",)
    fieldsets = (
        (None, {"fields": ("region",)}),
        ("联系选民", {"fields": (("voters_least", "contacts_a_year"),)}),
        ("双联系", {"fields": (("pairs_least", "pairs_most"),)}),
        ("提示", {"fields": (("gap_months", "outside_least"),)}),
        ("活动通知", {"fields": (("notice_days", "remind_days"), "letter_word", "grassroots")}),
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


@admin.register(FixedVoter)
class FixedVoterAdmin(PortalAdmin):
    list_display = ("masked_name", "masked_phone", "deputy", "village", "begins_on", "ends_on")
    list_display_links = ("masked_name",)
    list_select_related = ("deputy", "village")
    list_filter = (TownFilter.by("deputy__town"), "is_household")
    search_fields = _DEPUTY_SEARCH
    search_help_text = _SEARCH_HELP
    autocomplete_fields = ("deputy", "village")
    owner_fields = ("deputy",)
    has_import = True
    export_kinds = ("联系选民名单",)
    fieldsets = (
        (None, {"fields": ("deputy", ("name", "phone"), ("village", "is_household"), "note")}),
        ("期间", {"fields": (("begins_on", "ends_on"),)}),
    )


@admin.register(NotebookEntry)
class NotebookEntryAdmin(PortalAdmin):
    """Read only: nobody but the deputy writes, and private pages are not here at all."""

    list_display = ("noted_on", "deputy", "text", "follow_up_on", "is_done")
    list_select_related = ("deputy",)
    list_filter = (TownFilter.by("deputy__town"), "is_done")
    search_fields = _DEPUTY_SEARCH
    search_help_text = _SEARCH_HELP
    fields = ("deputy", "noted_on", "text", "voter", ("follow_up_on", "is_done"))
