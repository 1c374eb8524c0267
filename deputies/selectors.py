"""Reads about deputies that more than one page needs."""

import datetime as dt
from typing import Any

from django.db.models import Prefetch

from congress_portal.core.periods import Period, PeriodError, parse_calendar_period
from deputies.models import Deputy, DeputyQuerySet, GroupMembership, Mandate, Term


def with_seats(rows: DeputyQuerySet) -> DeputyQuerySet:
    """With home town, mandates (term, district) and groups, each read once for the whole page."""
    mandates = Mandate.objects.select_related("term", "district").order_by("-term__begins_on", "pk")
    memberships = GroupMembership.objects.select_related("group")
    return rows.select_related("town", "village").prefetch_related(
        Prefetch("mandates", mandates), Prefetch("memberships", memberships)
    )


def deputy_of(user: object) -> Deputy | None:
    """The deputy whose account this is."""
    return Deputy.objects.select_related("town", "village").filter(user=user).first()


def phone_of(user: Any) -> str:
    """The number in the roster of the deputy whose account this is."""
    return Deputy.objects.filter(user=user).values_list("phone", flat=True).first() or ""


def parse_period(text: str) -> Period:
    """``2026Q3``, ``2026``, ``2026-09``, or a term's name: the county's, e.g. 第十八届.

    Raises PeriodError.
    """
    try:
        return parse_calendar_period(text)
    except PeriodError:
        term = Term.objects.of_county().filter(name=text.strip()).order_by("-begins_on").first()
        if term is None:
            raise PeriodError(
                f"「{text}」不是考评周期，请写成 2026Q3、2026、2026-09 或县人大的届次。"
            ) from None
        return term.period


Span = tuple[dt.date, dt.date]


def days_in_office(period: Period) -> dict[int, int]:
    """Days of the period on which each deputy held at least one mandate; one query."""
    return {deputy: _days_covered(found) for deputy, found in seats_in(period).items()}


def seats_in(period: Period, level: str = "") -> dict[int, list[Span]]:
    """The days of the period that each deputy's mandates cover, of one level or of all; they
    may overlap. One query."""
    spans: dict[int, list[Span]] = {}
    rows = Mandate.objects.in_force(period).order_by()
    if level:
        rows = rows.filter(level=level)
    found = rows.values_list("deputy", "begins_on", "term__begins_on", "ends_on", "term__ends_on")
    for deputy, begins, term_begins, ends, term_ends in found:
        first = max(begins or term_begins, period.first)
        last = min(ends or term_ends, period.last)
        spans.setdefault(deputy, []).append((first, last))
    return spans


def _days_covered(spans: list[Span]) -> int:
    """Days in the union of the spans, both ends counted."""
    days, after = 0, dt.date.min
    for first, last in sorted(spans):
        begin = max(first, after)
        if last >= begin:
            days += (last - begin).days + 1
            after = last + dt.timedelta(days=1)
    return days
