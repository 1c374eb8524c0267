"""A year's figure: four quarters and the year-end check by their weights (M39, M40)."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal

from congress_portal.core.models import Region
from stations.models import InspectionCampaign, Station, YearGrade, YearWeights
from stations.selectors.campaigns import Results, ranks, results_of, rounded

PARTS = ("第一季度", "第二季度", "第三季度", "第四季度", "年终检查")


@dataclass
class YearLine:
    """``parts`` are figures of 100 in the order of PARTS; None was not inspected.

    Without one of the parts that carry weight there is no figure: ``missing`` names them.
    """

    region: Region
    station: Station | None
    name: str
    parts: list[Decimal | None]
    missing: list[str] = field(default_factory=list)
    figure: Decimal | None = None
    rank: int = 0
    grade: str = ""
    performance: Decimal | None = None

    @property
    def labelled(self) -> list[tuple[str, Decimal | None]]:
        return list(zip(PARTS, self.parts, strict=True))


@dataclass(frozen=True)
class YearBook:
    year: int
    county: Region
    weights: YearWeights
    is_default: bool
    towns: list[YearLine]
    stations: list[YearLine]
    open_parts: list[str]

    @property
    def shares(self) -> list[int]:
        return shares_of(self.weights)


def shares_of(weights: YearWeights) -> list[int]:
    return [weights.first, weights.second, weights.third, weights.fourth, weights.year_end]


def year_book(county: Region, year: int) -> YearBook:
    """Only locked campaigns count; a year without weights of its own takes equal ones."""
    stored = YearWeights.objects.filter(region=county, year=year).first()
    weights = stored or YearWeights(region=county, year=year)
    grades = list(YearGrade.objects.order_by("-least"))
    towns: dict[Hashable, YearLine] = {}
    stations: dict[Hashable, YearLine] = {}
    rows = (
        InspectionCampaign.objects.locked()
        .filter(region=county, year=year)
        .select_related("standard")
    )
    done = set()
    for campaign in rows:
        part = campaign.quarter - 1 if campaign.quarter else 4
        done.add(part)
        _collect(results_of(campaign), part, towns, stations)
    if done:  # who was never inspected is seen, not left out
        for town in Region.objects.towns().within(county).order_by("code"):
            towns.setdefault(town.pk, YearLine(town, None, town.name, [None] * 5))
    shares = shares_of(weights)
    for lines in (towns, stations):
        _finish(lines, shares, grades, weights.performance_full)
    missing = [PARTS[n] for n in range(5) if n not in done and shares[n]]
    return YearBook(
        year, county, weights, stored is None, _sorted(towns), _sorted(stations), missing
    )


def _collect(
    found: Results,
    part: int,
    towns: dict[Hashable, YearLine],
    stations: dict[Hashable, YearLine],
) -> None:
    for town in found.towns:
        line = towns.setdefault(
            town.region.pk, YearLine(town.region, None, town.region.name, [None] * 5)
        )
        line.parts[part] = _of_hundred(town.mean, found.full)
    for place in found.places:
        if place.station is not None:
            empty = YearLine(place.region, place.station, place.name, [None] * 5)
            line = stations.setdefault(place.station.pk, empty)
            line.parts[part] = _of_hundred(place.mean, found.full)


def _of_hundred(score: Decimal, full: Decimal) -> Decimal:
    return rounded(100 * score / full)


def _finish(
    lines: dict[Hashable, YearLine],
    shares: list[int],
    grades: list[YearGrade],
    performance_full: Decimal,
) -> None:
    for line in lines.values():
        pairs = list(zip(PARTS, line.parts, shares, strict=True))
        line.missing = [name for name, part, share in pairs if share and part is None]
        if line.missing:
            continue
        total = sum((part * share for _, part, share in pairs if part is not None), Decimal(0))
        line.figure = rounded(total / 100)
        line.grade = next((each.name for each in grades if line.figure >= each.least), "")
        line.performance = rounded(line.figure * performance_full / 100)
    figures = {key: line.figure for key, line in lines.items() if line.figure is not None}
    for key, rank in ranks(figures).items():
        lines[key].rank = rank


def _sorted(lines: dict[Hashable, YearLine]) -> list[YearLine]:
    """Ranked ones first, then those without a figure."""
    return sorted(
        lines.values(), key=lambda line: (line.rank == 0, line.rank, line.region.code, line.name)
    )
