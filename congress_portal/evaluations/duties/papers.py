"""A board as a paper to hang up and as a workbook; the figures are those of the page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from congress_portal.core.documents.blocks import Column, FormPaper, Note, Paragraph, Table
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import Region
from congress_portal.evaluations.duties.selectors import Board, Standing, rule_words
from congress_portal.evaluations.points import plain


def board_paper(board: Board, rows: list[Standing], today: dt.date) -> FormPaper:
    """What was chosen on the page, with the whole board's rate above it."""
    requirement, last = board.requirement, board.period.last
    county = Region.objects.filter(level=RegionLevel.COUNTY).values_list("name", flat=True).first()
    table = Table(
        "",
        (
            Column("对象", 30, "name"),
            Column("完成", 10, "figure"),
            Column("还缺", 36, "name"),
            Column("说明", 24, "name"),
        ),
        tuple(
            (
                _named(row),
                row.count if row.owed else "—",
                row.missing_words or ("已完成" if row.owed else "不要求"),
                row.excuse,
            )
            for row in rows
        ),
        is_small=True,
    )
    office = settings.PORTAL_OFFICE or f"{county or ''}人大常委会代表工作委员会"
    return FormPaper(
        title_pieces=(f"「{requirement}」", "完成情况"),
        author=office,
        left=f"{board.period.label}（{last.year}年{last.month}月{last.day}日前）",
        right=f"{today.year}年{today.month}月{today.day}日",
        blocks=(
            Paragraph(f"{_summary(board)}依据：{requirement.source}"),
            table,
            Note(rule_words(requirement)),
        ),
    )


def _named(row: Standing) -> str:
    """A town is its own place."""
    who = row.who
    return who.label if who.label == who.place else f"{who.label}（{who.place}）"


def _summary(board: Board) -> str:
    words = f"完成 {board.rate}，没有完成的 {board.open} 个"
    return f"{words}，不要求的 {board.excused} 个。" if board.excused else f"{words}。"


def board_workbook(board: Board, rows: list[Standing]) -> bytes:
    """One row a subject; each part's figure and what is owed stand in own columns."""
    parts = list(board.requirement.parts.all())
    fields = [Field("对象", 14), Field("所属", 10), Field("情况", 8)]
    for part in parts:
        fields += [Field(part.name, 10), Field(f"{part.name}（应完成）", 10)]
    fields += [Field("还缺", 20), Field("计入天数", 8), Field("说明", 20)]
    title = f"{board.requirement}（{board.period.label}）"
    return workbook_bytes(Sheet("完成情况", fields, _rows(rows, len(parts)), title))


def _rows(rows: list[Standing], parts: int) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        figures: list[Any] = []
        for each in row.parts:
            figures += [_number(each.value), _number(each.owed)]
        figures += [None] * (2 * parts - len(figures))
        yield (
            row.who.label,
            row.who.place,
            row.state_words,
            *figures,
            row.missing_words,
            row.days,
            row.excuse,
        )


def _number(value: Any) -> Any:
    return int(value) if plain(value).isdigit() else value
