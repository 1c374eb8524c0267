from typing import Self

from django.db import models
from django.db.models import Q

from congress_portal.core.enums import RegionLevel
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from stations.enums import CheckState, StandardKind
from stations.models.station import Station, StationType


class Standard(models.Model):
    """A checklist that stations are held to (十有 …): rows that the office edits."""

    name = models.CharField("标准名称", max_length=60, unique=True)
    kind = models.CharField("种类", max_length=12, choices=StandardKind.choices)
    source = models.CharField("依据", max_length=200, blank=True)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "建设标准"
        verbose_name_plural = "建设标准"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class StandardItem(models.Model):
    standard = models.ForeignKey(
        Standard, models.CASCADE, related_name="items", verbose_name="标准"
    )
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("项目", max_length=60)
    synonyms = models.CharField("别名", max_length=200, blank=True, help_text="用顿号分开。")

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "标准项目"
        verbose_name_plural = "标准项目"
        ordering = ["standard", "number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "name"], name="standard_item_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class StandardUse(models.Model):
    """Which stations a standard is for: a type, and where a level is named, only places of it.

    A standard without uses is for every station. The level is the village's where the station
    stands in one, else that of its town, sub-district or county.
    """

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="uses", verbose_name="标准")
    type = models.ForeignKey(StationType, models.CASCADE, verbose_name="家站类型")
    region_level = models.CharField(
        "所在区划级别", max_length=12, blank=True, choices=RegionLevel.choices,
        help_text="不填为各级都用；同一类家站有填了级别的，先用填了的。",
    )  # fmt: skip

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "标准适用范围"
        verbose_name_plural = "标准适用范围"
        ordering = ["standard", "type", "region_level"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "type", "region_level"],
                name="standard_use_once",
                violation_error_message="这个标准已适用于这类家站。",
            ),
        ]

    def __str__(self) -> str:
        where = f"（{self.get_region_level_display()}）" if self.region_level else ""
        return f"{self.standard}：{self.type}{where}"


class OfStationQuerySet(ScopedQuerySet):
    """What follows its station's scope."""

    region_path = "station__region"

    def read_rule(self, scope: Scope) -> Q:
        return Q(station__in=Station.objects.filter(Station.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("station__region")

    def in_period(self, period: Period) -> Self:
        """Marks of the quarters that the period holds whole (DESIGN §4)."""
        rule = Q(pk__in=())
        for year in range(period.first.year, period.last.year + 1):
            for number in range(1, 5):
                if period.holds_quarter(year, number):
                    rule |= Q(year=year, quarter=number)
        return self.filter(rule)


class StationCheck(models.Model):
    """Whether one item of a standard is there at a station."""

    station = models.ForeignKey(Station, models.CASCADE, related_name="checks", verbose_name="家站")
    item = models.ForeignKey(
        StandardItem, models.PROTECT, related_name="checks", verbose_name="项目"
    )
    state = models.CharField("情况", max_length=8, choices=CheckState.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    checked_on = models.DateField("检查日期", null=True, blank=True)
    since = models.DateField(
        "从何时起",
        null=True,
        blank=True,
        editable=False,
        help_text="现在这一情况第一次查到的日期；导入的台账没有。",
    )

    objects = OfStationQuerySet.as_manager()

    class Meta:
        verbose_name = "家站达标情况"
        verbose_name_plural = "家站达标情况"
        ordering = ["station", "item"]
        constraints = [
            models.UniqueConstraint(fields=["station", "item"], name="station_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item}：{self.get_state_display()}"


class InspectionMarkQuerySet(OfStationQuerySet):
    """Marks are the county's teams': a town never writes those of its own stations."""

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("station__region") if scope.is_office else NOTHING


class InspectionMark(models.Model):
    """One team's mark for one station and quarter (现场考评打分)."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="marks", verbose_name="家站")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    team = models.CharField("考评组", max_length=60)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    note = models.CharField("说明", max_length=200, blank=True)
    row_key = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001

    objects = InspectionMarkQuerySet.as_manager()

    class Meta:
        verbose_name = "现场考评打分"
        verbose_name_plural = "现场考评打分"
        ordering = ["year", "quarter", "station", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__range=(1, 4)), name="inspection_mark_quarter_known"
            ),
            models.CheckConstraint(condition=Q(score__gte=0), name="inspection_mark_positive"),
        ]
        indexes = [models.Index(fields=["year", "quarter", "station"], name="mark_quarter_station")]

    def __str__(self) -> str:
        return f"{self.year}年第{self.quarter}季度 {self.station} {self.team} {self.score}"
