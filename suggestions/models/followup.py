"""After the reply: promises, look-backs, supervision, groups' follow-up, honours."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.scope import NOTHING, Scope
from deputies.models import Deputy, Group
from suggestions.enums import Finding, NominationState, PromiseState, SupervisionForm
from suggestions.models.handling import CaseQuerySet, Reply
from suggestions.models.suggestion import Suggestion


class PromiseQuerySet(CaseQuerySet):
    def open(self) -> Self:
        return self.filter(state=PromiseState.OPEN)

    def overdue(self, on: dt.date) -> Self:
        """Open, and past the day of completion or of the next report."""
        return self.open().filter(Q(due_on__lt=on) | Q(next_report_on__lt=on))


class Promise(models.Model):
    """What a unit undertook in a reply (承诺台账), followed until done or re-classed."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="promises", verbose_name="建议"
    )
    reply = models.ForeignKey(
        Reply, models.CASCADE, related_name="promises", verbose_name="出自的答复"
    )
    content = models.TextField("承诺事项")
    due_on = models.DateField("承诺完成日期", null=True, blank=True)
    next_report_on = models.DateField("下次报告日期", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=14, choices=PromiseState.choices, default=PromiseState.OPEN
    )
    closed_on = models.DateField("了结日期", null=True, blank=True)
    closing_words = models.CharField("了结说明", max_length=400, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺"
        verbose_name_plural = "承诺台账"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, closed_on__isnull=True)
                | (~Q(state=PromiseState.OPEN) & Q(closed_on__isnull=False)),
                name="promise_closed_when_dated",
                violation_error_message="了结的承诺要有了结日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.content[:40]


class PromiseReportQuerySet(CaseQuerySet):
    case_path = "promise__suggestion"


class PromiseReport(models.Model):
    """A unit's word on how far a promise has come."""

    promise = models.ForeignKey(
        Promise, models.CASCADE, related_name="reports", verbose_name="承诺"
    )
    reported_on = models.DateField("报告日期")
    content = models.TextField("进展情况")
    claims_done = models.BooleanField("报告已兑现", default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="报告人",
    )

    objects = PromiseReportQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺进展"
        verbose_name_plural = "承诺进展"
        ordering = ["promise", "reported_on", "pk"]

    def __str__(self) -> str:
        return f"{self.reported_on} {self.content[:30]}"


class LookBack(models.Model):
    """A visit after the reply to see what became of it (回头看); may reopen the case."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="look_backs", verbose_name="建议"
    )
    held_on = models.DateField("回头看日期")
    deputies = models.ManyToManyField(Deputy, blank=True, related_name="+", verbose_name="参加代表")
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="代表小组",
    )
    finding = models.CharField("结论", max_length=10, choices=Finding.choices)
    words = models.TextField("情况")
    reopened = models.BooleanField("重启办理", default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "回头看"
        verbose_name_plural = "回头看"
        ordering = ["suggestion", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_finding_display()}"


class Supervision(models.Model):
    """One of the five forms of supervision held on a suggestion (M92)."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="supervisions", verbose_name="建议"
    )
    form = models.CharField("方式", max_length=16, choices=SupervisionForm.choices)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=80, blank=True)
    chair = models.CharField("主持（带队）", max_length=40, blank=True)
    deputies = models.ManyToManyField(Deputy, blank=True, related_name="+", verbose_name="参加代表")
    content = models.TextField("督办情况")
    demand = models.TextField("督办要求", blank=True)
    demand_due_on = models.DateField("要求完成日期", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "督办记录"
        verbose_name_plural = "督办记录"
        ordering = ["suggestion", "held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(demand_due_on__isnull=True) | Q(demand_due_on__gte=F("held_on")),
                name="supervision_dates_ordered",
                violation_error_message="要求完成日期不能早于督办日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_form_display()}"


class GroupFollowUp(models.Model):
    """A specialist group's own follow-up of a suggestion of its field (M131)."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="group_follow_ups", verbose_name="建议"
    )
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name="代表小组")
    held_on = models.DateField("日期")
    content = models.TextField("督导情况")
    opinion = models.TextField("对答复的意见", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "专业小组督导"
        verbose_name_plural = "专业小组督导"
        ordering = ["suggestion", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.group} {self.held_on}"


class NominationQuerySet(CaseQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        honoured = Q(state=NominationState.HONOURED) if scope.user_id else NOTHING
        return super().read_rule(scope) | honoured


class Nomination(models.Model):
    """An outstanding suggestion put up for the year's honours (M97)."""

    suggestion = models.ForeignKey(
        Suggestion, models.CASCADE, related_name="nominations", verbose_name="建议"
    )
    year = models.PositiveSmallIntegerField("评选年度")
    reason = models.CharField("推荐理由", max_length=400)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="推荐人",
    )
    nominated_on = models.DateField("推荐日期")
    votes = models.PositiveIntegerField("得票", null=True, blank=True)
    state = models.CharField(
        "结果", max_length=10, choices=NominationState.choices, default=NominationState.PENDING
    )
    decided_on = models.DateField("评定日期", null=True, blank=True)
    honour = models.CharField("荣誉名称", max_length=80, blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = "优秀建议评选"
        verbose_name_plural = "优秀建议评选"
        ordering = ["-year", "-votes", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "year"],
                name="nomination_once_a_year",
                violation_error_message="这件建议今年已经推荐。",
            ),
            models.CheckConstraint(
                condition=~Q(state=NominationState.HONOURED) | ~Q(honour=""),
                name="nomination_honour_named",
                violation_error_message="评为优秀要写荣誉名称。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.suggestion}"
