"""Calling deputies to an activity: invitation, receipt, leave; what shows that it was supported."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.enums import Answer, LeaveReason, SupportKind, ToldBy
from activities.models.activity import Activity
from activities.models.scoping import DeputyRecordQuerySet, OfActivityQuerySet
from congress_portal.core.crypto import EncryptedCharField
from congress_portal.core.models import User
from congress_portal.core.models.record import Record
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, scope_of
from deputies.models import Deputy
from stations.models import Station


class InvitationQuerySet(OfActivityQuerySet):
    """Staff with the activity; the invited deputy the own one, once it has been sent."""

    def read_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().write_rule(scope))
        rule = scope.reads("activity__region") | scope.reads("deputy__town")
        return rule | Q(activity__station__in=stations) | self._own(scope)

    def write_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().write_rule(scope))
        rule = scope.writes("activity__region") | Q(activity__station__in=stations)
        return rule | self._own(scope)

    def _own(self, scope: Scope) -> Q:
        if not scope.deputy_user_id:
            return NOTHING
        return Q(deputy__user=scope.deputy_user_id, sent_at__isnull=False)

    def sent_to(self, user: User) -> Self:
        """The person's own, as far as they have been sent."""
        rule = self._own(scope_of(user))
        return self.filter(rule)


class Invitation(models.Model):
    """A deputy is asked to an activity, and what the deputy answered (M61, M54)."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="invitations", verbose_name="活动"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="invitations", verbose_name="代表"
    )
    told_by = models.CharField(
        "通知方式", max_length=8, choices=ToldBy.choices, default=ToldBy.PORTAL
    )
    sent_at = models.DateTimeField("通知时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    answer = models.CharField("回执", max_length=14, choices=Answer.choices, default=Answer.WAITING)
    answered_at = models.DateTimeField("回执时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="回执录入人",
        help_text="电话回执由工作人员代录。",
    )
    leave_kind = models.CharField("请假类别", max_length=8, choices=LeaveReason.choices, blank=True)
    leave_reason = models.CharField("请假事由", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批假人",
    )
    decided_at = models.DateTimeField("批假时间", null=True, blank=True)
    decision = models.CharField("批假意见", max_length=200, blank=True)

    CONFIDENTIAL = ("leave_reason",)  # illness and family are nobody else's matter

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "活动邀请"
        verbose_name_plural = "活动邀请"
        ordering = ["activity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "deputy"],
                name="invitation_once",
                violation_error_message="这位代表已在邀请名单里。",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=(Answer.LEAVE_ASKED, Answer.LEAVE_GRANTED))
                | ~Q(leave_kind=""),
                name="invitation_leave_has_reason",
                violation_error_message="请假要写明类别。",
            ),
        ]
        indexes = [models.Index(fields=["deputy", "answer"], name="invitation_waiting")]

    def __str__(self) -> str:
        return f"{self.deputy}（{self.get_answer_display()}）"

    @property
    def is_answered(self) -> bool:
        return self.answer != Answer.WAITING

    @property
    def answer_until(self) -> dt.date:
        """The last day on which the deputy may answer or change the answer."""
        return self.activity.reply_by or self.activity.held_on


class ActivityFileQuerySet(OfActivityQuerySet):
    pass


class ActivityFile(models.Model):
    """A paper of an activity: agenda, material, signed list, brief."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="files", verbose_name="活动"
    )
    title = models.CharField("名称", max_length=120)
    file = models.FileField("文件", upload_to="activity-files/%Y/%m", max_length=200)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="录入人",
    )
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ActivityFileQuerySet.as_manager()

    class Meta:
        verbose_name = "活动材料"
        verbose_name_plural = "活动材料"
        ordering = ["activity", "pk"]

    def __str__(self) -> str:
        return self.title


class SupportItemQuerySet(DeputyRecordQuerySet):
    """What the office gave: the deputy reads it, staff of home and activity write it."""

    def read_rule(self, scope: Scope) -> Q:
        return super().read_rule(scope) | scope.reads("activity__region")

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("deputy__town") | scope.writes("activity__region")


class SupportItem(Record):
    """A line of the 履职保障台账: time, things, money or help given to a deputy (M121)."""

    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="support_items", verbose_name="代表"
    )
    kind = models.CharField("种类", max_length=10, choices=SupportKind.choices)
    held_on = models.DateField("日期")
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="support_items",
        verbose_name="为哪次活动",
    )
    number = models.CharField("编号", max_length=40, blank=True, help_text="通知函的文号。")
    series = models.CharField("编号系列", max_length=24, blank=True, editable=False)
    serial = models.PositiveIntegerField("系列中的序号", null=True, blank=True, editable=False)
    detail = models.CharField(
        "内容", max_length=200, blank=True, help_text="通知函写收函单位；其他写给了什么。"
    )
    amount = models.DecimalField(
        "金额（元）", max_digits=10, decimal_places=2, null=True, blank=True
    )

    objects = SupportItemQuerySet.as_manager()

    class Meta:
        verbose_name = "履职保障"
        verbose_name_plural = "履职保障台账"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="support_amount_positive",
                violation_error_message="金额不能为负。",
            ),
            models.UniqueConstraint(
                fields=["activity", "deputy"],
                condition=Q(kind=SupportKind.LETTER),
                name="employer_letter_once",
                violation_error_message="这次活动已给这位代表的单位发过函。",
            ),
            models.UniqueConstraint(
                fields=["series", "serial"],
                condition=Q(serial__isnull=False),
                name="support_number_once",
                violation_error_message="这个文号刚被用掉，请再试一次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy} {self.get_kind_display()}"


class CalendarFeedQuerySet(ScopedQuerySet):
    """Everyone the own one; nobody else reads or writes it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return Q(user=scope.user_id) if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return self.read_rule(scope)


class CalendarFeed(models.Model):
    """An address by which a person's own calendar fetches the activities; who has it, reads it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="calendar_feed",
        verbose_name="用户",
    )
    token = EncryptedCharField("地址密码", editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("开通时间", auto_now_add=True)

    CONFIDENTIAL = ("token_hash",)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "日历订阅"
        verbose_name_plural = "日历订阅"

    def __str__(self) -> str:
        return str(self.user)
