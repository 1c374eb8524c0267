from typing import Any

from django.db import models
from django.db.models import Q

from activities.enums import ActivityState, CountsAs, Part, Presence
from activities.models.campaign import Campaign, Tag
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import Scope, ScopedQuerySet, SharedQuerySet
from deputies.models import Deputy, Group
from stations.models import Station


class ActivityForm(models.Model):
    """A form of activity (活动形式): 视察, 专题调研, 培训学习 … and how it is counted."""

    name = models.CharField("活动形式", max_length=40, unique=True)
    synonyms = models.CharField("别名", max_length=200, blank=True, help_text="用顿号分开。")
    counts_as = models.CharField(
        "计数口径", max_length=12, choices=CountsAs.choices, default=CountsAs.OTHER
    )
    is_meeting = models.BooleanField(
        "归入会议", default=False, help_text="在履职档案里列入「会议」部分。"
    )
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "活动形式"
        verbose_name_plural = "活动形式"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class ActivityQuerySet(RecordQuerySet):
    """By the region of the organiser or of the station; deputies see those they were at, and those
    to which they have been called."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region") | Q(
            station__in=Station.objects.filter(Station.objects.all().read_rule(scope))
        )
        if scope.deputy_user_id:
            mine = Attendance.objects.filter(deputy__user=scope.deputy_user_id).values("activity")
            rule |= Q(pk__in=mine) | Q(pk__in=_invited(scope.deputy_user_id))
            rule |= Q(entered_by=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("region") | Q(
            station__in=Station.objects.filter(Station.objects.all().write_rule(scope))
        )
        if scope.deputy_user_id:
            rule |= Q(entered_by=scope.deputy_user_id) & ~Q(verification="verified")
        return rule


def _invited(user_id: int) -> models.QuerySet[Any]:
    """Activities of which the deputy has been told; a plan is the office's own until then."""
    invitation = Activity._meta.get_field("invitations").related_model  # defined above this module
    rows = invitation._default_manager.filter(deputy__user=user_id, sent_at__isnull=False)
    return rows.values("activity")


class Activity(Record):
    """An organised or self-initiated activity with its attendance (活动登记)."""

    title = models.CharField("活动名称", max_length=120)
    held_on = models.DateField("活动日期")
    form = models.ForeignKey(
        ActivityForm, models.PROTECT, related_name="activities", verbose_name="活动形式"
    )
    theme = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.THEME},
        related_name="+",
        verbose_name="主题",
    )
    field = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.FIELD},
        related_name="+",
        verbose_name="领域",
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="activities",
        verbose_name="所属区划",
        help_text="组织者所在的县、镇或街道。",
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="家站",
    )
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="代表小组",
    )
    organiser = models.CharField("组织单位", max_length=80, blank=True)
    organiser_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组织部门"
    )
    place = models.CharField("地点", max_length=120, blank=True)
    hours = models.DecimalField("学时", max_digits=5, decimal_places=1, null=True, blank=True)
    opinions_reported = models.PositiveIntegerField(
        "收集意见数", null=True, blank=True, help_text="登记表里填的数，只作参考，不计入考评。"
    )
    content = models.TextField("内容", blank=True)
    result = models.TextField("成效", blank=True)
    state = models.CharField(
        "进展", max_length=10, choices=ActivityState.choices, default=ActivityState.HELD
    )
    begins_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    reply_by = models.DateField("回执截止", null=True, blank=True)
    notice_round = models.PositiveSmallIntegerField(
        "第几次通知", default=0, editable=False, help_text="时间、地点变动后重新通知，次数加一。"
    )
    notified_on = models.DateField("首次通知日期", null=True, blank=True, editable=False)
    notice = models.TextField("通知内容", blank=True, help_text="议程、集合地点、要带的材料。")
    contact = models.CharField("联系人及电话", max_length=60, blank=True)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="代表行动",
    )
    central_task = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.CENTRAL_TASK},
        related_name="+",
        verbose_name="中心工作",
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="activities", verbose_name="标签")
    units = models.ManyToManyField(
        Unit,
        blank=True,
        related_name="activities",
        verbose_name="相关单位",
        help_text="被检查、被评议、应询的单位。",
    )
    project = models.ForeignKey(
        "activities.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="工程项目",
    )
    observers = models.CharField(
        "列席、旁听人员", max_length=200, blank=True, help_text="代表以外的人，用顿号分开。"
    )
    audience = models.PositiveIntegerField("到场群众人数", null=True, blank=True)
    photo = models.ImageField("照片", upload_to="activities/%Y/%m/", blank=True)
    self_initiated = models.BooleanField("自主开展", default=False)
    deputies = models.ManyToManyField(
        Deputy, through="Attendance", related_name="activities", verbose_name="参加代表"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "活动"
        verbose_name_plural = "活动"
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gte=0),
                name="activity_hours_positive",
                violation_error_message="学时不能为负。",
            ),
            models.CheckConstraint(
                condition=~Q(verification="verified") | Q(state=ActivityState.HELD),
                name="activity_verified_was_held",
                violation_error_message="还没有举行的活动不能核实。",
            ),
        ]
        indexes = [
            models.Index(
                fields=["held_on", "verification", "form", "station"], name="activity_counting"
            ),
            models.Index(fields=["region", "held_on"], name="activity_region_day"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def may_lie_ahead(self) -> bool:
        """What is planned or announced is still to come."""
        return self.state != ActivityState.HELD


class AttendanceQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().read_rule(scope)
        return Q(activity__in=Activity.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().write_rule(scope)
        return Q(activity__in=Activity.objects.filter(rule))


class Attendance(models.Model):
    """A deputy at an activity; leave and absence are kept apart from presence."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="attendances", verbose_name="活动"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="attendances", verbose_name="代表"
    )
    presence = models.CharField(
        "出席情况", max_length=8, choices=Presence.choices, default=Presence.PRESENT
    )
    part = models.CharField("担任", max_length=8, choices=Part.choices, default=Part.MEMBER)
    speech = models.TextField("发言要点", blank=True)
    serial = models.PositiveIntegerField("次序", default=0)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "参加代表"
        verbose_name_plural = "参加代表"
        ordering = ["activity", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "deputy"],
                name="attendance_once",
                violation_error_message="这位代表已在名单里。",
            ),
        ]
        indexes = [
            models.Index(fields=["activity", "presence", "deputy"], name="attendance_counting")
        ]

    def __str__(self) -> str:
        return f"{self.deputy}（{self.get_presence_display()}）"
