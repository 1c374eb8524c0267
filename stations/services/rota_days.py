"""From a rule to the days of a span: patterns, then the working-day calendar (RULES C4).

No database: a rule is anything with the fields of ``RotaRule``, the calendar is handed in.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from congress_portal.core.workdays import CalendarMissingError, WorkCalendar
from stations.enums import HolidayShift, MonthPattern, RulePattern
from stations.models import RotaRule

ONE_DAY = dt.timedelta(days=1)
_MONTHS = {
    MonthPattern.EVERY: frozenset(range(1, 13)),
    MonthPattern.ODD: frozenset(range(1, 13, 2)),
    MonthPattern.EVEN: frozenset(range(2, 13, 2)),
    MonthPattern.QUARTER: frozenset((3, 6, 9, 12)),
}
_LAST_WEEK = 5


@dataclass(frozen=True)
class Day:
    """``planned_on`` is the rule's day, ``held_on`` where a holiday left it."""

    rule: RotaRule
    planned_on: dt.date
    held_on: dt.date


@dataclass
class Days:
    """The days of rules, and what a person must know about them.

    ``years_unknown``: no working-day calendar is laid down, the days there stand where the rule
    put them; ``dropped``: days that the rule skips on holidays.
    """

    days: list[Day] = field(default_factory=list)
    years_unknown: set[int] = field(default_factory=set)
    dropped: list[tuple[RotaRule, dt.date]] = field(default_factory=list)


def days_of(rules: list[RotaRule], first: dt.date, last: dt.date, work: WorkCalendar) -> Days:
    """Days whose rule's day lies in the span, by date; a shift may leave the span by some days.

    Two days of one station that fall together are one, with the more deputies needed.
    """
    found = Days()
    met: dict[tuple[int, dt.date], Day] = {}
    for rule in rules:
        for planned in planned_days(rule, first, last):
            try:
                held = shifted(planned, rule.holiday_shift, work)
            except CalendarMissingError as error:
                found.years_unknown.add(error.year)
                held = planned
            if held is None:
                found.dropped.append((rule, planned))
                continue
            place, day = (rule.station_id, held), Day(rule, planned, held)
            if place not in met or met[place].rule.deputies_needed < rule.deputies_needed:
                met[place] = day
    found.days = sorted(met.values(), key=lambda day: (day.held_on, day.rule.station_id))
    return found


def planned_days(rule: RotaRule, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The rule's own days in the span, before holidays."""
    first = max(first, rule.begins_on)
    last = min(last, rule.ends_on) if rule.ends_on else last
    if rule.pattern in (RulePattern.MONTHLY, RulePattern.NTH_WEEKDAY):
        yield from _monthly(rule, first, last)
    elif rule.pattern == RulePattern.WEEKLY:
        yield from _weekly(rule, first, last)
    else:
        yield from _every(rule.begins_on, rule.interval, first, last)


def _monthly(rule: RotaRule, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    month = first.replace(day=1)
    while month <= last:
        if month.month in _MONTHS[MonthPattern(rule.months)]:
            day = _day_of_month(rule, month.year, month.month)
            if first <= day <= last:
                yield day
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _day_of_month(rule: RotaRule, year: int, month: int) -> dt.date:
    length = calendar.monthrange(year, month)[1]
    if rule.pattern == RulePattern.MONTHLY:
        return dt.date(year, month, min(rule.day_of_month or 1, length))
    days = [dt.date(year, month, n) for n in range(1, length + 1)]
    wanted = [day for day in days if day.weekday() == rule.weekday]
    week = rule.week_of_month or 1
    return wanted[-1] if week >= _LAST_WEEK else wanted[week - 1]


def _weekly(rule: RotaRule, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    monday = rule.begins_on - dt.timedelta(days=rule.begins_on.weekday())
    start = monday + dt.timedelta(days=rule.weekday or 0)
    months = _MONTHS[MonthPattern(rule.months)]
    days = _every(start, 7 * rule.interval, first, last)
    return (day for day in days if day.month in months)


def _every(start: dt.date, step: int, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    behind = max(0, (first - start).days)
    day = start + dt.timedelta(days=-(-behind // step) * step)
    while day <= last:
        yield day
        day += dt.timedelta(days=step)


def shifted(day: dt.date, shift: str, work: WorkCalendar) -> dt.date | None:
    """Where a day is held; None when the rule leaves it out. Raises CalendarMissingError."""
    if shift == HolidayShift.KEEP or work.is_workday(day):
        return day
    if shift == HolidayShift.SKIP:
        return None
    step = ONE_DAY if shift == HolidayShift.NEXT else -ONE_DAY
    while not work.is_workday(day):
        day += step
    return day
