import calendar
import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import Dictionary, Rating, Role
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy, Term
from suggestions.enums import Kind, Share

REPLY_MONTHS = 3  # 代表法 §51: reply within three months from hand-over


def months_later(day: dt.date, months: int) -> dt.date:
    """Calendar months later, clamped to the month's end: 30 November + 3 = 28 February."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class SuggestionQuerySet(ScopedQuerySet):
    """Town: suggestions led from the town; deputy: own and co-signed; unit: what it was handed."""

    region_path = "lead__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("lead__town") | scope.reads("region")
        if scope.deputy_user_id:
            cosigned = CoSigner.objects.filter(deputy__user=scope.deputy_user_id).values(
                "suggestion"
            )
            rule |= Q(lead__user=scope.deputy_user_id) | Q(pk__in=cosigned)
        if scope.unit_ids and Role.UNIT_OFFICER in scope.roles:
            handed = Handling.objects.filter(unit__in=scope.unit_ids).values("suggestion")
            rule |= Q(pk__in=handed)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        """The office of the congress that received it."""
        return scope.writes("region")

    def submitted_in(self, period: Period) -> Self:
        return self.filter(submitted_on__range=(period.first, period.last))

    def unanswered(self) -> Self:
        """Handed over and without a reply of the lead unit."""
        answered = Reply.objects.filter(handling__share=Share.LEAD).values("handling__suggestion")
        return self.filter(handed_over_on__isnull=False).exclude(pk__in=answered)


class Suggestion(models.Model):
    """A deputy's suggestion (代表建议、批评和意见) or motion (议案)."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField("编号", max_length=20)
    kind = models.CharField("案别", max_length=12, choices=Kind.choices, default=Kind.SUGGESTION)
    title = models.CharField("标题", max_length=200)
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="类别",
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name="向哪里的人大提出"
    )
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="届次"
    )
    lead = models.ForeignKey(
        Deputy, models.PROTECT, related_name="suggestions_led", verbose_name="领衔代表"
    )
    cosigners = models.ManyToManyField(
        Deputy, through="CoSigner", related_name="suggestions_cosigned", verbose_name="附议代表"
    )
    content = models.TextField("建议内容", blank=True)
    submitted_on = models.DateField("提出日期")
    handed_over_on = models.DateField("交办日期", null=True, blank=True)
    extended_to = models.DateField("延期至", null=True, blank=True)
    is_key = models.BooleanField("重点督办", default=False)
    units = models.ManyToManyField(
        Unit, through="Handling", related_name="suggestions", verbose_name="办理单位"
    )
    source_text = models.CharField("来源", max_length=200, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = "建议"
        verbose_name_plural = "建议"
        ordering = ["-year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "number"],
                name="suggestion_number_unique",
                violation_error_message="这一年度已有同号的建议。",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_on__isnull=True) | Q(handed_over_on__gte=F("submitted_on")),
                name="suggestion_handed_over_after_submission",
                violation_error_message="交办日期不能早于提出日期。",
            ),
            models.CheckConstraint(
                condition=Q(extended_to__isnull=True) | Q(extended_to__gte=F("handed_over_on")),
                name="suggestion_extended_after_hand_over",
                violation_error_message="延期至不能早于交办日期。",
            ),
        ]
        indexes = [models.Index(fields=["submitted_on", "lead"], name="suggestion_counting")]

    def __str__(self) -> str:
        return self.title

    @property
    def due_on(self) -> dt.date | None:
        """Hand-over + 3 calendar months; an approved extension moves it (DESIGN §4)."""
        if self.extended_to:
            return self.extended_to
        return months_later(self.handed_over_on, REPLY_MONTHS) if self.handed_over_on else None

    @property
    def last_reply(self) -> "Reply | None":
        """The lead unit's newest reply; lists prefetch ``handlings__replies`` in order."""
        leads = [each for each in self.handlings.all() if each.share == Share.LEAD]
        replies = [reply for each in leads for reply in each.replies.all()]
        return replies[-1] if replies else None


class CoSignerQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().read_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().write_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))


class CoSigner(models.Model):
    """A deputy who joins a suggestion (附议代表)."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="cosignatures", verbose_name="建议"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="cosignatures", verbose_name="附议代表"
    )
    serial = models.PositiveIntegerField("次序", default=0)

    objects = CoSignerQuerySet.as_manager()

    class Meta:
        verbose_name = "附议代表"
        verbose_name_plural = "附议代表"
        ordering = ["suggestion", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["suggestion", "deputy"], name="cosigner_once"),
        ]

    def __str__(self) -> str:
        return str(self.deputy)


class HandlingQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().read_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().write_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))


class Handling(models.Model):
    """One unit's part in handling one suggestion (主办 or 会办)."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="handlings", verbose_name="建议"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="handlings", verbose_name="承办单位"
    )
    share = models.CharField("分工", max_length=8, choices=Share.choices)
    serial = models.PositiveIntegerField("次序", default=0)

    objects = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = "办理单位"
        verbose_name_plural = "办理单位"
        ordering = ["suggestion", "-share", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "unit"],
                name="handling_unit_once",
                violation_error_message="主办单位不能同时会办。",
            ),
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(share=Share.LEAD),
                name="handling_one_lead",
                violation_error_message="一件建议只能有一个主办单位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_share_display()}）"


class ReplyQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().read_rule(scope)
        return Q(handling__suggestion__in=Suggestion.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().write_rule(scope)
        return Q(handling__suggestion__in=Suggestion.objects.filter(rule))

    def of_lead_units(self) -> Self:
        return self.filter(handling__share=Share.LEAD)

    def in_period(self, period: Period) -> Self:
        return self.filter(replied_on__range=(period.first, period.last))


class Reply(models.Model):
    """A unit's reply of one round, its class, and how the deputies rated it."""

    handling = models.ForeignKey(
        Handling, models.CASCADE, related_name="replies", verbose_name="办理单位"
    )
    round = models.PositiveSmallIntegerField("轮次", default=1)
    replied_on = models.DateField("答复日期")
    reply_class = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.REPLY_CLASS},
        related_name="+",
        verbose_name="办理结果",
    )
    rating = models.CharField("代表评价", max_length=12, choices=Rating.choices, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = "答复"
        verbose_name_plural = "答复"
        ordering = ["handling", "round"]
        constraints = [
            models.UniqueConstraint(fields=["handling", "round"], name="reply_round_once"),
        ]
        indexes = [models.Index(fields=["replied_on", "handling"], name="reply_counting")]

    def __str__(self) -> str:
        return f"{self.handling} {self.replied_on}"
