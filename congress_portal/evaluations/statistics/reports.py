"""A report of the office (调研报告): its words kept, its figures read on the day of printing."""

import datetime as dt

from congress_portal.core.documents.blocks import (
    Block,
    Column,
    Figure,
    Head,
    Heading,
    Note,
    OfficialPaper,
    Paragraph,
    Table,
)
from congress_portal.core.documents.wording import office_of
from congress_portal.core.metrics import UnknownMetricError
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.evaluations.models import ReportDraft
from congress_portal.evaluations.statistics.figures import Choice, Grid, grids_of
from congress_portal.evaluations.statistics.papers import panels
from congress_portal.evaluations.statistics.subjects import TOWN, metric_of, rows_of
from congress_portal.evaluations.statistics.wording import filled
from deputies.selectors import parse_period

_ORDINALS = "一二三四"
_TREND = 4  # quarters, halves … in the charts, that of the report included
_MOST_CHARTS = 3


def report_paper(draft: ReportDraft, user: User, today: dt.date) -> OfficialPaper:
    """The skeleton of the genre, empty sections left out; figures of what the reader sees.

    Raises DomainError where a sentence names a figure that there is no more.
    """
    period = parse_period(draft.period_code)
    grids = _grids(draft, user, _periods(draft, period))
    sections = (
        ("主要做法", _words(draft, draft.practice, period, user)),
        ("数据", _data(draft, grids, period, today)),
        ("存在问题", _words(draft, draft.problems, period, user)),
        ("建议", _words(draft, draft.advice, period, user)),
    )
    blocks: list[Block] = []
    for number, (title, found) in enumerate(each for each in sections if each[1]):
        blocks += [Heading(f"{_ORDINALS[number]}、{title}"), *found]
    head = Head(
        issuer=office_of(_written_for(draft)),
        title_pieces=(draft.title,),
        date_text=f"{today.year}年{today.month}月{today.day}日",
        number=f"〔{today.year}〕　　号",
    )
    return OfficialPaper(head, tuple(blocks))


def _written_for(draft: ReportDraft) -> Region:
    """Whose paper it is: the county's office may write about one of its towns."""
    above = draft.region.parent if draft.region.is_town else None
    is_above = above is not None and draft.written_by.scope.may_write_code(above.code)
    return above if above is not None and is_above else draft.region


def _place(draft: ReportDraft) -> Region | None:
    """A town's report counts the town; the county's counts all its places."""
    return draft.region if draft.region.is_town else None


def _words(draft: ReportDraft, text: str, period: Period, user: User) -> list[Block]:
    if not text.strip():
        return []
    said = filled(text, period, rows_of(TOWN, user, period, _place(draft)))
    return [Paragraph(line.strip()) for line in said.splitlines() if line.strip()]


def _periods(draft: ReportDraft, period: Period) -> tuple[Period, ...]:
    """With those before it where charts compare them; a term stands alone."""
    found = [period]
    is_term = period.code == draft.period_code and not period.code[:4].isdigit()
    while draft.has_chart and not is_term and len(found) < _TREND:
        found.append(found[-1].previous())
    return tuple(found[::-1])


def _grids(draft: ReportDraft, user: User, periods: tuple[Period, ...]) -> list[Grid]:
    choices = []
    for code in draft.figures:
        try:
            found = metric_of(TOWN, code)
        except UnknownMetricError:  # a metric of an older edition; the rest is still true
            continue
        choices.append(Choice(TOWN, found, None, periods, _place(draft)))
    return grids_of(choices, user)


def _data(draft: ReportDraft, grids: list[Grid], period: Period, today: dt.date) -> list[Block]:
    if not grids:
        return []
    where = draft.region.name
    said = "、".join(_said(grid) for grid in grids)
    blocks: list[Block] = [Paragraph(f"{period.label}，{where}{said}。")]
    if draft.has_towns and not _place(draft):
        blocks.append(_table(grids))
    if draft.has_chart:
        for grid in grids[:_MOST_CHARTS]:
            if (chart := panels(grid)) is not None:
                caption = f"{grid.choice.metric.name}（{grid.choice.metric.unit}，各图同一刻度）"
                blocks.append(Figure(caption, chart))
    defined = "".join(grid.choice.definition for grid in grids)
    day = f"{today.year}年{today.month}月{today.day}日"
    span = f"{period.first.isoformat()}至{period.last.isoformat()}"
    blocks.append(Note(f"统计期间：{span}；数字于{day}读取。口径：{defined}"))
    return blocks


def _said(grid: Grid) -> str:
    return f"{grid.choice.metric.name}{grid.totals[-1].text}{grid.choice.metric.unit}"


def _table(grids: list[Grid]) -> Table:
    width = 78 // len(grids)
    columns = [Column("镇（街道）", 22, "name")]
    columns += [
        Column(f"{grid.choice.metric.name}（{grid.choice.metric.unit}）", width, "figure")
        for grid in grids
    ]
    rows = [
        (lines[0].who.label, *(line.cells[-1].text for line in lines))
        for lines in zip(*(grid.lines for grid in grids), strict=True)
    ]
    rows.append(("合计", *(grid.totals[-1].text for grid in grids)))
    return Table("各镇（街道）情况", tuple(columns), tuple(rows), is_small=True)
