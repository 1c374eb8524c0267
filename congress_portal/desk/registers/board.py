"""The public board for a station's wall (四公开; M31) and the sheet with its QR code.

The board's blocks are the items of the display standard that are told by records: what the
office puts into the standard is what hangs on the wall.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import segno
from django.db.models import Q
from django.utils.html import format_html_join

from activities.models.support import RuleDocument
from congress_portal.core.models import User
from congress_portal.core.periods import year
from stations.bookkeeping import book_views
from stations.enums import OfficerKind, RotaState, StandardKind, StandardSubject
from stations.models import Book, RotaSlot, Standard, StandardItem, Station
from stations.selectors.address import public_url
from stations.selectors.books import BookPage
from stations.selectors.posted import PostedLine, posted_at
from suggestions.models import Voice

SIZES = ("a3", "a4")
_MOST = 6
_CLOSED = 5
_LONGEST = 42
_WEEKDAYS = "一二三四五六日"
_NAME = "四公开"


@dataclass(frozen=True)
class Block:
    """``lines`` are (head, words); an empty head stands for a line of its own."""

    title: str
    lines: tuple[tuple[str, str], ...]
    summary: str = ""


@dataclass(frozen=True)
class Board:
    station: str
    title: str
    author: str
    size: str
    kind: str
    address: str
    hours: str
    people: tuple[tuple[str, str], ...]
    url: str
    code: str
    date_text: str
    blocks: tuple[Block, ...] = ()
    template: ClassVar[str] = "stations/pdf/board.html"

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/board.css", f"css/pdf/rota_{self.size}.css")

    @property
    def rows(self) -> list[tuple[Block, ...]]:
        """Two blocks beside each other."""
        return [self.blocks[n : n + 2] for n in range(0, len(self.blocks), 2)]

    @property
    def code_alt(self) -> str:
        return f"二维码：{self.url}"


def board(station: Station, user: User, today: dt.date, size: str) -> Board:
    """``station`` of ``station_in_full``, which the reader may see.

    The blocks read all the station's records, whoever prints: a board says the same to everyone.
    Not shown: matters that voters want kept confidential, telephones but the 联络员's.
    """
    items = _items()
    blocks = tuple(_block(item, station, user, today) for item in items)
    return _paper(station, f"“{_NAME}”公示栏", size, today, blocks)


def code_sheet(station: Station, today: dt.date, size: str) -> Board:
    """Only the QR code, large, with where and when."""
    return _paper(station, "扫一扫，找代表", size, today, ())


def _paper(
    station: Station, title: str, size: str, today: dt.date, blocks: tuple[Block, ...]
) -> Board:
    url = public_url(station)
    officers = [(one.get_kind_display(), one) for one in station.officers.all()]
    return Board(
        station=station.name,
        title=title,
        author=f"{station.region}人大",
        size=size,
        kind=station.type.name,
        address=station.address,
        hours=station.opening_hours,
        people=tuple(
            (label, f"{one.name}　{_contact(one.kind, one.phone)}".strip())
            for label, one in officers
        ),
        url=url,
        code=segno.make(url, error="q").svg_data_uri(border=2, dark="#111111"),
        date_text=f"{today.year}年{today.month}月{today.day}日",
        blocks=blocks,
    )


def _contact(kind: str, phone: str) -> str:
    """Voters call the 联络员; a head's number stays inside."""
    return phone if kind == OfficerKind.LIAISON else ""


def _items() -> list[StandardItem]:
    """Of the standard in use that is called 四公开; else of the first that records tell."""
    rows = Standard.objects.in_use().filter(
        kind=StandardKind.DISPLAY, subject=StandardSubject.STATION
    )
    told = [row for row in rows.prefetch_related("items") if any(i.rule for i in row.items.all())]
    chosen = next((row for row in told if row.name == _NAME), next(iter(told), None))
    return sorted(chosen.items.all(), key=lambda item: item.number) if chosen else []


