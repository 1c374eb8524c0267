"""Funds of deputies' activities (代表活动经费; 代表法 §42: 专款专用; M122)."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.models.activity import Activity
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.scope import ScopedQuerySet, SharedQuerySet
from deputies.models import Group
from stations.models import Station


class ExpenseKind(models.Model):
    """What money is spent on; what the fund is not meant for is flagged, not hidden."""

    name = models.CharField("支出类别", max_length=40, unique=True)
    is_proper = models.BooleanField("属于代表活动经费", default=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "支出类别"
        verbose_name_plural = "支出类别"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Budget(models.Model):
    """A year's funds of a place, one of its stations or a group; the balance is computed."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="budgets",
        verbose_name="所属区划",
    )
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, blank=True, related_name="budgets", verbose_name="家站"
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="budgets", verbose_name="小组"
    )
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("经费名称", max_length=80)
    amount = models.DecimalField("预算（元）", max_digits=12, decimal_places=2)
    source = models.CharField("来源（文号）", max_length=120, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "经费预算"
        verbose_name_plural = "经费预算"
        ordering = ["-year", "region", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=Decimal(0)),
                name="budget_amount_positive",
                violation_error_message="预算应大于零。",
            ),
            models.CheckConstraint(
                condition=Q(station__isnull=True) | Q(group__isnull=True),
                name="budget_one_holder",
                violation_error_message="家站、小组最多填一个。",
            ),
            models.UniqueConstraint(
                fields=["region", "year", "title"],
                name="budget_title_unique",
                violation_error_message="这一年已有同名的经费。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.region}{self.title}"


class ExpenseQuerySet(ScopedQuerySet):
    region_path = "budget__region"


class Expense(models.Model):
    """Money spent from a budget; a negative amount gives some back."""

    budget = models.ForeignKey(Budget, models.PROTECT, related_name="expenses", verbose_name="经费")
    spent_on = models.DateField("日期")
    kind = models.ForeignKey(
        ExpenseKind, models.PROTECT, related_name="expenses", verbose_name="支出类别"
    )
    amount = models.DecimalField(
        "金额（元）", max_digits=12, decimal_places=2, help_text="退回的填负数。"
    )
    purpose = models.CharField("用途", max_length=120)
    activity = models.ForeignKey(
        Activity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="expenses",
        verbose_name="用于哪次活动",
    )
    voucher = models.CharField("凭证号", max_length=40, blank=True)
    paper = models.FileField("票据、凭证", upload_to="expenses/%Y/", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        verbose_name = "经费支出"
        verbose_name_plural = "经费支出"
        ordering = ["-spent_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="expense_amount_not_zero",
                violation_error_message="金额不能为零。",
            ),
        ]
        indexes = [models.Index(fields=["budget", "spent_on"], name="expense_budget_day")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount} 元"
