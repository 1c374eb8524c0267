"""Rooms and equipment against what a type of station should have (M32)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from stations.enums import Condition, FixtureGroup
from stations.models import Fixture, FixtureNeed, Station


@dataclass(frozen=True)
class Need:
    """``has`` counts what can be used; both in ``unit``. A gap where less is there than needed."""

    what: str
    has: Decimal | int | None
    needs: Decimal | int
    unit: str
    source: str

    @property
    def is_gap(self) -> bool:
        return self.has is None or self.has < self.needs

    @property
    def words(self) -> str:
        """What is missing, as the gap list says it."""
        if self.has is None:
            return f"{self.what}没有登记，应有 {self.needs} {self.unit}"
        return f"{self.what}应有 {self.needs} {self.unit}，现有 {self.has} {self.unit}"


@dataclass(frozen=True)
class Furnishing:
    """``rooms`` is the number of rooms, ``room_area`` the sum of those whose area is known."""

    fixtures: tuple[Fixture, ...]
    needs: tuple[Need, ...]

    @property
    def gaps(self) -> list[Need]:
        return [need for need in self.needs if need.is_gap]

    @property
    def _rooms(self) -> list[Fixture]:
        return [row for row in self.fixtures if row.kind.group == FixtureGroup.ROOM]

    @property
    def rooms(self) -> int:
        return sum(row.count for row in self._rooms)

    @property
    def room_area(self) -> Decimal | None:
        known = [row.area for row in self._rooms if row.area is not None]
        return sum(known, Decimal(0)) if known else None


def furnishing_of(stations: Iterable[Station]) -> dict[int, Furnishing]:
    """By station; two queries. ``stations`` with their type."""
    rows = list(stations)
    fixtures: dict[int, list[Fixture]] = defaultdict(list)
    for row in (
        Fixture.objects.filter(station__in=rows)
        .select_related("kind")
        .order_by("station", "-kind__group", "kind__order", "pk")
    ):
        fixtures[row.station_id].append(row)
    wanted: dict[int, list[FixtureNeed]] = defaultdict(list)
    types = {row.type_id for row in rows}
    for need in (
        FixtureNeed.objects.filter(type__in=types)
        .select_related("kind")
        .order_by("-kind__group", "kind__order", "kind")
    ):
        wanted[need.type_id].append(need)
    return {
        row.pk: Furnishing(
            tuple(fixtures[row.pk]), _needs(row, fixtures[row.pk], wanted[row.type_id])
        )
        for row in rows
    }


def _needs(
    station: Station, fixtures: list[Fixture], wanted: list[FixtureNeed]
) -> tuple[Need, ...]:
    found = []
    if least := station.type.least_area:
        found.append(Need("面积", station.area, least, "㎡", f"{station.type}面积标准"))
    for need in wanted:
        usable = sum(
            row.count
            for row in fixtures
            if row.kind_id == need.kind_id and row.condition != Condition.UNUSABLE
        )
        if need.kind.group == FixtureGroup.ROOM and not _is_listed(need, fixtures):
            usable = int(str(need.kind) in station.rooms)
        unit = "间" if need.kind.group == FixtureGroup.ROOM else "件（套）"
        found.append(Need(str(need.kind), usable, need.least_count, unit, need.source))
    return tuple(found)


def _is_listed(need: FixtureNeed, fixtures: list[Fixture]) -> bool:
    """Whether the rooms of this kind are entered one by one; else the ledger's words count."""
    return any(row.kind_id == need.kind_id for row in fixtures)
