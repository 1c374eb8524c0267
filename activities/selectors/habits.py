"""How a deputy keeps in touch: how broadly (M68), how steadily (M69), on whose initiative (M135).

A contact is a verified visit by any channel; for the months, a reception on duty counts too.
Everything is counted from the period's first day to its last, or to today while it runs, and
nobody owes a month in which he or she held no mandate. The number of queries is the same for
one deputy and for all.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from activities.enums import Presence
from activities.models import Activity, ContactRule, Visit
from activities.selectors.rules import Rules
from congress_portal.core.enums import VILLAGE_LEVELS
from congress_portal.core.figures import Rate
from congress_portal.core.metrics import counted
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from deputies.models import Deputy, DeputyQuerySet, District, Mandate
from stations.models import ReceptionDuty

Month = tuple[int, int]


@dataclass(frozen=True)
class Breadth:
    """``placed`` are contacts whose village is known, ``outside`` those not in the own one."""

    own_village: Region | None
    placed: int
    outside: int
    never: tuple[Region, ...]
    by_town: bool

    @property
    def rate(self) -> Rate:
        return Rate(self.outside, self.placed)


@dataclass(frozen=True)
class Steadiness:
    """Months in office, those with a contact, and the longest run without one."""

    owed: int
    with_contact: int
    gap: int
    gap_from: dt.date | None

    @property
    def rate(self) -> Rate:
        return Rate(self.with_contact, self.owed)


@dataclass(frozen=True)
class Initiative:
    """Own and organised contacts, and own and organised activities attended."""

    own_visits: int
    organised_visits: int
    own_activities: int
    organised_activities: int

    @property
    def own(self) -> int:
        return self.own_visits + self.own_activities

    @property
    def organised(self) -> int:
        return self.organised_visits + self.organised_activities

    @property
    def rate(self) -> Rate:
        return Rate(self.own, self.own + self.organised)


@dataclass(frozen=True)
class Habits:
    """One deputy's contact in a period; the flags are hints for a talk, never marks."""

    deputy: Deputy
    rule: ContactRule
    breadth: Breadth
    steadiness: Steadiness
    initiative: Initiative

    @property
    def is_narrow(self) -> bool:
        """Fewer contacts outside the own village than the rule asks for (联系面偏窄)."""
        found = self.breadth
        if not found.placed or found.own_village is None:
            return False
        return found.outside * 100 < self.rule.outside_least * found.placed

    @property
    def is_unsteady(self) -> bool:
        """As many months on end without a contact as the rule names (忽冷忽热)."""
        return self.rule.gap_months > 0 and self.steadiness.gap >= self.rule.gap_months

    @property
    def only_organised(self) -> bool:
        """In office, but nothing of the own accord."""
        return not self.initiative.own

    @property
    def is_flagged(self) -> bool:
        return self.is_narrow or self.is_unsteady or self.only_organised


def so_far(period: Period, today: dt.date) -> Period:
    """The part of the period that has passed; a future one keeps its first day only."""
    last = max(period.first, min(period.last, today))
    return Period(period.first, last, period.code)


def habits_of(deputies: DeputyQuerySet, period: Period, today: dt.date) -> list[Habits]:
    """In the order of the rows given; nine queries for any number of deputies."""
    passed = so_far(period, today)
    people = list(deputies.select_related("town", "village"))
    rules, rows = Rules(), deputies.order_by().values("pk")
    breadth = _breadths(people, rows, passed)
    steadiness = _steadiness(rows, passed)
    initiative = _initiatives(rows, passed)
    return [
        Habits(
            deputy,
            rules.of(deputy.town),
            breadth[deputy.pk],
            steadiness.get(deputy.pk, Steadiness(0, 0, 0, None)),
            initiative.get(deputy.pk, Initiative(0, 0, 0, 0)),
        )
        for deputy in people
    ]


def placed_visits(period: Period) -> QuerySet[Visit]:
    """Verified visits of the period whose village is known."""
    return Visit.objects.filter(counted(period), village__isnull=False)


def outside_own_village() -> Q:
    """Of visits: neither in the deputy's own village nor by somebody without a known one."""
    return Q(deputy__village__isnull=False) & ~Q(village=F("deputy__village"))


# --- breadth ----------------------------------------------------------------------------------


def _breadths(people: list[Deputy], rows: Any, period: Period) -> dict[int, Breadth]:
    visits = placed_visits(period).filter(deputy__in=rows)
    counts: dict[int, tuple[int, int]] = {
        deputy: (placed, outside)
        for deputy, placed, outside in visits.order_by()
        .values("deputy")
        .annotate(placed=Count("pk"), outside=Count("pk", outside_own_village()))
        .values_list("deputy", "placed", "outside")
    }
    reached: dict[int, set[int]] = defaultdict(set)
    for deputy, village in visits.order_by().values_list("deputy", "village").distinct():
        reached[deputy].add(village)
    villages, by_town = _villages_owed(people, rows, period)
    return {
        deputy.pk: Breadth(
            deputy.village,
            *counts.get(deputy.pk, (0, 0)),
            tuple(v for v in villages[deputy.pk] if v.pk not in reached[deputy.pk]),
            deputy.pk in by_town,
        )
        for deputy in people
    }


