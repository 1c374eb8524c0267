import calendar
import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.enums import GroupKind
from deputies.models import Deputy, GroupMembership, Term
from suggestions.enums import (
    HANDED_OVER,
    NOT_COUNTED,
    NOT_IN_HAND,
    OPEN_WITH_UNITS,
    TASK_DICTIONARIES,
    UNNUMBERED,
    UNSUBMITTED,
    CoSignerState,
    Kind,
    Session,
    Share,
    State,
)
from suggestions.models.rules import Call

if TYPE_CHECKING:
    from suggestions.models.handling import Reply

REPLY_MONTHS = 3  # 代表法 §51: reply within three months from hand-over


def months_later(day: dt.date, months: int) -> dt.date:
    """Calendar months later, clamped to the month's end: 30 November + 3 = 28 February."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _names(states: frozenset[State]) -> list[str]:
    """Sorted, so that migrations come out the same each time."""
    return sorted(states)


class SuggestionQuerySet(ScopedQuerySet):
    """Who reads a suggestion.

    Office: all but other people's drafts. Deputy: own, co-signed, those of the own specialist
    group's field, and the published. Unit: what it is handed, with what was merged into it.
    Government office: what it was passed.
    """

    region_path = "lead__town"

    by_region = False  # drafts are hidden even from those who read everything

    def read_rule(self, scope: Scope) -> Q:
        rule = self.party_rule(scope)
        if scope.deputy_user_id:
            rule |= _PUBLISHED
        return rule

    def party_rule(self, scope: Scope) -> Q:
        """Those who take part; the published ones are left out (their inner records stay in)."""
        whole = (scope.reads("lead__town") | scope.reads("region")) & ~Q(state__in=_PRIVATE)
        rule = whole | (scope.writes("region") & Q(entered_on_behalf=True))
        if scope.deputy_user_id:
            rule |= self._deputy_rule(scope.deputy_user_id)
        if scope.unit_ids:
            handed = (
                _rows_of("handlings").filter(unit__in=scope.unit_ids).exclude(state__in=NOT_IN_HAND)
            )
            cases = handed.values("suggestion")
            rule |= Q(pk__in=cases) | Q(merged_into__in=cases)  # its proposers are answered, too
            rule |= Q(
                region__handling_rule__government_unit__in=scope.unit_ids,
                passed_on_on__isnull=False,
            )
        return rule

    def write_rule(self, scope: Scope) -> Q:
        """The office of the congress that received it; drafts are the deputies'."""
        return scope.writes("region") & (~Q(state__in=_PRIVATE) | Q(entered_on_behalf=True))

    def published(self) -> Self:
        """On the open list: with consent, and in the units' hands or through them."""
        return self.filter(_PUBLISHED, consents_to_publication=True)

    def led_or_signed_by(self, user_id: int) -> Self:
        """Suggestions the person leads or has confirmed to co-sign."""
        return self.filter(
            Q(lead__user=user_id) | Q(pk__in=_signatures(user_id, CoSignerState.CONFIRMED))
        )

    def submitted_in(self, period: Period) -> Self:
        """Put forward in the period; refused and withdrawn ones do not count."""
        return self.filter(submitted_on__range=(period.first, period.last)).exclude(
            state__in=NOT_COUNTED
        )

    def fresh(self) -> Self:
        """Accepted, and not yet handed over."""
        return self.filter(state=State.ACCEPTED, handed_over_on__isnull=True)

    def unanswered(self) -> Self:
        """Handed over, in the units' hands, and without a reply of the lead unit."""
        answered = _rows_of("handlings").filter(share=Share.LEAD, replies__isnull=False)
        return (
            self.filter(handed_over_on__isnull=False)
            .exclude(state__in=(State.WITHDRAWN, State.MERGED))
            .exclude(pk__in=answered.values("suggestion"))
        )

    def with_units(self) -> Self:
        return self.filter(state__in=OPEN_WITH_UNITS)

    def running(self) -> Self:
        """Its clocks are not paused."""
        pauses = _rows_of("suspensions")
        return self.exclude(pk__in=pauses.filter(ends_on__isnull=True).values("suggestion"))

    def _deputy_rule(self, user_id: int) -> Q:
        rule = Q(lead__user=user_id)
        rule |= Q(pk__in=_signatures(user_id, CoSignerState.CONFIRMED, CoSignerState.INVITED))
        fields = GroupMembership.objects.on(timezone.localdate()).filter(
            deputy__user=user_id, group__kind=GroupKind.PROFESSIONAL, group__is_active=True
        )
        return rule | Q(field__in=fields.values("group__field"), state__in=_IN_HAND)


# Nobody but the deputies themselves (and staff who enter on behalf) reads these.
_PRIVATE = (State.DRAFT,)
_IN_HAND = tuple(HANDED_OVER)
_PUBLISHED = Q(published_on__isnull=False, state__in=_IN_HAND)  # a withdrawn one no more


def _signatures(user_id: int, *states: str) -> models.QuerySet[Any]:
    signed = _rows_of("cosignatures").filter(deputy__user=user_id, state__in=states)
    return signed.values("suggestion")


def _rows_of(relation: str) -> models.QuerySet[Any]:
    """Rows that hang on suggestions; their models are defined after this one."""
    model: Any = Suggestion._meta.get_field(relation).related_model
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows


