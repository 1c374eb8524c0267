"""The network of homes, stations and points (MISSION M15–M18, M33)."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet

from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region, User
from congress_portal.desk.registers.selectors.records import (
    KINDS,
    Row,
    records_url,
)
from congress_portal.desk.registers.selectors.terms import Figure
from stations.enums import OfficerKind
from stations.models import Posting, Reception, Station, StationOfficer, StationType
from stations.selectors.points import Points
from suggestions.models import Voice

_LATEST = 10


@dataclass
class Node:
    """``is_assumed``: the ledger names no parent, the place in the tree follows from the town."""

    station: Station
    attached: int
    children: list["Node"] = field(default_factory=list)
    is_assumed: bool = False

    @property
    def liaisons(self) -> list[StationOfficer]:
        return _officers(self.station, OfficerKind.LIAISON)

    @property
    def lacks_liaison(self) -> bool:
        return not self.liaisons

    @property
    def lacks_head(self) -> bool:
        return not _officers(self.station, OfficerKind.HEAD)

    @property
    def all_below(self) -> Iterable["Node"]:
        for child in self.children:
            yield child
            yield from child.all_below


@dataclass(frozen=True)
class TypeLine:
    type: StationType
    count: int


@dataclass(frozen=True)
class PlaceLine:
    """The stations of a town (or of the county itself): counts in the order of the types."""

    region: Region
    counts: tuple[int, ...]
    total: int
    vacant: int
    roots: tuple[Node, ...]


@dataclass(frozen=True)
class Network:
    types: tuple[TypeLine, ...]
    unused: tuple[StationType, ...]
    places: tuple[PlaceLine, ...]
    total: int
    vacant: tuple[Node, ...]
    headless: int
    assumed: int
    stations: tuple[Station, ...] = ()


def _officers(station: Station, kind: str) -> list[StationOfficer]:
    return [officer for officer in station.officers.all() if officer.kind == kind]


def _stations(user: User, today: dt.date) -> QuerySet[Station]:
    attached = Count("postings", filter=Q(postings__in=Posting.objects.on(today)), distinct=True)
    officers = Prefetch("officers", StationOfficer.objects.on(today))
    rows = Station.objects.visible_to(user).active().select_related("type", "region", "village")
    return rows.annotate(attached=attached).prefetch_related(officers).order_by("number")


def network(user: User, today: dt.date) -> Network:
    """All stations in use that the user may read, as a tree by place; four queries."""
    nodes = [Node(row, row.attached) for row in _stations(user, today)]  # type: ignore[attr-defined]
    types = list(StationType.objects.order_by("order", "pk"))
    counts = Counter(node.station.type_id for node in nodes)
    used = [one for one in types if counts[one.pk]]
    roots = _arrange(nodes)
    lines = []
    towns = {region.pk: region for region in _places(user, nodes)}
    for pk, region in towns.items():
        here = [node for node in nodes if node.station.region_id == pk]
        lines.append(_place_line(region, here, used, roots.get(pk, [])))
    return Network(
        types=tuple(TypeLine(one, counts[one.pk]) for one in used),
        unused=tuple(one for one in types if one.is_active and not counts[one.pk]),
        places=tuple(lines),
        total=len(nodes),
        vacant=tuple(node for node in nodes if node.lacks_liaison),
        headless=sum(node.lacks_head for node in nodes),
        assumed=sum(node.is_assumed for node in nodes),
        stations=tuple(node.station for node in nodes),
    )


def _places(user: User, nodes: list[Node]) -> list[Region]:
    """The county first, then every town, those without a station too."""
    found = {node.station.region_id: node.station.region for node in nodes}
    for town in Region.objects.towns().in_scope_of_reader(user):
        found.setdefault(town.pk, town)
    return sorted(found.values(), key=lambda region: region.code)


def _place_line(
    region: Region, here: list[Node], types: list[StationType], roots: list[Node]
) -> PlaceLine:
    counts = Counter(node.station.type_id for node in here)
    vacant = sum(node.lacks_liaison for node in here)
    return PlaceLine(region, tuple(counts[t.pk] for t in types), len(here), vacant, tuple(roots))


def _arrange(nodes: list[Node]) -> dict[int, list[Node]]:
    """Hang every station on its parent; without one, on the place's first station by type."""
    by_key = {node.station.pk: node for node in nodes}
    loose: dict[int, list[Node]] = {}
    for node in nodes:
        parent = by_key.get(node.station.parent_id or 0)
        if parent:
            parent.children.append(node)
        else:
            loose.setdefault(node.station.region_id, []).append(node)
    roots = {}
    for place, found in loose.items():
        head = min(found, key=lambda node: (node.station.type.order, node.station.number))
        roots[place] = [head]
        for node in found:
            if node is head:
                continue
            if node.station.type.order > head.station.type.order:
                node.is_assumed = node.station.region.level in TOWN_LEVELS
                head.children.append(node)
            else:
                roots[place].append(node)
    return roots


@dataclass(frozen=True)
class PointLine:
    """One station of a roll-up with its own records."""

    station: Station
    deputies: int
    activities: int
    receptions: int
    voices: int


@dataclass(frozen=True)
class RollUp:
    """A station with all its points: own lines and the sum."""

    lines: tuple[PointLine, ...]
    figures: tuple[Figure, ...]
    activities: tuple[Row, ...]


def roll_up(station: Station, user: User, today: dt.date) -> RollUp:
    """Records of the station and of the points under it, as far as the user may read them."""
    keys = Points().with_station(station.pk)
    rows = Station.objects.visible_to(user).filter(pk__in=keys).order_by("number")
    activities = KINDS["activities"].rows(user).filter(station__in=keys)
    receptions = Reception.objects.visible_to(user).verified().filter(station__in=keys)
    voices = Voice.objects.visible_to(user).filter(reception__station__in=keys)
    postings = Posting.objects.visible_to(user).on(today).filter(station__in=keys)
    counts = {
        "deputies": _count(postings, "station"),
        "activities": _count(activities, "station"),
        "receptions": _count(receptions, "station"),
        "voices": _count(voices, "reception__station"),
    }
    lines = [
        PointLine(one, **{name: found[one.pk] for name, found in counts.items()}) for one in rows
    ]
    lines.sort(key=lambda line: (line.station.pk != station.pk, line.station.number))
    people = postings.values("deputy").distinct().count()
    latest = activities.order_by("-held_on", "-pk")[:_LATEST]
    return RollUp(
        tuple(lines),
        (
            Figure("进站代表", people, "人"),
            *(
                Figure(
                    KINDS[code].title,
                    sum(getattr(line, code) for line in lines),
                    KINDS[code].unit,
                    records_url(code, below=station.pk),
                )
                for code in ("activities", "receptions", "voices")
            ),
        ),
        tuple(map(KINDS["activities"].show, latest)),
    )


def _count(rows: QuerySet, path: str) -> Counter[int]:
    found = rows.order_by().values(path).annotate(number=Count("pk"))
    return Counter({row[path]: row["number"] for row in found})


def liaison_and_head(station: Station) -> tuple[list[StationOfficer], list[StationOfficer]]:
    """Of a station whose present officers are prefetched."""
    return _officers(station, OfficerKind.LIAISON), _officers(station, OfficerKind.HEAD)
