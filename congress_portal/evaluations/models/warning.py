from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from congress_portal.core.scope import SharedQuerySet


class WarningRule(models.Model):
    """Below it a deputy's figure is worth a look (预警线); nothing follows by itself."""

    name = models.CharField("名称", max_length=40, unique=True)
    metric = models.CharField("计数口径", max_length=40)
    denominator = models.CharField(
        "比率分母", max_length=40, blank=True, help_text="填了的，按百分比比较。"
    )
    below = models.DecimalField(
        "低于", max_digits=9, decimal_places=2, help_text="有分母的填百分数，如 50。"
    )
    at_least = models.PositiveSmallIntegerField(
        "分母至少", default=1, help_text="分母太小的不看，免得一次缺席就上表。"
    )
    source = models.CharField("依据", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "预警线"
        verbose_name_plural = "预警线"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(below__gt=Decimal(0)),
                name="warning_rule_below_positive",
                violation_error_message="预警线要大于零。",
            ),
            models.CheckConstraint(
                condition=Q(at_least__gte=1),
                name="warning_rule_base_positive",
                violation_error_message="分母至少为 1。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises ValidationError for a line that no share can reach."""
        super().clean()
        if self.denominator and self.below is not None and self.below > 100:
            raise ValidationError({"below": "比率用百分数比较，最多填 100。"})