def _block(item: StandardItem, station: Station, user: User, today: dt.date) -> Block:
    maker = _MAKERS.get(item.rule)
    if maker:
        return maker(item, station, today)
    if view := book_views().get(item.rule):
        page = BookPage(Book(code=view.code), view, station, year(today.year), user, today)
        lines = tuple(("", "　".join(entry.cells)) for entry in page[:_MOST])
        return Block(item.name, lines or (("", "今年还没有记录。"),))
    return Block(item.name, (("", item.demand or "见站内。"),))


def _deputies(item: StandardItem, station: Station, today: dt.date) -> Block:
    posted = posted_at(station, None, today)
    kinds = (("本级代表", True), ("驻区代表", False))
    lines = []
    for label, is_own in kinds:
        people = [line for line in posted.present if line.seats and line.is_own == is_own]
        if people:
            lines.append((f"{label}（{len(people)} 人）", _names(people)))
    return Block(item.name, tuple(lines) or (("", "还没有进站代表。"),))


def _names(lines: Sequence[PostedLine]) -> str:
    return _whole([line.posting.deputy.name for line in lines])


def _whole(names: Sequence[str]) -> str:
    """A line never breaks inside a name."""
    return format_html_join("、", '<span class="name">{}</span>', ((name,) for name in names))


def _rota(item: StandardItem, station: Station, today: dt.date) -> Block:
    rows = (
        RotaSlot.objects.filter(
            station=station, rota__state=RotaState.RELEASED, cancelled_reason=""
        )
        .filter(held_on__gte=today)
        .prefetch_related("duties__deputy")
        .order_by("held_on")[:_MOST]
    )
    lines = tuple((_day(slot), _on_duty(slot)) for slot in rows)
    return Block(item.name, lines or (("", "还没有发布接待日，以站内通知为准。"),))


def _day(slot: RotaSlot) -> str:
    day = slot.held_on
    hours = f"{slot.starts_at:%H:%M}—{slot.ends_at:%H:%M}"
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）{hours}"


def _on_duty(slot: RotaSlot) -> str:
    names = [
        duty.deputy.name for duty in slot.duties.all() if duty.state not in ("swapped", "absent")
    ]
    return _whole(names) or "待定"


def _opinions(item: StandardItem, station: Station, today: dt.date) -> Block:
    here = Q(station=station) | Q(reception__station=station)
    keys = Voice.objects.filter(here).values("pk")
    rows = Voice.objects.filter(pk__in=keys, raised_on__range=(year(today.year).first, today))
    closed = rows.filter(closed_on__isnull=False)
    shown = closed.filter(is_confidential=False).select_related("route")
    lines = tuple(
        (f"{row.closed_on:%m-%d} 办结", _short(row))
        for row in shown.order_by("-closed_on", "-pk")[:_CLOSED]
    )
    summary = f"今年收到意见 {rows.count()} 件，已办结 {closed.count()} 件。"
    return Block(item.name, lines, summary)


def _short(row: Voice) -> str:
    matter = row.said if len(row.said) <= _LONGEST else f"{row.said[: _LONGEST - 1]}…"
    return f"{matter}（{row.route.name}）" if row.route else matter


def _rules(item: StandardItem, station: Station, today: dt.date) -> Block:
    """Those of the station, of its town and of the county."""
    places = [station.region_id, station.region.parent_id]
    mine = Q(station=station) | Q(station__isnull=True, region__in=places)
    rows = RuleDocument.objects.filter(mine, is_public=True, is_active=True)
    titles = rows.order_by("-region__code", "title").values_list("title", flat=True)
    lines = tuple(("", f"《{title}》") for title in titles[: 2 * _MOST])
    return Block(item.name, lines or (("", "还没有登记公开的制度。"),))


_MAKERS: dict[str, Callable[[StandardItem, Station, dt.date], Block]] = {
    "public_deputies": _deputies,
    "public_rota": _rota,
    "public_opinions": _opinions,
    "public_rules": _rules,
}
