from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from congress_portal.core.scope import SharedQuerySet
from congress_portal.evaluations.enums import Method, SubjectType, WhenEmpty


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
