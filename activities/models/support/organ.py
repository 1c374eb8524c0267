"""Who works in a town's congress organ, and what else they must do (M09, M10)."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.support_enums import WorkTime
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.scope import Scope, ScopedQuerySet, SharedQuerySet


class OrganRuleQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region")

    def of(self, county_code: str) -> "OrganRule":
        """The rule of the county, or the law's and research's numbers as defaults."""
        return self.filter(region__code__startswith=county_code[:6]).first() or OrganRule()


class OrganRule(models.Model):
    """The numbers by which towns' congress work is flagged, each with its source."""

    region = models.OneToOneField(
        Region,
        models.PROTECT,
        limit_choices_to={"level": RegionLevel.COUNTY},
        related_name="organ_rule",
        verbose_name="县（市、区）",
    )
    sessions_a_year = models.PositiveSmallIntegerField("乡镇人代会每年几次", default=2)
    sessions_source = models.CharField(
        "依据",
        max_length=120,
        default="地方组织法第十四条：乡、民族乡、镇的人民代表大会会议一般每年举行两次",
    )
    portfolios_most = models.PositiveSmallIntegerField(
        "主席兼管其他工作几项起提示", default=5, help_text="依据：县里关于主责主业的要求。"
    )
    party_meetings_a_year = models.PositiveSmallIntegerField(
        "党委每年至少研究人大工作几次", default=1, help_text="各地不同，由县里定。"
    )

    objects = OrganRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "镇街人大工作要求"
        verbose_name_plural = "镇街人大工作要求"
        ordering = ["region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sessions_a_year__gte=1, portfolios_most__gte=1),
                name="organ_rule_numbers_positive",
                violation_error_message="次数、项数至少填 1。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}镇街人大工作要求"


class StaffPostKind(models.Model):
    """A post of a town's congress organ: 主席, 副主席, 人大干事 …"""

    name = models.CharField("职务", max_length=40, unique=True)
    is_chair = models.BooleanField(
        "主席（主任）",
        default=False,
        help_text="地方组织法第十八条：乡镇人大主席不得兼任行政职务。",
    )
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "人大岗位种类"
        verbose_name_plural = "人大岗位种类"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class StaffPostQuerySet(ScopedQuerySet):
    def on(self, day: dt.date) -> Self:
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        )

    def vacant(self) -> Self:
        return self.filter(name="")


class StaffPost(models.Model):
    """A post in a town's organ and who holds it; without a name it is vacant."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="staff_posts",
        verbose_name="镇（街道）",
    )
    kind = models.ForeignKey(
        StaffPostKind, models.PROTECT, related_name="posts", verbose_name="职务"
    )
    name = models.CharField("姓名", max_length=40, blank=True, help_text="空缺的不填。")
    time = models.CharField("专职或兼职", max_length=10, blank=True, choices=WorkTime.choices)
    begins_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = StaffPostQuerySet.as_manager()

    class Meta:
        verbose_name = "镇街人大岗位"
        verbose_name_plural = "镇街人大岗位"
        ordering = ["region", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(name="") & Q(time="")) | (~Q(name="") & ~Q(time="")),
                name="staff_post_time_of_a_person",
                violation_error_message="有人的岗位要写明专职还是兼职，空缺的不填。",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="staff_post_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}{self.kind} {self.name or '（空缺）'}"


class DutyShareQuerySet(ScopedQuerySet):
    region_path = "post__region"


class DutyShare(models.Model):
    """One piece of work of a post in one quarter and its share of the time, in per cent."""

    post = models.ForeignKey(
        StaffPost, models.CASCADE, related_name="duty_shares", verbose_name="岗位"
    )
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    work = models.CharField("分工", max_length=60, help_text="如：人大工作、农业、招商、安全生产。")
    is_congress = models.BooleanField("人大工作", default=False)
    share = models.PositiveSmallIntegerField("占用时间（%）")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )

    objects = DutyShareQuerySet.as_manager()

    class Meta:
        verbose_name = "工作分工"
        verbose_name_plural = "工作分工"
        ordering = ["post", "-year", "-quarter", "-share", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "year", "quarter", "work"],
                name="duty_share_once",
                violation_error_message="这一季度已登记这项分工。",
            ),
            models.CheckConstraint(
                condition=Q(quarter__range=(1, 4)),
                name="duty_share_quarter_known",
                violation_error_message="季度填 1 至 4。",
            ),
            models.CheckConstraint(
                condition=Q(share__range=(0, 100)),
                name="duty_share_per_cent",
                violation_error_message="占用时间应在 0 到 100 之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work} {self.share}%"
