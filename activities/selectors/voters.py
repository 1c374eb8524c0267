"""Fixed voters and how many of them were reached (联系选民, M65)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from activities.models import ContactRule, FixedVoter, Visit
from activities.selectors.rules import Rules
from congress_portal.core.enums import Verification
from congress_portal.core.figures import Rate
from congress_portal.core.metrics import beside
from congress_portal.core.periods import Period
from deputies.models import Deputy, DeputyQuerySet

_LINKS = Visit.fixed_voters.through


@dataclass(frozen=True)
class Contacted:
    """A deputy's fixed voters: how many there are, were reached, wait for the check."""

    deputy: Deputy
    rule: ContactRule
    fixed: int
    reached: int
    waiting: int

    @property
    def rate(self) -> Rate:
        return Rate(self.reached, self.fixed)

    @property
    def short_by(self) -> int:
        """How many fixed voters are missing to what the rule asks for."""
        return max(self.rule.voters_least - self.fixed, 0)


def _day(period: Period, today: dt.date) -> dt.date:
    """The day on which the roster is read: today, or the period's last day once it is over."""
    return max(period.first, min(period.last, today))


def _in_touch(period: Period, *states: str) -> QuerySet[Any]:
    """Links of the voter at hand to visits of the period."""
    return _LINKS.objects.filter(
        fixedvoter=OuterRef("pk"),
        visit__verification__in=states,
        visit__held_on__range=(period.first, period.last),
    )


def with_voters(deputies: DeputyQuerySet, period: Period, today: dt.date) -> QuerySet[Any]:
    """Deputies with ``fixed``, ``reached`` and ``waiting``, in the same query."""
    roster = FixedVoter.objects.on(_day(period, today))
    reached = Q(Exists(_in_touch(period, Verification.VERIFIED)))
    pending = roster.exclude(reached).filter(Exists(_in_touch(period, Verification.PENDING)))
    return deputies.select_related("town").annotate(
        fixed=Coalesce(beside(roster, "deputy", Count("pk")), 0),
        reached=Coalesce(beside(roster.filter(reached), "deputy", Count("pk")), 0),
        waiting=Coalesce(beside(pending, "deputy", Count("pk")), 0),
    )


def contacted(deputy: Any, rules: Rules) -> Contacted:
    """Of a deputy who came through ``with_voters``."""
    rule = rules.of(deputy.town)
    return Contacted(deputy, rule, deputy.fixed, deputy.reached, deputy.waiting)


def reached_in_all(deputies: DeputyQuerySet, period: Period, today: dt.date) -> Rate:
    """All their fixed voters together; one query."""
    roster = FixedVoter.objects.on(_day(period, today)).filter(
        deputy__in=deputies.order_by().values("pk")
    )
    found = roster.aggregate(
        fixed=Count("pk"),
        reached=Count("pk", Q(Exists(_in_touch(period, Verification.VERIFIED)))),
    )
    return Rate(found["reached"], found["fixed"])


def voters_of(deputy: Deputy, on: dt.date) -> QuerySet[FixedVoter]:
    """The deputy's fixed voters of that day, for forms that pick some of them."""
    rows = FixedVoter.objects.on(on).filter(deputy=deputy)
    return rows.select_related("village").order_by("village__code", "pk")


def with_contacts(rows: QuerySet[FixedVoter], period: Period, year: Period) -> QuerySet[Any]:
    """Voters with ``last_on`` (any contact not refused), ``is_reached``, ``times`` of the year."""
    known = _LINKS.objects.exclude(visit__verification=Verification.REFUSED)
    of_year = known.filter(visit__held_on__range=(year.first, year.last))
    return rows.select_related("village__parent").annotate(
        last_on=beside(known, "fixedvoter", Max("visit__held_on")),
        times=Coalesce(beside(of_year, "fixedvoter", Count("pk")), 0),
        is_reached=Exists(_in_touch(period, Verification.VERIFIED)),
        is_waiting=Exists(_in_touch(period, Verification.PENDING)),
    )
