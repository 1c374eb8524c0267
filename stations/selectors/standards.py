"""Which standard a place is held to, what it has and what it lacks (M24–M30, M35, M37).

An item with a rule is told by records: it is there where the book of that code has an entry fresh
enough (its span). All others are what a person last found. A past quarter is told anew: by the
records up to its end and by the checks made up to then.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period, quarter_of
from stations.bookkeeping import UNDATED, BookView, book_views, day_text
from stations.enums import CheckState, StandardKind, StandardSubject
from stations.models import (
    CheckEntry,
    Standard,
    StandardChoice,
    StandardItem,
    StandardUse,
    Station,
    StationCheck,
    TownCheck,
)
from stations.selectors.books import Newest, level_of

CLOSEST_ONLY = (StandardKind.FACILITIES, StandardKind.BOOKS)
Place = Station | Region
Check = StationCheck | TownCheck | CheckEntry


@dataclass(frozen=True)
class ItemLine:
    """``state`` is empty where nobody has looked. ``newest`` is the newest record of the book."""

    item: StandardItem
    state: str
    view: BookView | None = None
    newest: dt.date | None = None
    check: Check | None = None
    days_left: int | None = None  # of a running period whose last one had an entry

    @property
    def is_computed(self) -> bool:
        return self.view is not None

    @property
    def is_there(self) -> bool:
        return self.state == CheckState.YES

    @property
    def is_gap(self) -> bool:
        return bool(self.state) and not self.is_there

    @property
    def label(self) -> str:
        return CheckState(self.state).label if self.state else "没有登记"

    @property
    def since(self) -> dt.date | None:
        """Of a check, since when it is so; of a book, the newest record's day."""
        if self.view is not None:
            return None if self.newest == UNDATED else self.newest
        return getattr(self.check, "since", None) or getattr(self.check, "checked_on", None)

    @property
    def words(self) -> str:
        """Why it is a gap: «没有记录，自2026年3月5日», «部分，2026年10月1日起»."""
        if self.view is not None:
            left = "" if self.days_left is None else f"，本期还剩 {self.days_left} 天"
            return f"没有记录，自{day_text(self.newest)}{left}" if self.newest else "一直没有记录"
        return f"{self.label}，{day_text(self.since)}起" if self.since else self.label

    @property
    def note(self) -> str:
        return self.check.note if self.check else ""


@dataclass(frozen=True)
class Progress:
    """How far one place has come with one standard."""

    place: Place
    standard: Standard
    lines: tuple[ItemLine, ...]

    @property
    def station(self) -> Place:
        return self.place

    @property
    def items(self) -> tuple[StandardItem, ...]:
        return tuple(line.item for line in self.lines)

    @property
    def is_recorded(self) -> bool:
        return any(line.state for line in self.lines)

    @property
    def rate(self) -> Rate:
        return Rate(sum(line.is_there for line in self.lines), len(self.lines))

    @property
    def gaps(self) -> list[ItemLine]:
        return [line for line in self.lines if line.is_gap]

    @property
    def unchecked(self) -> list[StandardItem]:
        """Items that nobody has looked at, although others of the standard are recorded."""
        return [line.item for line in self.lines if not line.state] if self.is_recorded else []

    @property
    def is_computed(self) -> bool:
        """All of it is told by records; there is nothing to tick."""
        return all(line.is_computed for line in self.lines)

    @property
    def last_checked(self) -> dt.date | None:
        days = [line.check.checked_on for line in self.lines if line.check]
        return max((day for day in days if day), default=None)

    @property
    def ledger(self) -> Rate | None:
        """The two counts that the station's ledger gives for books (应建、实建)."""
        if self.standard.kind != StandardKind.BOOKS or not isinstance(self.place, Station):
            return None
        if not self.place.books_required:
            return None
        return Rate(self.place.books_kept, self.place.books_required)


def standards_in_use(subject: str = StandardSubject.STATION) -> list[Standard]:
    """Checklists with items, uses and choices; four queries."""
    rows = Standard.objects.checklists_of(subject).order_by("kind", "pk")
    return list(_in_full(rows))


