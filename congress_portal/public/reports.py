"""Prints for the wall: the deputies' board (公示牌), a station's four blocks with its QR (M31)."""

import datetime as dt
import io
from dataclasses import dataclass
from typing import ClassVar

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from congress_portal.core.models import Region
from congress_portal.public import selectors
from congress_portal.public.selectors import Card, Day
from deputies.models import Deputy
from stations.models import Station

SIZES = ("a4", "a3")
_AHEAD = dt.timedelta(days=62)
_SHOWN_DAYS = 6


def qr_svg(view: str, key: object) -> SafeString:
    """A QR code (error level Q) that opens the page of the public site."""
    out = io.BytesIO()
    code = segno.make(settings.SITE_URL + reverse(view, args=[key]), error="q")
    code.save(out, kind="svg", xmldecl=False, scale=6, border=4)
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno from our own address


@dataclass(frozen=True)
class Board:
    """公示牌 of a town's deputies: name, district, station, QR of the card."""

    title: str
    author: str
    size: str
    rows: tuple[tuple[Card, SafeString], ...]
    template: ClassVar[str] = "public/pdf/board.html"

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/public.css", f"css/pdf/rota_{self.size}.css")


@dataclass(frozen=True)
class StationSheet:
    """四公开 of one station: deputies, reception days, what was handled, rules; with the QR."""

    title: str
    author: str
    size: str
    station: Station
    phone: str
    cards: tuple[Card, ...]
    days: tuple[Day, ...]
    handled: tuple[int, int]
    rules: tuple[str, ...]
    qr: SafeString
    write_qr: SafeString
    template: ClassVar[str] = "public/pdf/station.html"

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/public.css", f"css/pdf/rota_{self.size}.css")


@dataclass(frozen=True)
class DeputySheet:
    """One deputy for the wall or a door: who, elected where, found where, two codes to scan."""

    title: str
    author: str
    size: str
    card: Card
    days: tuple[Day, ...]
    card_qr: SafeString
    write_qr: SafeString
    template: ClassVar[str] = "public/pdf/deputy.html"

    @property
    def stylesheets(self) -> tuple[str, ...]:
        return ("css/pdf/public.css", f"css/pdf/rota_{self.size}.css")


def deputy_sheet(deputy: Deputy, day: dt.date, size: str) -> DeputySheet:
    """``deputy`` is of ``shown_deputies``; the second code is left out without a station."""
    days = selectors.coming_days(day, day + _AHEAD).filter(duties__deputy=deputy).distinct()
    has_door = selectors.station_of_deputy(deputy) is not None
    return DeputySheet(
        title=f"代表{deputy.name}",
        author=_office(),
        size=size,
        card=selectors.card_of(deputy),
        days=tuple(selectors.day_of(slot) for slot in days[:_SHOWN_DAYS]),
        card_qr=qr_svg("public:deputy", deputy.pk),
        write_qr=qr_svg("public:write_deputy", deputy.pk) if has_door else SafeString(""),
    )


def deputies_board(town: Region, day: dt.date, size: str) -> Board:
    rows = selectors.shown_deputies(day).filter(town=town)
    cards = tuple((selectors.card_of(each), qr_svg("public:deputy", each.pk)) for each in rows)
    return Board(f"{town.name}人大代表公示牌", _office(), size, cards)


def station_sheet(station: Station, day: dt.date, size: str) -> StationSheet:
    posted: list[Deputy] = list(
        selectors.shown_deputies(day).filter(pk__in=station.postings.on(day).values("deputy"))
    )
    days = selectors.coming_days(day, day + _AHEAD).filter(station=station)[:_SHOWN_DAYS]
    rules = selectors.rules_in_force(day)
    return StationSheet(
        title=f"{station.name}公示",
        author=_office(),
        size=size,
        station=station,
        phone=selectors.office_phone(station, day),
        cards=tuple(selectors.card_of(each) for each in posted),
        days=tuple(selectors.day_of(slot) for slot in days),
        handled=selectors.handled_at(station),
        rules=tuple(
            each.document.title for each in rules if selectors.applies_to(each.document, station)
        ),
        qr=qr_svg("public:station", station.number),
        write_qr=qr_svg("public:write_station", station.number),
    )


def _office() -> str:
    return settings.PORTAL_OFFICE or settings.PORTAL_NAME
