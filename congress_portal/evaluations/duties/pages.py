"""What the pages of a board show: one subject's parts with records, and the periods of a year."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.figures import Rate
from congress_portal.core.metrics import Keys, Measures
from congress_portal.core.models import User
from congress_portal.core.periods import Period, half, month, quarter
from congress_portal.core.periods import year as year_period
from congress_portal.evaluations.duties.calendar import recent_periods
from congress_portal.evaluations.duties.figures import figures_of
from congress_portal.evaluations.duties.selectors import (
    Board,
    PartState,
    Standing,
    board_of,
)
from congress_portal.evaluations.duties.subjects import visible
from congress_portal.evaluations.enums import PeriodKind
from congress_portal.evaluations.evidence import Group, evidence_of
from congress_portal.evaluations.models import Requirement

PERIODS_BACK = 4


@dataclass(frozen=True)
class PartShown:
    """A part with the records behind its figure, as far as the reader may see them."""

    state: PartState
    groups: list[Group]


def parts_shown(standing: Standing, user: User) -> list[PartShown]:
    kind, pk = standing.requirement.subject_kind, standing.who.pk
    subjects = visible(kind, None).filter(pk=pk)
    measured, _ = figures_of([standing.requirement], kind, standing.period, subjects)
    return [
        PartShown(state, evidence_of(_keys(measured[state.part.pk], pk), {}, user))
        for state in standing.parts
    ]


def _keys(measures: Measures, subject: int) -> Keys:
    found: Keys = {}
    for rows in measures.evidence(subject):
        keys = set(found.get(rows.model._meta.label, ()))
        keys |= set(rows.order_by().values_list("pk", flat=True))
        found[rows.model._meta.label] = sorted(keys)
    return found


def past_standings(requirement: Requirement, pk: int, today: dt.date) -> list[Standing]:
    """The last periods of one subject, newest first; periods before it began are left out."""
    base = visible(requirement.subject_kind, None).filter(pk=pk)
    periods = recent_periods(requirement, today, PERIODS_BACK)
    return [row for period in periods for row in board_of(requirement, period, base).rows]


@dataclass(frozen=True)
class GridRow:
    pk: int
    label: str
    place: str
    cells: tuple[tuple[str, Standing | None], ...]


@dataclass(frozen=True)
class Grid:
    """Subjects by the periods of a year; periods to come have no board."""

    periods: tuple[Period, ...]
    boards: tuple[Board | None, ...]
    rows: tuple[GridRow, ...]

    @property
    def heads(self) -> list[str]:
        return [_short(period) for period in self.periods]

    @property
    def totals(self) -> list[tuple[str, Rate | None]]:
        rates = [board.rate if board else None for board in self.boards]
        return list(zip(self.heads, rates, strict=True))


def _short(period: Period) -> str:
    """«3月», «第一季度», «上半年» below the year's head; a year or term as it is."""
    _, sign, rest = period.label.partition("年")
    return rest if sign and rest else period.label


def periods_of_year(requirement: Requirement, number: int, today: dt.date) -> list[Period]:
    """The year's months, quarters or halves; of longer periods the last ones, oldest first."""
    kind = requirement.period_kind
    if kind == PeriodKind.MONTH:
        return [month(number, each) for each in range(1, 13)]
    if kind == PeriodKind.QUARTER:
        return [quarter(number, each) for each in range(1, 5)]
    if kind == PeriodKind.HALF:
        return [half(number, 1), half(number, 2)]
    if kind == PeriodKind.YEAR:
        return [year_period(each) for each in range(number - PERIODS_BACK + 1, number + 1)]
    return recent_periods(requirement, today, PERIODS_BACK)[::-1]


def grid_of(
    requirement: Requirement, periods: Sequence[Period], subjects: QuerySet[Any], today: dt.date
) -> Grid:
    boards = [
        board_of(requirement, period, subjects) if period.first <= today else None
        for period in periods
    ]
    people: dict[int, Standing] = {}
    for board in boards:
        people |= {row.who.pk: row for row in (board.rows if board else ())}
    by_period = [{row.who.pk: row for row in board.rows} if board else {} for board in boards]
    ordered = sorted(people.values(), key=lambda row: (row.who.place_code, row.who.pk))
    rows = tuple(
        GridRow(
            row.who.pk,
            row.who.label,
            row.who.place,
            tuple(
                (_short(period), found.get(row.who.pk))
                for period, found in zip(periods, by_period, strict=True)
            ),
        )
        for row in ordered
    )
    return Grid(tuple(periods), tuple(boards), rows)
