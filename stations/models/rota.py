"""The rota of reception days (接待选民日轮值表): rules, days, who is on duty (MISSION M62, M64)."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.enums import TOWN_LEVELS, Dictionary, Level, RegionLevel
from congress_portal.core.models import DictionaryEntry, Region, Unit
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy
from stations.enums import (
    DutyState,
    HolidayShift,
    MonthPattern,
    RotaState,
    RulePattern,
    Weekday,
)
from stations.models.network import KeptQuerySet
from stations.models.reception import Reception
from stations.models.station import Station

_LAST_WEEK = 5


class RotaRuleQuerySet(KeptQuerySet):
    def on(self, day: dt.date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), begins_on__lte=day)


class RotaRule(models.Model):
    """On which days a station receives voters, and how many deputies sit there."""

    station = models.ForeignKey(
        Station, models.CASCADE, related_name="rota_rules", verbose_name="家站"
    )
    pattern = models.CharField("规则", max_length=12, choices=RulePattern.choices)
    months = models.CharField(
        "月份", max_length=8, choices=MonthPattern.choices, default=MonthPattern.EVERY
    )
    day_of_month = models.PositiveSmallIntegerField(
        "几日", null=True, blank=True, help_text="大于当月天数的，取当月最后一天。"
    )
    weekday = models.PositiveSmallIntegerField(
        "星期几", null=True, blank=True, choices=Weekday.choices
    )
    week_of_month = models.PositiveSmallIntegerField(
        "第几个", null=True, blank=True, help_text="1 至 4；5 为当月最后一个。"
    )
    interval = models.PositiveSmallIntegerField(
        "间隔", default=1, help_text="每隔几周填 1、2…；圩日填几天一圩。"
    )
    begins_on = models.DateField(
        "起始日期", help_text="圩日填第一个圩日，以后从这天起推算；隔周的从这一周起推算。"
    )
    ends_on = models.DateField("截止日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间", default=dt.time(9))
    ends_at = models.TimeField("结束时间", default=dt.time(11))
    holiday_shift = models.CharField(
        "遇休息日", max_length=10, choices=HolidayShift.choices, default=HolidayShift.NEXT
    )
    deputies_needed = models.PositiveSmallIntegerField("每次几名代表", default=1)
    level_needed = models.CharField(
        "其中至少一名",
        max_length=10,
        blank=True,
        choices=Level.choices,
        help_text="填了级别，每次至少有一名这一级的代表。",
    )
    notice_days = models.PositiveSmallIntegerField(
        "提前几天通知", default=3, help_text="各地为提前 2 至 3 天。"
    )
    source = models.CharField("依据", max_length=200, blank=True)

    objects = RotaRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "接待日规则"
        verbose_name_plural = "接待日规则"
        ordering = ["station", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    pattern=RulePattern.MONTHLY,
                    day_of_month__isnull=False,
                    day_of_month__range=(1, 31),
                )
                | Q(
                    pattern=RulePattern.NTH_WEEKDAY,
                    weekday__isnull=False,
                    weekday__range=(0, 6),
                    week_of_month__isnull=False,
                    week_of_month__range=(1, 5),
                )
                | Q(
                    pattern=RulePattern.WEEKLY,
                    weekday__isnull=False,
                    weekday__range=(0, 6),
                    interval__gte=1,
                )
                | Q(pattern=RulePattern.CYCLE, interval__gte=2),
                name="rota_rule_pattern_filled",
                violation_error_message=(
                    "请按规则填写：每月固定日期填几日；第几个星期几填星期和第几个；"
                    "每周填星期几；圩日填几天一圩（2 以上）。"
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="rota_rule_times_ordered",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="rota_rule_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(deputies_needed__gte=1),
                name="rota_rule_somebody_needed",
                violation_error_message="每次至少一名代表。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}：{self.get_pattern_display()}"

    @property
    def words(self) -> str:
        """The rule as a clerk would say it: 单月 15 日, 每隔一周的星期三."""
        weekday = Weekday(self.weekday).label if self.weekday is not None else ""
        if self.pattern == RulePattern.MONTHLY:
            return f"{self.get_months_display()} {self.day_of_month} 日"
        if self.pattern == RulePattern.NTH_WEEKDAY:
            last = self.week_of_month == _LAST_WEEK
            nth = "最后一个" if last else f"第 {self.week_of_month} 个"
            return f"{self.get_months_display()}{nth}{weekday}"
        if self.pattern == RulePattern.WEEKLY:
            return f"每周{weekday}" if self.interval == 1 else f"每 {self.interval} 周的{weekday}"
        return f"圩日，{self.interval} 天一圩"


class RotaQuerySet(ScopedQuerySet):
    """Drafts are the office's and the town's; released ones everybody's who has a part in them."""

    def read_rule(self, scope: Scope) -> Q:
        mine = RotaSlot.objects.filter(RotaSlot.objects.all().read_rule(scope))
        return scope.reads("region") | Q(pk__in=mine.values("rota"))

    def released(self) -> Self:
        return self.filter(state=RotaState.RELEASED)


