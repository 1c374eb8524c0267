"""A town's year: plan with items (M125), sessions (M123), party meetings on the congress (M124)."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.support_enums import ItemState
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Term
from stations.models import Station


class WorkPlanQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().read_rule(scope))
        return scope.reads("region") | Q(station__in=stations)

    def write_rule(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return scope.writes("region") | Q(station__in=kept)


class WorkPlan(models.Model):
    """The year's plan of a place or a station (代表法 §43: adopted, then published)."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="work_plans",
        verbose_name="所属区划",
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_plans",
        verbose_name="家站",
        help_text="县、镇（街道）的计划不填。",
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    adopted_on = models.DateField("通过日期", null=True, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)
    summary = models.TextField("年终总结", blank=True)

    objects = WorkPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "年度工作计划"
        verbose_name_plural = "年度工作计划"
        ordering = ["-year", "region", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year"],
                condition=Q(station__isnull=True),
                name="work_plan_once_a_year",
                violation_error_message="这一年的计划已经登记。",
            ),
            models.UniqueConstraint(
                fields=["station", "year"],
                name="work_plan_station_once_a_year",
                violation_error_message="这个家站这一年的计划已经登记。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanItemQuerySet(ScopedQuerySet):
    region_path = "plan__region"

    def read_rule(self, scope: Scope) -> Q:
        return Q(plan__in=WorkPlan.objects.filter(WorkPlan.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(plan__in=WorkPlan.objects.filter(WorkPlan.objects.all().write_rule(scope)))

    def overdue(self, on: dt.date) -> Self:
        return self.filter(state=ItemState.OPEN, due_on__lt=on)


class PlanItem(models.Model):
    plan = models.ForeignKey(WorkPlan, models.CASCADE, related_name="items", verbose_name="计划")
    number = models.PositiveSmallIntegerField("序号")
    content = models.CharField("工作内容", max_length=200)
    owner = models.CharField("责任人（单位）", max_length=60, blank=True)
    due_on = models.DateField("完成期限", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=ItemState.choices, default=ItemState.OPEN
    )
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("完成情况", max_length=200, blank=True)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        verbose_name = "计划事项"
        verbose_name_plural = "计划事项"
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="plan_item_number_unique",
                violation_error_message="计划里已有这个序号。",
            ),
            models.CheckConstraint(
                condition=Q(state=ItemState.DONE, done_on__isnull=False)
                | (~Q(state=ItemState.DONE) & Q(done_on__isnull=True)),
                name="plan_item_done_when_dated",
                violation_error_message="完成的事项要填完成日期，没完成的不填。",
            ),
        ]

    def __str__(self) -> str:
        return self.content[:40]


class TownSession(models.Model):
    """A session of a town's congress (地方组织法 §14: generally two a year, quorum two thirds)."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="town_sessions",
        verbose_name="镇（街道）",
    )
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="届次"
    )
    number = models.PositiveSmallIntegerField("第几次会议")
    begins_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    agenda = models.TextField("议程", blank=True)
    decisions = models.TextField("决议、决定和选举结果", blank=True)
    due = models.PositiveSmallIntegerField("应到代表")
    present = models.PositiveSmallIntegerField("实到代表")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "镇人代会"
        verbose_name_plural = "镇人代会"
        ordering = ["-begins_on", "region"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "begins_on"],
                name="town_session_once_a_day",
                violation_error_message="这次会议已经登记。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("begins_on")),
                name="town_session_dates_ordered",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(due__gte=1, present__lte=F("due")),
                name="town_session_present_within_due",
                violation_error_message="实到代表不能多于应到代表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}人代会第{self.number}次会议"

    @property
    def has_quorum(self) -> bool:
        return self.present * 3 >= self.due * 2


class SessionPaperQuerySet(ScopedQuerySet):
    region_path = "session__region"


class SessionPaper(models.Model):
    """A document of a session: report, resolution, roll."""

    session = models.ForeignKey(
        TownSession, models.CASCADE, related_name="papers", verbose_name="会议"
    )
    title = models.CharField("名称", max_length=120)
    file = models.FileField("文件", upload_to="sessions/%Y/")

    objects = SessionPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "会议文件"
        verbose_name_plural = "会议文件"
        ordering = ["session", "pk"]

    def __str__(self) -> str:
        return self.title


class PartyMeeting(models.Model):
    """A party committee's meeting on the congress's work (党委研究人大工作)."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="party_meetings",
        verbose_name="哪里的党委",
    )
    held_on = models.DateField("日期")
    topic = models.CharField("研究事项", max_length=200)
    decisions = models.TextField("决定", blank=True)
    chair = models.CharField("主持人", max_length=40, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "党委研究人大工作"
        verbose_name_plural = "党委研究人大工作"
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.topic}"
