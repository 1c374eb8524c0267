"""A station beside a model one (对标; M36), and how far stations lie apart (M42)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

from django.db.models import QuerySet

from congress_portal.core.metrics import Metric, Number, measure, metrics_of
from congress_portal.core.models import Region
from congress_portal.core.periods import Period, quarter_of, year
from stations.enums import CheckState, FixtureGroup
from stations.models import Fixture, FixtureKind, Station
from stations.selectors.campaigns import mean, rounded
from stations.selectors.network import offices_vacant
from stations.selectors.standards import progress_of, standards_in_use

_MISSING = "没有登记"
_FEWER_IS_BETTER = frozenset({"books_missing"})


@dataclass(frozen=True)
class CompareLine:
    """``is_behind``: ours is less than the model's; ``differs`` also where the words do."""

    label: str
    ours: str
    model: str
    is_behind: bool = False

    @property
    def differs(self) -> bool:
        return self.ours != self.model


@dataclass(frozen=True)
class CompareGroup:
    title: str
    lines: tuple[CompareLine, ...]


@dataclass(frozen=True)
class Comparison:
    groups: tuple[CompareGroup, ...]

    @property
    def behind(self) -> list[CompareLine]:
        return [line for group in self.groups for line in group.lines if line.is_behind]

    @property
    def different(self) -> int:
        return sum(line.differs for group in self.groups for line in group.lines)


def compare(ours: Station, model: Station, today: dt.date) -> Comparison:
    """``ours`` and ``model`` of ``stations_listed``. Eight queries and one for each metric's group.

    Figures of work are those of the running year, marks those of the quarter before.
    """
    pair = (ours, model)
    return Comparison(
        (
            CompareGroup("基本情况", _facts(*pair)),
            CompareGroup("场室设备", _furnished(*pair)),
            CompareGroup("标准逐项", _checked(*pair)),
            CompareGroup(f"{today.year}年工作", _worked(*pair, today)),
        )
    )


def _number(label: str, ours: Number | None, model: Number | None, unit: str) -> CompareLine:
    behind = (ours or 0) < (model or 0)
    return CompareLine(label, _figure(ours, unit), _figure(model, unit), behind)


def _figure(value: Number | None, unit: str) -> str:
    if value is None:
        return _MISSING
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else str(value)
    return f"{text} {unit}"


def _words(label: str, ours: str, model: str) -> CompareLine:
    return CompareLine(label, ours or _MISSING, model or _MISSING, not ours and bool(model))


def _facts(ours: Station, model: Station) -> tuple[CompareLine, ...]:
    vacant = [offices_vacant(row) for row in (ours, model)]
    manned = [
        "、".join(f"缺{office}" for office in found) or "站长、联络员齐全" for found in vacant
    ]
    tags = [{tag.name for tag in row.tags.all()} for row in (ours, model)]
    shown = ["、".join(f"＋{tag.name}" for tag in row.tags.all()) for row in (ours, model)]
    known = [_known_for(row) for row in (ours, model)]
    return (
        CompareLine("类型", str(ours.type), str(model.type)),
        _number("面积", ours.area, model.area, "㎡"),
        _words("开放时间", ours.opening_hours, model.opening_hours),
        _words("功能分区", ours.rooms, model.rooms),
        CompareLine("负责人员", manned[0], manned[1], len(vacant[0]) > len(vacant[1])),
        _number("进站代表", ours.attached, model.attached, "人"),  # type: ignore[attr-defined]
        CompareLine("“＋”服务", shown[0] or "无", shown[1] or "无", bool(tags[1] - tags[0])),
        CompareLine("特色", known[0] or "无", known[1] or "无", bool(known[1]) and not known[0]),
    )


def _known_for(row: Station) -> str:
    titles = [profile.title for profile in row.features.all()]
    return "、".join([row.feature, *titles] if row.feature else titles)


def _furnished(ours: Station, model: Station) -> tuple[CompareLine, ...]:
    counts: dict[tuple[int, int], int] = {}
    for row in Fixture.objects.filter(station__in=(ours, model)):
        key = (row.kind_id, row.station_id)
        counts[key] = counts.get(key, 0) + row.count
    kinds = FixtureKind.objects.filter(pk__in={kind for kind, _ in counts})
    return tuple(
        _number(
            str(kind), counts.get((kind.pk, ours.pk), 0), counts.get((kind.pk, model.pk), 0),
            "间" if kind.group == FixtureGroup.ROOM else "件（套）",
        )
        for kind in kinds.order_by("-group", "order", "pk")
    )  # fmt: skip


_RANK = {CheckState.NO: 0, CheckState.PARTIAL: 1, CheckState.YES: 2}


