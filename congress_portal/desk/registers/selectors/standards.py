"""Which standard a station is held to, what it has and what it lacks (MISSION M24, M27–M30)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from congress_portal.core.figures import Rate
from congress_portal.core.models import User
from stations.enums import CheckState, StandardKind, StandardSubject
from stations.models import Standard, StandardItem, StandardUse, Station, StationCheck

_CLOSEST_ONLY = (StandardKind.FACILITIES, StandardKind.BOOKS)


@dataclass(frozen=True)
class Progress:
    """``checks`` are those recorded; nothing is recorded item by item where it is empty."""

    station: Station
    standard: Standard
    items: tuple[StandardItem, ...]
    checks: tuple[StationCheck, ...]

    @property
    def is_recorded(self) -> bool:
        return bool(self.checks)

    @property
    def rate(self) -> Rate:
        present = sum(check.state == CheckState.YES for check in self.checks)
        return Rate(present, len(self.items))

    @property
    def gaps(self) -> list[StationCheck]:
        return [check for check in self.checks if check.state != CheckState.YES]

    @property
    def unchecked(self) -> list[StandardItem]:
        """Items that nobody has looked at, although others of the standard are recorded."""
        seen = {check.item_id for check in self.checks}
        return [item for item in self.items if item.pk not in seen] if self.checks else []

    @property
    def ledger(self) -> Rate | None:
        """The two counts that the station's ledger gives for books (应建、实建)."""
        if self.standard.kind != StandardKind.BOOKS or not self.station.books_required:
            return None
        return Rate(self.station.books_kept, self.station.books_required)


def standards_in_use() -> list[Standard]:
    """Checklists of stations with items, uses and choices; four queries."""
    items = StandardItem.objects.order_by("number")
    uses = StandardUse.objects.order_by("pk")
    rows = Standard.objects.checklists_of(StandardSubject.STATION).order_by("kind", "pk")
    return list(rows.prefetch_related(Prefetch("items", items), Prefetch("uses", uses), "choices"))


def level_of(station: Station) -> str:
    """The level of the place where the station stands."""
    return (station.village or station.region).level


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
        if standard.kind not in _CLOSEST_ONLY:
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


def progress_of(stations: QuerySet[Station], standards: list[Standard]) -> list[Progress]:
    """One line for each station and standard that applies; two queries for any number."""
    checks = Prefetch(
        "checks", StationCheck.objects.select_related("item").order_by("item__number")
    )
    rows = stations.select_related("type", "region", "village").prefetch_related(checks)
    found = []
    for station in rows:
        for standard in applicable(station, standards):
            items = tuple(standard.items.all())
            keys = {item.pk for item in items}
            seen = tuple(check for check in station.checks.all() if check.item_id in keys)
            found.append(Progress(station, standard, items, seen))
    return found


def books_without_standard(station: Station, progress: Iterable[Progress]) -> Rate | None:
    """The ledger's counts of books, where no standard of books applies to the station."""
    if not station.books_required:
        return None
    if any(each.standard.kind == StandardKind.BOOKS for each in progress):
        return None
    return Rate(station.books_kept, station.books_required)


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
    lines = []
    for standard in standards:
        mine = [each for each in progress if each.standard == standard]
        recorded = [each for each in mine if each.is_recorded]
        full = sum(each.rate.part == each.rate.whole for each in recorded)
        gaps = sum(len(each.gaps) for each in recorded)
        items = len(standard.items.all())
        lines.append(
            StandardLine(standard, items, len(mine), len(recorded), Rate(full, len(recorded)), gaps)
        )
    return lines


def gaps(user: User) -> QuerySet[StationCheck]:
    """What stations in use lack: item, station and since when."""
    rows = StationCheck.objects.visible_to(user).exclude(state=CheckState.YES)
    rows = rows.filter(station__is_active=True, item__standard__is_active=True)
    return rows.select_related("station__region", "item__standard").order_by(
        "station__number", "item__standard", "item__number"
    )
