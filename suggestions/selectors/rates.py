"""How units handle: rates that never stand without their two numbers, ageing, league table.

All of it is computed from the parts (Handling) of a given queryset of suggestions, in a number of
queries that does not grow with the rows, so that any line can be reproduced by hand.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Prefetch, QuerySet

from congress_portal.core.enums import Rating
from congress_portal.core.figures import Rate
from congress_portal.core.models import Unit
from suggestions.enums import HANDED_OVER, OPEN_WITH_UNITS, Share, State
from suggestions.models import Handling, HandlingRule, Reply, Suggestion

CONTENT = frozenset({Rating.SATISFIED, Rating.BASICALLY})
SOLVED = "A"
CLASSES = ("A", "B", "C", "D")
AGES = (30, 60, 90)  # days, upper ends of the first three groups


@dataclass(frozen=True)
class Case:
    """One suggestion at its lead unit, with what the rates count."""

    suggestion: Suggestion
    part: Handling
    first: Reply | None
    last: Reply | None

    @property
    def is_on_time(self) -> bool:
        """The first reply by its limit (DESIGN §4)."""
        due = self.suggestion.due_on
        return self.first is not None and (due is None or self.first.replied_on <= due)

    @property
    def class_code(self) -> str:
        """The class after follow-up, else the last reply's."""
        if self.suggestion.final_class:
            return str(self.suggestion.final_class.code)
        return self.last.class_code if self.last else ""

    @property
    def rating(self) -> str:
        return self.last.rating if self.last else ""


def cases_of(rows: QuerySet[Suggestion]) -> list[Case]:
    """The lead parts of suggestions that units were handed; two queries."""
    parts = (
        Handling.objects.in_hand()
        .filter(share=Share.LEAD, suggestion__in=rows, suggestion__state__in=sorted(HANDED_OVER))
        .select_related("unit", "suggestion__final_class", "suggestion__lead")
        .prefetch_related(
            Prefetch("replies", Reply.objects.select_related("reply_class").order_by("round"))
        )
        .order_by("suggestion__year", "suggestion__number", "pk")
    )
    cases = []
    for part in parts:
        replies = list(part.replies.all())
        first, last = (replies[0], replies[-1]) if replies else (None, None)
        cases.append(Case(part.suggestion, part, first, last))
    return cases


@dataclass(frozen=True)
class Rates:
    """Side by side, each with its denominator (DESIGN §5).

    replied 答复率 = answered / handed over; on_time 按时率 = first reply in time / answered;
    closed 办结率 = closed / handed over; solved A 类率 = class A / answered;
    satisfied 满意率 = satisfied or basically / rated.
    """

    handed_over: int
    replied: Rate
    on_time: Rate
    closed: Rate
    solved: Rate
    satisfied: Rate
    by_class: dict[str, int] = field(default_factory=dict)


def rates_of(cases: Sequence[Case]) -> Rates:
    answered = [case for case in cases if case.last]
    rated = [case for case in answered if case.rating]
    by_class = dict.fromkeys(CLASSES, 0)
    for case in answered:
        if case.class_code:
            by_class[case.class_code] = by_class.get(case.class_code, 0) + 1
    return Rates(
        handed_over=len(cases),
        replied=Rate(len(answered), len(cases)),
        on_time=Rate(sum(case.is_on_time for case in answered), len(answered)),
        closed=Rate(sum(case.suggestion.state == State.CLOSED for case in cases), len(cases)),
        solved=Rate(sum(case.class_code == SOLVED for case in answered), len(answered)),
        satisfied=Rate(sum(case.rating in CONTENT for case in rated), len(rated)),
        by_class=by_class,
    )


@dataclass(frozen=True)
class UnitRates:
    unit: Unit
    rates: Rates
    cases: tuple[Case, ...]


def unit_rates(rows: QuerySet[Suggestion]) -> list[UnitRates]:
    """One line a lead unit, most suggestions first."""
    by_unit: dict[Unit, list[Case]] = defaultdict(list)
    for case in cases_of(rows):
        by_unit[case.part.unit].append(case)
    lines = [UnitRates(unit, rates_of(cases), tuple(cases)) for unit, cases in by_unit.items()]
    return sorted(lines, key=lambda line: (-line.rates.handed_over, line.unit.pk))


@dataclass(frozen=True)
class LeagueLine:
    """A unit's place: three parts, each full mark × rate, rounded half-up to 0.01.

    ``punctual`` = first replies in time / (answered + overdue and not answered), so that who
    never answers does not stand as punctual; 按时率 elsewhere counts the answered only.
    """

    unit: Unit
    rates: Rates
    punctual: Rate
    speed: Decimal | None
    quality: Decimal | None
    result: Decimal | None
    total: Decimal | None
    rank: int | None

    @property
    def formula(self) -> str:
        """The sum as one would write it by hand; parts with nothing to count are left out."""
        parts = (
            ("按时答复", self.speed, self.punctual),
            ("代表满意", self.quality, self.rates.satisfied),
            ("A类", self.result, self.rates.solved),
        )
        return "；".join(
            f"{name} {rate} 得 {mark}" for name, mark, rate in parts if mark is not None
        )