def _checked(ours: Station, model: Station) -> tuple[CompareLine, ...]:
    """Items of the standards that the two are held to, checked by people or told by records.

    Where each is held to an own standard (十有, 九有) only what the model is held to is compared.
    """
    rows = progress_of(Station.objects.filter(pk__in=(ours.pk, model.pk)), standards_in_use())
    states: dict[int, dict[int, str]] = {ours.pk: {}, model.pk: {}}
    names: dict[int, str] = {}
    for each in rows:
        if not each.is_recorded:
            continue
        for line in each.lines:
            states[each.place.pk][line.item.pk] = line.state
            if each.place.pk == model.pk:
                names[line.item.pk] = f"{each.standard.name}：{line.item.name}"
    return tuple(
        _check_line(name, states[ours.pk].get(item), states[model.pk].get(item))
        for item, name in names.items()
    )


def _check_line(name: str, ours: str | None, model: str | None) -> CompareLine:
    """``""``: the standard's item was not looked at; None: the station is held to another one."""
    words = [
        "不用这项标准" if state is None else CheckState(state).label if state else "没有检查"
        for state in (ours, model)
    ]
    rank = [_RANK[CheckState(state)] if state else -1 for state in (ours, model)]
    return CompareLine(name, words[0], words[1], ours is not None and rank[0] < rank[1])


def _worked(ours: Station, model: Station, today: dt.date) -> tuple[CompareLine, ...]:
    subjects = Station.objects.filter(pk__in=(ours.pk, model.pk))
    found = [each for each in metrics_of(Station) if each.code in _WORK]
    values = measure(found, year(today.year), subjects)
    lines = [
        _number(each.name, values[each.code][ours.pk], values[each.code][model.pk], each.unit)
        for each in sorted(found, key=lambda each: _WORK.index(each.code))
    ]
    last = quarter_of(today).previous()
    marks = [each for each in metrics_of(Station) if each.code == "inspection_score"]
    scores = measure(marks, last, subjects)["inspection_score"]
    label = f"{marks[0].name}（{last.label}）"
    return (*lines, _number(label, scores[ours.pk], scores[model.pk], marks[0].unit))


_WORK = (
    "activities", "reception_days", "voters_received", "opinions_taken", "opinions_closed",
    "deputies_active",
)  # fmt: skip


@dataclass(frozen=True)
class SpreadLine:
    station: Station
    value: Decimal
    is_below: bool = False


@dataclass(frozen=True)
class SpreadGroup:
    """``deviation`` is the standard deviation of the whole group (σ, not of a sample)."""

    name: str
    number: int
    highest: Decimal
    lowest: Decimal
    mean: Decimal
    deviation: Decimal

    @property
    def width(self) -> Decimal:
        return self.highest - self.lowest


@dataclass(frozen=True)
class Apart:
    """``line``: what is below it is on the list. ``unmeasured`` have no figure in the period."""

    metric: Metric
    period: Period
    line: Decimal | None
    whole: SpreadGroup | None
    towns: tuple[SpreadGroup, ...]
    stations: tuple[SpreadLine, ...]
    unmeasured: tuple[Station, ...]

    @property
    def places(self) -> int:
        """Decimals of the stations' own figures."""
        return 2 if self.metric.is_mean else 0

    @property
    def below(self) -> list[SpreadLine]:
        return [line for line in self.stations if line.is_below]


def measurable() -> list[Metric]:
    """Metrics of stations that tell more by more; «missing» ones would turn the list around."""
    return [each for each in metrics_of(Station) if each.code not in _FEWER_IS_BETTER]


def apart(
    rows: QuerySet[Station], metric: Metric, period: Period, line: Decimal | None = None
) -> Apart:
    """How far the stations lie apart in one figure; without ``line``, one σ below their mean."""
    stations = list(rows.select_related("region", "type").order_by("region__code", "number"))
    values = measure([metric], period, Station.objects.filter(pk__in=[s.pk for s in stations]))
    found = values[metric.code]
    known = [(s, Decimal(value)) for s in stations if (value := found[s.pk]) is not None]
    whole = spread_of("全部", [value for _, value in known])
    if whole and line is None:
        line = max(rounded(whole.mean - whole.deviation), Decimal(0))
    lines = [SpreadLine(s, value, line is not None and value < line) for s, value in known]
    lines.sort(key=lambda each: (each.value, each.station.number))
    return Apart(
        metric, period, line, whole, tuple(_towns(known)), tuple(lines),
        tuple(s for s in stations if found[s.pk] is None),
    )  # fmt: skip


def _towns(known: Iterable[tuple[Station, Decimal]]) -> Iterable[SpreadGroup]:
    regions: dict[int, Region] = {}
    values: dict[int, list[Decimal]] = {}
    for station, value in known:
        regions[station.region_id] = station.region
        values.setdefault(station.region_id, []).append(value)
    for pk, region in sorted(regions.items(), key=lambda pair: pair[1].code):
        if group := spread_of(region.name, values[pk]):
            yield group


def spread_of(name: str, values: Sequence[Decimal]) -> SpreadGroup | None:
    """None of nothing. To 0.01, half up."""
    if not values:
        return None
    exact = sum(values, Decimal(0)) / len(values)
    variance = sum(((value - exact) ** 2 for value in values), Decimal(0)) / len(values)
    return SpreadGroup(
        name, len(values), max(values), min(values), mean(values),
        rounded(Decimal(sqrt(variance))),
    )  # fmt: skip
