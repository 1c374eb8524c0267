"""Calling deputies to an activity: invitation, receipt, leave; what shows that it was supported."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.enums import Answer, LeaveReason, SupportKind, ToldBy
from activities.models.activity import Activity
from activities.models.scoping import DeputyRecordQuerySet, OfActivityQuerySet
from congress_portal.core.models.record import Record
from congress_portal.core.scope import Scope
from deputies.models import Deputy


class InvitationQuerySet(OfActivityQuerySet):
    """Staff with the activity; the invited deputy the own one."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("activity__region") | scope.reads("deputy__town")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("activity__region")
        return rule | Q(deputy__user=scope.deputy_user_id) if scope.deputy_user_id else rule


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
    """What the office gave: the deputy reads it, only staff write it."""

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("deputy__town")


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
    detail = models.CharField("内容", max_length=200, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy} {self.get_kind_display()}"
