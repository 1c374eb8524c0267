from django.core.validators import MinValueValidator
from django.db import models

from congress_portal.core.scope import SharedQuerySet


class RetentionRule(models.Model):
    """How long voters' names and contacts of one kind of record stay (DESIGN §6.2).

    ``kind`` is the code under which an app has laid down where such data lie
    (``congress_portal.core.retention``); a kind without an active rule is kept.
    """

    kind = models.CharField("种类代码", max_length=40, unique=True)
    name = models.CharField("哪些信息", max_length=60)
    months = models.PositiveSmallIntegerField(
        "保留月数", validators=[MinValueValidator(1)], help_text="从办结（结束）之日算起。"
    )
    source = models.CharField("依据", max_length=200, blank=True)
    is_active = models.BooleanField("启用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "个人信息保留期限"
        verbose_name_plural = "个人信息保留期限"
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(months__gte=1),
                name="retention_some_time",
                violation_error_message="至少保留 1 个月。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}：{self.months} 个月"
