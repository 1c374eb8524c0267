"""Which villages, grids and cells were reached (网格走访全覆盖, M72), by what channel, where."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from activities.models import Tag, TagAxis, Visit
from congress_portal.core.enums import VILLAGE_LEVELS, RegionLevel
from congress_portal.core.figures import Rate
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.periods import Period

_VILLAGE, _GRID, _CELL = 12, 15, 18  # digits that name a place of the level


@dataclass(frozen=True)
class Place:
    """A village, grid or cell; ``visits`` counts those to it and to all places below it."""

    region: Region
    visits: int
    below: tuple["Place", ...] = ()

    @property
    def is_reached(self) -> bool:
        return self.visits > 0


@dataclass(frozen=True)
class TownCoverage:
    """``villages`` hold their grids, these their cells."""

    town: Region
    villages: tuple[Place, ...]

    @property
    def grids(self) -> tuple[Place, ...]:
        return tuple(grid for village in self.villages for grid in village.below)

    @property
    def cells(self) -> tuple[Place, ...]:
        return tuple(cell for grid in self.grids for cell in grid.below)

    @property
    def village_rate(self) -> Rate:
        return _rate(self.villages)

    @property
    def grid_rate(self) -> Rate:
        return _rate(self.grids)

    @property
    def cell_rate(self) -> Rate:
        return _rate(self.cells)


def _rate(places: Sequence[Place]) -> Rate:
    return Rate(sum(place.is_reached for place in places), len(places))


def counted_visits(rows: QuerySet[Visit], period: Period) -> QuerySet[Visit]:
    """Verified visits of the period, among those the reader sees."""
    return rows.verified().in_period(period)  # type: ignore[attr-defined,no-any-return]


def coverage_of(towns: Sequence[Region], rows: QuerySet[Visit]) -> list[TownCoverage]:
    """Each town's places with the visits given; two queries for any number of towns.

    A visit to a cell also reaches its grid and its village (a code begins with those above it).
    """
    times = _times_by_prefix(rows)
    levels = (*VILLAGE_LEVELS, RegionLevel.GRID, RegionLevel.CELL)
    codes = Q(pk__in=())
    for town in towns:
        codes |= Q(code__startswith=town.prefix)
    below: dict[str, list[Place]] = defaultdict(list)
    places = sorted(
        Region.objects.filter(codes, level__in=levels),
        key=lambda each: (-len(_key(each)), each.code),
    )
    for region in places:  # cells first, then grids, then villages: each finds those below it
        key = _key(region)
        below[_above(key)].append(Place(region, times[key], tuple(below[key])))
    return [TownCoverage(town, tuple(below[town.prefix])) for town in towns]


def _key(region: Region) -> str:
    return region.prefix


def _above(key: str) -> str:
    """The digits of the place above: a cell's grid, a grid's village, a village's town."""
    return key[:9] if len(key) == _VILLAGE else key[:-3]


def _times_by_prefix(rows: QuerySet[Visit]) -> dict[str, int]:
    """Visits by the digits of every place that they reach."""
    found: dict[str, int] = defaultdict(int)
    pairs = rows.order_by().values_list("village__code", "spot__code").annotate(Count("pk"))
    for village, spot, times in pairs:
        code = spot or village
        if code:
            for digits in (_VILLAGE, _GRID, _CELL):
                if len(code) >= digits:
                    found[code[:digits]] += times
    return found


def visits_to(rows: QuerySet[Visit], place: Region) -> QuerySet[Visit]:
    """Visits that reached the place: to itself or to any place below it."""
    prefix = place.prefix
    return rows.filter(
        Q(spot__code__startswith=prefix) | Q(spot__isnull=True, village__code__startswith=prefix)
    )


@dataclass(frozen=True)
class Line:
    """One word of a breakdown: records and persons."""

    label: str
    key: int | None
    visits: int
    people: int


def by_channel(rows: QuerySet[Visit]) -> list[Line]:
    """Every channel in use, also with zeros (M67); two queries."""
    found = {
        row["channel"]: row
        for row in rows.order_by().values("channel").annotate(n=Count("pk"), people=Sum("people"))
    }
    channels = DictionaryEntry.objects.of("channel").filter(Q(is_active=True) | Q(pk__in=found))
    return [
        Line(each.name, each.pk, found[each.pk]["n"], found[each.pk]["people"])
        if each.pk in found
        else Line(each.name, each.pk, 0, 0)
        for each in channels
    ]


@dataclass(frozen=True)
class AxisLines:
    """An axis of tags for visits, such as 场所类型 (M50); ``untagged`` bear none of its tags."""

    axis: TagAxis
    lines: list[Line]
    untagged: int


def by_tags(rows: QuerySet[Visit]) -> list[AxisLines]:
    """Every axis that visits bear, with its tags; four queries for any number of visits."""
    axes = list(TagAxis.objects.filter(is_active=True, for_visits=True))
    links = Visit.tags.through.objects.filter(visit__in=rows.order_by().values("pk"))
    found = {
        row["tag"]: row
        for row in links.values("tag").annotate(n=Count("pk"), people=Sum("visit__people"))
    }
    tagged = dict(
        links.values_list("tag__axis").annotate(n=Count("visit", distinct=True)).order_by()
    )
    total = rows.count()
    tags: dict[int, list[Tag]] = defaultdict(list)
    for tag in Tag.objects.filter(Q(is_active=True) | Q(pk__in=found), axis__in=axes):
        tags[tag.axis_id].append(tag)
    nothing = {"n": 0, "people": 0}
    return [
        AxisLines(
            axis,
            [
                Line(
                    tag.name,
                    tag.pk,
                    found.get(tag.pk, nothing)["n"],
                    found.get(tag.pk, nothing)["people"],
                )
                for tag in tags[axis.pk]
            ],
            total - tagged.get(axis.pk, 0),
        )
        for axis in axes
    ]
