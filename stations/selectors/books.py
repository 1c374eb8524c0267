"""What stands in a station's or a town's books, and how fresh their newest entries are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Max, Q, QuerySet

from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.bookkeeping import (
    UNDATED,
    BookView,
    Head,
    Holder,
    Source,
    Span,
    book_views,
    sources_of,
)
from stations.enums import StandardKind
from stations.models import Book, Posting, StandardUse, Station
from stations.selectors.points import Points

Key = tuple[dt.date, int, int]


def level_of(station: Station) -> str:
    """The level of the place where the station stands."""
    return (station.village or station.region).level


def platform_kinds() -> set[tuple[int, str]]:
    """(type, level) of stations that stand for their town: a set of books is bound to the town's
    level for them. Records of the town as such stand in their books."""
    rows = StandardUse.objects.filter(
        standard__kind=StandardKind.BOOKS, region_level__in=TOWN_LEVELS
    )
    return set(rows.values_list("type", "region_level"))


class Newest:
    """The newest day of each book's entries up to ``until``, for all stations or towns at hand.

    One query a source, one for the postings, one for the types; never one a station.
    """

    def __init__(self, until: dt.date) -> None:
        self.until = until
        self._held: dict[str, list[tuple[Source, dict[int, dt.date]]]] = {}

    @cached_property
    def _posted(self) -> dict[int, list[int]]:
        """Deputies by station."""
        rows = Posting.objects.on(self.until).order_by("pk")
        return _grouped(rows.values_list("station", "deputy"))

    @cached_property
    def _platforms(self) -> set[tuple[int, str]]:
        return platform_kinds()

    def _days(self, code: str) -> list[tuple[Source, dict[int, dt.date]]]:
        if code not in self._held:
            self._held[code] = [(source, self._of(source)) for source in sources_of(code)]
        return self._held[code]

    def _of(self, source: Source) -> dict[int, dt.date]:
        rows = source.rows(self.until).order_by().prefetch_related(None)
        rows = rows.filter(**{f"{source.path}__isnull": False})
        return dict(
            rows.values(source.path).annotate(_day=Max(source.day)).values_list(source.path, "_day")
        )

    def at(self, place: "Station | Region", code: str) -> dt.date | None:
        """None: no entry up to that day. A station comes with its region and village."""
        found: list[dt.date] = []
        for source, days in self._days(code):
            keys = (
                self._keys(place, source)
                if isinstance(place, Station)
                else self._town_keys(place, source)
            )
            found += [days[key] for key in keys if key in days]
        return max(found, default=None)

    def _town_keys(self, town: Region, source: Source) -> Sequence[int]:
        if source.holder == Holder.STATION:
            return self._stations.get(town.pk, ())
        if source.holder == Holder.DEPUTY:
            return self._deputies.get(town.pk, ())
        return (town.pk,)

    @cached_property
    def _stations(self) -> dict[int, list[int]]:
        return _grouped(Station.objects.order_by("pk").values_list("region", "pk"))

    @cached_property
    def _deputies(self) -> dict[int, list[int]]:
        return _grouped(Deputy.objects.order_by("pk").values_list("town", "pk"))

    @cached_property
    def _points(self) -> Points:
        return Points()

    def _keys(self, station: Station, source: Source) -> Sequence[int]:
        if source.holder == Holder.STATION:
            return self._points.with_station(station.pk)
        if source.holder == Holder.DEPUTY:
            return self._posted.get(station.pk, ())
        if source.holder == Holder.PLATFORM and not self._is_platform(station):
            return ()
        return (station.region_id,)

    def _is_platform(self, station: Station) -> bool:
        return (station.type_id, level_of(station)) in self._platforms


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


@dataclass(frozen=True)
class Entry:
    heads: tuple[str, ...]
    cells: tuple[str, ...]
    address: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return list(zip(self.heads, self.cells, strict=True))


class BookPage:
    """The entries of one book of a station (or of all of a town) in a period, newest first.

    As a sequence it is what a Paginator cuts: keys of all sources are read (a query a source), the
    records of the wanted page only. ``total`` counts what the reader may not see as well.
    """

    def __init__(self, book: Book, view: BookView, place: "Station | Region", period: Period,
                 user: User, today: dt.date) -> None:  # fmt: skip
        self.book, self.view, self.place, self.user = book, view, place, user
        self.until = min(period.last, today)
        self.first = dt.date.min if view.span is Span.EVER else period.first
        self._sources = sources_of(view.code)

    @cached_property
    def stations(self) -> list[int]:
        """Keys of the station and its points: what happened at a point stands in its book."""
        return Points().with_station(self.place.pk)

    @cached_property
    def heads(self) -> tuple[Head, ...]:
        """The view's columns, or those that the office wants printed, with its heads."""
        known = {head.code: head for head in self.view.heads}
        wanted = [(code, title) for code, title in self.book.columns if code in known]
        if not wanted:
            return self.view.heads
        whole = sum(known[code].width for code, _ in wanted)
        widths = [known[code].width * 100 // whole for code, _ in wanted]
        widths[-1] += 100 - sum(widths)
        pairs = zip(wanted, widths, strict=True)
        return tuple(Head(code, title, width) for (code, title), width in pairs)

    def _here(self, source: Source) -> Q | None:
        if isinstance(self.place, Station):
            return self._at_station(source, self.place)
        paths = {Holder.STATION: f"{source.path}__region", Holder.DEPUTY: f"{source.path}__town"}
        if source.path == "held_by":
            stations = Station.objects.filter(region=self.place).values("pk")
            return Q(held_by__in=stations)
        return Q(**{paths.get(source.holder, source.path): self.place.pk})

    def _at_station(self, source: Source, station: Station) -> Q | None:
        if source.holder == Holder.STATION:
            return Q(**{f"{source.path}__in": self.stations})
        if source.holder == Holder.DEPUTY:
            posted = Posting.objects.on(self.until).filter(station=station).values("deputy")
            return Q(**{f"{source.path}__in": posted})
        kind = (station.type_id, level_of(station))
        if source.holder == Holder.PLATFORM and kind not in self._platforms:
            return None
        return Q(**{source.path: station.region_id})

    @cached_property
    def _platforms(self) -> set[tuple[int, str]]:
        return platform_kinds()

    def _rows(self, source: Source, *, seen: bool) -> QuerySet[Any] | None:
        here = self._here(source)
        if here is None:
            return None
        rows = source.seen_by(self.user, self.until) if seen else source.rows(self.until)
        rows = rows.filter(here)
        if self.first > dt.date.min:
            rows = rows.filter(**{f"{source.day}__gte": self.first})
        return rows.order_by()

    @cached_property
    def _keys(self) -> list[Key]:
        found: list[Key] = []
        for number, source in enumerate(self._sources):
            rows = self._rows(source, seen=True)
            if rows is not None:
                pairs = rows.prefetch_related(None).values_list(source.day, "pk").distinct()
                found += [(day, -number, pk) for day, pk in pairs]
        return sorted(found, reverse=True)

    @cached_property
    def total(self) -> int:
        if self.user.scope.reads_everything:
            return len(self)
        counted = 0
        for source in self._sources:
            rows = self._rows(source, seen=False)
            if rows is not None:
                counted += rows.values("pk").distinct().count()
        return counted

    @property
    def hidden(self) -> int:
        return self.total - len(self)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, cut: slice) -> list[Entry]:
        return list(self._entries(self._keys[cut]))

    def __iter__(self) -> Iterator[Entry]:
        return self._entries(self._keys)

    def _entries(self, keys: Iterable[Key]) -> Iterator[Entry]:
        keys = list(keys)
        wanted: dict[int, list[int]] = defaultdict(list)
        for _, number, pk in keys:
            wanted[-number].append(pk)
        records = {
            number: {
                row.pk: row for row in self._sources[number].rows(self.until).filter(pk__in=pks)
            }
            for number, pks in wanted.items()
        }
        order = [self._positions[head.code] for head in self.heads]
        titles = tuple(head.title for head in self.heads)
        for _, number, pk in keys:
            source, record = self._sources[-number], records[-number][pk]
            cells = tuple(source.cells(record))
            address = source.address(record) if source.address else ""
            yield Entry(titles, tuple(cells[place] for place in order), address)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {head.code: number for number, head in enumerate(self.view.heads)}


@dataclass(frozen=True)
class BookLine:
    """A book as the list of a station's books shows it. ``view`` None: checked by a person."""

    book: Book
    view: BookView | None
    newest: dt.date | None
    is_required: bool

    @property
    def day(self) -> dt.date | None:
        return known_day(self.newest)


def books_of(place: "Station | Region", until: dt.date, required: Iterable[str]) -> list[BookLine]:
    """All books in use, those that the station has to keep first."""
    newest, views, must = Newest(until), book_views(), set(required)
    lines = [
        BookLine(
            book,
            views.get(book.code),
            newest.at(place, book.code) if book.code in views else None,
            book.code in must,
        )
        for book in Book.objects.filter(is_active=True)
    ]
    return sorted(lines, key=lambda line: not line.is_required)


def known_day(day: dt.date | None) -> dt.date | None:
    return None if day == UNDATED else day
