"""What a sheet says, read once: all figures of a bulletin come from its frozen lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db.models import QuerySet

from congress_portal.core.enums import RegionLevel
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region
from congress_portal.core.periods import Period, PeriodError
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.selectors import scores_in_full

ZERO = Decimal(0)
_CENT = Decimal("0.01")
OWN = "县本级"
HISTORY = 4  # periods in the small multiples, this one included


@dataclass(frozen=True)
class LineFacts:
    """One indicator of one subject; ``points`` is None for a line that is left out."""

    indicator: str
    full: Decimal
    value: Decimal | None
    denominator: Decimal | None
    points: Decimal | None
    formula: str
    note: str

    @property
    def lost(self) -> Decimal:
        return ZERO if self.points is None else self.full - self.points


@dataclass(frozen=True)
class SubjectFacts:
    """``place`` is the town that the subject stands under (the county for its own stations)."""

    key: str
    label: str
    place: str
    total: Decimal | None
    rank: int | None
    formula: str
    lines: tuple[LineFacts, ...]
    before: Decimal | None
    grade: str = ""

    @property
    def lost(self) -> Decimal:
        return sum((line.lost for line in self.lines), ZERO)

    @property
    def change(self) -> Decimal | None:
        if self.total is None or self.before is None:
            return None
        return self.total - self.before


@dataclass(frozen=True)
class IndicatorFacts:
    """One line of the scheme over all subjects; units are the measure words (天, 次 …)."""

    name: str
    method: str
    full: Decimal
    target: Decimal | None
    first: Decimal | None
    further: Decimal | None
    metric: str
    metric_name: str
    unit: str
    base_name: str
    base_unit: str
    lines: tuple[tuple[SubjectFacts, LineFacts], ...]

    @cached_property
    def counted(self) -> list[tuple[SubjectFacts, LineFacts]]:
        return [pair for pair in self.lines if pair[1].points is not None]

    @cached_property
    def short(self) -> list[tuple[SubjectFacts, LineFacts]]:
        """Those with less than the full mark, the greatest loss first."""
        found = [pair for pair in self.counted if pair[1].lost > 0]
        return sorted(found, key=lambda pair: -pair[1].lost)

    @cached_property
    def lost(self) -> Decimal:
        return sum((line.lost for _, line in self.counted), ZERO)

    @cached_property
    def value(self) -> Decimal:
        return sum((line.value or ZERO for _, line in self.lines), ZERO)

    @cached_property
    def base(self) -> Decimal:
        return sum((line.denominator or ZERO for _, line in self.lines), ZERO)

    @property
    def rate(self) -> Rate:
        return Rate(int(self.value), int(self.base))

    def share_of_full(self, subjects: Iterable[SubjectFacts]) -> Decimal | None:
        """Points ÷ full in per cent over some of the subjects; None where nothing counted."""
        keys = {subject.key for subject in subjects}
        points = [line.points or ZERO for subject, line in self.counted if subject.key in keys]
        if not points:
            return None
        return _half_up(100 * sum(points, ZERO) / (self.full * len(points)), Decimal("0.1"))


@dataclass(frozen=True)
class PlaceFacts:
    """A town's subjects; ``history`` are its means of the periods, None where there is none."""

    name: str
    subjects: tuple[SubjectFacts, ...]
    history: tuple[Decimal | None, ...]

    @property
    def mean(self) -> Decimal | None:
        return mean_of(self.subjects)

    @property
    def before(self) -> Decimal | None:
        return self.history[-2] if len(self.history) > 1 else None


@dataclass(frozen=True)
class SheetFacts:
    """Everything a bulletin needs; ``periods`` ends with the sheet's own, oldest first."""

    sheet: ScoreSheet
    period: Period
    county: str
    town_words: str
    subjects: tuple[SubjectFacts, ...]
    indicators: tuple[IndicatorFacts, ...]
    places: tuple[PlaceFacts, ...]
    periods: tuple[Period, ...]
    mean_before: Decimal | None

    @property
    def scored(self) -> list[SubjectFacts]:
        return [subject for subject in self.subjects if subject.total is not None]

    @cached_property
    def ranked(self) -> list[SubjectFacts]:
        """By rank, equal ones by the register's order; empty where the scheme gives no ranks."""
        placed = [subject for subject in self.subjects if subject.rank is not None]
        return sorted(placed, key=lambda subject: subject.rank or 0)

    @property
    def mean(self) -> Decimal | None:
        return mean_of(self.subjects)

    @property
    def full(self) -> Decimal:
        return sum((indicator.full for indicator in self.indicators), ZERO)

    @cached_property
    def lost(self) -> Decimal:
        return sum((indicator.lost for indicator in self.indicators), ZERO)

    @cached_property
    def by_loss(self) -> list[IndicatorFacts]:
        """Indicators on which points were lost, the greatest loss first."""
        found = [indicator for indicator in self.indicators if indicator.lost > 0]
        return sorted(found, key=lambda indicator: -indicator.lost)

    @property
    def has_grades(self) -> bool:
        return any(subject.grade for subject in self.subjects)

    @property
    def has_history(self) -> bool:
        return len(self.periods) > 1


def mean_of(subjects: Iterable[SubjectFacts]) -> Decimal | None:
    return mean([subject.total for subject in subjects if subject.total is not None])


def mean(totals: list[Decimal]) -> Decimal | None:
    """Rounded half-up to 0.01; None of nothing."""
    return _half_up(sum(totals, ZERO) / len(totals), _CENT) if totals else None


