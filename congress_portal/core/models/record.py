"""What every record of duty carries: who entered it, whether it is verified, where it came from."""

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from congress_portal.core.enums import Verification
from congress_portal.core.periods import Period
from congress_portal.core.scope import ScopedQuerySet


class RecordQuerySet(ScopedQuerySet):
    date_field = "held_on"

    def verified(self) -> Self:
        return self.filter(verification=Verification.VERIFIED)

    def pending(self) -> Self:
        return self.filter(verification=Verification.PENDING)

    def in_period(self, period: Period) -> Self:
        return self.filter(**{f"{self.date_field}__range": (period.first, period.last)})


class Record(models.Model):
    """Base of records of duty. Imported records are verified (DESIGN §4)."""

    verification = models.CharField(
        "核实", max_length=10, choices=Verification.choices, default=Verification.PENDING
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="核实人",
    )
    verified_at = models.DateTimeField("核实时间", null=True, blank=True, editable=False)
    refusal_reason = models.CharField("未通过原因", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)
    on_behalf = models.BooleanField("代录", default=False, editable=False)
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)
    row_key = models.CharField(  # noqa: DJ001 - records without a row must not collide
        "来源行",
        max_length=64,
        null=True,
        unique=True,
        editable=False,
        help_text="导入行的内容摘要及其在相同行中的次序；同一文件再导入时据此识别。",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """What is recorded has been; nothing counts before its day."""
        super().clean()
        held_on = getattr(self, "held_on", None)
        if held_on and held_on > timezone.localdate() and not self.may_lie_ahead:
            raise ValidationError({"held_on": "日期不能晚于今天。"})

    @property
    def may_lie_ahead(self) -> bool:
        """Whether the record may stand for something still to come."""
        return False
