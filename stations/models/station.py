import datetime as dt
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from congress_portal.core.enums import VILLAGE_LEVELS
from congress_portal.core.masking import mask_phone
from congress_portal.core.models import Region, Unit
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet
from deputies.models import Deputy, Group
from stations.enums import OfficerKind
from stations.models.place import Enterprise, ServiceTag


class StationType(models.Model):
    """A type of station (家站类型), as data: 中心, 代表之家, 联络站, 工作室 …"""

    name = models.CharField("类型", max_length=40, unique=True)
    synonyms = models.CharField("别名", max_length=200, blank=True, help_text="用顿号分开。")
    order = models.PositiveIntegerField("排序", default=0)
    least_area = models.DecimalField(
        "面积标准（㎡）",
        max_digits=8,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="低于这个面积列入差距。某地方标准为 100 ㎡以上；不填为不要求。",
    )
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "家站类型"
        verbose_name_plural = "家站类型"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(least_area__isnull=True) | Q(least_area__gt=0),
                name="station_type_least_area_positive",
                violation_error_message="面积标准应大于零。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def _today() -> dt.date:
    return timezone.localdate()


class StationQuerySet(ScopedQuerySet):
    """Town staff: their town's; officers: their own; deputies: those they are posted to."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region") | self._kept_by(scope)
        if scope.deputy_user_id:
            posted = Posting.objects.on(_today()).filter(deputy__user=scope.deputy_user_id)
            rule |= Q(pk__in=posted.values("station"))
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") | self._kept_by(scope)

    def _kept_by(self, scope: Scope) -> Q:
        if not scope.officer_user_id:
            return NOTHING
        kept = StationOfficer.objects.on(_today()).filter(user=scope.officer_user_id)
        return Q(pk__in=kept.values("station"))

    def active(self) -> Self:
        return self.filter(is_active=True)


class Station(models.Model):
    """A home, liaison station, studio or other place of the network (代表家站)."""

    number = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    type = models.ForeignKey(
        StationType, models.PROTECT, related_name="stations", verbose_name="类型"
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="stations", verbose_name="所属镇（街道）"
    )
    village = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": VILLAGE_LEVELS},
        related_name="+",
        verbose_name="所在村（社区）",
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="points",
        verbose_name="上级家站",
    )
    area = models.DecimalField("面积（㎡）", max_digits=8, decimal_places=1, null=True, blank=True)
    established_on = models.DateField("建成时间", null=True, blank=True)
    rooms = models.CharField("功能分区", max_length=200, blank=True)
    feature = models.CharField("特色", max_length=200, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    opening_hours = models.CharField("开放时间", max_length=120, blank=True)
    group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name="专业代表小组",
        help_text="专业小组联络站填写。",
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name="设在（依托）单位",
        help_text="专业小组联络站、部门里的工作室填写。",
    )
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stations",
        verbose_name="驻点企业",
        help_text="代表驻企工作站填写。",
    )
    tags = models.ManyToManyField(
        ServiceTag, blank=True, related_name="stations", verbose_name="“＋”服务"
    )
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    books_required = models.PositiveSmallIntegerField("应建簿册数", default=0)
    books_kept = models.PositiveSmallIntegerField("实建簿册数", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = "家站"
        verbose_name_plural = "家站"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(area__gte=0),
                name="station_area_positive",
                violation_error_message="面积不能为负。",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="station_not_its_own_parent",
                violation_error_message="上级家站不能是自己。",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(
                    longitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__isnull=False,
                    latitude__range=(-90, 90),
                ),
                name="station_point_whole",
                violation_error_message="经度、纬度要同时填写，经度在 ±180 以内，纬度在 ±90 以内。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A tree of places: no station hangs below its own point, none stands in another town."""
        faults = {}
        if self.parent and self.pk in self.parent.line_upward:
            faults["parent"] = "上级家站不能是自己，也不能是自己下设的点。"
        if self.parent and self.parent.region.is_town and self.parent.region_id != self.region_id:
            faults["parent"] = f"{self.parent}在{self.parent.region}，请选{self.region}的家站。"
        if self.village and self.region.is_town and self.village not in self.region:
            faults["village"] = f"{self.village}不在{self.region}，请选{self.region}的村（社区）。"
        if self.established_on and self.established_on > _today():
            faults["established_on"] = "建成时间不能晚于今天。"
        if faults:
            raise ValidationError(faults)

    @property
    def line_upward(self) -> list[int]:
        """Keys of the station and of those above it, the nearest first."""
        found: list[int] = []
        above: Station | None = self
        while above is not None and above.pk not in found:
            found.append(above.pk)
            above = above.parent
        return found


class DatedQuerySet(ScopedQuerySet):
    """What hangs on a station and has dates: postings and officers."""

    def read_rule(self, scope: Scope) -> Q:
        return Q(station__in=Station.objects.filter(Station.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(station__in=Station.objects.filter(Station.objects.all().write_rule(scope)))

    def on(self, day: dt.date) -> Self:
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        )

    def during(self, first: dt.date, last: dt.date) -> Self:
        """In force on at least one day of the span."""
        return self.filter(
            Q(begins_on__isnull=True) | Q(begins_on__lte=last),
            Q(ends_on__isnull=True) | Q(ends_on__gte=first),
        )


class Posting(models.Model):
    """A deputy attached to a station (进站代表), with dates."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="postings", verbose_name="家站"
    )
    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="postings", verbose_name="代表")
    serial = models.PositiveIntegerField("次序", default=0)
    begins_on = models.DateField("进站日期", null=True, blank=True)
    ends_on = models.DateField("离站日期", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "进站代表"
        verbose_name_plural = "进站代表"
        ordering = ["station", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "deputy"],
                condition=Q(ends_on__isnull=True),
                name="posting_once",
                violation_error_message="这位代表已在本站。",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="posting_dates_ordered",
                violation_error_message="离站日期不能早于进站日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}：{self.deputy}"


class StationOfficer(models.Model):
    """Who keeps a station (站长, 联络员), with contact and, where there is one, the account."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="officers", verbose_name="家站"
    )
    kind = models.CharField(
        "职务", max_length=10, choices=OfficerKind.choices, default=OfficerKind.LIAISON
    )
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("联系电话", max_length=20, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="stations_kept",
        verbose_name="登录账号",
    )
    begins_on = models.DateField("起始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)

    PERSONAL = {"phone": mask_phone}

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "家站人员"
        verbose_name_plural = "家站人员"
        ordering = ["station", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(begins_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("begins_on")),
                name="station_officer_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