def _in_full(rows: QuerySet[Standard]) -> QuerySet[Standard]:
    items = StandardItem.objects.order_by("number", "pk")
    uses = StandardUse.objects.order_by("pk")
    return rows.prefetch_related(Prefetch("items", items), Prefetch("uses", uses), "choices")


def applicable(station: Station, standards: Sequence[Standard]) -> list[Standard]:
    """Those that the station is held to; of facilities and of books only the closest one.

    One chosen for the station goes first, then a use that names the station's level of place.
    """
    found: list[Standard] = []
    closest: dict[str, tuple[int, int, Standard]] = {}
    for standard in standards:
        closeness = _closeness(station, standard)
        if closeness is None:
            continue
        if standard.kind not in CLOSEST_ONLY:
            found.append(standard)
            continue
        mine = (closeness, -standard.pk, standard)
        if standard.kind not in closest or mine[:2] > closest[standard.kind][:2]:
            closest[standard.kind] = mine
    chosen = {standard.pk for _, _, standard in closest.values()}
    chosen |= {standard.pk for standard in found}
    return [standard for standard in standards if standard.pk in chosen]


def _closeness(station: Station, standard: Standard) -> int | None:
    """3 chosen, 2 named by type and level, 1 by type, 0 for every station, None not at all."""
    if any(choice.station_id == station.pk for choice in standard.choices.all()):
        return 3
    if standard.is_optional:
        return None
    uses = list(standard.uses.all())
    if not uses:
        return 0
    levels = [use.region_level for use in uses if use.type_id == station.type_id]
    if level_of(station) in levels:
        return 2
    return 1 if "" in levels else None


def applicable_to_town(town: Region, standards: Sequence[Standard]) -> list[Standard]:
    """All for towns but the optional ones that were not chosen for this one."""
    return [
        standard
        for standard in standards
        if not standard.is_optional
        or any(choice.region_id == town.pk for choice in standard.choices.all())
    ]


class Standing:
    """What places have and lack at the end of a quarter (of the running one: today)."""

    def __init__(self, quarter: Period | None = None, today: dt.date | None = None) -> None:
        self.today = today or timezone.localdate()
        self.quarter = quarter or quarter_of(self.today)
        self.is_past = self.quarter.last < self.today
        self.newest = Newest(min(self.quarter.last, self.today))

    @cached_property
    def _views(self) -> dict[str, BookView]:
        return book_views()

    def of_stations(
        self, stations: QuerySet[Station], standards: Sequence[Standard]
    ) -> list[Progress]:
        """One line for each station and standard that applies; a fixed number of queries."""
        rows = list(stations.select_related("type", "region", "village"))
        checks = self._checks_of(rows, "station_id")
        return [
            self._progress(station, standard, checks[station.pk])
            for station in rows
            for standard in applicable(station, standards)
        ]

    def of_towns(self, towns: QuerySet[Region], standards: Sequence[Standard]) -> list[Progress]:
        rows = list(towns)
        checks = self._checks_of(rows, "region_id")
        return [
            self._progress(town, standard, checks[town.pk])
            for town in rows
            for standard in applicable_to_town(town, standards)
        ]

    def _checks_of(self, places: Sequence[Place], key: str) -> dict[int, dict[int, Check]]:
        """``{place: {item: check}}``; of a past quarter the last entry up to its end."""
        found: dict[int, dict[int, Check]] = defaultdict(dict)
        rows: Iterable[Check]
        wanted = {f"{key}__in": [place.pk for place in places]}
        if self.is_past:
            rows = CheckEntry.objects.filter(checked_on__lte=self.quarter.last, **wanted)
            rows = rows.order_by("checked_on", "pk")
        else:
            model = StationCheck if key == "station_id" else TownCheck
            rows = model._default_manager.filter(**wanted).order_by("pk")
        for check in rows:
            found[getattr(check, key)][check.item_id] = check
        return found

    def _progress(self, place: Place, standard: Standard, checks: dict[int, Check]) -> Progress:
        lines = [self._line(place, item, checks.get(item.pk)) for item in standard.items.all()]
        return Progress(place, standard, tuple(lines))

    def _line(self, place: Place, item: StandardItem, check: Check | None) -> ItemLine:
        view = self._views.get(item.rule) if item.rule else None
        if view is None:
            return ItemLine(item, check.state if check else "", check=check)
        newest = self.newest.at(place, view.code)
        is_fresh = newest is not None and newest >= view.span.first_day(self.quarter)
        state = CheckState.YES if is_fresh else CheckState.NO
        left = None if is_fresh else self._days_left(view, newest)
        return ItemLine(item, state, view, newest, days_left=left)

    def _days_left(self, view: BookView, newest: dt.date | None) -> int | None:
        """The first days of a quarter are no lapse yet: None where the last one had no entry."""
        running = view.span.running(self.quarter)
        if running is None or newest is None or self.today > running.last:
            return None
        was_kept = newest >= running.previous().first
        return (running.last - self.today).days + 1 if was_kept else None


