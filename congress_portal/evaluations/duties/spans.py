"""Days that count: unions and gaps of dated spans, and the share of a number that they owe."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from congress_portal.core.periods import Period

Span = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)


def within(spans: Iterable[Span], period: Period) -> list[Span]:
    """The spans' union inside the period, in order, both ends counted."""
    found: list[Span] = []
    for first, last in sorted(spans):
        begin, end = max(first, period.first), min(last, period.last)
        if begin > end:
            continue
        if found and begin <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """What is left of the spans once the gaps are taken out."""
    left = list(spans)
    for first, last in gaps:
        cut: list[Span] = []
        for begin, end in left:
            if last < begin or first > end:
                cut.append((begin, end))
                continue
            if begin < first:
                cut.append((begin, first - _DAY))
            if last < end:
                cut.append((last + _DAY, end))
        left = cut
    return left


def days(spans: Iterable[Span]) -> int:
    return sum((last - first).days + 1 for first, last in spans)


def owed_part(number: Decimal, owed_days: int, all_days: int) -> Decimal:
    """The number that is owed for part of a period: by days, half-up to a whole one."""
    if owed_days >= all_days:
        return number
    share = Fraction(number) * owed_days / all_days
    return Decimal((2 * share.numerator + share.denominator) // (2 * share.denominator))
