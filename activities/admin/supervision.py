"""Findings, questions, interviews, projects, ballots: worked on their pages, found here."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect

from activities.models import (
    Ballot,
    BallotItem,
    BallotOption,
    BallotScale,
    BallotVoter,
    Finding,
    Interview,
    Project,
    Question,
    ResultRule,
)
from activities.models.ballot import USED, used_scales
from activities.services.scales import copy_scale
from congress_portal.core.admin import PortalAdmin, PortalInline
from congress_portal.core.admin.filters import TownFilter
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel


@admin.register(Finding)
class FindingAdmin(PortalAdmin):
    """Its steps (response, mending, re-check, end) are taken on its own page.

    What a unit was told of stays: it can be closed, with a reason, but not removed, nor can the
    activity that it came from.
    """

    list_display = (
        "text",
        "kind",
        "activity",
        "unit",
        "due_on",
        "mended_on",
        "recheck",
        "closed_on",
    )
    list_select_related = ("activity", "unit")
    list_filter = ("kind", "phase", "recheck", "is_adopted", TownFilter.by("activity__region"))
    search_fields = ("text", "activity__title", "unit__name")
    autocomplete_fields = ("activity", "raised_by")
    owner_fields = ("activity",)
    readonly_fields = (
        "response", "responded_on", "is_adopted", "mended", "mended_on", "recheck", "rechecked_on",
        "recheck_note", "closed_on",
    )  # fmt: skip
    fields = (
        "activity", ("kind", "phase"), "text", ("unit", "due_on"), ("field", "raised_by"),
        ("response", "responded_on"), "is_adopted", ("mended", "mended_on"),
        ("recheck", "rechecked_on"), "recheck_note", "closed_on",
    )  # fmt: skip
    export_columns = (
        "text", "kind", "phase", "activity", "unit", "response", "is_adopted", "due_on", "mended",
        "mended_on", "recheck", "rechecked_on", "closed_on",
    )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, Finding) and (
            obj.unit_id or obj.closed_on or obj.is_adopted is not None
        ):
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Question)
class QuestionAdmin(PortalAdmin):
    list_display = ("text", "activity", "asker", "unit", "due_on", "done_on")
    list_select_related = ("activity", "asker", "unit")
    search_fields = ("text", "activity__title")
    autocomplete_fields = ("activity", "asker")
    owner_fields = ("activity",)
    fields = (
        ("activity", "serial"), "text", ("asker", "unit"), "answered_by", "answer", "follow_up",
        ("due_on", "done_on"),
    )  # fmt: skip
    export_columns = (
        "activity",
        "text",
        "asker",
        "unit",
        "answer",
        "follow_up",
        "due_on",
        "done_on",
    )


@admin.register(Interview)
class InterviewAdmin(PortalAdmin):
    """Asked and arranged on its pages; here it is found and looked at."""

    list_display = ("asked_on", "subject", "deputy", "unit", "region", "state", "arranged_on")
    list_select_related = ("deputy", "unit", "region")
    list_filter = ("state",)
    search_fields = ("subject", "deputy__name", "unit__name")
    owner_fields = ("region",)
    readonly_fields = (
        "deputy", "region", "unit", "asked_on", "wanted_on", "state", "arranged_on",
        "arranged_time", "declined_reason", "activity",
    )  # fmt: skip
    fields = (
        ("deputy", "unit", "region"), "subject", "questions", ("asked_on", "wanted_on"),
        ("state", "arranged_on", "arranged_time"), "place", "official", "outcome",
        "declined_reason", "activity",
    )  # fmt: skip
    export_columns = ("asked_on", "subject", "deputy", "unit", "state", "arranged_on", "outcome")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Project)
class ProjectAdmin(PortalAdmin):
    list_display = ("name", "region", "unit", "field", "progress", "due_on", "done_on")
    list_select_related = ("region", "unit", "field")
    list_filter = (TownFilter, "field")
    search_fields = ("name", "unit__name")
    owner_fields = ("region",)
    fields = (
        "name", ("region", "unit"), ("field", "investment"), "content", "progress",
        ("begins_on", "due_on", "done_on"),
    )  # fmt: skip
    export_columns = (
        "name",
        "region",
        "unit",
        "field",
        "investment",
        "progress",
        "due_on",
        "done_on",
    )

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


class BallotOptionInline(PortalInline):
    model = BallotOption
    fields = ("label", "order", "points", "is_good")
    select_related = ("scale",)


class ResultRuleInline(PortalInline):
    model = ResultRule
    fields = ("order", "first", "last", "comparison", "percent", "result", "advice")
    verbose_name_plural = (
        "结果规则（按次序，第一条成立的就是结果；最后一条写「不低于 0」，就是「其余情况」）"
    )
    select_related = ("scale", "first", "last")


@admin.register(BallotScale)
class BallotScaleAdmin(PortalAdmin):
    """Local rules differ: options and thresholds are the office's own rows."""

    list_display = ("name", "source", "share_of", "is_active")
    search_fields = ("name",)
    fields = ("name", "source", ("share_of", "is_active"))
    inlines = (BallotOptionInline, ResultRuleInline)
    export_columns = ("name", "source", "share_of")
    actions = ("copy_selected", "export_selected")

    @admin.action(description="复制为新票式", permissions=["add"])
    def copy_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """The way on for a scale that is in use: its copy may be changed."""
        rows = [copy_scale(actor=request.user, scale_pk=row.pk) for row in queryset]
        names = "、".join(f"「{row}」" for row in rows)
        messages.success(request, f"已建好{names}，还没有启用：改好之后勾上「在用」。")
        if len(rows) == 1:
            return redirect("admin:activities_ballotscale_change", rows[0].pk)
        return None

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        row = context.get("original")
        if row and BallotScale.objects.filter(used_scales(), pk=row.pk).exists():
            messages.info(request, USED)
        return super().render_change_form(request, context, *args, **kw)


class BallotItemInline(PortalInline):
    model = BallotItem
    fields = ("serial", "name", "unit")
    readonly_fields = ("serial", "name", "unit")
    select_related = ("ballot", "unit")
    max_num = 0
    can_delete = False


class BallotVoterInline(PortalInline):
    model = BallotVoter
    fields = ("deputy", "voted_on")
    readonly_fields = ("deputy", "voted_on")
    select_related = ("ballot", "deputy")
    max_num = 0
    can_delete = False


@admin.register(Ballot)
class BallotAdmin(PortalAdmin):
    """Made, opened and counted on its pages; papers and marks are shown nowhere."""

    list_display = ("title", "region", "scale", "is_anonymous", "state", "closes_at")
    list_select_related = ("region", "scale")
    list_filter = ("state",)
    search_fields = ("title",)
    owner_fields = ("region",)
    readonly_fields = (
        "title", "region", "activity", "scale", "is_anonymous", "state", "opens_at", "closes_at",
        "issued", "spoiled", "digest",
    )  # fmt: skip
    fields = (
        "title", ("region", "activity"), ("scale", "is_anonymous"),
        ("state", "opens_at", "closes_at"),
        ("issued", "spoiled"), "note", "digest",
    )  # fmt: skip
    inlines = (BallotItemInline, BallotVoterInline)
    export_columns = ("title", "region", "scale", "is_anonymous", "state", "issued", "spoiled")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
