"""A grid of figures: subjects by periods, each with its numerator and denominator."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from congress_portal.core.figures import Rate
from congress_portal.core.metrics import Keys, Measures, Metric, Number, measure
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period, half_of, month, quarter_of, year
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.statistics.subjects import (
    ADDED,
    LABELS,
    Subject,
    rows_of,
    subject_of,
)
from deputies.models import Term

STEPS = {"month": "月", "quarter": "季度", "half": "半年", "year": "年", "term": "届"}
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Choice:
    """What is asked for: a metric, perhaps as a share of another, of one kind of subject."""

    kind: str
    metric: Metric
    base: Metric | None
    periods: tuple[Period, ...]
    town: Region | None = None

    @property
    def name(self) -> str:
        return f"{self.metric.name}÷{self.base.name}" if self.base else self.metric.name

    @property
    def title(self) -> str:
        where = f"{self.town.name}" if self.town else ""
        return f"{where}{LABELS[self.kind]}：{self.name}"

    @property
    def unit(self) -> str:
        return "%" if self.base else self.metric.unit

    @property
    def definition(self) -> str:
        """How it is counted, in one sentence for the page and the papers."""
        words = f"{self.metric.name}：单位为{self.metric.unit}，只计已核实、日期在期内的记录"
        rate = f"；比率＝{self.metric.name}÷{self.base.name}，分母为零的不计" if self.base else ""
        return f"{words}{rate}。{ADDED.get(self.kind, '')}"


@dataclass(frozen=True)
class Cell:
    period: Period
    value: Number | None
    base: Number | None = None
    is_rate: bool = False

    @property
    def short(self) -> str:
        """The period where there is little room: 26年三季, 26年9月; terms by their names."""
        label = self.period.label.replace("年第", "年").replace("季度", "季")
        return label[2:] if label[:4].isdigit() and len(label) > len("2026年") else label

    @property
    def number(self) -> Decimal | None:
        """What is drawn and written into Excel: the figure, or the rate in per cent."""
        if self.value is None:
            return None
        if not self.is_rate:
            return Decimal(self.value)
        if not self.base:
            return None
        share = Decimal(100) * Decimal(self.value) / Decimal(self.base)
        return share.quantize(_TENTH, ROUND_HALF_UP)

    @property
    def text(self) -> str:
        """88, or 66.7%（2/3）; a dash where there is nothing to count."""
        if self.is_rate:
            parts = f"（{plain(Decimal(self.value or 0))}/{plain(Decimal(self.base or 0))}）"
            return f"无{parts}" if self.number is None else f"{self.number}%{parts}"
        if self.number is None:
            return "—"
        return plain(self.number.quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass(frozen=True)
class Line:
    who: Subject
    cells: tuple[Cell, ...]

    @property
    def numbers(self) -> tuple[Decimal | None, ...]:
        return tuple(cell.number for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    choice: Choice
    lines: tuple[Line, ...]

    @cached_property
    def totals(self) -> tuple[Cell, ...]:
        return self.sums_of(self.lines)

    def sums_of(self, lines: Iterable[Line]) -> tuple[Cell, ...]:
        """By period: sums; of means the mean of those that have one."""
        columns = list(zip(*(line.cells for line in lines), strict=True))
        if not columns:
            return tuple(self._sum(period, ()) for period in self.choice.periods)
        return tuple(
            self._sum(period, column)
            for period, column in zip(self.choice.periods, columns, strict=True)
        )

    def _sum(self, period: Period, cells: Iterable[Cell]) -> Cell:
        found = [cell for cell in cells if cell.value is not None]
        values = [Decimal(cell.value or 0) for cell in found]
        base = sum((Decimal(cell.base or 0) for cell in found), Decimal(0))
        if self.choice.metric.is_mean and self.choice.base is None:
            mean = sum(values, Decimal(0)) / len(values) if values else None
            return Cell(period, mean)
        return Cell(period, sum(values, Decimal(0)), base, self.choice.base is not None)

    @cached_property
    def active(self) -> tuple[Rate, ...]:
        """By period: how many of the subjects have anything at all."""
        count = len(self.lines)
        return tuple(
            Rate(sum(bool(line.cells[at].value) for line in self.lines), count)
            for at in range(len(self.choice.periods))
        )

    @cached_property
    def by_place(self) -> list[Line]:
        """The sums of each place, for the small multiples."""
        places: dict[str, list[Line]] = {}
        for line in self.lines:
            places.setdefault(line.who.place or line.who.label, []).append(line)
        return [Line(Subject(0, name, name), self.sums_of(lines)) for name, lines in places.items()]


def periods_until(day: dt.date, step: str, count: int) -> tuple[Period, ...]:
    """``count`` periods of one length, oldest first; the last one holds ``day``."""
    if step == "term":
        terms = Term.objects.of_county().filter(begins_on__lte=day).order_by("-begins_on")
        return tuple(term.period for term in terms[:count])[::-1]
    first = {
        "month": lambda: month(day.year, day.month),
        "quarter": lambda: quarter_of(day),
        "half": lambda: half_of(day),
        "year": lambda: year(day.year),
    }[step]()
    found = [first]
    while len(found) < count:
        found.append(found[-1].previous())
    return tuple(found[::-1])


def grid_of(choice: Choice, user: User) -> Grid:
    return grids_of([choice], user)[0]


def grids_of(choices: list[Choice], user: User) -> list[Grid]:
    """Of one kind, town and periods: each metric is measured once a period, all in one reading;
    the queries never grow with the subjects."""
    if not choices or not choices[0].periods:
        return [Grid(choice, ()) for choice in choices]
    first = choices[0]
    whole = Period(first.periods[0].first, first.periods[-1].last, "")
    rows = rows_of(first.kind, user, whole, first.town)
    wanted = {
        each.code: each for choice in choices for each in (choice.metric, choice.base) if each
    }
    measured = [measure(wanted.values(), period, rows) for period in first.periods]
    subjects = [subject_of(first.kind, row) for row in rows]
    return [
        Grid(choice, tuple(_line(choice, subject, measured) for subject in subjects))
        for choice in choices
    ]


def _line(choice: Choice, subject: Subject, measured: list[dict[str, Measures]]) -> Line:
    pairs = zip(choice.periods, measured, strict=True)
    return Line(subject, tuple(_cell(choice, period, found, subject.pk) for period, found in pairs))


def _cell(choice: Choice, period: Period, found: dict[str, Measures], pk: int) -> Cell:
    base = found[choice.base.code].get(pk) if choice.base else None
    return Cell(period, found[choice.metric.code].get(pk), base, choice.base is not None)


def evidence_of_cell(choice: Choice, rows: Any) -> tuple[Cell, Keys, Keys]:
    """The figure of one subject in one period with the records behind it (and its base)."""
    (period,) = choice.periods
    pk = rows.get().pk
    wanted = [choice.metric, *([choice.base] if choice.base else [])]
    found = measure(wanted, period, rows)
    keys = found[choice.metric.code].evidence_keys().get(pk, {})
    base = found[choice.base.code].evidence_keys().get(pk, {}) if choice.base else {}
    return _cell(choice, period, found, pk), keys, base
