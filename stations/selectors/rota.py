"""Reads of the rota: who can sit where, what is planned, what is missing in it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from congress_portal.core.models import CalendarYear
from congress_portal.core.periods import Period
from deputies.models import Deputy, Mandate
from stations.enums import DutyState, HolidayShift, SwapState
from stations.models import (
    Posting,
    Rota,
    RotaDuty,
    RotaRule,
    RotaSlot,
    Station,
    StationQuerySet,
    SwapRequest,
    Unavailability,
)

Span = tuple[dt.date, dt.date]


@dataclass
class Standing:
    """What decides whether a deputy can sit somewhere on a day: postings, mandates, absences.

    ``posted[station][deputy]``, ``offices[deputy]`` and ``away[deputy]`` hold spans of days,
    ``taken[deputy]`` the days on which the deputy is on duty already.
    """

    posted: dict[int, dict[int, list[Span]]] = field(default_factory=dict)
    offices: dict[int, list[tuple[dt.date, dt.date, str]]] = field(default_factory=dict)
    away: dict[int, list[Span]] = field(default_factory=dict)
    taken: dict[int, set[dt.date]] = field(default_factory=dict)

    def is_posted(self, deputy: int, station: int, day: dt.date) -> bool:
        return _within(self.posted.get(station, {}).get(deputy, ()), day)

    def is_away(self, deputy: int, day: dt.date) -> bool:
        return _within(self.away.get(deputy, ()), day)

    def is_taken(self, deputy: int, day: dt.date) -> bool:
        return day in self.taken.get(deputy, ())

    def holds(self, deputy: int, day: dt.date, level: str = "") -> bool:
        """Whether the deputy is in office on the day, of the level where one is named."""
        return any(
            first <= day <= last and level in ("", found)
            for first, last, found in self.offices.get(deputy, ())
        )


def _within(spans: Iterable[Span], day: dt.date) -> bool:
    return any(first <= day <= last for first, last in spans)


def standing_at(
    stations: Collection[int], first: dt.date, last: dt.date, *, leaving_out: Rota | None = None
) -> Standing:
    """For the deputies posted to the stations in the span; duties of one rota may be left out."""
    found = Standing()
    postings = Posting.objects.during(first, last).filter(station__in=stations)
    posted: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for station, deputy, begins, ends in postings.order_by("serial", "pk").values_list(
        "station", "deputy", "begins_on", "ends_on"
    ):
        posted[station][deputy].append((begins or dt.date.min, ends or dt.date.max))
    found.posted = {station: dict(rows) for station, rows in posted.items()}
    people = {deputy for rows in posted.values() for deputy in rows}
    _add_offices(found, people, first, last)
    _add_days(found, people, first, last, leaving_out)
    return found


def _add_offices(found: Standing, people: set[int], first: dt.date, last: dt.date) -> None:
    rows = Mandate.objects.in_force(Period(first, last, "")).filter(deputy__in=people)
    for row in rows.select_related("term"):
        span = (row.first_day, row.last_day, row.level)
        found.offices.setdefault(row.deputy_id, []).append(span)


def _add_days(
    found: Standing, people: set[int], first: dt.date, last: dt.date, leaving_out: Rota | None
) -> None:
    absences = Unavailability.objects.filter(
        deputy__in=people, first_on__lte=last, last_on__gte=first
    )
    for deputy, since, until in absences.values_list("deputy", "first_on", "last_on"):
        found.away.setdefault(deputy, []).append((since, until))
    duties = (
        RotaDuty.objects.all()
        .standing()
        .filter(deputy__in=people, held_on__range=(first, last), slot__cancelled_reason="")
    )
    if leaving_out is not None:
        duties = duties.exclude(slot__rota=leaving_out)
    for deputy, day in duties.values_list("deputy", "held_on"):
        found.taken.setdefault(deputy, set()).add(day)


def duties_counted(people: Collection[int], first: dt.date, last: dt.date) -> Counter[int]:
    """Duties that stand in the span, by deputy."""
    rows = (
        RotaDuty.objects.all()
        .standing()
        .filter(deputy__in=people, held_on__range=(first, last), slot__cancelled_reason="")
    )
    counted = rows.order_by().values("deputy").annotate(times=Count("pk"))
    return Counter({row["deputy"]: row["times"] for row in counted})


@dataclass(frozen=True)
class CandidateRow:
    """A deputy who may take a duty over. ``why_not`` is empty for who can."""

    deputy: Deputy
    load: int
    why_not: str = ""


def candidates_for(slot: RotaSlot) -> list[CandidateRow]:
    """Who is posted at the station on the day: those who can first, the least loaded first.

    The load is that of the slot's calendar year.
    """
    here, day = slot.station_id, slot.held_on
    standing = standing_at([here], day, day)
    keys = [key for key in standing.posted.get(here, {}) if standing.is_posted(key, here, day)]
    year = dt.date(day.year, 1, 1), dt.date(day.year, 12, 31)
    loads = duties_counted(keys, *year)
    people = Deputy.objects.select_related("town").in_bulk(keys)
    on_it = set(slot.duties.all().standing().values_list("deputy", flat=True))
    rows = [
        CandidateRow(people[key], loads[key], why_not(standing, key, day))
        for key in keys
        if key not in on_it
    ]
    return sorted(rows, key=lambda row: (bool(row.why_not), row.load, row.deputy.pk))


def why_not(standing: Standing, deputy: int, day: dt.date) -> str:
    """Why the deputy cannot come on the day; empty when nothing speaks against it."""
    if not standing.holds(deputy, day):
        return "当天不在任"
    if standing.is_away(deputy, day):
        return "登记了当天不便"
    if standing.is_taken(deputy, day):
        return "当天已在别处值班"
    return ""


def slots_in_full(rows: QuerySet[RotaSlot]) -> QuerySet[RotaSlot]:
    """With station, rule, reception and who is or was on duty, in their order."""
    duties = RotaDuty.objects.select_related("deputy__town").order_by("serial", "pk")
    return rows.select_related(
        "station__region", "rota", "rule", "themed", "reception"
    ).prefetch_related(Prefetch("duties", duties))


def rules_of(stations: StationQuerySet, first: dt.date, last: dt.date) -> list[RotaRule]:
    """Rules in force on some day of the span, of the stations in use."""
    rows = RotaRule.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first),
        station__in=stations.active(),
        begins_on__lte=last,
    )
    return list(rows.select_related("station").order_by("station__number", "pk"))


@dataclass(frozen=True)
class Shortage:
    """A reception day that lacks deputies: ``lacking`` of those needed, or of a level."""

    slot: RotaSlot
    lacking: int
    level: str = ""

    @property
    def is_empty(self) -> bool:
        return self.lacking >= self.slot.deputies_needed


def shortages(slots: Iterable[RotaSlot]) -> list[Shortage]:
    """Days of ``slots_in_full`` that lack somebody; called-off days lack nobody."""
    found = []
    rows = [slot for slot in slots if not slot.cancelled_reason]
    levels = _levels_present([slot for slot in rows if slot.rule and slot.rule.level_needed])
    for slot in rows:
        present = [each for each in slot.duties.all() if each.state != DutyState.SWAPPED]
        lacking = slot.deputies_needed - len(present)
        level = slot.rule.level_needed if slot.rule else ""
        if level and level in levels.get(slot.pk, set()):
            level = ""
        if lacking > 0 or level:
            label = slot.rule.get_level_needed_display() if slot.rule and level else ""
            found.append(Shortage(slot, max(lacking, 0), label))
    return found


def _levels_present(slots: list[RotaSlot]) -> dict[int, set[str]]:
    """Levels of the deputies on duty, by slot, on the slot's day; one query."""
    on_duty = {
        slot.pk: [each.deputy_id for each in slot.duties.all() if each.state != DutyState.SWAPPED]
        for slot in slots
    }
    people = {key for keys in on_duty.values() for key in keys}
    if not people:
        return {}
    days = [slot.held_on for slot in slots]
    found = Standing()
    _add_offices(found, people, min(days), max(days))
    return {
        slot.pk: {
            level
            for key in on_duty[slot.pk]
            for first, last, level in found.offices.get(key, ())
            if first <= slot.held_on <= last
        }
        for slot in slots
    }


