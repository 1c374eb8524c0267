from collections.abc import Sequence
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from congress_portal.core.scope import SharedQuerySet
from congress_portal.evaluations.enums import Method, Silence, SubjectType, WhenEmpty


def exactly_one(names: Sequence[str]) -> Q:
    """Exactly one of the columns is filled: a row that tells of one subject of several kinds."""
    rule = Q(pk__in=())
    for chosen in names:
        rule |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return rule


class SchemeQuerySet(SharedQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Scheme(models.Model):
    """A scoring scheme (考评办法) as rows; a published sheet keeps its own copy of it."""

    name = models.CharField("方案", max_length=60)
    version = models.PositiveSmallIntegerField("版本", default=1)
    subject_type = models.CharField("对象", max_length=10, choices=SubjectType.choices)
    ranks = models.BooleanField(
        "是否排名", default=False, help_text="对人的考评一般不排名（防治指尖上的形式主义）。"
    )
    objection_days = models.PositiveSmallIntegerField(
        "异议期（工作日）", default=5,
        help_text="公示以后几个工作日内可以提异议；0 为不公示，核对后直接发布。",
    )  # fmt: skip
    answer_days = models.PositiveSmallIntegerField(
        "答复期（工作日）", default=5, help_text="收到异议以后几个工作日内答复。"
    )
    silence = models.CharField(
        "逾期没有答复", max_length=8, choices=Silence.choices, default=Silence.BLOCK
    )
    is_active = models.BooleanField("在用", default=True)
    description = models.TextField("说明", blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "考评方案"
        verbose_name_plural = "考评方案"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"],
                name="scheme_version_unique",
                violation_error_message="这个方案已有这一版本。",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(is_active=True),
                name="scheme_one_active_version",
                violation_error_message="同一方案只能有一个在用的版本。",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.version == 1 else f"{self.name}（第{self.version}版）"


class Indicator(models.Model):
    """A line of a scheme: which metric, and how it becomes points."""

    scheme = models.ForeignKey(
        Scheme, models.CASCADE, related_name="indicators", verbose_name="方案"
    )
    serial = models.PositiveSmallIntegerField("次序", default=0)
    name = models.CharField("指标名称", max_length=60)
    metric = models.CharField("计数口径", max_length=40)
    denominator = models.CharField("比率分母", max_length=40, blank=True)
    method = models.CharField("计分方式", max_length=16, choices=Method.choices)
    full = models.DecimalField("满分", max_digits=7, decimal_places=2)
    target = models.DecimalField("目标值", max_digits=9, decimal_places=2, null=True, blank=True)
    first = models.DecimalField(
        "首次分或每项扣分", max_digits=7, decimal_places=2, null=True, blank=True
    )
    further = models.DecimalField("再次加分", max_digits=7, decimal_places=2, null=True, blank=True)
    raters = models.CharField(
        "评分人和权重", max_length=60, blank=True,
        help_text="口径为「评分人评分」时填，如：自评20、小组30、镇街20、县30。",
    )  # fmt: skip
    source = models.CharField(
        "按季折算的方案", max_length=60, blank=True, help_text="年度方案取哪个方案各季的得分。"
    )
    weights = models.CharField(
        "各季权重", max_length=40, blank=True, help_text="如：1、1、1、2；不填为各季相同。"
    )
    when_empty = models.CharField(
        "无数据时", max_length=6, choices=WhenEmpty.choices, default=WhenEmpty.ZERO
    )

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "考评指标"
        verbose_name_plural = "考评指标"
        ordering = ["scheme", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "name"],
                name="indicator_name_unique",
                violation_error_message="这个方案里已有同名的指标。",
            ),
            models.CheckConstraint(
                condition=Q(full__gt=Decimal(0)),
                name="indicator_full_positive",
                violation_error_message="满分要大于零。",
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.TARGET) | Q(target__isnull=False, target__gt=Decimal(0)),
                name="indicator_target_given",
                violation_error_message="按目标计分要填目标值。",
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.QUARTERS)
                | (Q(target__isnull=False, target__gt=Decimal(0)) & ~Q(source="")),
                name="indicator_quarters_given",
                violation_error_message="按季折算要填方案，并在目标值里填那个方案的满分。",
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.RATIO) | ~Q(denominator=""),
                name="indicator_denominator_given",
                violation_error_message="按比率计分要填比率分母。",
            ),
            models.CheckConstraint(
                condition=~Q(method__in=[Method.FIRST_THEN_EACH, Method.DEDUCTION])
                | Q(first__isnull=False),
                name="indicator_first_given",
                violation_error_message="首次加次、扣分要填首次分或每项扣分。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Grade(models.Model):
    """A grade (优秀、称职 …) from so many points on; the lowest one usually from 0."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="grades", verbose_name="方案")
    name = models.CharField("等次", max_length=20)
    at_least = models.DecimalField("总分不低于", max_digits=7, decimal_places=2)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "等次"
        verbose_name_plural = "等次"
        ordering = ["scheme", "-at_least"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "name"],
                name="grade_name_unique",
                violation_error_message="这个方案里已有同名的等次。",
            ),
            models.UniqueConstraint(
                fields=["scheme", "at_least"],
                name="grade_threshold_unique",
                violation_error_message="两个等次的分数线不能相同。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.at_least} 分起）"
