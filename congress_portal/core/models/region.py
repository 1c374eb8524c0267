from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from congress_portal.core.enums import TOWN_LEVELS, VILLAGE_LEVELS, RegionLevel
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet


class RegionQuerySet(ScopedQuerySet):
    """Names of places are public knowledge; only one's own may be written."""

    def read_rule(self, scope: Scope) -> Q:
        return ~NOTHING if scope.user_id else NOTHING

    def write_rule(self, scope: Scope) -> Q:
        rule = NOTHING
        for prefix in scope.write_prefixes:
            rule |= Q(code__startswith=prefix)
        return rule

    def towns(self) -> Self:
        return self.filter(level__in=TOWN_LEVELS)

    def villages(self) -> Self:
        return self.filter(level__in=VILLAGE_LEVELS)

    def within(self, region: "Region") -> Self:
        """The place itself and all below it."""
        return self.filter(code__startswith=region.prefix)

    def in_scope_of_reader(self, user: object) -> Self:
        """Places whose records the user may read (for filters and desks)."""
        scope: Scope = user.scope  # type: ignore[attr-defined]
        rule = NOTHING
        for prefix in scope.read_prefixes:
            rule |= Q(code__startswith=prefix)
        return self.filter(rule)


class Region(models.Model):
    """A place in the region tree, keyed by the national division code.

    Codes have 12 digits (省2 市2 县2 镇3 村3); grids and cells add three digits each (MISSION M01).
    """

    code = models.CharField(
        "区划代码",
        max_length=18,
        unique=True,
        validators=[
            RegexValidator(
                r"^\d{12}(\d{3}){0,2}$", "区划代码应为 12 位数字（网格 15 位，单元 18 位）。"
            )
        ],
    )
    name = models.CharField("名称", max_length=60, db_index=True)
    level = models.CharField("级别", max_length=12, choices=RegionLevel.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    registered_population = models.PositiveIntegerField("户籍人口", null=True, blank=True)
    resident_population = models.PositiveIntegerField("常住人口", null=True, blank=True)
    households = models.PositiveIntegerField("户数", null=True, blank=True)
    enterprises = models.PositiveIntegerField("企业数", null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = "行政区划"
        verbose_name_plural = "行政区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=RegionLevel.values), name="region_level_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def __contains__(self, place: "Region") -> bool:
        """Whether the place is this one or lies below it."""
        return place.code.startswith(self.prefix)

    def clean(self) -> None:
        super().clean()
        if self.level and self.code:
            length = RegionLevel(self.level).prefix_length
            if len(self.code) < length or set(self.code[length:]) - {"0"}:
                raise ValidationError(
                    {"code": f"区划代码与级别「{self.get_level_display()}」不符。"}
                )
        if self.parent_id and self.parent and not self.code.startswith(self.parent.prefix):
            raise ValidationError({"parent": "上级的区划代码不是本级代码的开头。"})

    @property
    def choice_label(self) -> str:
        """Villages of one name are told apart by their town."""
        is_below = self.level in (*VILLAGE_LEVELS, RegionLevel.GRID, RegionLevel.CELL)
        return f"{self.parent.name}{self.name}" if is_below and self.parent else self.name

    @property
    def prefix(self) -> str:
        """The leading digits that every place below shares."""
        return self.code[: RegionLevel(self.level).prefix_length]

    @property
    def is_town(self) -> bool:
        return self.level in TOWN_LEVELS
