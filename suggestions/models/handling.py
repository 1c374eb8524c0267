"""A unit's part in a suggestion, and its replies; one reply a round, none overwritten."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from congress_portal.core.enums import Dictionary, Rating
from congress_portal.core.models import DictionaryEntry, Unit
from congress_portal.core.periods import Period
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy
from suggestions.enums import (
    NOT_IN_HAND,
    OPEN_HANDLING,
    DraftState,
    HandlingState,
    Share,
)
from suggestions.models.suggestion import Suggestion


def readable(scope: Scope) -> models.QuerySet[Suggestion]:
    """Suggestions in which the reader takes part; published ones of others are not among them."""
    return Suggestion.objects.filter(Suggestion.objects.all().party_rule(scope))


def writable(scope: Scope) -> models.QuerySet[Suggestion]:
    return Suggestion.objects.filter(Suggestion.objects.all().write_rule(scope))


class CaseQuerySet(ScopedQuerySet):
    """Base of records that hang on a suggestion: whoever takes part in it reads them."""

    by_region = False

    case_path = "suggestion"

    def read_rule(self, scope: Scope) -> Q:
        return Q(**{f"{self.case_path}__in": readable(scope)})

    def write_rule(self, scope: Scope) -> Q:
        return Q(**{f"{self.case_path}__in": writable(scope)})


class HandlingQuerySet(CaseQuerySet):
    """Who handles a published suggestion is public, too; and who handles the main item."""

    def read_rule(self, scope: Scope) -> Q:
        rule = Suggestion.objects.all().read_rule(scope)
        read = Suggestion.objects.filter(rule)
        mains = read.filter(merged_into__isnull=False).order_by().values("merged_into")
        return Q(suggestion__in=read) | Q(suggestion__in=mains)

    def write_rule(self, scope: Scope) -> Q:
        """The office, and the unit's own people for their part."""
        rule = super().write_rule(scope)
        if scope.unit_ids:
            rule |= Q(unit__in=scope.unit_ids) & ~Q(state__in=sorted(NOT_IN_HAND))
        return rule

    def in_hand(self) -> Self:
        """Neither returned nor taken away."""
        return self.exclude(state__in=sorted(NOT_IN_HAND))

    def running(self) -> Self:
        """Still to be answered."""
        return self.filter(state__in=sorted(OPEN_HANDLING))


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
    state = models.CharField(
        "状态",
        max_length=14,
        choices=HandlingState.choices,
        default=HandlingState.PENDING,
        editable=False,
    )
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    assigned_on = models.DateField(
        "交给本单位的日期", null=True, blank=True, editable=False, help_text="改派的从改派之日算。"
    )
    signed_on = models.DateField("签收日期", null=True, blank=True, editable=False)
    sign_due_on = models.DateField("签收期限", null=True, blank=True, editable=False)
    return_due_on = models.DateField("退办期限", null=True, blank=True, editable=False)
    redo_from = models.DateField("重办起算日", null=True, blank=True, editable=False)
    due_on = models.DateField("答复期限", null=True, blank=True, editable=False)
    clock_warning = models.CharField("期限提示", max_length=200, blank=True, editable=False)
    return_asked_on = models.DateField("申请退办日期", null=True, blank=True, editable=False)
    return_reason = models.CharField("退办理由", max_length=400, blank=True, editable=False)
    ended_on = models.DateField("退办或撤销日期", null=True, blank=True, editable=False)
    opinion = models.TextField("会办意见", blank=True, editable=False)
    opinion_number = models.CharField("会办意见文号", max_length=60, blank=True, editable=False)
    answered_on = models.DateField("答复（会办）日期", null=True, blank=True, editable=False)

    objects = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = "办理单位"
        verbose_name_plural = "办理单位"
        ordering = ["suggestion", "-share", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "unit"],
                condition=~Q(state__in=sorted(NOT_IN_HAND)),
                name="handling_unit_once",
                violation_error_message="主办单位不能同时会办。",
            ),
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(share=Share.LEAD) & ~Q(state__in=sorted(NOT_IN_HAND)),
                name="handling_one_lead",
                violation_error_message="一件建议只能有一个主办单位。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HandlingState.values), name="handling_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(HandlingState.RETURN_ASKED, HandlingState.RETURNED))
                | (~Q(return_reason="") & Q(return_asked_on__isnull=False)),
                name="handling_return_has_reason",
                violation_error_message="申请退办要写明理由和日期。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=False, state__in=sorted(NOT_IN_HAND))
                | (Q(ended_on__isnull=True) & ~Q(state__in=sorted(NOT_IN_HAND))),
                name="handling_end_dated_when_out_of_hand",
                violation_error_message="退办或撤销的要有日期。",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="handling_clock")]

    def __str__(self) -> str:
        return f"{self.unit}（{self.get_share_display()}）"

    @property
    def is_lead(self) -> bool:
        return self.share == Share.LEAD


class ReplyQuerySet(ScopedQuerySet):
    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        """Those who take part; and with a published suggestion its public replies."""
        rule = Suggestion.objects.all().read_rule(scope)
        shown = Q(handling__suggestion__in=Suggestion.objects.filter(rule), is_public=True)
        own = readable(scope)
        answered = Appraisal.objects.filter(suggestion__in=own)  # of an item merged into another
        return (
            shown | Q(handling__suggestion__in=own) | Q(pk__in=answered.order_by().values("reply"))
        )

    def write_rule(self, scope: Scope) -> Q:
        return Q(handling__suggestion__in=writable(scope))

    def of_lead_units(self) -> Self:
        return self.filter(handling__share=Share.LEAD)

    def in_period(self, period: Period) -> Self:
        return self.filter(replied_on__range=(period.first, period.last))


