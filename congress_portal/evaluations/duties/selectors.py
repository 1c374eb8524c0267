"""Boards: who has done what of a requirement, what is missing, and by when."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.figures import Rate
from congress_portal.core.metrics import Measures, Number
from congress_portal.core.periods import Period
from congress_portal.evaluations.duties.calendar import period_on
from congress_portal.evaluations.duties.figures import duty_metric, figures_of, in_full
from congress_portal.evaluations.duties.spans import days, owed_part, without
from congress_portal.evaluations.duties.subjects import (
    Leave,
    Owing,
    leaves_of,
    owing_of,
    owing_rows,
    visible,
)
from congress_portal.evaluations.enums import Bound, DutySubject, OwedBy
from congress_portal.evaluations.models import Nudge, Requirement, RequirementPart
from congress_portal.evaluations.points import plain

DONE, PARTLY, NONE, EXCUSED = "done", "partly", "none", "excused"
STATES = {DONE: "已完成", PARTLY: "部分完成", NONE: "未做", EXCUSED: "不要求"}


@dataclass(frozen=True)
class PartState:
    """One part: what there is, what is owed, and what is missing in words."""

    part: RequirementPart
    value: Decimal
    owed: Decimal
    unit: str = ""

    @property
    def is_owed(self) -> bool:
        return self.part.comparison == Bound.AT_MOST or self.owed > 0

    @property
    def is_met(self) -> bool:
        if self.part.comparison == Bound.AT_MOST:
            return self.value <= self.owed
        return self.value >= self.owed

    @property
    def lacks(self) -> str:
        """«视察», or «接待日（还差 1）» where more than one is asked."""
        if self.part.comparison == Bound.AT_MOST:
            return f"{self.part.name}（多 {plain(self.value - self.owed)}）"
        if self.owed <= 1:
            return self.part.name
        return f"{self.part.name}（还差 {plain(self.owed - self.value)}）"

    @property
    def figures(self) -> str:
        return f"{plain(self.value)}/{plain(self.owed)}"

    @property
    def said(self) -> str:
        """«4 次，要求不少于 1 次»."""
        if not self.is_owed:
            return f"{plain(self.value)} {self.unit}，不要求"
        asked = f"{self.part.get_comparison_display()} {plain(self.owed)} {self.unit}"
        return f"{plain(self.value)} {self.unit}，要求{asked}"


@dataclass(frozen=True)
class Standing:
    """How one subject stands with one requirement in one period."""

    requirement: Requirement
    period: Period
    who: Owing
    parts: tuple[PartState, ...]
    days: int
    all_days: int
    leaves: tuple[Leave, ...] = ()
    beside: Number | None = None

    @property
    def owed(self) -> list[PartState]:
        return [each for each in self.parts if each.is_owed]

    @property
    def missing(self) -> list[PartState]:
        return [each for each in self.owed if not each.is_met]

    @property
    def missing_words(self) -> str:
        return "、".join(each.lacks for each in self.missing)

    @property
    def count(self) -> str:
        """2/3 of the parts; for a single part its own figures."""
        if len(self.parts) == 1 and self.owed:
            return self.owed[0].figures
        return f"{len(self.owed) - len(self.missing)}/{len(self.owed)}"

    @property
    def state(self) -> str:
        if not self.owed:
            return EXCUSED
        if not self.missing:
            return DONE
        started = len(self.missing) < len(self.owed) or any(each.value for each in self.missing)
        return PARTLY if started else NONE

    @property
    def state_words(self) -> str:
        return STATES[self.state]

    @property
    def is_partial(self) -> bool:
        return self.days < self.all_days

    @property
    def excuse(self) -> str:
        """Why less is owed, in words."""
        if not self.is_partial:
            return ""
        why = "、".join(dict.fromkeys(each.reason for each in self.leaves))
        words = f"{self.all_days} 天中计 {self.days} 天"
        return f"{words}（{why}）" if why else words


@dataclass(frozen=True)
class Board:
    requirement: Requirement
    period: Period
    rows: list[Standing] = field(default_factory=list)

    def count(self, *states: str) -> int:
        return sum(row.state in states for row in self.rows)

    @property
    def done(self) -> int:
        return self.count(DONE)

    @property
    def open(self) -> int:
        return self.count(PARTLY, NONE)

    @property
    def excused(self) -> int:
        return self.count(EXCUSED)

    @property
    def rate(self) -> Rate:
        return Rate(self.done, self.done + self.open)

    @property
    def unfinished(self) -> list[Standing]:
        return [row for row in self.rows if row.missing]


def board_of(requirement: Requirement, period: Period, subjects: QuerySet[Any]) -> Board:
    """One requirement in one period for those of ``subjects`` whom it binds.

    At most nine queries, whatever the number of subjects; ``requirement`` is read ``in_full``.
    """
    return boards_of([requirement], period, subjects)[0]


def boards_of(
    requirements: Iterable[Requirement], period: Period, subjects: QuerySet[Any]
) -> list[Board]:
    """Boards of requirements of one kind of subject for the same period; the figures of all are
    read together."""
    rows = list(requirements)
    if not rows:
        return []
    kind = rows[0].subject_kind
    by_part, beside = figures_of(rows, kind, period, subjects)
    leaves = leaves_of(kind, period)
    people = {}
    for row in rows:
        key = (row.owed_by, row.region_id, row.active_from, row.active_to)
        if key not in people:
            people[key] = owing_of(row, period, owing_rows(row, period, subjects))
    return [
        Board(
            row,
            period,
            [
                _standing(row, period, who, by_part, beside.get(row.pk), leaves.get(who.pk, []))
                for who in people[row.owed_by, row.region_id, row.active_from, row.active_to]
            ],
        )
        for row in rows
    ]


def _standing(
    requirement: Requirement,
    period: Period,
    who: Owing,
    measured: Mapping[int, Measures],
    beside: Measures | None,
    leaves: list[tuple[int | None, Leave]],
) -> Standing:
    mine = [leave for of, leave in leaves if of in (None, requirement.pk)]
    there = without(who.spans, [leave.span for leave in mine])
    owed_days, all_days = days(there), (period.last - period.first).days + 1
    parts = tuple(
        PartState(
            part,
            Decimal(measured[part.pk].get(who.pk) or 0),
            _owed(part, who, owed_days, all_days),
            duty_metric(requirement.subject_kind, part.metric).unit,
        )
        for part in requirement.parts.all()
    )
    return Standing(
        requirement,
        period,
        who,
        () if not owed_days else parts,
        owed_days,
        all_days,
        tuple(mine),
        beside.get(who.pk) if beside else None,
    )


def _owed(part: RequirementPart, who: Owing, owed_days: int, all_days: int) -> Decimal:
    number = part.threshold
    for each in part.by_type.all():
        if each.station_type_id == who.station_type:
            number = each.threshold
    if part.comparison == Bound.AT_MOST or not part.is_prorated:
        return number
    return owed_part(number, owed_days, all_days)


def boards_now(
    requirements: QuerySet[Requirement], today: dt.date, subjects: Mapping[str, QuerySet[Any]]
) -> list[Board]:
    """The running period's boards of active requirements, of the kinds in ``subjects``; the
    queries grow with the kinds and lengths of period, not with the requirements."""
    groups: dict[tuple[str, Period], list[Requirement]] = {}
    terms: dict[tuple[str, int | None], Period | None] = {}
    for row in in_full(requirements.filter(subject_kind__in=list(subjects))):
        key = (row.period_kind, row.region_id)
        if key not in terms:
            terms[key] = period_on(row, today)
        period = terms[key]
        if period is not None and _is_asked(row, period):
            groups.setdefault((row.subject_kind, period), []).append(row)
    found = [
        board
        for (kind, period), rows in groups.items()
        for board in boards_of(rows, period, subjects[kind])
    ]
    return sorted(found, key=lambda board: (board.requirement.order, board.requirement.pk))


def _is_asked(requirement: Requirement, period: Period) -> bool:
    begins = requirement.active_from or dt.date.min
    ends = requirement.active_to or dt.date.max
    return requirement.is_active and begins <= period.last and ends >= period.first


def own_boards(kind: str, pk: int, today: dt.date) -> list[Board]:
    """The running period's requirements of one subject; boards of one row or none."""
    base = visible(kind, None).filter(pk=pk)
    boards = boards_now(Requirement.objects.active().select_related("region"), today, {kind: base})
    return [board for board in boards if board.rows]


