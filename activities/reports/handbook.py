"""履职记实手册 (M108): a deputy's printed booklet of one year, made of the records alone.

It shows the same entries as the duty file; where nothing was entered, lines are left for the pen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from congress_portal.core.documents.blocks import (
    Block,
    Cell,
    Column,
    FormPaper,
    Grid,
    Heading,
    Line,
    Note,
    Table,
)
from deputies.reports import DutyFile, Entry, Fact, Part

_BLANK_LINES = 4
_MONTHS = range(1, 13)
_ENTRY_COLUMNS = (Column("日期", 12), Column("内容", 46, "name"), Column("说明", 42, "name"))


@dataclass(frozen=True)
class Handbook(FormPaper):
    """``cover`` are the lines of the cover below the title."""

    cover: tuple[Fact, ...] = ()
    year: int = 0
    date_text: str = ""
    template: ClassVar[str] = "activities/pdf/handbook.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/form.css", "css/pdf/handbook.css")


def handbook(file: DutyFile) -> Handbook:
    """``file`` holds verified records only (``duty_file(…, verified_only=True)``)."""
    return Handbook(
        title_pieces=("人大代表", "履职记实手册"),
        author=file.issuer,
        left="",
        right="",
        blocks=tuple(_blocks(file)),
        cover=_cover(file),
        year=file.year,
        date_text=file.date_text,
    )


def as_word(book: Handbook) -> FormPaper:
    """The same for the Word writer, which knows no cover page: its lines stand first."""
    lines = tuple(
        Line((Cell(fact.label, kind="label"), Cell(fact.value)), height=12)
        for fact in (*book.cover, Fact("年度", f"{book.year}年"), Fact("印制", book.author))
    )
    cover = Grid((24, 76), lines)
    return replace(book, blocks=(cover, *book.blocks))


def _cover(file: DutyFile) -> tuple[Fact, ...]:
    facts = {fact.label: fact.value for fact in file.facts}
    return (
        Fact("姓名", file.name),
        Fact("所在地", facts.get("所在地", file.town)),
        Fact("代表职务", facts.get("代表职务", "")),
    )


def _blocks(file: DutyFile) -> Iterable[Block]:
    yield Heading("一、基本情况")
    yield _facts(file.facts)
    yield Heading("全年合计", level=2)
    yield _facts(file.totals)
    yield _months(file.parts)
    for part in file.parts:
        yield Heading(f"{part.number}、{part.title}")
        yield from _part(part)
    yield Heading("九、年度小结")
    yield Grid((24, 76), _closing())
    yield Note(_source(file))


def _facts(facts: Iterable[Fact]) -> Grid:
    lines = (Line((Cell(fact.label, kind="label"), Cell(fact.value))) for fact in facts)
    return Grid((24, 76), tuple(lines))


def _months(parts: tuple[Part, ...]) -> Table:
    """The year at a glance: records of each part by month; an empty month stays empty."""
    columns = (Column("部分", 16, "name"), *(Column(f"{m}月", 6, "figure") for m in _MONTHS),
               Column("合计", 12, "figure"))  # fmt: skip
    rows = tuple(
        (part.title, *(_number(_in_month(part, m)) for m in _MONTHS), _number(len(_counted(part))))
        for part in parts
    )
    return Table("各月履职次数", columns, rows, is_small=True)


def _counted(part: Part) -> list[Entry]:
    """Dated records; memberships of groups and published scores are no doings of a month."""
    apart = {"所在小组", "已公布的考评"}
    return [
        entry
        for section in part.sections
        if section.title not in apart
        for entry in section.entries
        if entry.counted and entry.on
    ]


def _in_month(part: Part, month: int) -> int:
    return sum(entry.on is not None and entry.on.month == month for entry in _counted(part))


def _number(value: int) -> str:
    return str(value) if value else ""


def _part(part: Part) -> Iterable[Block]:
    for numeral, section in part.numbered:
        yield Heading(f"（{numeral}）{section.title}：{section.total}", level=2)
        rows = tuple(_entry(entry) for entry in section.entries)
        yield Table("", _ENTRY_COLUMNS, rows)
    if not part.filled:
        yield Table("", _ENTRY_COLUMNS, (("", "", ""),) * _BLANK_LINES)


def _entry(entry: Entry) -> tuple[str, str, str]:
    day = f"{entry.on.month}月{entry.on.day}日" if entry.on else "—"
    return day, entry.text, entry.detail


def _closing() -> tuple[Line, ...]:
    return (
        Line((Cell("本人小结", kind="label"), Cell("", kind="text")), height=70),
        Line(
            (Cell("镇（街道）\n人大意见", kind="label"),
             Cell("", kind="text", tail="（盖章）　　　　　　年　　月　　日")),
            height=44,
        ),
    )  # fmt: skip


def _source(file: DutyFile) -> str:
    partial = "只含打印人有权查看的记录。" if file.is_partial else ""
    return (
        f"本手册由平台按已核实的履职记录汇总，空行可用笔补记；补记的请告诉工作人员登记。{partial}"
    )
