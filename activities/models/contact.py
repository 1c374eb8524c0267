from django.db import models
from django.db.models import Q

from activities.models.campaign import Tag
from congress_portal.core.enums import VILLAGE_LEVELS, Dictionary, RegionLevel
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import Scope
from deputies.models import Deputy


class VisitQuerySet(RecordQuerySet):
    """By the place visited and by the deputy's own town; deputies see their own."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region") | scope.reads("deputy__town")
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id) | Q(entered_by=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("region") | scope.writes("deputy__town")
        if scope.deputy_user_id:
            own = Q(deputy__user=scope.deputy_user_id) | Q(entered_by=scope.deputy_user_id)
            rule |= own & ~Q(verification="verified")
        return rule


class Visit(Record):
    """A contact of a deputy with voters, by any channel (联系选民; 代表法 §8, §28)."""

    deputy = models.ForeignKey(Deputy, models.PROTECT, related_name="visits", verbose_name="代表")
    held_on = models.DateField("日期")
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="visits", verbose_name="镇（街道）"
    )
    village = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": VILLAGE_LEVELS},
        related_name="+",
        verbose_name="村（社区）",
    )
    channel = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        limit_choices_to={"dictionary": Dictionary.CHANNEL},
        related_name="+",
        verbose_name="联系方式",
    )
    spot = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"level__in": (RegionLevel.GRID, RegionLevel.CELL)},
        related_name="+",
        verbose_name="网格（单元）",
    )
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="visits", verbose_name="标签", help_text="场所类型等。"
    )
    fixed_voters = models.ManyToManyField(
        "activities.FixedVoter", blank=True, related_name="visits", verbose_name="联系到的固定选民"
    )
    people = models.PositiveIntegerField("人次")
    matter = models.TextField("反映情况", blank=True)
    photo = models.ImageField("照片", upload_to="visits/%Y/%m/", blank=True)
    self_initiated = models.BooleanField("自主开展", default=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "联系走访"
        verbose_name_plural = "联系走访"
        ordering = ["-held_on", "-pk"]
        indexes = [
            models.Index(
                fields=["held_on", "verification", "deputy", "people", "village"],
                name="visit_counting",
            ),
            models.Index(fields=["region", "held_on"], name="visit_region_day"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy}{self.channel}{self.village or self.region}"
