"""Who is scored, the figures of a period, and what a sheet holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Max, Min, Prefetch, Q, QuerySet, Sum

from congress_portal.core.metrics import measure
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import Method, SubjectType, WhenEmpty
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.models.sheet import ScoreSheetQuerySet
from congress_portal.evaluations.points import WHOLE, Share, half_up
from congress_portal.evaluations.registry import metrics_for, region_metrics
from deputies.models import Deputy, Group
from deputies.selectors import days_in_office
from stations.models import Station


@dataclass(frozen=True)
class Subject:
    """Whom a scheme scores. ``key`` is the one of the report (DESIGN §3)."""

    pk: int
    key: str
    label: str
    region_id: int | None
    share: Share = WHOLE


def subject_rows(subject_type: str, period: Period) -> QuerySet[Any]:
    """Deputies with a mandate in force in the period; stations, units and groups in use; towns."""
    if subject_type == SubjectType.DEPUTY:
        return Deputy.objects.in_office(period).order_by("town__code", "pk")
    if subject_type == SubjectType.STATION:
        return Station.objects.active().order_by("number")
    if subject_type == SubjectType.GROUP:
        return Group.objects.filter(is_active=True).order_by("region__code", "pk")
    if subject_type == SubjectType.TOWN:
        return Region.objects.towns().order_by("code")
    return Unit.objects.active().order_by("pk")


def subjects_of(subject_type: str, period: Period) -> list[Subject]:
    """Every subject of the period, also those without any record."""
    rows = subject_rows(subject_type, period)
    if subject_type == SubjectType.DEPUTY:
        return _deputies(rows.select_related("town"), period)
    if subject_type == SubjectType.STATION:
        return [Subject(row.pk, row.number, row.name, row.region_id) for row in rows]
    if subject_type == SubjectType.TOWN:
        return [Subject(row.pk, row.name, row.name, row.pk) for row in rows]
    return [Subject(row.pk, row.name, row.name, row.region_id) for row in rows]


def _deputies(rows: QuerySet[Deputy], period: Period) -> list[Subject]:
    length = (period.last - period.first).days + 1
    days = days_in_office(period)
    deputies = list(rows)
    keys = deputy_keys(deputies)
    return [
        Subject(
            pk=row.pk,
            key=keys[row.pk],
            label=row.name,
            region_id=row.town_id,
            share=Share(days.get(row.pk, length), length),
        )
        for row in deputies
    ]


def deputy_keys(deputies: Iterable[Deputy]) -> dict[int, str]:
    """姓名@镇 for each; the second and later of one name in one town get «#2», «#3» by age of
    their entry, so that no deputy is lost from a report."""
    seen: dict[str, int] = {}
    keys = {}
    for deputy in sorted(deputies, key=lambda each: each.pk):
        seen[deputy.key] = number = seen.get(deputy.key, 0) + 1
        keys[deputy.pk] = deputy.key if number == 1 else f"{deputy.key}#{number}"
    return keys


_REPORTED = {
    "deputies": SubjectType.DEPUTY,
    "stations": SubjectType.STATION,
    "departments": SubjectType.UNIT,
}


def metrics_report(period: Period) -> dict[str, Any]:
    """Every metric of every subject, in the form of ``manage.py metrics --json`` (DESIGN §3)."""
    report: dict[str, Any] = {}
    for title, subject_type in _REPORTED.items():
        metrics = [each for each in metrics_for(subject_type) if each.reported]
        found = measure(metrics, period, subject_rows(subject_type, period))
        report[title] = {
            subject.key: {
                each.code: each.reported_value(found[each.code][subject.pk]) for each in metrics
            }
            for subject in subjects_of(subject_type, period)
        }
    report["totals"] = county_totals(period)
    return report


def county_totals(period: Period) -> dict[str, int | float | None]:
    """Sums over all places: every record counts, wherever it belongs."""
    metrics = [each for each in region_metrics() if each.reported]
    found = measure(metrics, period, Region.objects.all())
    return {
        each.code: each.reported_value(sum(value or 0 for value in found[each.code].values()))
        for each in metrics
    }


def sheets_of(scheme_name: str, period: Period) -> ScoreSheetQuerySet:
    """All versions of that scheme's sheet for the period, newest first."""
    rows: ScoreSheetQuerySet = ScoreSheet.objects.all()
    rows = rows.filter(scheme__name=scheme_name, period_code=period.code)
    return rows.select_related("scheme").order_by("-version")


def current_sheet(scheme_name: str, period: Period) -> ScoreSheet | None:
    """The newest version, draft or published."""
    return sheets_of(scheme_name, period).first()


def published_sheet(scheme_name: str, period: Period) -> ScoreSheet | None:
    """The newest published version: what counts."""
    return sheets_of(scheme_name, period).published().first()


def scores_in_full(scores: QuerySet[Score]) -> QuerySet[Score]:
    """With their lines and places, ready to be shown."""
    lines = ScoreLine.objects.order_by("serial")
    return scores.select_related("region").prefetch_related(Prefetch("lines", lines))


