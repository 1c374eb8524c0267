"""The periods in which a requirement falls due."""

import datetime as dt

from congress_portal.core.periods import (
    Period,
    PeriodError,
    half_of,
    month,
    parse_calendar_period,
    quarter_of,
    year,
)
from congress_portal.evaluations.enums import PeriodKind
from congress_portal.evaluations.models import Requirement
from deputies.models import Term
from deputies.models.term import TermQuerySet


def period_on(requirement: Requirement, day: dt.date) -> Period | None:
    """The requirement's period that holds the day; None where no term runs."""
    kind = requirement.period_kind
    if kind == PeriodKind.TERM:
        terms = _terms(requirement).filter(begins_on__lte=day, ends_on__gte=day)
        term = terms.order_by("-begins_on").first()
        return term.period if term else None
    return _calendar_period(kind, day)


def _calendar_period(kind: str, day: dt.date) -> Period:
    if kind == PeriodKind.MONTH:
        return month(day.year, day.month)
    if kind == PeriodKind.QUARTER:
        return quarter_of(day)
    return half_of(day) if kind == PeriodKind.HALF else year(day.year)


def recent_periods(requirement: Requirement, day: dt.date, count: int) -> list[Period]:
    """The running period and those before it, newest first."""
    if requirement.period_kind == PeriodKind.TERM:
        terms = _terms(requirement).filter(begins_on__lte=day).order_by("-begins_on")
        return [term.period for term in terms[:count]]
    found = [_calendar_period(requirement.period_kind, day)]
    while len(found) < count:
        found.append(found[-1].previous())
    return found


def named_period(requirement: Requirement, code: str) -> Period:
    """The period of an address; raises PeriodError unless it is one of this requirement's."""
    if requirement.period_kind == PeriodKind.TERM:
        term = _terms(requirement).filter(name=code).order_by("-begins_on").first()
        if term is None:
            raise PeriodError(f"没有「{code}」这一届。")
        return term.period
    period = parse_calendar_period(code)
    if _calendar_period(requirement.period_kind, period.first) != period:
        raise PeriodError(f"这项要求{requirement.get_period_kind_display()}一期，没有「{code}」。")
    return period


def _terms(requirement: Requirement) -> TermQuerySet:
    """Terms of the county's congress, which all levels' deputies follow here."""
    rows = Term.objects.of_county()
    region = requirement.region
    return rows.filter(region__code__startswith=region.prefix[:6]) if region else rows