def _half_up(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


def facts_of(sheet: ScoreSheet, own: QuerySet[Score] | None = None) -> SheetFacts:
    """Reads a sheet and those of up to three periods before; six queries however many rows.

    ``own`` narrows to some of the sheet's scores, those a reader may see.
    """
    earlier = _earlier_sheets(sheet)
    totals = {one.pk: _totals(one) for one in earlier}
    last = totals[earlier[-1].pk] if earlier else {}
    rows = Score.objects.filter(sheet=sheet) if own is None else own.filter(sheet=sheet)
    scores = scores_in_full(rows).order_by("serial")
    subjects = tuple(_subject(score, last) for score in scores)
    county = Region.objects.filter(level=RegionLevel.COUNTY).order_by("code").first()
    return SheetFacts(
        sheet=sheet,
        period=_period(sheet),
        county=county.name if county else "",
        town_words=_town_words(),
        subjects=subjects,
        indicators=_indicators(sheet, subjects),
        places=_places(subjects, [totals[one.pk] for one in earlier]),
        periods=(*map(_period, earlier), _period(sheet)),
        mean_before=mean([total for _, total in last.values() if total is not None]),
    )


def _period(sheet: ScoreSheet) -> Period:
    return Period(sheet.first_day, sheet.last_day, sheet.period_code)


def _earlier_sheets(sheet: ScoreSheet) -> list[ScoreSheet]:
    """The newest versions of the same scheme's sheets of the periods just before, oldest first.

    The chain ends at the first period without a sheet: a gap is never compared across.
    """
    codes: list[str] = []
    period = _period(sheet)
    try:
        for _ in range(HISTORY - 1):
            period = period.previous()
            codes.append(period.code)
    except PeriodError:
        pass
    rows = ScoreSheet.objects.filter(scheme__name=sheet.scheme.name, period_code__in=codes)
    newest = {row.period_code: row for row in rows.order_by("version")}
    found: list[ScoreSheet] = []
    for code in codes:
        if code not in newest:
            break
        found.insert(0, newest[code])
    return found


Totals = Mapping[str, tuple[str, Decimal | None]]


def _totals(sheet: ScoreSheet) -> Totals:
    """Place and total by subject of an earlier sheet."""
    rows = Score.objects.filter(sheet=sheet).select_related("region").order_by("serial")
    return {row.key: (_place_name(row), row.total) for row in rows}


def _place_name(score: Score) -> str:
    """The town's name; what belongs to the county itself stands under 县本级."""
    if score.region is None:
        return ""
    return OWN if score.region.level == RegionLevel.COUNTY else score.region.name


def _subject(score: Score, last: Totals) -> SubjectFacts:
    return SubjectFacts(
        key=score.key,
        label=score.label,
        place=_place_name(score),
        total=score.total,
        rank=score.rank,
        formula=score.formula,
        lines=tuple(map(_line, score.lines.all())),
        before=last.get(score.key, ("", None))[1],
        grade=score.grade,
    )


def _line(line: ScoreLine) -> LineFacts:
    return LineFacts(
        indicator=line.indicator,
        full=line.full,
        value=line.value,
        denominator=line.denominator,
        points=line.points,
        formula=line.formula,
        note=line.note,
    )


def _indicators(
    sheet: ScoreSheet, subjects: tuple[SubjectFacts, ...]
) -> tuple[IndicatorFacts, ...]:
    return tuple(
        IndicatorFacts(
            name=row["name"],
            method=row["method"],
            full=Decimal(row["full"]),
            target=_number(row["target"]),
            first=_number(row["first"]),
            further=_number(row["further"]),
            metric=row["metric"],
            metric_name=row["metric_name"],
            unit=row["unit"],
            base_name=row["denominator_name"],
            base_unit=row["denominator_unit"],
            lines=tuple((subject, subject.lines[number]) for subject in subjects),
        )
        for number, row in enumerate(sheet.scheme_data["indicators"])
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _places(subjects: tuple[SubjectFacts, ...], history: list[Totals]) -> tuple[PlaceFacts, ...]:
    """Towns in the order of the division code, as the subjects' own order gives it."""
    grouped: dict[str, list[SubjectFacts]] = defaultdict(list)
    for subject in subjects:
        grouped[subject.place].append(subject)
    order = dict(Region.objects.filter(name__in=grouped).values_list("name", "code"))
    past = [_means(totals) for totals in history]
    return tuple(
        PlaceFacts(name, tuple(own), (*(means.get(name) for means in past), mean_of(own)))
        for name, own in sorted(grouped.items(), key=lambda pair: order.get(pair[0], ""))
        if name
    )


def _means(totals: Totals) -> dict[str, Decimal | None]:
    grouped: dict[str, list[Decimal]] = defaultdict(list)
    for place, total in totals.values():
        if total is not None:
            grouped[place].append(total)
    return {place: mean(found) for place, found in grouped.items()}


_ADDRESSED = {
    RegionLevel.TOWN: "各镇人大主席团",
    RegionLevel.SUBDISTRICT: "各街道人大工委",
    RegionLevel.FARM: "各农场人大工作机构",
}


def _town_words() -> str:
    """Whom the county writes to: 各镇人大主席团、各街道人大工委 (地方组织法 18, 59)."""
    towns = list(Region.objects.towns().values_list("level", "name"))
    levels = {level for level, _ in towns}
    words = [word for level, word in _ADDRESSED.items() if level in levels]
    if any(name.endswith("乡") for level, name in towns if level == RegionLevel.TOWN):
        words[0] = "各乡镇人大主席团"
    return "、".join(words)