class Rota(models.Model):
    """One plan of a town's (or the county's own) stations for a span of days."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        limit_choices_to={"level__in": (RegionLevel.COUNTY, *TOWN_LEVELS)},
        related_name="rotas",
        verbose_name="镇（街道）",
        help_text="填县的，为县直属家站。",
    )
    title = models.CharField("名称", max_length=80)
    first_on = models.DateField("起始日期")
    last_on = models.DateField("截止日期")
    state = models.CharField(
        "状态", max_length=10, choices=RotaState.choices, default=RotaState.DRAFT
    )
    created_at = models.DateTimeField("编排时间", auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="编排人",
    )
    released_at = models.DateTimeField("发布时间", null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="发布人",
    )

    objects = RotaQuerySet.as_manager()

    class Meta:
        verbose_name = "轮值表"
        verbose_name_plural = "轮值表"
        ordering = ["-first_on", "region", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="rota_dates_ordered",
                violation_error_message="截止日期不能早于起始日期。",
            ),
            models.CheckConstraint(
                condition=Q(state=RotaState.DRAFT, released_at__isnull=True)
                | Q(state=RotaState.RELEASED, released_at__isnull=False),
                name="rota_released_when_stamped",
                violation_error_message="发布的轮值表要有发布时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ThemedReception(models.Model):
    """A reception with a theme and partner units (主题大接待; M64): 圩日, 联合公检法 …"""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="themed_receptions", verbose_name="家站"
    )
    title = models.CharField("主题", max_length=120)
    theme = models.ForeignKey(
        DictionaryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"dictionary": Dictionary.THEME},
        related_name="+",
        verbose_name="所属主题活动",
    )
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=120, blank=True)
    on_market_day = models.BooleanField("圩日", default=False)
    partners = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="联合单位")
    other_partners = models.CharField("其他联合单位", max_length=200, blank=True)
    reception = models.OneToOneField(
        Reception,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="themed",
        verbose_name="接待登记",
    )
    summary = models.TextField("情况小结", blank=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = "主题接待"
        verbose_name_plural = "主题接待"
        ordering = ["-held_on", "station"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "held_on"],
                name="themed_reception_once_a_day",
                violation_error_message="这个家站当天已有一场主题接待。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"


class RotaSlotQuerySet(ScopedQuerySet):
    """Released days are read by whoever reads the station or is on duty; drafts by their makers."""

    region_path = "station__region"

    def read_rule(self, scope: Scope) -> Q:
        stations = Station.objects.filter(Station.objects.all().read_rule(scope))
        rule = Q(station__in=stations)
        if scope.deputy_user_id:
            duties = RotaDuty.objects.filter(deputy__user=scope.deputy_user_id)
            rule |= Q(pk__in=duties.values("slot"))
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        open_ones = Q(rota__isnull=True) | Q(rota__state=RotaState.RELEASED)
        return (rule & open_ones) | Q(station__in=kept) | scope.reads("station__region")

    def write_rule(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return Q(station__in=kept)

    def standing(self) -> Self:
        """Not called off."""
        return self.filter(cancelled_reason="")

    def unregistered(self, today: dt.date) -> Self:
        """Past days of released rotas (and those added by hand) of which nothing was entered."""
        told = Q(rota__isnull=True) | Q(rota__state=RotaState.RELEASED)
        return self.standing().filter(told, held_on__lt=today, reception__isnull=True)


class RotaSlot(models.Model):
    """One reception day of a station. ``planned_on`` is the rule's day before a holiday moved it.

    What came of it is the ``Reception`` that was entered: one without visitors is a day on which
    nobody came, a slot without one has not been entered.
    """

    rota = models.ForeignKey(
        Rota,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name="轮值表",
        help_text="临时加的接待日不填。",
    )
    station = models.ForeignKey(
        Station, models.PROTECT, related_name="rota_slots", verbose_name="家站"
    )
    rule = models.ForeignKey(
        RotaRule, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="规则"
    )
    held_on = models.DateField("日期")
    planned_on = models.DateField("规则定的日期", null=True, blank=True)
    starts_at = models.TimeField("开始时间")
    ends_at = models.TimeField("结束时间")
    deputies_needed = models.PositiveSmallIntegerField("需要几名代表", default=1)
    themed = models.ForeignKey(
        ThemedReception,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name="主题接待",
    )
    reception = models.OneToOneField(
        Reception,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="slot",
        verbose_name="接待登记",
    )
    cancelled_reason = models.CharField("取消原因", max_length=120, blank=True)
    deputies = models.ManyToManyField(
        Deputy, through="RotaDuty", related_name="rota_slots", verbose_name="值班代表"
    )

    objects = RotaSlotQuerySet.as_manager()

    class Meta:
        verbose_name = "接待日"
        verbose_name_plural = "接待日"
        ordering = ["held_on", "station", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "held_on"],
                name="rota_slot_once_a_day",
                violation_error_message="这个家站当天已排了接待。",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="rota_slot_times_ordered",
                violation_error_message="结束时间应晚于开始时间。",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_reason="") | Q(reception__isnull=True),
                name="rota_slot_cancelled_or_held",
                violation_error_message="已登记接待的接待日不能取消。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.station}"


class RotaDutyQuerySet(ScopedQuerySet):
    region_path = "slot__station__region"

    def read_rule(self, scope: Scope) -> Q:
        return Q(slot__in=RotaSlot.objects.filter(RotaSlot.objects.all().read_rule(scope)))

    def write_rule(self, scope: Scope) -> Q:
        return Q(slot__in=RotaSlot.objects.filter(RotaSlot.objects.all().write_rule(scope)))

    def standing(self) -> Self:
        """Of those who are still expected or came: what a deputy's load counts."""
        return self.exclude(state=DutyState.SWAPPED)


