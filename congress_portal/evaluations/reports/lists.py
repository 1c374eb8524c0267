"""A sheet of scores as a workbook: typed figures, the same ones as in the 通报."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.reports.facts import SheetFacts, SubjectFacts, facts_of
from congress_portal.evaluations.reports.wording import previous_words


def sheet_workbook(sheet: ScoreSheet, scores: QuerySet[Score] | None = None) -> bytes:
    """得分 (one row a subject) and 明细 (one row a line, with its sum in words)."""
    facts = facts_of(sheet, scores)
    name = f"{sheet.scheme_data['name']}（{facts.period.label}）"
    totals = [
        Field("名次", 6),
        Field("编号", 16),
        Field("对象", 22),
        Field("所属", 10),
        *(Field(f"{one.name}（{plain(one.full)}）", 10) for one in facts.indicators),
        Field("总分", 8),
        *([Field("等次", 8)] if facts.has_grades else []),
        Field(previous_words(facts), 8),
    ]
    lines = [
        Field("编号", 16),
        Field("对象", 22),
        Field("指标", 14),
        Field("数值", 8),
        Field("分母", 8),
        Field("满分", 8),
        Field("得分", 8),
        Field("怎样得出", 40),
        Field("说明", 20),
    ]
    return workbook_bytes(
        Sheet("得分", totals, _totals(facts), name),
        Sheet("明细", lines, _lines(sheet, scores), name),
    )


def _totals(facts: SheetFacts) -> Iterator[tuple[Any, ...]]:
    for one in facts.ranked or facts.subjects:
        yield _total_row(facts, one)
    if facts.ranked:
        yield from (_total_row(facts, one) for one in facts.subjects if one.rank is None)


def _total_row(facts: SheetFacts, one: SubjectFacts) -> tuple[Any, ...]:
    points = (line.points for line in one.lines)
    grade = (one.grade,) if facts.has_grades else ()
    return (one.rank, one.key, one.label, one.place, *points, one.total, *grade, one.before)


def _lines(sheet: ScoreSheet, scores: QuerySet[Score] | None) -> Iterator[tuple[Any, ...]]:
    rows = ScoreLine.objects.filter(score__sheet=sheet).select_related("score")
    if scores is not None:
        rows = rows.filter(score__in=scores)
    for line in rows.order_by("score__serial", "serial").iterator(2000):
        yield (
            line.score.key,
            line.score.label,
            line.indicator,
            _number(line.value),
            _number(line.denominator),
            line.full,
            line.points,
            line.formula,
            line.note,
        )


def _number(value: Decimal | None) -> Decimal | int | None:
    """Whole counts as whole numbers."""
    return int(value) if value is not None and value == value.to_integral_value() else value