def progress_of(
    stations: QuerySet[Station], standards: list[Standard], quarter: Period | None = None
) -> list[Progress]:
    """As of today, or of the end of a past quarter."""
    return Standing(quarter).of_stations(stations, standards)


def facilities_of(station: Station) -> Progress | None:
    """By the standard of facilities that the station is held to today; None where there is none."""
    facilities = _in_full(
        Standard.objects.checklists_of(StandardSubject.STATION)
        .filter(kind=StandardKind.FACILITIES)
        .order_by("pk")
    )
    rows = progress_of(Station.objects.filter(pk=station.pk), list(facilities))
    return rows[0] if rows else None


def older_progress(place: Place) -> list[Progress]:
    """What was checked under versions and standards that the place is not held to any more."""
    checks: QuerySet[StationCheck] | QuerySet[TownCheck]
    if isinstance(place, Station):
        checks = StationCheck.objects.filter(station=place)
    else:
        checks = TownCheck.objects.filter(region=place)
    found = {check.item_id: check for check in checks.order_by("pk")}
    standards = _in_full(Standard.objects.filter(items__in=found, is_active=False).distinct())
    return [
        Progress(
            place,
            standard,
            tuple(
                ItemLine(item, found[item.pk].state, check=found[item.pk])
                for item in standard.items.all()
                if item.pk in found
            ),
        )
        for standard in standards.order_by("name", "version")
    ]


def books_without_standard(station: Station, progress: Iterable[Progress]) -> Rate | None:
    """The ledger's counts of books, where no standard of books applies to the station."""
    if not station.books_required:
        return None
    if any(each.standard.kind == StandardKind.BOOKS for each in progress):
        return None
    return Rate(station.books_kept, station.books_required)


def choices_for(place: Place) -> QuerySet[Standard]:
    """Standards that may be chosen for this place alone (九有、六有)."""
    subject = StandardSubject.STATION if isinstance(place, Station) else StandardSubject.TOWN
    return Standard.objects.checklists_of(subject).filter(is_optional=True).order_by("pk")


def chosen_for(place: Place) -> list[StandardChoice]:
    rows = StandardChoice.objects.filter(standard__is_active=True).select_related("standard")
    mine = {"station": place} if isinstance(place, Station) else {"region": place}
    return list(rows.filter(**mine).order_by("pk"))


@dataclass(frozen=True)
class StandardLine:
    """How far the stations that a standard applies to have come."""

    standard: Standard
    items: int
    stations: int
    recorded: int
    complete: Rate
    gaps: int


def standard_lines(user: User) -> list[StandardLine]:
    standards = standards_in_use()
    progress = progress_of(Station.objects.visible_to(user).active(), standards)
    return [_line_of(standard, progress) for standard in standards]


def _line_of(standard: Standard, progress: Sequence[Progress]) -> StandardLine:
    mine = [each for each in progress if each.standard == standard]
    recorded = [each for each in mine if each.is_recorded]
    full = sum(each.rate.part == each.rate.whole for each in recorded)
    gaps = sum(len(each.gaps) for each in recorded)
    items = len(standard.items.all())
    return StandardLine(standard, items, len(mine), len(recorded), Rate(full, len(recorded)), gaps)