class Reply(models.Model):
    """A unit's reply of one round, its class, and how the deputies rated it.

    ``rating`` is the result's rating over all sheets of the round: the worst one given.
    """

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
    due_on = models.DateField(
        "本轮期限",
        null=True,
        blank=True,
        editable=False,
        help_text="重新办理的期限；第一轮按交办日期和延期推算，不填。",
    )
    letter_number = models.CharField("答复文号", max_length=60, blank=True)
    body = models.TextField("答复内容", blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    signer = models.CharField("签发人", max_length=40, blank=True)
    leader_name = models.CharField("分管负责人", max_length=40, blank=True)
    leader_phone = models.CharField("负责人电话", max_length=40, blank=True)
    is_public = models.BooleanField("答复可以公开", default=True)

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

    @property
    def class_code(self) -> str:
        return self.reply_class.code if self.reply_class else ""


class ReplyDraftQuerySet(ScopedQuerySet):
    """A draft stays inside the unit."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return self.write_rule(scope)

    def write_rule(self, scope: Scope) -> Q:
        return Q(handling__unit__in=scope.unit_ids) & ~Q(handling__state__in=sorted(NOT_IN_HAND))


class ReplyDraft(models.Model):
    """A reply on its way from the officer to the unit's leader; each attempt is kept."""

    handling = models.ForeignKey(
        Handling, models.CASCADE, related_name="drafts", verbose_name="办理单位"
    )
    round = models.PositiveSmallIntegerField("轮次")
    state = models.CharField(
        "状态", max_length=10, choices=DraftState.choices, default=DraftState.PENDING
    )
    body = models.TextField("答复内容")
    reply_class = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.REPLY_CLASS},
        related_name="+",
        verbose_name="办理结果",
    )
    letter_number = models.CharField("答复文号", max_length=60, blank=True)
    contact_name = models.CharField("联系人", max_length=40)
    contact_phone = models.CharField("联系电话", max_length=40)
    is_public = models.BooleanField("答复可以公开", default=True)
    promise = models.TextField("承诺事项", blank=True)
    promise_due_on = models.DateField("承诺完成日期", null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="拟稿人"
    )
    drafted_at = models.DateTimeField("拟稿时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="审批人",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    comment = models.CharField("审批意见", max_length=400, blank=True)

    objects = ReplyDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "答复稿"
        verbose_name_plural = "答复稿"
        ordering = ["handling", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handling"],
                condition=Q(state=DraftState.PENDING),
                name="reply_draft_one_pending",
                violation_error_message="已有一份答复稿待审批。",
            ),
            models.CheckConstraint(
                condition=~Q(state=DraftState.SENT_BACK) | ~Q(comment=""),
                name="reply_draft_send_back_has_comment",
                violation_error_message="退回要写明意见。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handling}第{self.round}轮答复稿"


class AppraisalQuerySet(ScopedQuerySet):
    """A sheet is read by its deputy, the office and the lead unit; written by the first two."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        rule = Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else Q(pk__in=())
        if scope.unit_ids:
            rule |= Q(reply__handling__unit__in=scope.unit_ids) & ~Q(
                reply__handling__state__in=sorted(NOT_IN_HAND)
            )
        whole = scope.reads("suggestion__region") | scope.reads("suggestion__lead__town")
        return rule | whole

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("suggestion__region")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def given(self) -> Self:
        return self.exclude(result="")


class Appraisal(models.Model):
    """One proposer's copy of a reply with the appraisal sheet (办理情况征询意见表).

    ``suggestion`` is the deputy's own one: for a merged item not the one that was handled.
    """

    reply = models.ForeignKey(Reply, models.CASCADE, related_name="appraisals", verbose_name="答复")
    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="appraisals", verbose_name="建议"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="appraisals", verbose_name="代表"
    )
    delivered_on = models.DateField("送达日期")
    due_on = models.DateField("评价期限", null=True, blank=True)
    clock_warning = models.CharField("期限提示", max_length=200, blank=True, editable=False)
    process = models.CharField("办理态度", max_length=12, choices=Rating.choices, blank=True)
    result = models.CharField("办理结果", max_length=12, choices=Rating.choices, blank=True)
    was_contacted = models.BooleanField("答复前联系过", null=True, blank=True)
    words = models.TextField("意见", blank=True)
    appraised_on = models.DateField("评价日期", null=True, blank=True)
    on_behalf = models.BooleanField("代录", default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        verbose_name = "征询意见表"
        verbose_name_plural = "征询意见表"
        ordering = ["reply", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reply", "deputy", "suggestion"], name="appraisal_once"
            ),
            models.CheckConstraint(
                condition=Q(appraised_on__isnull=True, result="", process="")
                | (Q(appraised_on__isnull=False) & ~Q(result="") & ~Q(process="")),
                name="appraisal_whole",
                violation_error_message="办理态度和办理结果都要评价。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy}：{self.get_result_display() or '未评价'}"

    def is_late(self, on: dt.date) -> bool:
        return self.appraised_on is None and self.due_on is not None and on > self.due_on
