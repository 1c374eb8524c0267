"""The rota for the wall (轮值表上墙): a sheet a station, A4 or A3, of the page's rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from django.utils import timezone

from stations.enums import DutyState, RotaState
from stations.models import Rota, RotaSlot

SIZES = ("a4", "a3")
_ROWS = 24  # in one column of a sheet
_COLUMNS = 2
_FEW = 14
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class WallRow:
    """``people`` says who, or in words that nobody is named or that the day is called off.

    ``year`` stands above the first day of a year.
    """

    day: str
    weekday: str
    people: str
    is_gap: bool = False
    year: str = ""


@dataclass(frozen=True)
class WallSheet:
    """One sheet of paper; the days stand in one column, or in two."""

    station: str
    number: str
    span: str
    hours: str
    address: str
    columns: tuple[tuple[WallRow, ...], ...]
    part: str = ""

    @property
    def is_wide(self) -> bool:
        return len(self.columns) > 1

    @property
    def is_short(self) -> bool:
        """Few days are set larger, to be read from farther away."""
        return not self.is_wide and len(self.columns[0]) <= _FEW


@dataclass(frozen=True)
class WallPaper:
    title: str
    author: str
    size: str
    is_draft: bool
    date_text: str
    sheets: tuple[WallSheet, ...]
    template: ClassVar[str] = "stations/pdf/rota.html"

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/rota.css", f"css/pdf/rota_{self.size}.css")


def wall_paper(rota: Rota, slots: Sequence[RotaSlot], size: str) -> WallPaper:
    """``slots`` are those of ``slots_in_full`` that the reader may see."""
    ordered = sorted(slots, key=lambda slot: (slot.station.number, slot.held_on))
    sheets = [
        sheet
        for _, own in groupby(ordered, key=lambda slot: slot.station.number)
        for sheet in _sheets(rota, list(own))
    ]
    released = timezone.localtime(rota.released_at) if rota.released_at else None
    return WallPaper(
        title=rota.title,
        author=f"{rota.region}人大",
        size=size,
        is_draft=rota.state == RotaState.DRAFT,
        date_text=f"{released.year}年{released.month}月{released.day}日" if released else "",
        sheets=tuple(sheets),
    )


def _sheets(rota: Rota, slots: list[RotaSlot]) -> Iterable[WallSheet]:
    most = _ROWS * _COLUMNS
    hours = _common_hours(slots)
    years = [slot.held_on.year for slot in slots]
    rows = [
        _row(slot, hours, is_new_year=year != before)
        for slot, year, before in zip(slots, years, [None, *years], strict=False)
    ]
    pages = [rows[start : start + most] for start in range(0, len(rows), most)]
    station = slots[0].station
    for number, page in enumerate(pages, start=1):
        height = len(page) if len(page) <= _ROWS else -(-len(page) // _COLUMNS)
        yield WallSheet(
            station=station.name,
            number=station.number,
            span=f"{_month(rota.first_on)}至{_month(rota.last_on)}",
            hours=hours,
            address=station.address,
            columns=tuple(
                tuple(page[start : start + height]) for start in range(0, len(page), height)
            ),
            part=f"（共 {len(pages)} 张，第 {number} 张）" if len(pages) > 1 else "",
        )


def _month(day: object) -> str:
    return f"{day:%Y}年{int(f'{day:%m}')}月"


def _common_hours(slots: list[RotaSlot]) -> str:
    """The hours of most days; others are told beside theirs."""
    found = [_hours(slot) for slot in slots]
    return max(sorted(set(found)), key=found.count)


def _hours(slot: RotaSlot) -> str:
    return f"{slot.starts_at:%H:%M}至{slot.ends_at:%H:%M}"


def _row(slot: RotaSlot, common: str, *, is_new_year: bool) -> WallRow:
    day = slot.held_on
    names = [duty.deputy.name for duty in slot.duties.all() if duty.state != DutyState.SWAPPED]
    people = "、".join(names)
    if slot.cancelled_reason:
        people = f"取消：{slot.cancelled_reason}"
    elif not names:
        people = "待定"
    notes = []
    if slot.themed:
        notes.append(slot.themed.title)
    if _hours(slot) != common:
        notes.append(_hours(slot))
    words = f"{people}（{'，'.join(notes)}）" if notes else people
    is_gap = bool(slot.cancelled_reason) or not names
    year = f"{day.year}年" if is_new_year else ""
    return WallRow(f"{day.month}月{day.day}日", _WEEKDAYS[day.weekday()], words, is_gap, year)
