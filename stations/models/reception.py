from django.db import models
from django.db.models import Q

from congress_portal.core.models.record import Record, RecordQuerySet
from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy
from stations.models.station import Station


class ReceptionQuerySet(RecordQuerySet):
    """A reception follows its station; the deputies on duty see it too."""

    region_path = "station__region"

    def read_rule(self, scope: Scope) -> Q:
        rule = Q(station__in=Station.objects.filter(Station.objects.all().read_rule(scope)))
        if scope.deputy_user_id:
            mine = ReceptionDuty.objects.filter(deputy__user=scope.deputy_user_id).values(
                "reception"
            )
            rule |= Q(pk__in=mine)
        return rule

    def write_rule(self, scope: Scope) -> Q:
        return Q(station__in=Station.objects.filter(Station.objects.all().write_rule(scope)))


class Reception(Record):
    """An occasion: a day, a station and the deputies on duty; each visitor's matter is a Voice."""

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="receptions", verbose_name="家站"
    )
    held_on = models.DateField("接待日期")
    place = models.CharField("接待地点", max_length=120, blank=True)
    deputies = models.ManyToManyField(
        Deputy, through="ReceptionDuty", related_name="receptions", verbose_name="接待代表"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    no_visitors = models.BooleanField(
        "没有选民来访",
        default=False,
        help_text="开了门、到了人、没有人来的，如实登记；照样是一天接待。",
    )

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        verbose_name = "接待"
        verbose_name_plural = "接待"
        ordering = ["-held_on", "station", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "held_on"],
                name="reception_once_a_day",
                violation_error_message="这个家站当天的接待已经登记。",
            ),
        ]
        indexes = [models.Index(fields=["held_on", "station"], name="reception_day_station")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.station}"


class ReceptionDutyQuerySet(ScopedQuerySet):
    def read_rule(self, scope: Scope) -> Q:
        rule = Reception.objects.all().read_rule(scope)
        return Q(reception__in=Reception.objects.filter(rule))

    def write_rule(self, scope: Scope) -> Q:
        rule = Reception.objects.all().write_rule(scope)
        return Q(reception__in=Reception.objects.filter(rule))


class ReceptionDuty(models.Model):
    """A deputy on duty at a reception."""

    reception = models.ForeignKey(
        Reception, models.CASCADE, related_name="duties", verbose_name="接待"
    )
    deputy = models.ForeignKey(
        Deputy, models.PROTECT, related_name="reception_duties", verbose_name="代表"
    )
    serial = models.PositiveIntegerField("次序", default=0)

    objects = ReceptionDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "接待代表"
        verbose_name_plural = "接待代表"
        ordering = ["reception", "serial", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["reception", "deputy"], name="reception_duty_once"),
        ]

    def __str__(self) -> str:
        return str(self.deputy)