def last_nudges(requirement: Requirement, period: Period) -> dict[int, Nudge]:
    """The latest word to each subject in this period."""
    kind = requirement.subject_kind
    rows = Nudge.objects.filter(requirement=requirement, period_code=period.code)
    ordered = rows.select_related("sent_by").order_by("sent_on", "pk")
    return {getattr(row, f"{kind}_id"): row for row in ordered}


def rule_words(requirement: Requirement) -> str:
    """How the part of somebody who was not there all the time is worked out, for the page."""
    prorated = any(part.is_prorated for part in requirement.parts.all())
    if not prorated:
        return "按期末最后一天的情况看，不按在任时间折算。"
    who = {
        DutySubject.DEPUTY: "补选、辞职等只在任一部分时间的，以及请假、由办公室登记不便履职的",
        DutySubject.MEMBER: "只在任一部分时间的和请假的",
        DutySubject.STATION: "期中建成的和准予停办的",
    }.get(requirement.subject_kind, "免除了一部分时间的")  # type: ignore[call-overload]
    twice = (
        "同时任两级代表的只算一个人，在任日期合并计算。"
        if requirement.subject_kind == DutySubject.DEPUTY and requirement.owed_by == OwedBy.ALL
        else ""
    )
    return (
        f"{who}，应完成数 = 要求的数 × 计入的天数 ÷ 全期天数，四舍五入到整数，"
        f"得零的不要求。{twice}只计已核实的记录。"
    )
