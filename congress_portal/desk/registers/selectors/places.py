"""The region tree with its base figures (MISSION M01)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import Region, User

# The base figures of a place, in the order of the tables.
FIGURES = (
    ("registered_population", "户籍人口"),
    ("resident_population", "常住人口"),
    ("households", "户数"),
    ("enterprises", "企业数"),
)
_TOP_LEVELS = frozenset(
    {RegionLevel.PROVINCE, RegionLevel.CITY, RegionLevel.COUNTY, RegionLevel.TOWN,
     RegionLevel.SUBDISTRICT, RegionLevel.FARM}
)  # fmt: skip


@dataclass
class Place:
    """One place with its own figures, in the order of FIGURES, and the places below it."""

    code: str
    name: str
    level: str
    figures: tuple[int | None, ...]
    children: list["Place"] = field(default_factory=list)

    @property
    def label(self) -> str:
        return RegionLevel(self.level).label

    def below(self) -> Iterable["Place"]:
        for child in self.children:
            yield child
            yield from child.below()

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(level, its label, number of places below) for the levels that occur."""
        found = [place.level for place in self.below()]
        return [(one.value, one.label, found.count(one)) for one in RegionLevel if one in found]


@dataclass(frozen=True)
class LevelTotal:
    level: str
    label: str
    places: int
    sums: tuple[int | None, ...]


@dataclass(frozen=True)
class Difference:
    """A place's own figure against the sum of the places next below."""

    place: Place
    label: str
    own: int
    sum: int


def tree(user: User) -> list[Place]:
    """The roots of the places that the user may read; one query."""
    names = [name for name, _ in FIGURES]
    rows = Region.objects.in_scope_of_reader(user).order_by("code")
    found: dict[int, Place] = {}
    roots = []
    for pk, parent, code, name, level, *figures in rows.values_list(
        "pk", "parent_id", "code", "name", "level", *names
    ):
        found[pk] = Place(code, name, level, tuple(figures))
        if parent in found:
            found[parent].children.append(found[pk])
        else:
            roots.append(found[pk])
    return roots


def find(roots: Iterable[Place], code: str) -> Place | None:
    for root in roots:
        if root.code == code:
            return root
        found = find(root.children, code)
        if found:
            return found
    return None


def level_totals(places: Iterable[Place]) -> list[LevelTotal]:
    """Number of places and sums of their own figures, level by level, as they were given."""
    by_level: dict[str, list[Place]] = {}
    for place in places:
        by_level.setdefault(place.level, []).append(place)
    return [
        LevelTotal(level.value, level.label, len(by_level[level]), _sums(by_level[level]))
        for level in RegionLevel
        if level in by_level
    ]


def _sums(places: list[Place]) -> tuple[int | None, ...]:
    """Sum of each figure over the places that give it; None where none does."""
    sums = []
    for index in range(len(FIGURES)):
        figures = (place.figures[index] for place in places)
        given = [figure for figure in figures if figure is not None]
        sums.append(sum(given) if given else None)
    return tuple(sums)


def everything(roots: Iterable[Place]) -> Iterable[Place]:
    for root in roots:
        yield root
        yield from root.below()


def differences(place: Place) -> list[Difference]:
    """Where the places next below all give a figure and it does not add up."""
    found = []
    for index, (_, label) in enumerate(FIGURES):
        own = place.figures[index]
        below = [child.figures[index] for child in place.children]
        if own is None or not below or None in below:
            continue
        total = sum(number for number in below if number is not None)
        if total != own:
            found.append(Difference(place, label, own, total))
    return found


def upper_places(roots: Iterable[Place]) -> list[Place]:
    """The county and its towns: what the overview lists; deeper ones have their own pages."""
    return [place for place in everything(roots) if place.level in _TOP_LEVELS]