@dataclass(frozen=True)
class Gap:
    """One item that one place lacks."""

    place: Place
    standard: Standard
    line: ItemLine

    @property
    def words(self) -> str:
        """As a finding says it: «十有：有经费（无，2026年10月1日起）»."""
        return f"{self.standard.name}：{self.line.item.name}（{self.line.words}）"[:200]


def gaps_in(progress: Iterable[Progress]) -> list[Gap]:
    """What can be handed over to be put right: not what a running period may still bring."""
    return [
        Gap(each.place, each.standard, line)
        for each in progress
        for line in each.gaps
        if line.days_left is None
    ]


@dataclass(frozen=True)
class BoardCell:
    """Of one town and standard: places, how many are complete, items there of all items."""

    standard: Standard
    places: int
    complete: int
    items: Rate
    gaps: int
    unrecorded: int


@dataclass(frozen=True)
class BoardRow:
    """``cells``: of each standard that some place of the town is held to."""

    town: Region
    cells: tuple[BoardCell, ...]
    labels: tuple[str, ...]

    @property
    def kinds(self) -> list[tuple[str, list[BoardCell]]]:
        """The cells under each of the board's kinds."""
        return [
            (label, [each for each in self.cells if each.standard.get_kind_display() == label])
            for label in self.labels
        ]


@dataclass(frozen=True)
class Board:
    """``kinds`` are the columns: the kinds of the standards in use."""

    standards: list[Standard]
    kinds: tuple[str, ...]
    rows: list[BoardRow]


def board(user: User, subject: str, quarter: Period | None = None) -> Board:
    """How far the places of each town have come; figures open into the gaps or the standing."""
    standing, standards = Standing(quarter), standards_in_use(subject)
    if subject == StandardSubject.STATION:
        stations = Station.objects.visible_to(user).active().order_by("region__code", "number")
        progress = standing.of_stations(stations, standards)
    else:
        towns = Region.objects.towns().in_scope_of_reader(user).order_by("code")
        progress = standing.of_towns(towns, standards)
    kinds = tuple(dict.fromkeys(each.get_kind_display() for each in standards))
    return Board(standards, kinds, _rows_by_town(progress, standards, kinds))


def _rows_by_town(
    progress: list[Progress], standards: Sequence[Standard], kinds: tuple[str, ...]
) -> list[BoardRow]:
    by_town: dict[int, list[Progress]] = defaultdict(list)
    towns: dict[int, Region] = {}
    for each in progress:
        town = each.place.region if isinstance(each.place, Station) else each.place
        towns[town.pk] = town
        by_town[town.pk].append(each)
    rows = []
    for pk, town in sorted(towns.items(), key=lambda pair: pair[1].code):
        cells = [_cell(standard, by_town[pk]) for standard in standards]
        rows.append(BoardRow(town, tuple(cell for cell in cells if cell.places), kinds))
    return rows


def _cell(standard: Standard, progress: list[Progress]) -> BoardCell:
    mine = [each for each in progress if each.standard == standard]
    recorded = [each for each in mine if each.is_recorded]
    there = sum(each.rate.part for each in recorded)
    items = sum(each.rate.whole for each in recorded)
    full = sum(each.rate.part == each.rate.whole for each in recorded)
    gaps = sum(len(each.gaps) for each in recorded)
    return BoardCell(standard, len(mine), full, Rate(there, items), gaps, len(mine) - len(recorded))


@dataclass(frozen=True)
class QuarterLine:
    quarter: Period
    progress: list[Progress]


def history(place: Place, quarters: Sequence[Period]) -> list[QuarterLine]:
    """The standing at the end of each quarter, by the standards in use today."""
    is_station = isinstance(place, Station)
    standards = standards_in_use(StandardSubject.STATION if is_station else StandardSubject.TOWN)
    found = []
    for quarter in quarters:
        standing = Standing(quarter)
        if is_station:
            progress = standing.of_stations(Station.objects.filter(pk=place.pk), standards)
        else:
            progress = standing.of_towns(Region.objects.filter(pk=place.pk), standards)
        found.append(QuarterLine(quarter, progress))
    return found