class RotaDuty(models.Model):
    """A deputy on duty at a reception day. ``held_on`` repeats the day (stations.guards keeps it).

    Nobody is on duty twice on one day; who has handed the duty on is free again.
    """

    slot = models.ForeignKey(RotaSlot, models.CASCADE, related_name="duties", verbose_name="接待日")
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="rota_duties", verbose_name="代表"
    )
    held_on = models.DateField("日期", editable=False)
    serial = models.PositiveSmallIntegerField("次序", default=0)
    state = models.CharField(
        "状态", max_length=10, choices=DutyState.choices, default=DutyState.PLANNED
    )
    reason = models.CharField("未到原因", max_length=120, blank=True)

    objects = RotaDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "值班代表"
        verbose_name_plural = "值班代表"
        ordering = ["slot", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deputy", "held_on"],
                condition=~Q(state=DutyState.SWAPPED),
                name="rota_duty_not_double_booked",
                violation_error_message="这位代表当天已安排在别处接待。",
            ),
            models.UniqueConstraint(
                fields=["slot", "deputy"],
                name="rota_duty_once",
                violation_error_message="这位代表已在这次接待的名单里。",
            ),
        ]
        indexes = [models.Index(fields=["deputy", "held_on"], name="rota_duty_deputy_day")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.deputy}"


class OfDeputyQuerySet(ScopedQuerySet):
    """The deputy's own, and those of the deputies that the reader may read or keep."""

    region_path = "deputy__town"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads("deputy__town")
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        rule = scope.writes("deputy__town")
        if scope.deputy_user_id:
            rule |= Q(deputy__user=scope.deputy_user_id)
        return rule


class Unavailability(models.Model):
    """Days on which a deputy cannot be put on duty; no reason need be given."""

    deputy = models.ForeignKey(
        Deputy, models.CASCADE, related_name="unavailabilities", verbose_name="代表"
    )
    first_on = models.DateField("从")
    last_on = models.DateField("到")
    reason = models.CharField("原因", max_length=80, blank=True, help_text="可以不填。")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )

    objects = OfDeputyQuerySet.as_manager()

    class Meta:
        verbose_name = "不便值班的日子"
        verbose_name_plural = "不便值班的日子"
        ordering = ["-first_on", "deputy"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="unavailability_dates_ordered",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} {self.first_on}—{self.last_on}"
