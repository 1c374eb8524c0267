"""Deputies at a station: own seats and those of other congresses, counted apart (M138)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Level
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from deputies.models import Deputy, Mandate
from stations.models import Posting, Station


@dataclass(frozen=True)
class PostedLine:
    """``seats`` are the levels held that day; ``is_own``: a seat of the place's own congress."""

    posting: Posting
    seats: tuple[str, ...]
    is_own: bool
    is_present: bool

    @property
    def words(self) -> str:
        held = "、".join(f"{Level(seat).label}代表" for seat in self.seats)
        return held or "没有在任的代表职务"

    @property
    def standing(self) -> str:
        if not self.seats:
            return "不在任"
        return "本级代表" if self.is_own else "驻区代表"


@dataclass(frozen=True)
class Posted:
    """``own`` and ``upper`` are numbers of persons; who holds both kinds of seats is own."""

    present: tuple[PostedLine, ...]
    past: tuple[PostedLine, ...]

    @property
    def own(self) -> int:
        return sum(line.is_own for line in self.present)

    @property
    def upper(self) -> int:
        return sum(not line.is_own and bool(line.seats) for line in self.present)

    @property
    def seatless(self) -> int:
        return sum(not line.seats for line in self.present)


_ORDER = list(Level)


def posted_at(station: Station, user: User | None, on: dt.date) -> Posted:
    """All postings of the station with the seats that the deputies hold on the day.

    ``user`` None: for what is public anyhow.
    """
    held = Mandate.objects.in_force(Period(on, on, "")).select_related("term")
    rows = (
        Posting.objects.visible_to(user)
        .filter(station=station)
        .select_related("deputy__town")
        .prefetch_related(Prefetch("deputy__mandates", held, to_attr="seats_held"))
        .order_by("serial", "pk")
    )
    lines = [_line(row, station, on) for row in rows]
    past = [line for line in lines if not line.is_present]
    past.sort(key=lambda line: line.posting.ends_on or on, reverse=True)
    return Posted(tuple(line for line in lines if line.is_present), tuple(past))


def _line(row: Posting, station: Station, on: dt.date) -> PostedLine:
    seats: Iterable[Mandate] = row.deputy.seats_held  # type: ignore[attr-defined]
    levels = sorted({seat.level for seat in seats}, key=lambda level: _ORDER.index(Level(level)))
    is_present = (row.begins_on is None or row.begins_on <= on) and (
        row.ends_on is None or row.ends_on >= on
    )
    is_own = any(seat.region_id == station.region_id for seat in seats)
    return PostedLine(row, tuple(levels), is_own, is_present)


def deputies_near(user: User) -> QuerySet[Deputy]:
    """Whom the person may name in a record: those of the own places, and, for who keeps a
    station, those posted there."""
    rows = Deputy.objects.visible_to(user)
    if not user.scope.officer_user_id:
        return rows
    kept = Station.objects.editable_by(user)
    posted = Posting.objects.on(timezone.localdate()).filter(station__in=kept)
    return Deputy.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk__in=posted.values("deputy")))
