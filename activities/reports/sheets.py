"""走访、活动、民情记录登记表: blank A4 forms, each with its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from activities.enums import SheetKind
from activities.models import ActivityForm, EntrySheet
from congress_portal.core.documents.blocks import Cell, Grid, Line
from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry

_WIDTHS = (16, 18, 14, 18, 14, 20)
_WIDE = len(_WIDTHS) - 1
_JOINER = "\u2060"  # no line ends within a box and its words
_TITLES = {
    SheetKind.VISIT: "人大代表联系走访登记表",
    SheetKind.ACTIVITY: "人大代表参加活动登记表",
    SheetKind.VOICE: "人大代表民情记录登记表",
}


@dataclass(frozen=True)
class NumberedSheet:
    number: str
    grid: Grid


@dataclass(frozen=True)
class EntrySheets:
    """As many forms as numbers, all of one kind and town."""

    title: str
    author: str
    town: str
    sheets: tuple[NumberedSheet, ...]
    template: ClassVar[str] = "activities/pdf/entry_sheets.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/form.css", "css/pdf/entry_sheets.css")


def entry_sheets(rows: Sequence[EntrySheet]) -> EntrySheets:
    """``rows`` of one batch with their region; choices are printed as they are in use."""
    first = rows[0]
    grid = _GRIDS[SheetKind(first.kind)]()
    return EntrySheets(
        title=_TITLES[SheetKind(first.kind)],
        author=f"{first.region}人大",
        town=first.region.name,
        sheets=tuple(NumberedSheet(row.number, grid) for row in rows),
    )


def _ticks(names: Sequence[str]) -> str:
    return "　".join(_JOINER.join(f"□{name}") for name in names)


def _words(dictionary: str) -> list[str]:
    rows = DictionaryEntry.objects.of(dictionary).active()
    return list(rows.order_by("order", "pk").values_list("name", flat=True))


def _pair(label: str, span: int = 1) -> tuple[Cell, Cell]:
    return Cell(label, kind="label"), Cell("", span)


def _wide(label: str, text: str, height: int) -> Line:
    return Line((Cell(label, kind="label"), Cell(text, _WIDE)), height)


def _open(label: str, height: int, tail: str = "") -> Line:
    return Line((Cell(label, kind="label"), Cell("", _WIDE, "text", tail=tail)), height)


def _signed() -> tuple[Line, Line]:
    return (
        Line((*_pair("代表签名", 2), *_pair("交表日期", 2)), 13),
        Line((*_pair("代录人", 2), *_pair("代录日期", 2)), 13),
    )


def _visit() -> Grid:
    return Grid(
        _WIDTHS,
        (
            Line((*_pair("代表姓名"), *_pair("日　期"), *_pair("人　次")), 13),
            Line((*_pair("村、社区", 2), *_pair("网格、单元", 2)), 13),
            _wide("联系方式", _ticks(_words(Dictionary.CHANNEL)), 16),
            _wide("怎样安排", _ticks(["自己去的", "组织安排的"]), 13),
            _open("联系到的\n固定选民", 22),
            _open("反映了\n什么", 80),
            *_signed(),
        ),
    )


def _activity() -> Grid:
    forms = ActivityForm.objects.filter(is_active=True).order_by("order", "pk")
    names = list(forms.values_list("name", flat=True))
    return Grid(
        _WIDTHS,
        (
            Line((*_pair("代表姓名"), *_pair("日　期"), *_pair("学　时")), 13),
            _open("活动名称", 14),
            _wide("活动形式", _ticks(names), 26),
            Line((*_pair("地　点", 2), *_pair("家　站", 2)), 13),
            _wide("怎样安排", _ticks(["自己开展的", "组织安排的"]), 13),
            _open("一起参加\n的代表", 20),
            _open("做了什么", 64, tail="学时只有培训学习要填，一天最多24"),
            *_signed(),
        ),
    )


def _voice() -> Grid:
    return Grid(
        _WIDTHS,
        (
            Line((*_pair("代表姓名"), *_pair("日　期"), *_pair("村、社区")), 13),
            _wide("问题类别", _ticks(_words(Dictionary.FIELD)), 20),
            _open("选民反映\n了什么", 88),
            _wide("选民意愿", _ticks(["不留姓名", "同意留下姓名和电话"]), 13),
            Line((*_pair("选民姓名", 2), *_pair("联系电话", 2)), 13),
            *_signed(),
        ),
    )


_GRIDS = {SheetKind.VISIT: _visit, SheetKind.ACTIVITY: _activity, SheetKind.VOICE: _voice}
