"""The network as a picture of own geometry (M15): no outside map is asked.

Places with an outline are drawn on the map, the others in a schematic field below it. Units are
those of the SVG's view box, which is ``WIDTH`` wide; a phone shows it at half that size.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians, sin, tau

from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import Region
from stations.models import RegionOutline, Station

WIDTH = 640
_EDGE = 24
_TALLEST = 760
_CELL = (286, 24)  # width, gap
_DOT = 26  # from one mark to the next
_A_ROW = 9
_RING = 30

Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A station on the picture; ``path`` draws its type's sign about (x, y)."""

    station: Station
    x: float
    y: float
    path: str
    is_exact: bool = False

    @property
    def title(self) -> str:
        return f"{self.station.name}（{self.station.type.name}）"


@dataclass(frozen=True)
class Shape:
    """The outline of a place, as an SVG path, with where its name stands."""

    region: Region
    path: str
    x: float
    y: float
    is_named: bool = True


@dataclass(frozen=True)
class Cell:
    """The field of a place without an outline."""

    region: Region
    x: int
    y: float
    width: int
    height: int
    number: int

    @property
    def text_y(self) -> float:
        return self.y + 30


@dataclass(frozen=True)
class Place:
    """All that is drawn for one place: its outline or its field, or both, and the marks in it."""

    region: Region
    shape: Shape | None
    cell: Cell | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Chart:
    height: float
    shapes: tuple[Shape, ...]
    cells: tuple[Cell, ...]
    marks: tuple[Mark, ...]
    width: int = WIDTH

    @property
    def places(self) -> list[Place]:
        """In the order in which they are drawn: frames and outlines first."""
        shapes = {shape.region.pk: shape for shape in self.shapes}
        cells = {cell.region.pk: cell for cell in self.cells}
        drawn = [*(each.region for each in self.shapes), *(each.region for each in self.cells)]
        regions = {region.pk: region for region in drawn}
        return [
            Place(
                region, shapes.get(pk), cells.get(pk),
                tuple(mark for mark in self.marks if mark.station.region_id == pk),
            )
            for pk, region in regions.items()
        ]  # fmt: skip

    @property
    def legend(self) -> list[tuple[str, str]]:
        """(path, type) of what is drawn."""
        found = {mark.station.type: mark.path for mark in self.marks}
        return [(found[kind], kind.name) for kind in sorted(found, key=lambda k: (k.order, k.pk))]


# Drawn about (0, 0), within ±10: a diamond, a square, a disc, triangles, a bar, a cross …
_SHAPES = (
    "M0-10 10 0 0 10-10 0Z",
    "M-8-8H8V8H-8Z",
    "M-7 0A7 7 0 1 0 7 0A7 7 0 1 0-7 0Z",
    "M0-9 9 7H-9Z",
    "M0 9-9-7H9Z",
    "M-9-4H9V4H-9Z",
    "M-3-9H3V-3H9V3H3V9H-3V3H-9V-3H-3Z",
    "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z",
    "M-4-9H4V9H-4Z",
)


def chart(stations: Sequence[Station], places: Sequence[Region]) -> Chart:
    """``stations`` with type, region and village; ``places`` towns and the county. One query."""
    kinds = sorted({row.type for row in stations}, key=lambda kind: (kind.order, kind.pk))
    shapes = {kind.pk: _SHAPES[n % len(_SHAPES)] for n, kind in enumerate(kinds)}
    here: dict[int, list[Station]] = defaultdict(list)
    for row in sorted(stations, key=lambda row: (row.type.order, row.number)):
        here[row.region_id].append(row)
    outlines = {
        row.region_id: row.polygons
        for row in RegionOutline.objects.filter(region__in=[place.pk for place in places])
    }
    drawn, marks, top = _draw(places, outlines, here, shapes)
    for place in places:
        if _is_frame(place, outlines):
            here[place.pk] = [row for row in here[place.pk] if row.longitude is None]
        elif place.pk in outlines:
            here[place.pk] = []
    loose = [place for place in places if here[place.pk]]
    cells, more, height = _cells(loose, here, shapes, top)
    return Chart(height, tuple(drawn), tuple(cells), (*marks, *more))


def _is_frame(place: Region, outlines: dict[int, list]) -> bool:
    """The county's outline around those of its towns: what has no point of its own stays out."""
    return place.level == RegionLevel.COUNTY and place.pk in outlines and len(outlines) > 1


