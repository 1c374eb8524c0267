"""Leaders' areas and visits (M41), exchange among stations (M36, M136)."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from activities.models.activity import Activity
from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region
from congress_portal.core.scope import NOTHING, Scope, ScopedQuerySet
from stations.models import Material, Station


class AreaPairingQuerySet(ScopedQuerySet):
    """The area's own people read it, the leader too; the office writes it."""

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("region")
        return rule | Q(user=scope.user_id) if scope.user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        return scope.writes("region") if scope.is_office else NOTHING

    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), begins_on__lte=day)


class AreaPairing(models.Model):
    """A leader or an office guides a town or a station (分片联系、挂帮指导)."""

    leader = models.CharField("联系人（委室）", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="area_pairings",
        verbose_name="登录账号",
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": TOWN_LEVELS},
        related_name="area_pairings",
        verbose_name="镇（街道）",
    )
    station = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="area_pairings",
        verbose_name="家站",
        help_text="联系整个镇（街道）的不填。",
    )
    visits_a_year = models.PositiveSmallIntegerField("每年至少几次", default=2)
    begins_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)

    objects = AreaPairingQuerySet.as_manager()

    class Meta:
        verbose_name = "分片联系"
        verbose_name_plural = "分片联系"
        ordering = ["region", "leader", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "region"],
                condition=Q(ends_on__isnull=True, station__isnull=True),
                name="area_pairing_town_once",
                violation_error_message="已登记联系这个镇（街道）。",
            ),
            models.UniqueConstraint(
                fields=["leader", "station"],
                condition=Q(ends_on__isnull=True),
                name="area_pairing_station_once",
                violation_error_message="已登记联系这个家站。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="area_pairing_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leader}：{self.station or self.region}"


class AreaVisitQuerySet(ScopedQuerySet):
    """The leader writes the own visits, the office and the visited town write theirs."""

    region_path = "pairing__region"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("pairing__region")
        return rule | Q(pairing__user=scope.user_id) if scope.user_id else rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("pairing__region")
        return rule | Q(pairing__user=scope.user_id) if scope.user_id else rule


class AreaVisit(models.Model):
    """A visit of a leader to the area: problems raised and help given."""

    pairing = models.ForeignKey(
        AreaPairing, models.PROTECT, related_name="visits", verbose_name="分片联系"
    )
    held_on = models.DateField("日期")
    content = models.CharField("内容", max_length=200)
    problems = models.TextField("发现、反映的问题", blank=True)
    help_given = models.TextField("帮助解决的事项", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )
    idempotency_key = models.UUIDField("表单编号", null=True, unique=True, editable=False)

    objects = AreaVisitQuerySet.as_manager()

    class Meta:
        verbose_name = "联系指导记录"
        verbose_name_plural = "联系指导记录"
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["pairing", "held_on"], name="area_visit_day")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.content}"


class ExchangeQuerySet(ScopedQuerySet):
    """As its activity; where a model station is host, everyone may learn from it."""

    region_path = "activity__region"

    def read_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().read_rule(scope)
        own = Q(activity__in=Activity.objects.filter(rule))
        return own | Q(host__model_terms__isnull=False) if scope.user_id else own

    def write_rule(self, scope: Scope) -> Q:
        rule = Activity.objects.all().write_rule(scope)
        return Q(activity__in=Activity.objects.filter(rule))


class Exchange(models.Model):
    """What an activity was as a meeting on experience (推进会、经验交流会、现场会、观摩)."""

    activity = models.OneToOneField(
        Activity, models.CASCADE, related_name="exchange", verbose_name="活动"
    )
    host = models.ForeignKey(
        Station,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="exchanges_hosted",
        verbose_name="观摩的家站",
    )
    visitors = models.ManyToManyField(
        Station, blank=True, related_name="exchanges", verbose_name="参加的家站"
    )
    materials = models.ManyToManyField(
        Material, blank=True, related_name="exchanges", verbose_name="交流的经验材料"
    )
    lessons = models.TextField("学到的做法、下步打算", blank=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name = "交流会"
        verbose_name_plural = "交流会"
        ordering = ["-activity__held_on", "pk"]

    def __str__(self) -> str:
        return str(self.activity)
