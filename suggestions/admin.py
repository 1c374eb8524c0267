"""Voices and suggestions, with the units' work."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from congress_portal.core.admin import PortalAdmin, PortalInline, PortalStack
from congress_portal.core.admin.filters import PeriodFilter, TownFilter
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.templatetags.portal import clock
from stations.admin import ReceptionAdmin
from stations.models import Reception
from suggestions import admin_halls as admin_halls  # registers the halls
from suggestions import admin_surveys as admin_surveys  # registers the questionnaires
from suggestions import admin_voices as admin_voices  # registers the voters' door
from suggestions.enums import Share, VoiceSource
from suggestions.models import (
    Call,
    CoSigner,
    Handling,
    HandlingRule,
    Intake,
    Letterhead,
    LetterSeries,
    LetterText,
    Reply,
    ReviewItem,
    Suggestion,
    Voice,
)
from suggestions.services import RefusedError, correct_hand_over


class CoSignerInline(PortalInline):
    model = CoSigner
    fields = ("deputy", "serial")
    autocomplete_fields = ("deputy",)
    select_related = ("deputy__town", "suggestion")


class HandlingInline(PortalInline):
    model = Handling
    fields = ("share", "unit", "serial")
    select_related = ("unit", "suggestion")
    show_change_link = True


class ReplyInline(PortalInline):
    model = Reply
    fields = ("round", "replied_on", "reply_class", "rating")
    select_related = ("reply_class", "handling__unit")


@admin.register(Suggestion)
class SuggestionAdmin(PortalAdmin):
    list_display = ("year", "number", "title", "lead", "lead_unit", "handed_over_on", "standing")
    list_display_links = ("number", "title")
    list_select_related = ("lead",)
    list_filter = (
        "year",
        "kind",
        PeriodFilter.by("submitted_on"),
        TownFilter.by("lead__town"),
        "field",
        "is_key",
    )
    search_fields = ("title", "=number", "lead__name", "^lead__pinyin", "^lead__initials")
    search_help_text = "标题、编号、领衔代表姓名或拼音首字母"
    autocomplete_fields = ("lead",)
    owner_fields = ("region",)
    inlines = (CoSignerInline, HandlingInline)
    has_import = True
    export_kinds = ("建议目录",)
    fieldsets = (
        (None, {"fields": (("year", "number", "kind"), "title", ("field", "is_key"))}),
        ("提出", {"fields": (("region", "term"), ("lead", "submitted_on"), "content")}),
        ("交办", {"fields": (("handed_over_on", "extended_to"), "extending", "source_text")}),
    )
    readonly_fields = ("extended_to", "extending")

    @admin.display(description="怎样延期")
    def extending(self, suggestion: Suggestion) -> str:
        """A limit follows from steps; the law's six months are checked there."""
        words = "期限由「同意延期」「暂停计时」推算，不在这里改。"
        if suggestion.pk is None:
            return words
        address = reverse("suggestions:detail", args=[suggestion.pk])
        return format_html('{}<a href="{}">到建议的页面办理</a>', words, address)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A corrected day of hand-over goes through its service, which moves the limits."""
        on = obj.handed_over_on
        is_corrected = change and "handed_over_on" in form.changed_data
        if is_corrected:
            obj.handed_over_on = form.initial["handed_over_on"]
        super().save_model(request, obj, form, change)
        if is_corrected:
            if on is None:
                raise RefusedError(["已经交办的，不能去掉交办日期。"])
            fresh = correct_hand_over(
                pk=obj.pk, actor=request.user, on=on, reason="后台更正交办日期"
            )
            obj.handed_over_on, obj.extended_to = fresh.handed_over_on, fresh.extended_to

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        replies = Reply.objects.select_related("reply_class")
        handlings = Handling.objects.select_related("unit").prefetch_related(
            Prefetch("replies", replies)
        )
        return super().get_queryset(request).prefetch_related(Prefetch("handlings", handlings))

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows.select_related("region") if name == "term" else rows

    @admin.display(description="主办单位")
    def lead_unit(self, suggestion: Suggestion) -> str:
        leads = [each for each in suggestion.handlings.all() if each.share == Share.LEAD]
        return str(leads[0].unit) if leads else "—"

    @admin.display(description="办理情况")
    def standing(self, suggestion: Suggestion) -> str:
        reply = suggestion.last_reply
        if reply:
            return f"✓ 已答复 {reply.reply_class or ''}"
        return f"● {clock(suggestion.due_on)}" if suggestion.due_on else "○ 未交办"


@admin.register(Handling)
class HandlingAdmin(PortalAdmin):
    """One unit's part; its replies are entered here."""

    list_display = ("suggestion", "unit", "share")
    list_select_related = ("suggestion", "unit")
    list_filter = ("share",)
    search_fields = ("suggestion__title", "=suggestion__number", "unit__name")
    autocomplete_fields = ("suggestion",)
    owner_fields = ("suggestion",)
    inlines = (ReplyInline,)
    fields = ("suggestion", "unit", "share", "serial")
    export_columns = ("suggestion", "unit", "share")