class _Scale:
    """Degrees to the view box: plate carrée with the middle latitude's shrinking."""

    def __init__(self, points: Iterable[Point]) -> None:
        found = list(points)
        lons, lats = [p[0] for p in found], [p[1] for p in found]
        self.west, self.north = min(lons), max(lats)
        self.shrink = cos(radians((min(lats) + max(lats)) / 2)) or 1e-6
        wide = (max(lons) - self.west) * self.shrink or 1e-6
        tall = (self.north - min(lats)) or 1e-6
        self.factor = min((WIDTH - 2 * _EDGE) / wide, _TALLEST / tall)
        self.left = (WIDTH - wide * self.factor) / 2
        self.height = tall * self.factor + 2 * _EDGE

    def __call__(self, lon: float, lat: float) -> Point:
        x = self.left + (lon - self.west) * self.shrink * self.factor
        return round(x, 1), round(_EDGE + (self.north - lat) * self.factor, 1)


def _rings(polygons: list) -> Iterable[list]:
    return (ring for polygon in polygons for ring in polygon)


def _draw(
    places: Sequence[Region],
    outlines: dict[int, list],
    here: dict[int, list[Station]],
    shapes: dict[int, str],
) -> tuple[list[Shape], list[Mark], float]:
    if not outlines:
        return [], [], 0
    corners = [(p[0], p[1]) for rows in outlines.values() for ring in _rings(rows) for p in ring]
    scale = _Scale(corners)
    drawn, marks = [], []
    for place in places:
        if place.pk not in outlines:
            continue
        rings = [[scale(p[0], p[1]) for p in ring] for ring in _rings(outlines[place.pk])]
        path = " ".join("M" + " L".join(f"{x} {y}" for x, y in ring) + " Z" for ring in rings)
        middle = _middle(max(rings, key=_area))
        rows, is_frame = here[place.pk], _is_frame(place, outlines)
        if is_frame:
            rows = [row for row in rows if row.longitude is not None]
        drawn.append(Shape(place, path, middle[0], middle[1] - _RING - 14, not is_frame))
        marks += _around(rows, middle, scale, shapes)
    return drawn, marks, scale.height


def _area(ring: list[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def _middle(ring: list[Point]) -> Point:
    xs, ys = [p[0] for p in ring], [p[1] for p in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _around(
    rows: Sequence[Station], middle: Point, scale: _Scale, shapes: dict[int, str]
) -> list[Mark]:
    """At the station's own point; without one, in a circle about the middle of its place."""
    marks, loose = [], []
    for row in rows:
        if row.longitude is None or row.latitude is None:
            loose.append(row)
            continue
        x, y = scale(float(row.longitude), float(row.latitude))
        marks.append(Mark(row, x, y, shapes[row.type_id], is_exact=True))
    for n, row in enumerate(loose):
        turn, far = tau * n / max(len(loose), 1), 0 if len(loose) == 1 else _RING
        x, y = middle[0] + far * sin(turn), middle[1] - far * cos(turn)
        marks.append(Mark(row, round(x, 1), round(y, 1), shapes[row.type_id]))
    return marks


def _cells(
    places: Sequence[Region], here: dict[int, list[Station]], shapes: dict[int, str], top: float
) -> tuple[list[Cell], list[Mark], float]:
    """Two fields side by side; the county's over the whole width."""
    cells: list[Cell] = []
    marks: list[Mark] = []
    width, gap = _CELL
    y, column, lowest = top + _EDGE, 0, 0.0
    for place in places:
        rows = here[place.pk]
        is_wide = place.level == RegionLevel.COUNTY
        if is_wide and column:
            y, column, lowest = y + lowest + gap, 0, 0.0
        height = 52 + _DOT * (-(-len(rows) // (_A_ROW * 2 if is_wide else _A_ROW)))
        x = _EDGE + column * (width + _EDGE - 4)
        whole = WIDTH - 2 * _EDGE if is_wide else width
        cells.append(Cell(place, x, y, whole, height, len(rows)))
        marks += _rows(rows, x, y, _A_ROW * 2 if is_wide else _A_ROW, shapes)
        lowest = max(lowest, height)
        column += 2 if is_wide else 1
        if column >= 2:
            y, column, lowest = y + lowest + gap, 0, 0.0
    bottom = y + (lowest + gap if column else 0)
    return cells, marks, round(bottom, 1)


def _rows(
    rows: Sequence[Station], left: float, top: float, most: int, shapes: dict[int, str]
) -> list[Mark]:
    return [
        Mark(
            row,
            left + 30 + _DOT * (n % most) * 1.08,
            top + 56 + _DOT * (n // most),
            shapes[row.type_id],
        )
        for n, row in enumerate(rows)
    ]
