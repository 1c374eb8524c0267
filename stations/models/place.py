"""What stations are bound to and drawn on: service tags, enterprises, outlines of the map."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from congress_portal.core.masking import mask_phone
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet, SharedQuerySet


class ServiceTag(models.Model):
    """A service that a station adds to its own (“联络站＋”): ＋法律, ＋调解, ＋网格 …"""

    name = models.CharField("名称", max_length=40, unique=True, help_text="不写“＋”号。")
    description = models.CharField("说明", max_length=200, blank=True)
    order = models.PositiveIntegerField("排序", default=0)
    is_active = models.BooleanField("在用", default=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        verbose_name = "“＋”服务"
        verbose_name_plural = "“＋”服务"
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"＋{self.name}"


class Enterprise(models.Model):
    """A firm with deputies or a station in it. Its demands are voices that name it (M21)."""

    name = models.CharField("企业名称", max_length=80)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="+", verbose_name="所在镇（街道）"
    )
    industry = models.CharField("行业", max_length=60, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    is_active = models.BooleanField("在用", default=True)

    PERSONAL = {"contact_phone": mask_phone}

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "驻点企业"
        verbose_name_plural = "驻点企业"
        ordering = ["region", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                name="enterprise_name_unique",
                violation_error_message="这个镇（街道）已有同名的企业。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegionOutlineQuerySet(ScopedQuerySet):
    """Outlines are public knowledge, as places are."""

    by_region = False

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.is_office else NOTHING


class RegionOutline(models.Model):
    """The outline of a place on the portal's own map: no outside map service is asked.

    ``polygons`` is GeoJSON's MultiPolygon: polygons, each a list of rings (the first is the outer
    one), each a closed list of ``[longitude, latitude]``. Stations' points use the same system.
    """

    region = models.OneToOneField(
        Region, models.CASCADE, related_name="outline", verbose_name="行政区划"
    )
    polygons = models.JSONField("边界坐标", help_text="GeoJSON 的 MultiPolygon 坐标。")
    source = models.CharField("来源", max_length=200, blank=True)

    objects = RegionOutlineQuerySet.as_manager()

    class Meta:
        verbose_name = "区划边界"
        verbose_name_plural = "区划边界"
        ordering = ["region"]

    def __str__(self) -> str:
        return f"{self.region}边界"

    def clean(self) -> None:
        super().clean()
        if fault := outline_fault(self.polygons):
            raise ValidationError({"polygons": fault})


def outline_fault(polygons: Any) -> str:
    """Why these are no MultiPolygon coordinates; empty where they are."""
    if not isinstance(polygons, list) or not polygons:
        return "边界应是 GeoJSON 的 MultiPolygon 坐标，至少一个多边形。"
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            return "每个多边形至少要有一圈坐标。"
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
                return "每一圈坐标至少四个点，并且首尾相同。"
            if not all(_is_point(point) for point in ring):
                return "每个点应是 [经度, 纬度]，经度在 ±180 以内，纬度在 ±90 以内。"
    return ""


def _is_point(point: Any) -> bool:
    if not isinstance(point, list) or len(point) < 2:
        return False
    lon, lat = point[:2]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in (lon, lat)):
        return False
    return -180 <= lon <= 180 and -90 <= lat <= 90