def league_table(rows: QuerySet[Suggestion], rule: HandlingRule, on: dt.date) -> list[LeagueLine]:
    """Units by score on a day (RULES C6); equal totals share a rank.

    A unit with nothing answered and nothing overdue has none.
    A part with nothing to count is left out and the total scaled to the full mark.
    """
    running = set(rows.running().values_list("pk", flat=True))  # type: ignore[attr-defined]
    lines = [_league_line(line, rule, _punctual(line, running, on)) for line in unit_rates(rows)]
    totals = sorted((line.total for line in lines if line.total is not None), reverse=True)
    ranked = [
        LeagueLine(
            line.unit,
            line.rates,
            line.punctual,
            line.speed,
            line.quality,
            line.result,
            line.total,
            None if line.total is None else totals.index(line.total) + 1,
        )
        for line in lines
    ]
    return sorted(ranked, key=lambda line: (line.rank is None, line.rank or 0, line.unit.pk))


def _punctual(line: UnitRates, running: set[int], on: dt.date) -> Rate:
    late = [
        case
        for case in line.cases
        if case.last is None
        and case.suggestion.pk in running
        and case.suggestion.due_on is not None
        and case.suggestion.due_on < on
    ]
    return Rate(line.rates.on_time.part, line.rates.on_time.whole + len(late))


def _league_line(line: UnitRates, rule: HandlingRule, punctual: Rate) -> LeagueLine:
    parts = (
        (rule.league_speed, punctual),
        (rule.league_quality, line.rates.satisfied),
        (rule.league_result, line.rates.solved),
    )
    speed, quality, result = marks = tuple(_mark(full, rate) for full, rate in parts)
    counted = [full for (full, _), mark in zip(parts, marks, strict=True) if mark is not None]
    total = None
    if sum(counted):
        got = sum((mark for mark in marks if mark is not None), Decimal(0))
        total = _cents(got * sum(full for full, _ in parts) / sum(counted))
    return LeagueLine(line.unit, line.rates, punctual, speed, quality, result, total, None)


def _mark(full: int, rate: Rate) -> Decimal | None:
    return _cents(Decimal(full * rate.part) / rate.whole) if rate.whole else None


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class AgeGroup:
    """Open cases by days since hand-over; ``until`` None: longer than the last limit."""

    above: int
    until: int | None
    cases: tuple[Case, ...]

    @property
    def label(self) -> str:
        if self.until is None:
            return f"超过 {self.above} 天"
        return f"{self.above + 1}—{self.until} 天" if self.above else f"{self.until} 天以内"


def ageing_table(rows: QuerySet[Suggestion], on: dt.date) -> list[AgeGroup]:
    """What still lies with units, in groups of age (M76)."""
    open_cases = cases_of(rows.filter(state__in=sorted(OPEN_WITH_UNITS)))
    limits: list[tuple[int, int | None]] = list(zip((0, *AGES), (*AGES, None), strict=True))
    return [AgeGroup(above, until, tuple(_aged(open_cases, on, above, until)))
            for above, until in limits]  # fmt: skip


def _aged(cases: Iterable[Case], on: dt.date, above: int, until: int | None) -> Iterable[Case]:
    for case in cases:
        begun = case.suggestion.handed_over_on
        age = (on - begun).days if begun else 0
        if age > above - (above == 0) and (until is None or age <= until):
            yield case


def overdue_parts(rows: QuerySet[Suggestion], on: dt.date) -> QuerySet[Handling]:
    """Running parts past their own limit: replies, opinions and redos; oldest first."""
    return (
        Handling.objects.all()
        .running()
        .filter(suggestion__in=rows.with_units().running(), due_on__lt=on)  # type: ignore[attr-defined]
        .select_related("suggestion__lead", "unit")
        .order_by("due_on", "pk")
    )


def due_parts(rows: QuerySet[Suggestion], on: dt.date, days: int) -> QuerySet[Handling]:
    """Running parts whose limit falls within ``days`` days from ``on``."""
    return (
        Handling.objects.all()
        .running()
        .filter(
            suggestion__in=rows.with_units().running(),  # type: ignore[attr-defined]
            due_on__range=(on, on + dt.timedelta(days=days)),
        )
        .select_related("suggestion__lead", "unit")
        .order_by("due_on", "pk")
    )
