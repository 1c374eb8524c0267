"""Leaders' areas: who was visited this year and who was not (M41)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from activities.models.support import AreaPairing, AreaVisit
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period


def pairings_counted(
    rows: QuerySet[AreaPairing], period: Period, today: dt.date
) -> QuerySet[AreaPairing]:
    """With ``times`` of visits in the period and ``last_on`` of any visit up to today."""
    within = Q(visits__held_on__range=(period.first, period.last))
    return (
        rows.select_related("region", "station", "user")
        .annotate(
            times=Count("visits", filter=within),
            last_on=Max("visits__held_on", filter=Q(visits__held_on__lte=today)),
        )
        .order_by("region__code", "leader", "pk")
    )


@dataclass(frozen=True)
class AreaLine:
    pairing: Any

    @property
    def is_unvisited(self) -> bool:
        return bool(self.pairing.visits_a_year) and not self.pairing.times

    @property
    def lacking(self) -> int:
        return max(self.pairing.visits_a_year - self.pairing.times, 0)


def area_lines(rows: QuerySet[AreaPairing], period: Period, today: dt.date) -> list[AreaLine]:
    return [AreaLine(row) for row in pairings_counted(rows, period, today)]


@dataclass(frozen=True)
class OwnAreas:
    """A leader's own page: areas with the year's visits, the unvisited ones first."""

    lines: list[AreaLine]
    visits: list[AreaVisit]

    @property
    def unvisited(self) -> list[AreaLine]:
        return [line for line in self.lines if line.is_unvisited]


def own_areas(user: User, period: Period, today: dt.date) -> OwnAreas:
    """What is in force today; two queries."""
    own = AreaPairing.objects.filter(user=user).on(today)
    lines = sorted(area_lines(own, period, today), key=lambda line: not line.is_unvisited)
    visits = AreaVisit.objects.filter(
        pairing__user=user, held_on__range=(period.first, period.last)
    ).select_related("pairing__region", "pairing__station")
    return OwnAreas(lines, list(visits))


def has_areas(user: User, today: dt.date) -> bool:
    return AreaPairing.objects.filter(user=user).on(today).exists()


def towns_without_leader(user: User, today: dt.date) -> list[Region]:
    """Towns in the reader's scope that nobody guides today."""
    guided = AreaPairing.objects.on(today).filter(station__isnull=True)
    towns = Region.objects.towns().in_scope_of_reader(user)
    return list(towns.exclude(pk__in=guided.values("region")).order_by("code"))


def with_state(rows: QuerySet[AreaPairing], state: str, period: Period) -> QuerySet[AreaPairing]:
    """Areas not visited in the period, or less often than asked for."""
    within = Q(visits__held_on__range=(period.first, period.last))
    counted = rows.annotate(_times=Count("visits", filter=within))
    if state == "unvisited":
        return counted.filter(_times=0, visits_a_year__gt=0)
    return counted.filter(_times__lt=F("visits_a_year"))