def unknown_years(slots: Iterable[RotaSlot]) -> list[int]:
    """Years without a working-day calendar in which holidays decide about days."""
    years = {
        (slot.planned_on or slot.held_on).year
        for slot in slots
        if slot.rule and slot.rule.holiday_shift != HolidayShift.KEEP
    }
    known = CalendarYear.objects.filter(year__in=years).values_list("year", flat=True)
    return sorted(years - set(known))


def unruled_stations(rota: Rota) -> QuerySet[Station]:
    """Stations in use of the rota's place that have no day in it."""
    planned = RotaSlot.objects.filter(rota=rota).values("station")
    rows = Station.objects.active().filter(region=rota.region).exclude(pk__in=planned)
    return rows.order_by("number")


@dataclass(frozen=True)
class LoadRow:
    deputy: Deputy
    times: int
    stations: int


def loads_of(rota: Rota) -> list[LoadRow]:
    """How often each deputy posted to the rota's stations stands in it, most first; also zero."""
    stations = RotaSlot.objects.filter(rota=rota).values("station")
    posted = Posting.objects.during(rota.first_on, rota.last_on).filter(station__in=stations)
    on_duty = RotaDuty.objects.all().standing().filter(slot__rota=rota, slot__cancelled_reason="")
    counts = {
        row["deputy"]: (row["times"], row["places"])
        for row in on_duty.order_by()
        .values("deputy")
        .annotate(times=Count("pk"), places=Count("slot__station", distinct=True))
    }
    office = Period(rota.first_on, rota.last_on, "")
    people = (
        Deputy.objects.in_office(office)
        .filter(Q(pk__in=posted.values("deputy")) | Q(pk__in=list(counts)))
        .select_related("town")
    )
    rows = [LoadRow(each, *counts.get(each.pk, (0, 0))) for each in people]
    return sorted(rows, key=lambda row: (-row.times, row.deputy.pinyin, row.deputy.pk))


def duties_of(deputy: Deputy) -> QuerySet[RotaDuty]:
    """Of released (or unplanned) days, by day."""
    rows = RotaDuty.objects.filter(deputy=deputy, slot__cancelled_reason="").exclude(
        slot__rota__state="draft"
    )
    asked = SwapRequest.objects.filter(state=SwapState.ASKED).select_related("asked")
    return (
        rows.select_related("slot__station__region", "slot__reception")
        .prefetch_related(Prefetch("swap_requests", asked, to_attr="open_swaps"))
        .order_by("held_on", "pk")
    )


def swaps_in_full(rows: QuerySet[SwapRequest]) -> QuerySet[SwapRequest]:
    return rows.select_related(
        "duty__slot__station__region",
        "duty__deputy__town",
        "asked__town",
        "in_return__slot__station",
    )


def last_term_end(rota: Rota) -> dt.date | None:
    """The last day of office of the stations' deputies, where the rota goes beyond it: nobody
    can be set for later days before the next election."""
    posted = Posting.objects.filter(station__in=rota.slots.values("station"))
    seats = Mandate.objects.filter(
        deputy__in=posted.values("deputy"), term__ends_on__gte=rota.first_on
    )
    last: dt.date | None = seats.aggregate(last=Max("term__ends_on"))["last"]
    return last if last and last < rota.last_on else None