class Suggestion(models.Model):
    """A deputy's suggestion (代表建议、批评和意见) or motion (议案)."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.CharField(
        "编号",
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(r"\d{7}", "编号里连着的数字不能超过六位，请核对。", inverse_match=True)
        ],
    )
    state = models.CharField(
        "状态", max_length=14, choices=State.choices, default=State.ACCEPTED, editable=False
    )
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
    reason = models.TextField("案由", blank=True)
    situation = models.TextField("情况（案据）", blank=True)
    analysis = models.TextField("分析", blank=True)
    proposal = models.TextField("具体建议（方案）", blank=True)
    session = models.CharField(
        "提出时间", max_length=10, choices=Session.choices, default=Session.INTERVAL
    )
    meeting = models.CharField("会次", max_length=40, blank=True, help_text="如 第六次会议。")
    is_one_matter = models.BooleanField("一事一议", default=False)
    wants_meeting = models.BooleanField("要求面商", default=False)
    consents_to_publication = models.BooleanField("同意公开", default=False)
    proposed_units = models.ManyToManyField(
        Unit, blank=True, related_name="+", verbose_name="建议承办单位"
    )
    themes = models.ManyToManyField(
        DictionaryEntry,
        blank=True,
        limit_choices_to={"dictionary__in": TASK_DICTIONARIES},
        related_name="+",
        verbose_name="结合的中心工作",
    )
    call = models.ForeignKey(
        Call,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name="响应的征集",
    )
    entered_on_behalf = models.BooleanField("代录", default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )
    draft_key = models.UUIDField("草稿编号", null=True, unique=True, editable=False)
    saved_at = models.DateTimeField("最近保存", null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name="并入的主件",
    )
    submitted_on = models.DateField("提出日期", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True, editable=False)
    passed_on_on = models.DateField("交政府办日期", null=True, blank=True, editable=False)
    handed_over_on = models.DateField("交办日期", null=True, blank=True)
    extended_to = models.DateField("延期至", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    published_on = models.DateField("公开日期", null=True, blank=True, editable=False)
    is_key = models.BooleanField("重点督办", default=False)
    leading_member = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="领衔督办领导",
    )
    units = models.ManyToManyField(
        Unit, through="Handling", related_name="suggestions", verbose_name="办理单位"
    )
    final_class = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        limit_choices_to={"dictionary": Dictionary.REPLY_CLASS},
        related_name="+",
        verbose_name="跟踪后的办理结果",
        help_text="承诺兑现或重新分类后的结果；各轮答复的类别不改。",
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
                condition=~Q(number=""),
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
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="suggestion_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_names(UNSUBMITTED), submitted_on__isnull=True)
                | (~Q(state__in=_names(UNSUBMITTED)) & Q(submitted_on__isnull=False))
                | Q(state=State.WITHDRAWN),
                name="suggestion_submitted_when_dated",
                violation_error_message="草稿和退回修改的没有提出日期，其他的都有。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_names(UNNUMBERED), number="")
                | Q(state__in=(State.WITHDRAWN, State.MERGED))
                | (~Q(state__in=_names(UNNUMBERED)) & ~Q(number="")),
                name="suggestion_numbered_when_accepted",
                violation_error_message="受理后才编号，受理的都有编号。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_names(HANDED_OVER)) | Q(handed_over_on__isnull=False),
                name="suggestion_in_hand_when_handed_over",
                violation_error_message="办理中的建议要有交办日期。",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(state=State.CLOSED),
                name="suggestion_closing_dated_when_closed",
                violation_error_message="只有办结的建议有办结日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="suggestion_merged_into_another",
                violation_error_message="并案要指明主件。",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | Q(consents_to_publication=True),
                name="suggestion_published_with_consent",
                violation_error_message="提出人没有同意公开。",
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_on", "lead"], name="suggestion_counting"),
            models.Index(fields=["state", "handed_over_on"], name="suggestion_standing"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open_to_edit(self) -> bool:
        """Its text may be changed by those who write it."""
        return self.state in UNSUBMITTED

    @property
    def full_text(self) -> str:
        """The four parts in order, or the one text of an imported catalogue."""
        parts = (self.reason, self.situation, self.analysis, self.proposal)
        return "\n".join(filter(None, parts)) or self.content

    @property
    def due_on(self) -> dt.date | None:
        """Hand-over + 3 calendar months; an approved extension moves it (DESIGN §4).

        A suspended clock moves it too: ``clocks`` then writes ``extended_to``.
        """
        if self.extended_to:
            return self.extended_to
        return months_later(self.handed_over_on, REPLY_MONTHS) if self.handed_over_on else None

    @property
    def last_reply(self) -> "Reply | None":
        """The lead unit's newest reply; lists prefetch ``handlings__replies`` in order."""
        leads = [
            each
            for each in self.handlings.all()
            if each.share == Share.LEAD and each.state not in NOT_IN_HAND
        ]
        replies = [reply for each in leads for reply in each.replies.all()]
        return replies[-1] if replies else None


class CoSignerQuerySet(ScopedQuerySet):
    by_region = False

    def confirmed(self) -> Self:
        return self.filter(state=CoSignerState.CONFIRMED)

    def read_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().party_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().write_rule(scope)
        return Q(suggestion__in=Suggestion.objects.filter(rule))


class CoSigner(models.Model):
    """A deputy who joins a suggestion (附议代表), by own hand or on paper."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="cosignatures", verbose_name="建议"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="cosignatures", verbose_name="附议代表"
    )
    serial = models.PositiveIntegerField("次序", default=0)
    state = models.CharField(
        "附议", max_length=10, choices=CoSignerState.choices, default=CoSignerState.CONFIRMED
    )
    on_paper = models.BooleanField("纸面签名", default=False)
    decided_at = models.DateTimeField("确认时间", null=True, blank=True, editable=False)

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
