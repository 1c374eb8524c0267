"""Between rota and reception: swaps with consent, and the numbers of web and paper forms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from congress_portal.core.scope import Scope, ScopedQuerySet
from deputies.models import Deputy
from stations.enums import SwapState
from stations.models.network import KeptQuerySet
from stations.models.rota import RotaDuty
from stations.models.station import Station


class SwapRequestQuerySet(ScopedQuerySet):
    """Both deputies and who keeps the station."""

    region_path = "duty__slot__station__region"

    def read_rule(self, scope: Scope) -> Q:
        rule = scope.reads(self.region_path) | self._kept(scope)
        return rule | self._of_both(scope)

    def write_rule(self, scope: Scope) -> Q:
        return self._kept(scope) | self._of_both(scope)

    def _kept(self, scope: Scope) -> Q:
        kept = Station.objects.filter(Station.objects.all().write_rule(scope))
        return Q(duty__slot__station__in=kept)

    def _of_both(self, scope: Scope) -> Q:
        if not scope.deputy_user_id:
            return Q(pk__in=())
        user = scope.deputy_user_id
        return Q(duty__deputy__user=user) | Q(asked__user=user)


class SwapRequest(models.Model):
    """A deputy asks another to take the duty over, or to change it for one of theirs."""

    duty = models.ForeignKey(
        RotaDuty, models.CASCADE, related_name="swap_requests", verbose_name="要换的值班"
    )
    asked = models.ForeignKey(
        Deputy, models.PROTECT, related_name="swaps_asked", verbose_name="请谁替（换）"
    )
    in_return = models.ForeignKey(
        RotaDuty,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="换回的值班",
        help_text="不填为请对方代班。",
    )
    reason = models.CharField("原因", max_length=120, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=SwapState.choices, default=SwapState.ASKED
    )
    asked_at = models.DateTimeField("提出时间", auto_now_add=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="登记人",
    )

    objects = SwapRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "换班申请"
        verbose_name_plural = "换班申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["duty"],
                condition=Q(state=SwapState.ASKED),
                name="swap_request_one_open",
                violation_error_message="这次值班已有一份等答复的换班申请。",
            ),
            models.CheckConstraint(
                condition=Q(state=SwapState.ASKED, answered_at__isnull=True)
                | (~Q(state=SwapState.ASKED) & Q(answered_at__isnull=False)),
                name="swap_request_answered_when_stamped",
                violation_error_message="答复过的换班申请要有答复时间。",
            ),
            models.CheckConstraint(
                condition=Q(in_return__isnull=True) | ~Q(in_return=F("duty")),
                name="swap_request_for_another_duty",
                violation_error_message="不能用同一次值班来换。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} → {self.asked}"


class ReceptionNumberQuerySet(KeptQuerySet):
    pass


class ReceptionNumber(models.Model):
    """A number of a visitor's form at a station: web and paper forms share the series.

    A number printed on a blank paper form is given here; the matter entered later (a voice of
    the app above) points to it. A spoilt form keeps its number with the reason.
    """

    station = models.ForeignKey(
        Station, models.PROTECT, related_name="reception_numbers", verbose_name="家站"
    )
    year = models.PositiveSmallIntegerField("年度")
    serial = models.PositiveIntegerField("序号")
    printed_at = models.DateTimeField("打印时间", null=True, blank=True)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="打印人",
    )
    void_reason = models.CharField("作废原因", max_length=80, blank=True)

    objects = ReceptionNumberQuerySet.as_manager()

    class Meta:
        verbose_name = "接待登记号"
        verbose_name_plural = "接待登记号"
        ordering = ["station", "-year", "-serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "year", "serial"],
                name="reception_number_once",
                violation_error_message="这个登记号已经用过。",
            ),
            models.CheckConstraint(condition=Q(serial__gte=1), name="reception_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.station.number}-{self.year}-{self.serial:04d}"
