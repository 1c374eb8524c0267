"""Numbered blank forms of paper, for deputies who write by hand (M119)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from activities.enums import SheetKind
from congress_portal.core.models import Region
from congress_portal.core.scope import ScopedQuerySet
from deputies.models import Deputy


class EntrySheetQuerySet(ScopedQuerySet):
    pass


class EntrySheet(models.Model):
    """A blank form with its number; what staff enter from it later points back to it.

    One series a town and year for all kinds, so that the short number alone finds the sheet.
    """

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="entry_sheets", verbose_name="镇（街道）"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    kind = models.CharField("哪种表", max_length=10, choices=SheetKind.choices)
    printed_at = models.DateTimeField("编号时间")
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="编号人"
    )
    deputy = models.ForeignKey(
        Deputy,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entry_sheets",
        verbose_name="哪位代表填的",
    )
    mark = models.CharField(
        "录成的记录", max_length=60, blank=True, help_text="如 activities.visit.12。"
    )
    used_at = models.DateTimeField("代录时间", null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="代录人",
    )
    void_reason = models.CharField("作废原因", max_length=80, blank=True)

    objects = EntrySheetQuerySet.as_manager()

    class Meta:
        verbose_name = "纸质登记表"
        verbose_name_plural = "纸质登记表"
        ordering = ["region", "-year", "-serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "year", "serial"],
                name="entry_sheet_once",
                violation_error_message="这个编号已经用过。",
            ),
            models.UniqueConstraint(
                fields=["mark"],
                condition=~Q(mark=""),
                name="entry_sheet_mark_once",
                violation_error_message="这条记录已对应另一张纸质表。",
            ),
            models.CheckConstraint(
                condition=Q(mark="", used_at__isnull=True)
                | (~Q(mark="") & Q(used_at__isnull=False, void_reason="")),
                name="entry_sheet_used_or_not",
                violation_error_message="录成记录的表要有代录时间，作废的表不能录。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region.name} {self.number}"

    @property
    def entry_page(self) -> str:
        """The name of the page on which it is entered."""
        if self.kind == SheetKind.VOICE:
            return "suggestions:log_voice"
        return f"activities:log_{self.kind}"

    @property
    def number(self) -> str:
        """The short number that is printed and typed: 2026-0012."""
        return f"{self.year}-{self.serial:04d}"
