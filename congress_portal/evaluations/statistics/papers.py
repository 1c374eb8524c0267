"""The statistics page on paper and in Excel: the figures of the same grid."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from congress_portal.core.charts import Series, heat_table, small_multiples
from congress_portal.core.documents.blocks import Block, Column, Figure, FormPaper, Note, Table
from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.evaluations.statistics.figures import Cell, Grid, Line

_MOST_PANELS = 24
_MOST_RATES = 4  # rates with numerator and denominator fit beside each other


def panels(grid: Grid) -> Any:
    """The places beside each other: rates as a heat table, counts as small multiples on one
    scale; None where there is nothing to compare."""
    if grid.choice.base:
        return heat(grid)
    places = grid.by_place
    if len(grid.choice.periods) < 2 or not 1 <= len(places) <= _MOST_PANELS:
        return None
    steps = [cell.short for cell in grid.totals]
    columns = 2 if len(steps) > 4 else 3
    return small_multiples(
        [Series(line.who.label, line.numbers) for line in places],
        steps,
        title=f"{grid.choice.title}，各镇（街道）同一刻度",
        unit=grid.choice.unit,
        columns=columns,
        width=(590 - 14 * columns) // columns,
    )


def heat(grid: Grid) -> Any:
    """Rates of the places by period with the figure in each cell; None where there is no place."""
    places = grid.by_place
    if not 1 <= len(places) <= _MOST_PANELS:
        return None
    title = f"{grid.choice.title}（%，底色越深越高）"
    rows = [Series(line.who.label, line.numbers) for line in places]
    return heat_table(rows, [cell.short for cell in grid.totals], title=title, width=420)


def grid_paper(grid: Grid, today: dt.date) -> FormPaper:
    choice = grid.choice
    columns = [Column("对象", 24, "name")]
    width = max(5, 76 // max(len(choice.periods), 1))
    columns += [Column(cell.short, width, "figure") for cell in grid.totals]
    rows = [(_named(line), *_texts(line.cells)) for line in grid.lines]
    rows.append(("合计" if not choice.metric.is_mean else "平均", *_texts(grid.totals)))
    if len(choice.periods) <= _MOST_RATES:
        rows.append(("有数的对象", *(str(rate) for rate in grid.active)))
    chart = panels(grid)
    blocks: list[Block] = [Note(choice.definition)]
    blocks += [Figure(_caption(grid), chart)] if chart else []
    blocks.append(Table("", tuple(columns), tuple(rows), is_small=True))
    return FormPaper(
        title_pieces=(choice.title, "统计表"),
        author=settings.PORTAL_OFFICE or settings.PORTAL_NAME,
        left=f"单位：{choice.unit}",
        right=f"数字取自{today.year}年{today.month}月{today.day}日",
        blocks=tuple(blocks),
    )


def _caption(grid: Grid) -> str:
    if grid.choice.base:
        return "各镇（街道）比率（%，底色越深越高）"
    return "各镇（街道）变化（同一刻度，红色为最后一期）"


def _named(line: Line) -> str:
    who = line.who
    own = not who.place or who.place in who.label
    return who.label if own else f"{who.label}（{who.place}）"


def _texts(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """Of many rates only the per cent: the columns are too narrow for their numbers."""
    if len(cells) > _MOST_RATES and cells[0].is_rate:
        return tuple("无" if cell.number is None else f"{cell.number}%" for cell in cells)
    return tuple(cell.text for cell in cells)


def grid_workbook(grid: Grid, today: dt.date) -> bytes:
    """Numbers as numbers; for rates the numerator and the denominator stand beside."""
    choice = grid.choice
    fields = [Field("对象", 16), Field("所属", 10)]
    for each in choice.periods:
        if choice.base:
            fields += [Field(f"{each.label} {choice.metric.name}", 12)]
            fields += [Field(f"{each.label} {choice.base.name}", 12)]
        fields.append(Field(f"{each.label}（{choice.unit}）", 12))
    title = f"{choice.title}（{today.isoformat()} 读取）"
    notes = [(choice.definition,)]
    return workbook_bytes(
        Sheet("统计", fields, _rows(grid), title), Sheet("统计口径", [Field("口径", 60)], notes)
    )


def _rows(grid: Grid) -> Iterator[tuple[Any, ...]]:
    for line in grid.lines:
        yield (line.who.label, line.who.place, *_values(line.cells))
    yield ("平均" if grid.choice.metric.is_mean else "合计", None, *_values(grid.totals))


def _values(cells: tuple[Cell, ...]) -> Iterator[Any]:
    for cell in cells:
        if cell.is_rate:
            yield from (cell.value, cell.base)
        number = cell.number
        yield int(number) if number is not None and number == number.to_integral() else number
