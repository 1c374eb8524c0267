from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import TOWN_LEVELS, VILLAGE_LEVELS, Level
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet


class TermQuerySet(SharedQuerySet):
    def write_rule(self, scope: Scope) -> Q:
        """The congress's own office; the county's keeps the terms of the levels above it too."""
        rule = scope.writes("region")
        return rule | Q(region__isnull=True) if scope.is_office else rule

    def of_county(self) -> Self:
        return self.filter(level=Level.COUNTY)


class Term(models.Model):
    """One term (届) of one congress: 第十八届 of a county, or the current one of a town."""

    level = models.CharField("层级", max_length=10, choices=Level.choices)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="哪里的人大",
        help_text="省、市人大不在本平台区划内时不填。",
    )
    name = models.CharField("届次", max_length=40, help_text="如 第十八届。")
    begins_on = models.DateField("起始日期", help_text="本届第一次会议之日（代表法第二条）。")
    ends_on = models.DateField("截止日期", help_text="下届第一次会议的前一日。")
    dates_assumed = models.BooleanField(
        "日期待核对", default=False, help_text="导入时按五年一届推定，请核对后取消。"
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "届次"
        verbose_name_plural = "届次"
        ordering = ["level", "region", "-begins_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "region", "name"],
                name="term_name_unique",
                violation_error_message="这一级人大已有同名的届次。",
            ),
            models.UniqueConstraint(
                fields=["level", "name"],
                condition=Q(region__isnull=True),
                name="term_name_unique_above",
                violation_error_message="这一级人大已有同名的届次。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("begins_on")),
                name="term_dates_ordered",
                violation_error_message="截止日期要晚于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region or self.get_level_display()}{self.name}"

    def clean(self) -> None:
        """Raises ValidationError where another term of the same congress runs meanwhile."""
        super().clean()
        if not (self.level and self.begins_on and self.ends_on):
            return
        same = Term.objects.filter(level=self.level, region=self.region).exclude(pk=self.pk)
        other = same.filter(begins_on__lte=self.ends_on, ends_on__gte=self.begins_on).first()
        if other:
            raise ValidationError(
                f"与{other}（{other.begins_on:%Y-%m-%d}到{other.ends_on:%Y-%m-%d}）有重叠的日子；"
                "一届从本届第一次会议到下届第一次会议的前一日。"
            )

    @property
    def period(self) -> Period:
        return Period(self.begins_on, self.ends_on, self.name)


class DistrictQuerySet(ScopedQuerySet):
    """Names of districts are public; the office of the congress that elects in them writes them."""

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("term__region") & scope.writes("region")


class District(models.Model):
    """An electoral district (选区) of one term."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="districts", verbose_name="届次")
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": [*TOWN_LEVELS, "county"]},
        verbose_name="所在镇（街道）",
    )
    name = models.CharField("选区名称", max_length=60)
    seats = models.PositiveSmallIntegerField("名额", null=True, blank=True)
    villages = models.ManyToManyField(
        Region,
        blank=True,
        limit_choices_to={"level__in": VILLAGE_LEVELS},
        related_name="districts",
        verbose_name="所辖村（社区）",
        help_text="不选的，按选区所在镇（街道）的全部村（社区）看联系面。",
    )

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = "选区"
        verbose_name_plural = "选区"
        ordering = ["term", "region", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "region", "name"],
                name="district_name_unique",
                violation_error_message="这一届里已有同名的选区。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
