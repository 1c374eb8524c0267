"""Reception days as iCalendar (RFC 5545), for the calendar of a phone or computer."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings

from stations.enums import DutyState
from stations.models import RotaSlot

_FOLD = 74  # octets a line, the line break left out
_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def reception_calendar(name: str, slots: Iterable[RotaSlot], now: dt.datetime) -> str:
    """``slots`` of ``slots_in_full``; days that were called off are there as cancelled."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//congress-portal//rota//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        *_ZONE,
    ]
    stamp = now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    for slot in slots:
        lines += _event(slot, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(slot: RotaSlot, stamp: str) -> list[str]:
    names = [duty.deputy.name for duty in slot.duties.all() if duty.state != DutyState.SWAPPED]
    what = slot.themed.title if slot.themed else "代表接待选民"
    who = f"值班代表：{'、'.join(names)}" if names else "值班代表待定"
    return [
        "BEGIN:VEVENT",
        f"UID:rota-slot-{slot.pk}@{_host()}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;TZID=Asia/Shanghai:{_moment(slot.held_on, slot.starts_at)}",
        f"DTEND;TZID=Asia/Shanghai:{_moment(slot.held_on, slot.ends_at)}",
        f"SUMMARY:{_text(f'{what}（{slot.station.name}）')}",
        f"DESCRIPTION:{_text(slot.cancelled_reason or who)}",
        f"LOCATION:{_text(slot.station.address or slot.station.name)}",
        f"STATUS:{'CANCELLED' if slot.cancelled_reason else 'CONFIRMED'}",
        "END:VEVENT",
    ]


def _host() -> str:
    return str(settings.SITE_URL).rpartition("/")[2] or "portal"


def _moment(day: dt.date, time: dt.time) -> str:
    return f"{day:%Y%m%d}T{time:%H%M%S}"


def _text(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines longer than 75 octets go on behind a blank, never within a character."""
    parts, size = [""], 0
    for character in line:
        length = len(character.encode())
        if size + length > _FOLD:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += length
    return "\r\n".join(parts)