def _villages_owed(
    people: list[Deputy], rows: Any, period: Period
) -> tuple[dict[int, list[Region]], set[int]]:
    """Villages of each deputy's districts; those of whole towns where none are registered.

    The set names the deputies for whom a whole town stands in.
    """
    wanted, towns = _districts_owed(rows, period)
    for deputy in people:
        if deputy.pk not in wanted and deputy.pk not in towns:
            towns[deputy.pk].add(deputy.town.code[:9])
    codes = {f"{code}000" for found in towns.values() for code in found}
    keys = {key for found in wanted.values() for key in found}
    villages = list(
        Region.objects.filter(
            Q(parent__code__in=codes) | Q(pk__in=keys), level__in=VILLAGE_LEVELS
        ).order_by("code")
    )
    owed = {
        deputy.pk: [
            village
            for village in villages
            if village.pk in wanted[deputy.pk] or village.code[:9] in towns[deputy.pk]
        ]
        for deputy in people
    }
    return owed, {deputy.pk for deputy in people if towns[deputy.pk]}


def _districts_owed(rows: Any, period: Period) -> tuple[dict[int, set[int]], dict[int, set[str]]]:
    """By deputy: the villages registered for the districts, and the towns of districts without."""
    mandates = Mandate.objects.in_force(period).filter(deputy__in=rows)
    seats = list(mandates.values_list("deputy", "district", "district__region__code"))
    linked: dict[int, set[int]] = defaultdict(set)
    links = District.villages.through.objects.filter(
        district__in={district for _, district, _ in seats if district}
    )
    for district, village in links.values_list("district", "region"):
        linked[district].add(village)
    wanted: dict[int, set[int]] = defaultdict(set)
    towns: dict[int, set[str]] = defaultdict(set)
    for deputy, district, code in seats:
        if district in linked:
            wanted[deputy] |= linked[district]
        elif code and not code.endswith("000000"):
            towns[deputy].add(code[:9])
    return wanted, towns


# --- steadiness -------------------------------------------------------------------------------


def _steadiness(rows: Any, period: Period) -> dict[int, Steadiness]:
    visits = Visit.objects.filter(counted(period), deputy__in=rows)
    duties = ReceptionDuty.objects.filter(counted(period, "reception"), deputy__in=rows)
    contacts: dict[int, set[Month]] = defaultdict(set)
    for found, day in ((visits, "held_on"), (duties, "reception__held_on")):
        pairs = found.order_by().values_list("deputy", TruncMonth(day)).distinct()
        for deputy, first in pairs:
            contacts[deputy].add((first.year, first.month))
    owed: dict[int, set[Month]] = defaultdict(set)
    seats = (
        Mandate.objects.in_force(period)
        .filter(deputy__in=rows)
        .values_list("deputy", "begins_on", "term__begins_on", "ends_on", "term__ends_on")
    )
    for deputy, begins, term_begins, ends, term_ends in seats:
        first = max(begins or term_begins, period.first)
        owed[deputy].update(_months(first, min(ends or term_ends, period.last)))
    return {deputy: _steady(months, contacts[deputy]) for deputy, months in owed.items()}


def _months(first: dt.date, last: dt.date) -> Iterable[Month]:
    """The calendar months that the days from first to last touch."""
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def _steady(owed: set[Month], contacts: set[Month]) -> Steadiness:
    longest, run = 0, 0
    longest_from: Month | None = None
    run_from: Month | None = None
    for month in sorted(owed):
        run, run_from = (0, None) if month in contacts else (run + 1, run_from or month)
        if run > longest:
            longest, longest_from = run, run_from
    since = dt.date(*longest_from, 1) if longest_from else None
    return Steadiness(len(owed), len(owed & contacts), longest, since)


# --- initiative -------------------------------------------------------------------------------


def attended(period: Period) -> QuerySet[Activity]:
    """Verified activities of the period."""
    return Activity.objects.filter(counted(period))


def _initiatives(rows: Any, period: Period) -> dict[int, Initiative]:
    own, organised = Q(self_initiated=True), Q(self_initiated=False)
    visits = {
        deputy: (mine, theirs)
        for deputy, mine, theirs in Visit.objects.filter(counted(period), deputy__in=rows)
        .order_by()
        .values("deputy")
        .annotate(mine=Count("pk", own), theirs=Count("pk", organised))
        .values_list("deputy", "mine", "theirs")
    }
    activities = {
        deputy: (mine, theirs)
        for deputy, mine, theirs in attended(period)
        .filter(attendances__presence=Presence.PRESENT, attendances__deputy__in=rows)
        .order_by()
        .values("attendances__deputy")
        .annotate(mine=Count("pk", own), theirs=Count("pk", organised))
        .values_list("attendances__deputy", "mine", "theirs")
    }
    return {
        deputy: Initiative(*visits.get(deputy, (0, 0)), *activities.get(deputy, (0, 0)))
        for deputy in {*visits, *activities}
    }
