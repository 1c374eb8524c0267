"""The committee's register, its pairs and contacts, opinions on its work.

The register belongs to the floor below; its pages stand here with what hangs on it.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from activities.models import MemberContact, WorkOpinion
from congress_portal.core.admin import PortalAdmin
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.admin.records import STAMPS, RecordAdmin
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from deputies.models import CommitteeMember, CommitteeOffice, Pairing

_SEARCH_HELP = "代表姓名、拼音或拼音首字母"


def _of_deputy(path: str) -> tuple[str, ...]:
    return (f"{path}__name", f"^{path}__pinyin", f"^{path}__initials")


def _congresses(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))


@admin.register(CommitteeOffice)
class CommitteeOfficeAdmin(PortalAdmin):
    list_display = ("name", "region", "phone", "order", "is_active")
    list_select_related = ("region",)
    list_filter = ("is_active",)
    search_fields = ("name",)
    owner_fields = ("region",)
    fields = (("name", "region"), "duties", "phone", ("order", "is_active"))

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return _congresses(rows) if name == "region" else rows


@admin.register(CommitteeMember)
class CommitteeMemberAdmin(PortalAdmin):
    list_display = ("deputy", "post", "office", "region", "begins_on", "ends_on")
    list_select_related = ("deputy", "office", "region")
    list_filter = ("post",)
    search_fields = _of_deputy("deputy")
    search_help_text = _SEARCH_HELP
    autocomplete_fields = ("deputy", "office", "user")
    export_columns = ("deputy", "post", "office", "region", "begins_on", "ends_on")
    owner_fields = ("region",)
    fields = (
        ("region", "deputy"),
        ("post", "office"),
        ("serial", "user"),
        ("begins_on", "ends_on"),
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return _congresses(rows) if name == "region" else rows


@admin.register(Pairing)
class PairingAdmin(PortalAdmin):
    """Read only: pairs are made and ended on the board, where the 2–3 rule is asked."""

    list_display = ("member", "deputy", "begins_on", "ends_on")
    list_select_related = ("member__deputy", "deputy")
    search_fields = (*_of_deputy("deputy"), *_of_deputy("member__deputy"))
    search_help_text = _SEARCH_HELP
    export_columns = ("member", "deputy", "begins_on", "ends_on")
    fields = ("member", "deputy", ("begins_on", "ends_on"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MemberContact)
class MemberContactAdmin(RecordAdmin):
    list_display = ("held_on", "pairing", "channel", "verification")
    list_display_links = ("held_on", "pairing")
    list_select_related = ("pairing__member__deputy", "pairing__deputy", "channel")
    list_filter = ("verification", PeriodFilter, TownFilter.by("pairing__deputy__town"))
    search_fields = (*_of_deputy("pairing__deputy"), *_of_deputy("pairing__member__deputy"))
    search_help_text = _SEARCH_HELP
    owner_fields = ("pairing",)
    fieldsets = (
        (None, {"fields": ("pairing", ("held_on", "channel"), "matter")}),
        ("核实", {"fields": STAMPS}),
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "pairing":
            return rows.select_related("member__deputy", "deputy")
        return rows.filter(dictionary="channel") if name == "channel" else rows


@admin.register(WorkOpinion)
class WorkOpinionAdmin(PortalAdmin):
    """Read only: each step has its page, which tells the deputy."""

    list_display = ("raised_on", "deputy", "office", "state", "answered_on", "closed_on")
    list_display_links = ("raised_on", "deputy")
    list_select_related = ("deputy", "office")
    list_filter = ("state",)
    search_fields = _of_deputy("deputy")
    search_help_text = _SEARCH_HELP
    fields = (
        ("deputy", "region", "raised_on"),
        "text",
        ("activity", "contact", "office"),
        "answer",
        ("state", "answered_on", "answered_by", "closed_on"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