def sheet_report(sheet: ScoreSheet) -> dict[str, Any]:
    """One scheme's part of ``manage.py evaluate --json`` (DESIGN §3)."""
    scores = scores_in_full(Score.objects.filter(sheet=sheet)).order_by("serial")
    return {
        score.key: {
            "lines": {line.indicator: as_points(line.points) for line in score.lines.all()},
            "total": as_points(score.total),
            "rank": score.rank,
        }
        for score in scores
    }


def as_points(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:.2f}"


def changes_between(earlier: ScoreSheet, later: ScoreSheet) -> list[Mapping[str, Any]]:
    """Subjects whose total or rank differs between two versions, in the later one's order."""
    before = {score.key: score for score in Score.objects.filter(sheet=earlier)}
    found: list[Mapping[str, Any]] = []
    for score in Score.objects.filter(sheet=later).order_by("serial"):
        old = before.get(score.key)
        if old is None or (old.total, old.rank) != (score.total, score.rank):
            found.append({"score": score, "before": old})
    return found


def in_order(scores: QuerySet[Score], sheet: ScoreSheet) -> QuerySet[Score]:
    """Ranked ones by rank, those without at the end; persons without ranking by place."""
    if sheet.scheme_data.get("ranks"):
        return scores.order_by(F("rank").asc(nulls_last=True), "serial")
    return scores.order_by("serial")


def versions_of(sheet: ScoreSheet, user: User) -> list[ScoreSheet]:
    """All versions that the reader may see, when there is more than one."""
    rows = sheets_of(sheet.scheme.name, sheet.period).visible_to(user)
    versions = list(rows)
    return versions if len(versions) > 1 else []


def earlier_version(sheet: ScoreSheet) -> ScoreSheet | None:
    rows = sheets_of(sheet.scheme.name, sheet.period).published()
    return rows.filter(version__lt=sheet.version).first()


@dataclass(frozen=True)
class SheetSummary:
    """What somebody checks before publishing."""

    subjects: int
    counted: int
    highest: Decimal | None
    lowest: Decimal | None
    mean: Decimal | None
    left_out: int
    capped: int
    partial: int


def sheet_summary(sheet: ScoreSheet) -> SheetSummary:
    scores = Score.objects.filter(sheet=sheet)
    found = scores.aggregate(
        subjects=Count("pk"),
        counted=Count("total"),
        highest=Max("total"),
        lowest=Min("total"),
        earned=Sum("total"),
        partial=Count("days"),
    )
    lines = ScoreLine.objects.filter(score__sheet=sheet).aggregate(
        left_out=Count("pk", filter=Q(points=None)), capped=Count("pk", filter=Q(is_capped=True))
    )
    earned = found.pop("earned")
    for name in ("highest", "lowest"):  # SQLite gives them back with its own decimals
        found[name] = None if found[name] is None else half_up(Fraction(str(found[name])))
    mean = half_up(Fraction(str(earned)) / found["counted"]) if found["counted"] else None
    return SheetSummary(mean=mean, **found, **lines)


@dataclass(frozen=True)
class Unmarked:
    """A line by hand that ``without`` of ``subjects`` have no mark for, and what it then gives."""

    indicator: str
    without: int
    subjects: int
    then: str


def unmarked_lines(sheet: ScoreSheet) -> list[Unmarked]:
    """Lines by hand on which somebody has no mark yet; asked before a step closes the marks."""
    then = {
        row["name"]: WhenEmpty(row["when_empty"]).label
        for row in sheet.scheme_data["indicators"]
        if row["method"] == Method.MANUAL
    }
    if not then:
        return []
    rows = ScoreLine.objects.filter(score__sheet=sheet, indicator__in=then)
    counts = rows.values("indicator").annotate(
        subjects=Count("pk"), without=Count("pk", filter=Q(value=None))
    )
    found = {row["indicator"]: row for row in counts if row["without"]}
    return [Unmarked(**found[name], then=then[name]) for name in then if name in found]


@dataclass(frozen=True)
class LineSaid:
    """A line as one sentence, with how many records stand behind it."""

    line: ScoreLine
    metric_name: str
    records: int
    is_full: bool


def lines_said(score: Score) -> list[LineSaid]:
    """In the scheme's order; names of metrics as they were when the sheet was computed."""
    indicators = score.sheet.scheme_data["indicators"]
    return [
        LineSaid(
            line=line,
            metric_name=_counted_words(indicator),
            records=_number_of_records(line),
            is_full=line.points == line.full,
        )
        for line, indicator in zip(score.lines.all(), indicators, strict=True)
    ]


def _counted_words(indicator: Mapping[str, Any]) -> str:
    if indicator["denominator_name"]:
        return f"{indicator['metric_name']} ÷ {indicator['denominator_name']}"
    return str(indicator["metric_name"])


def _number_of_records(line: ScoreLine) -> int:
    labels = {*line.evidence, *line.base_evidence}
    return sum(
        len({*line.evidence.get(label, ()), *line.base_evidence.get(label, ())}) for label in labels
    )
