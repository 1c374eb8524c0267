"""What a station has and shows: rooms and equipment, features with figures, model stations."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from deputies.models import Deputy
from stations.enums import Condition, FixtureGroup
from stations.models.station import Station, StationType


class KeptQuerySet(ScopedQuerySet):
    """What follows its station: whoever reads it reads this, whoever keeps it writes this."""

    region_path = "station__region"
    station_path: ClassVar[str] = "station"

    def read_rule(self, scope: Scope) -> Q:
        rule = Station.objects.all().read_rule(scope)
        return Q(**{f"{self.station_path}__in": Station.objects.filter(rule)})

    def write_rule(self, scope: Scope) -> Q:
        rule = Station.objects.all().write_rule(scope)
        return Q(**{f"{self.station_path}__in": Station.objects.filter(rule)})


class FixtureKind(models.Model):
    """A kind of room or equipment: 会议室, 展厅, 站长室, 接待室, 电脑 …"""

    name = models.CharField("名称", max_length=40, unique=True)
    group = models.CharField("类别", max_length=10, choices=FixtureGroup.choices)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "场室设备种类"
        verbose_name_plural = "场室设备种类"
        ordering = ["group", "order", "pk"]

    def __str__(self) -> str:
        return self.name


class FixtureNeed(models.Model):
    """How many of a kind a type of station should have; what is less is a gap (M32)."""

    type = models.ForeignKey(
        StationType, models.CASCADE, related_name="fixture_needs", verbose_name="家站类型"
    )
    kind = models.ForeignKey(
        FixtureKind, models.PROTECT, related_name="needs", verbose_name="场室设备"
    )
    least_count = models.PositiveSmallIntegerField("至少数量", default=1)
    source = models.CharField("依据", max_length=200, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "场室设备标准"
        verbose_name_plural = "场室设备标准"
        ordering = ["type", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "kind"],
                name="fixture_need_once",
                violation_error_message="这类家站已有这一项的标准。",
            ),
            models.CheckConstraint(
                condition=Q(least_count__gte=1),
                name="fixture_need_at_least_one",
                violation_error_message="至少数量应为 1 以上。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type}：{self.kind}不少于 {self.least_count}"


class Fixture(models.Model):
    """Rooms or equipment of one kind at a station."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="fixtures", verbose_name="家站"
    )
    kind = models.ForeignKey(
        FixtureKind, models.PROTECT, related_name="fixtures", verbose_name="场室设备"
    )
    name = models.CharField("名称（型号）", max_length=80, blank=True)
    count = models.PositiveSmallIntegerField("数量", default=1)
    area = models.DecimalField("面积（㎡）", max_digits=8, decimal_places=1, null=True, blank=True)
    condition = models.CharField(
        "状况", max_length=10, choices=Condition.choices, default=Condition.GOOD
    )
    acquired_on = models.DateField("启用日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = "场室设备"
        verbose_name_plural = "场室设备"
        ordering = ["station", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1),
                name="fixture_counted",
                violation_error_message="数量应为 1 以上；没有的不用登记。",
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(area__gt=0),
                name="fixture_area_positive",
                violation_error_message="面积应大于零。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.kind} {self.count}"


class FeatureFigureKind(models.Model):
    """A figure that features are told by, so that they can be compared: 带动户数（户） …"""

    name = models.CharField("名称", max_length=40, unique=True)
    unit = models.CharField("单位", max_length=10, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "特色数据项"
        verbose_name_plural = "特色数据项"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name


class FeatureProfile(models.Model):
    """What a station is known for (特色代表之家, 代表之家＋公司＋群众; M22)."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="features", verbose_name="家站"
    )
    title = models.CharField("特色名称", max_length=80)
    industry = models.CharField("产业", max_length=60, blank=True)
    lead = models.ForeignKey(
        Deputy, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领头代表"
    )
    company = models.CharField("公司（合作社）", max_length=80, blank=True)
    begins_on = models.DateField("开始日期", null=True, blank=True)
    story = models.TextField("做法和成效", blank=True)
    is_shown = models.BooleanField("列入特色报告", default=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = "特色档案"
        verbose_name_plural = "特色档案"
        ordering = ["station", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "title"],
                name="feature_profile_once",
                violation_error_message="这个家站已有同名的特色。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfProfileQuerySet(KeptQuerySet):
    region_path = "profile__station__region"
    station_path = "profile__station"


class FeatureFigure(models.Model):
    """A figure of a feature on a day, with where it is from."""

    profile = models.ForeignKey(
        FeatureProfile, models.CASCADE, related_name="figures", verbose_name="特色"
    )
    kind = models.ForeignKey(
        FeatureFigureKind, models.PROTECT, related_name="+", verbose_name="数据项"
    )
    value = models.DecimalField(
        "数值", max_digits=14, decimal_places=2, validators=[MinValueValidator(0, "数值不能为负。")]
    )
    as_of = models.DateField("截止日期")
    source = models.CharField("数据来源", max_length=120, blank=True)

    objects = OfProfileQuerySet.as_manager()

    class Meta:
        verbose_name = "特色数据"
        verbose_name_plural = "特色数据"
        ordering = ["profile", "kind", "-as_of"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind", "as_of"],
                name="feature_figure_once_a_day",
                violation_error_message="这一项同一截止日期的数据已经登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class ModelStationQuerySet(KeptQuerySet):
    """Everyone signed in may learn from a model; the office names it."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("station__region") if scope.is_office else NOTHING

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), begins_on__lte=day)


class ModelStation(models.Model):
    """A station named as a demonstration for others (示范家站; M36), for a time."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="model_terms", verbose_name="家站"
    )
    title = models.CharField("称号", max_length=80, help_text="如：2026 年度县级示范代表之家。")
    reason = models.TextField("可学之处", blank=True)
    begins_on = models.DateField("命名日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = ModelStationQuerySet.as_manager()

    class Meta:
        verbose_name = "示范家站"
        verbose_name_plural = "示范家站"
        ordering = ["-begins_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station"],
                condition=Q(ends_on__isnull=True),
                name="model_station_once",
                violation_error_message="这个家站现在已是示范家站。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="model_station_dates_ordered",
                violation_error_message="截止日期不能早于命名日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MaterialQuerySet(ModelStationQuerySet):
    """Read by everyone, written by whoever keeps the station."""

    region_path = "station__region"

    def write_rule(self, scope: Scope) -> Q:
        return KeptQuerySet.write_rule(self, scope)


class Material(models.Model):
    """A paper on how a station works (经验材料); meetings present it (M136)."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="materials", verbose_name="家站"
    )
    title = models.CharField("标题", max_length=120)
    author = models.CharField("作者（单位）", max_length=80, blank=True)
    written_on = models.DateField("日期")
    text = models.TextField("正文", blank=True)
    file = models.FileField("文件", upload_to="materials/%Y/", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="录入人",
    )

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = "经验材料"
        verbose_name_plural = "经验材料"
        ordering = ["-written_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(file=""),
                name="material_not_empty",
                violation_error_message="请填写正文，或者上传文件。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
