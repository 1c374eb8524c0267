"""What the office writes itself in letters and forms; placeholders are plain words in 【】."""

from collections.abc import Mapping
from typing import Self

from django.db import models
from django.db.models import Q

from congress_portal.core.models import Unit
from congress_portal.core.scope import Scope, ScopedQuerySet, SharedQuerySet
from suggestions.enums import LetterKind, LetterPart


class LetterTextQuerySet(SharedQuerySet):
    def as_mapping(self: Self) -> Mapping[str, str]:
        """Code to text; a part without a row, or emptied by the office, is left out of papers."""
        return dict(self.values_list("code", "text"))


class LetterText(models.Model):
    """One wording of the papers. It is never compiled: known 【words】 are replaced once."""

    code = models.CharField("用在哪里", max_length=24, choices=LetterPart.choices, unique=True)
    text = models.TextField("文字", blank=True, help_text="一行一段；留空则不印这一段。")
    help = models.CharField("可用的代入词", max_length=200, blank=True)

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        verbose_name = "文书用语"
        verbose_name_plural = "文书用语"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_code_display()


class LetterheadQuerySet(ScopedQuerySet):
    """Each unit's own; the office of the congress keeps all of them."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return self.write_rule(scope)

    def write_rule(self, scope: Scope) -> Q:
        rule = Q(unit__in=scope.unit_ids)
        return ~Q(pk__in=()) if scope.is_office else rule


class Letterhead(models.Model):
    """What stands on a unit's letters beside the text: whose mark, whose name (RULES D2)."""

    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="letterhead", verbose_name="承办单位"
    )
    leader_name = models.CharField("分管负责人", max_length=40, blank=True)
    leader_phone = models.CharField("负责人电话", max_length=40, blank=True)
    reply_prefix = models.CharField(
        "答复函字号", max_length=30, blank=True, help_text="如 安交建复，印成 安交建复〔2026〕1号。"
    )
    opinion_prefix = models.CharField(
        "会办意见字号", max_length=30, blank=True, help_text="如 安交建会，与答复函分开编号。"
    )

    objects = LetterheadQuerySet.as_manager()

    class Meta:
        verbose_name = "单位文头"
        verbose_name_plural = "单位文头"
        ordering = ["unit"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reply_prefix="") | ~Q(reply_prefix=models.F("opinion_prefix")),
                name="letterhead_two_series",
                violation_error_message="答复函和会办意见的字号不能相同。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}文头"

    def prefix_of(self, kind: str) -> str:
        """The unit's own words, else its short name with 建复 or 建会."""
        if kind == LetterKind.REPLY:
            return self.reply_prefix or f"{self.unit.short_name or self.unit.name}建复"
        return self.opinion_prefix or f"{self.unit.short_name or self.unit.name}建会"


class LetterSeries(models.Model):
    """The last number a unit gave in one year; its row is the lock of numbering (RULES D2)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="承办单位")
    kind = models.CharField("文种", max_length=8, choices=LetterKind.choices)
    year = models.PositiveSmallIntegerField("年度")
    last = models.PositiveIntegerField("最后的号", default=0)

    objects = LetterheadQuerySet.as_manager()

    class Meta:
        verbose_name = "文号序列"
        verbose_name_plural = "文号序列"
        ordering = ["unit", "-year", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "year"], name="letter_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.year}年{self.get_kind_display()}：{self.last}"