class VoiceInline(PortalStack):
    model = Voice
    fk_name = "reception"
    fields = (
        ("visitor_name", "visitor_phone", "village"),
        ("field", "matter"),
        ("route", "closed_on", "rating"),
    )
    autocomplete_fields = ("village",)
    select_related = ("village", "field", "route", "reception__station")
    show_change_link = True
    verbose_name_plural = "来访选民反映的问题"

    def fill_row(self, row: Voice) -> None:
        """What a visitor raised at a reception belongs to its day, station and place."""
        if row.pk is None:
            row.source, row.raised_on = VoiceSource.RECEPTION, row.reception.held_on
            row.station, row.region = row.reception.station, row.reception.station.region


class OpenFilter(admin.SimpleListFilter):
    title = "办理"
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "未办结"), ("no", "已办结")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(closed_on__isnull=self.value() == "yes")


@admin.register(Voice)
class VoiceAdmin(PortalAdmin):
    list_display = (
        "raised_on",
        "masked_visitor_name",
        "short_matter",
        "region",
        "field",
        "route",
        "closed_on",
    )
    list_display_links = ("raised_on", "short_matter")
    list_select_related = ("region", "field", "route")
    list_filter = (
        "source",
        PeriodFilter.by("raised_on"),
        TownFilter,
        "field",
        "route",
        OpenFilter,
    )
    search_fields = ("=visitor_name", "=visitor_phone", "matter")
    search_help_text = "选民姓名（全名）、联系电话（全号）或问题内容"
    autocomplete_fields = (
        "village",
        "station",
        "reception",
        "visit",
        "deputy",
        "activity",
        "suggestion",
    )
    owner_fields = ("region",)
    has_import = True
    export_kinds = ("接待登记",)
    fieldsets = (
        (None, {"fields": (("source", "raised_on"), ("region", "village"))}),
        (
            "选民",
            {
                "fields": (
                    "has_consent",
                    ("visitor_name", "visitor_phone"),
                    ("visitor_email", "told_by"),
                    ("is_confidential", "wants_answer"),
                )
            },
        ),
        ("问题", {"fields": ("field", "matter")}),
        ("来处", {"fields": ("station", "reception", "visit", "deputy", "activity")}),
        ("处理", {"fields": (("route", "unit"), "suggestion", ("closed_on", "rating"))}),
        ("反馈", {"fields": (("voter_told_on", "voter_told_how"), "deputies_told_on")}),
    )

    @admin.display(description="反映问题")
    def short_matter(self, voice: Voice) -> str:
        return voice.said[:40]

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


@admin.register(Intake)
class IntakeAdmin(PortalAdmin):
    """Corrections of what was logged; letters are triaged on their own page."""

    list_display = ("received_at", "subject", "masked_sender_name", "source", "state")
    list_display_links = ("received_at", "subject")
    list_filter = ("state", "source")
    search_fields = ("subject", "=sender_name")
    owner_fields = ("region",)
    fieldsets = (
        (None, {"fields": (("region", "source"), "received_at", "subject", "body")}),
        ("寄件人", {"fields": (("sender_name", "sender_address"),)}),
        ("处理", {"fields": ("state", "suggestion", "voice", "reason", "decided_at")}),
    )
    readonly_fields = ("state", "suggestion", "voice", "reason", "decided_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


@admin.register(LetterText)
class LetterTextAdmin(PortalAdmin):
    """Which wordings there are is given by the papers; the office changes their text."""

    list_display = ("code", "text")
    fields = ("code", "text", "help")
    readonly_fields = ("code", "help")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Letterhead)
class LetterheadAdmin(PortalAdmin):
    """The unit keeps its own on its desk; the office may correct it."""

    list_display = ("unit", "reply_prefix", "opinion_prefix", "leader_name")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "unit__short_name")
    owner_fields = ("unit",)


@admin.register(LetterSeries)
class LetterSeriesAdmin(PortalAdmin):
    """For a unit that begins in mid-year: the last number it has given on paper."""

    list_display = ("unit", "kind", "year", "last")
    list_select_related = ("unit",)
    list_filter = ("year", "kind")
    owner_fields = ("unit",)


@admin.register(HandlingRule)
class HandlingRuleAdmin(PortalAdmin):
    """One row a congress; each limit names its source in the help text."""

    list_display = ("region", "reply_months", "sign_days", "return_days", "redo_months", "reply_to")
    list_select_related = ("region",)
    owner_fields = ("region",)

    def narrow_choices(self, name: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        if name == "region":
            return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
        return rows


@admin.register(ReviewItem)
class ReviewItemAdmin(PortalAdmin):
    list_display = ("name", "kind", "source", "order", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)


@admin.register(Call)
class CallAdmin(PortalAdmin):
    """Corrections; a call is published on its own page, which tells the deputies."""

    list_display = ("title", "kind", "region", "opens_on", "closes_on")
    list_select_related = ("region",)
    list_filter = ("kind",)
    search_fields = ("title",)
    owner_fields = ("region",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


admin.site.unregister(Reception)


@admin.register(Reception)
class ReceptionWithVoicesAdmin(ReceptionAdmin):
    """The reception's page with what the visitors raised; its app need not know voices."""

    inlines = (*ReceptionAdmin.inlines, VoiceInline)  # type: ignore[assignment]
    export_kinds = ("接待登记",)

    def export_rows(self, kind: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        voices = Voice.objects.visible_to(request.user)
        return voices.filter(reception__in=rows.prefetch_related(None).order_by().values("pk"))
