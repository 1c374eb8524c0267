from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from stations.enums import CheckState, StandardKind, StandardSubject
from stations.models.station import Station, StationType


class StandardQuerySet(SharedQuerySet):
    def in_use(self) -> Self:
        return self.filter(is_active=True)

    def checklists_of(self, subject: str) -> Self:
        """Standards in use that places of this kind are checked against, campaigns' apart."""
        return self.in_use().filter(subject=subject).exclude(kind=StandardKind.INSPECTION)


class Standard(models.Model):
    """One version of a checklist that stations or towns are held to (十有 …), edited by the office.

    A version that checks refer to is not changed any more: the next one is a new row, of which
    only one is in use at a time.
    """

    name = models.CharField("标准名称", max_length=60)
    version = models.PositiveSmallIntegerField("版本", default=1)
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name="代替的版本",
    )
    subject = models.CharField(
        "用于",
        max_length=10,
        choices=StandardSubject.choices,
        default=StandardSubject.STATION,
    )
    kind = models.CharField("种类", max_length=12, choices=StandardKind.choices)
    source = models.CharField("依据", max_length=200, blank=True)
    in_force_on = models.DateField("施行日期", null=True, blank=True)
    is_optional = models.BooleanField(
        "只用于指定的家站、镇（街道）",
        default=False,
        help_text="勾选后，要在「指定使用的标准」里指定；例如改用九有、六有的家站。",
    )
    is_active = models.BooleanField("在用", default=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = "建设标准"
        verbose_name_plural = "建设标准"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"],
                name="standard_version_unique",
                violation_error_message="这个标准已有这一版。",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(is_active=True),
                name="standard_one_version_in_use",
                violation_error_message="这个标准已有在用的一版，请先停用。",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="standard_version_positive",
                violation_error_message="版本从 1 开始。",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.version == 1 else f"{self.name}（第 {self.version} 版）"


class StandardItem(models.Model):
    standard = models.ForeignKey(
        Standard, models.CASCADE, related_name="items", verbose_name="标准"
    )
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("项目", max_length=60)
    synonyms = models.CharField("别名", max_length=200, blank=True, help_text="用顿号分开。")
    section = models.CharField(
        "分组", max_length=40, blank=True, help_text="如：四规范、四提升；设施、活动、台账、成效。"
    )
    demand = models.CharField("要求", max_length=200, blank=True)
    rule = models.CharField(
        "从记录计算",
        max_length=40,
        blank=True,
        help_text="口径的代号，由程序从记录里算出有没有；不填为人工检查。",
    )
    points = models.DecimalField(
        "分值",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="只有考评项目填写。",
    )
    deduction = models.DecimalField(
        "每处扣分",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="打分时先填好的扣分，考评组可改。",
    )

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "标准项目"
        verbose_name_plural = "标准项目"
        ordering = ["standard", "number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "name"], name="standard_item_name_unique"),
            models.CheckConstraint(
                condition=Q(points__isnull=True, deduction__isnull=True)
                | Q(points__isnull=False, points__gt=0, deduction__isnull=True)
                | Q(
                    points__isnull=False,
                    points__gt=0,
                    deduction__isnull=False,
                    deduction__gt=0,
                    deduction__lte=F("points"),
                ),
                name="standard_item_points_sound",
                violation_error_message="分值应大于零，每处扣分应大于零且不超过分值。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_computed(self) -> bool:
        """Told by records; nobody ticks it."""
        return bool(self.rule)


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


class StandardChoiceQuerySet(ScopedQuerySet):
    """The office says which standard a place is held to."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        readable = Station.objects.filter(Station.objects.all().read_rule(scope))
        return Q(station__in=readable) | scope.reads("region")

    def write_rule(self, scope: Scope) -> Q:
        if not scope.is_office:
            return NOTHING
        return scope.writes("station__region") | scope.writes("region")


class StandardChoice(models.Model):
    """A standard that was chosen for one station or one town (改用九有; 四规范四提升)."""

    standard = models.ForeignKey(
        Standard, models.PROTECT, related_name="choices", verbose_name="标准"
    )
    station = models.ForeignKey(
        Station,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="standard_choices",
        verbose_name="家站",
    )
    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="standard_choices",
        verbose_name="镇（街道）",
    )
    begins_on = models.DateField("起始日期", null=True, blank=True)

    objects = StandardChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "指定使用的标准"
        verbose_name_plural = "指定使用的标准"
        ordering = ["standard", "station", "region"]
        constraints = [
            models.CheckConstraint(
                condition=Q(station__isnull=False, region__isnull=True)
                | Q(station__isnull=True, region__isnull=False),
                name="standard_choice_one_place",
                violation_error_message="家站、镇（街道）填一个。",
            ),
            models.UniqueConstraint(
                fields=["standard", "station"],
                name="standard_choice_station_once",
                violation_error_message="这个家站已指定这个标准。",
            ),
            models.UniqueConstraint(
                fields=["standard", "region"],
                name="standard_choice_town_once",
                violation_error_message="这个镇（街道）已指定这个标准。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station or self.region}：{self.standard}"

    def clean(self) -> None:
        super().clean()
        if self.standard_id and self.standard.subject != (
            StandardSubject.STATION if self.station_id else StandardSubject.TOWN
        ):
            raise ValidationError(f"这个标准用于{self.standard.get_subject_display()}。")


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
    photo = models.ImageField("照片", upload_to="checks/%Y/%m/", blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="检查人",
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


class TownCheck(models.Model):
    """Whether one item of a standard for towns is there (五健全, 四规范四提升)."""

    region = models.ForeignKey(
        Region,
        models.CASCADE,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="checks",
        verbose_name="镇（街道）",
    )
    item = models.ForeignKey(
        StandardItem, models.PROTECT, related_name="town_checks", verbose_name="项目"
    )
    state = models.CharField("情况", max_length=8, choices=CheckState.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    checked_on = models.DateField("检查日期")
    since = models.DateField("从何时起", null=True, blank=True, editable=False)
    photo = models.ImageField("照片", upload_to="checks/%Y/%m/", blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="检查人",
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "镇街达标情况"
        verbose_name_plural = "镇街达标情况"
        ordering = ["region", "item"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "item"],
                name="town_check_once",
                violation_error_message="这个镇（街道）已登记这一项。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}：{self.get_state_display()}"


class CheckEntryQuerySet(ScopedQuerySet):
    """By the place: who reads it reads this."""

    def read_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().read_rule(scope))
        return scope.reads("region") | Q(station__in=stations)

    def write_rule(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return scope.writes("region") | Q(station__in=kept)


class CheckEntry(models.Model):
    """What one check found; the checks themselves hold the present state only.

    So each quarter's standing can be told again. Written beside every check, never changed.
    """

    station = models.ForeignKey(
        Station,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="check_entries",
        verbose_name="家站",
    )
    region = models.ForeignKey(
        Region,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="check_entries",
        verbose_name="镇（街道）",
    )
    item = models.ForeignKey(
        StandardItem, models.PROTECT, related_name="check_entries", verbose_name="项目"
    )
    state = models.CharField("情况", max_length=8, choices=CheckState.choices)
    note = models.CharField("说明", max_length=200, blank=True)
    checked_on = models.DateField("检查日期")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="检查人",
    )

    objects = CheckEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "达标检查记录"
        verbose_name_plural = "达标检查记录"
        ordering = ["checked_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(station__isnull=False, region__isnull=True)
                | Q(station__isnull=True, region__isnull=False),
                name="check_entry_one_place",
                violation_error_message="家站、镇（街道）填一个。",
            ),
        ]
        indexes = [models.Index(fields=["station", "checked_on"], name="check_entry_day")]

    def __str__(self) -> str:
        return f"{self.checked_on} {self.item}：{self.get_state_display()}"


class InspectionMarkQuerySet(OfStationQuerySet):
    """Marks are the county's teams': a town never writes those of its own stations."""

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("station__region") if scope.is_office else NOTHING


class InspectionMark(models.Model):
    """One team's mark for one station and quarter (现场考评打分).

    Of a locked sheet it is the score on the scale that its campaign names (``mark_full``).
    """

    station = models.ForeignKey(Station, models.PROTECT, related_name="marks", verbose_name="家站")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度")
    team = models.CharField("考评组", max_length=60)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    note = models.CharField("说明", max_length=200, blank=True)
    sheet = models.OneToOneField(
        "stations.InspectionSheet",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="mark",
        verbose_name="锁定的打分表",
        help_text="由锁定的打分表产生的，不能再改。",
    )
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
