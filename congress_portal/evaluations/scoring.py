"""From a scheme and a period to everyone's lines, totals and ranks; reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from congress_portal.core.errors import DomainError
from congress_portal.core.metrics import Keys, Measures, Number, measure
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import Method
from congress_portal.evaluations.marks import (
    OWN,
    QUARTERS,
    RATING,
    Own,
    check_indicator,
    own_values,
    parse_raters,
    parse_weights,
)
from congress_portal.evaluations.models import Scheme
from congress_portal.evaluations.points import (
    Line,
    Rule,
    Share,
    Total,
    add_up,
    grade_of,
    ranks,
    score_line,
)
from congress_portal.evaluations.registry import metric_for
from congress_portal.evaluations.selectors import Subject, subject_rows, subjects_of

_KEPT = Decimal("0.0001")  # places of a value on a line


@dataclass(frozen=True)
class Inputs:
    """What a line counted, with the keys of the records behind value and denominator."""

    value: Decimal | None
    denominator: Decimal | None
    evidence: Keys
    base_evidence: Keys
    spread: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Scored:
    subject: Subject
    inputs: list[Inputs]
    lines: list[Line]
    total: Total
    rank: int | None
    grade: str = ""


def snapshot_of(scheme: Scheme) -> dict[str, Any]:
    """The scheme as plain data, kept with a sheet; metrics by code, with name and unit.

    Raises DomainError for a scheme without indicators and UnknownMetricError.
    """
    indicators = [_indicator(scheme, row) for row in scheme.indicators.order_by("serial", "pk")]
    if not indicators:
        raise DomainError(f"考评方案「{scheme.name}」还没有指标，请先填写。")
    data = {
        "name": scheme.name,
        "version": scheme.version,
        "subject_type": scheme.subject_type,
        "ranks": scheme.ranks,
        "indicators": indicators,
    }
    grades = scheme.grades.order_by("-at_least")
    if found := [{"name": row.name, "at_least": f"{row.at_least:.2f}"} for row in grades]:
        data["grades"] = found
    return data


def _indicator(scheme: Scheme, row: Any) -> dict[str, Any]:
    metric = metric_for(scheme.subject_type, row.metric)
    base = metric_for(scheme.subject_type, row.denominator) if row.denominator else None
    check_indicator(metric.code, row.method)
    data: dict[str, Any] = {
        "name": row.name,
        "metric": metric.code,
        "metric_name": metric.name,
        "unit": metric.unit,
        "denominator": base.code if base else "",
        "denominator_name": base.name if base else "",
        "denominator_unit": base.unit if base else "",
        "method": row.method,
        "full": str(row.full),
        "target": _text(row.target),
        "first": _text(row.first),
        "further": _text(row.further),
        "when_empty": row.when_empty,
    }
    if metric.code == RATING and row.raters:
        data["raters"] = parse_raters(row.raters)
    if metric.code == QUARTERS:
        data["source"], data["weights"] = row.source, parse_weights(row.weights)
    return data


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def rule_of(indicator: Mapping[str, Any]) -> Rule:
    """The rule that an indicator of a snapshot stands for."""
    number = {
        name: None if indicator[name] is None else Decimal(indicator[name])
        for name in ("target", "first", "further")
    }
    return Rule(
        method=indicator["method"],
        full=Decimal(indicator["full"]),
        when_empty=indicator["when_empty"],
        unit=indicator["unit"],
        base_unit=indicator["denominator_unit"],
        **number,
    )


def score_everyone(
    data: Mapping[str, Any], period: Period, *, only: int | None = None
) -> list[Scored]:
    """Count and score all subjects by a snapshot, or ``only`` one for a trial (without its
    place among the others); the number of queries depends on the indicators only."""
    subject_type = data["subject_type"]
    subjects = subjects_of(subject_type, period)
    rows = subject_rows(subject_type, period)
    if only is not None:
        subjects = [each for each in subjects if each.pk == only]
        rows = rows.filter(pk=only)
    counted = [each for each in data["indicators"] if each["metric"] not in OWN]
    codes = _codes(counted)
    metrics = [metric_for(subject_type, code) for code in codes]
    measured = measure(metrics, period, rows)
    evidence = {code: measured[code].evidence_keys() for code in codes}
    own = {
        each["name"]: own_values(data, each, period)
        for each in data["indicators"]
        if each["metric"] in OWN
    }
    inputs = [
        [
            _own_inputs(own[each["name"]].get(subject.pk))
            if each["name"] in own
            else _inputs(each, measured, evidence, subject.pk)
            for each in data["indicators"]
        ]
        for subject in subjects
    ]
    return score_inputs(data, subjects, inputs)


def score_inputs(
    data: Mapping[str, Any], subjects: Sequence[Subject], inputs: Sequence[list[Inputs]]
) -> list[Scored]:
    """Points, totals and ranks from what was counted; the same inputs give the same points."""
    rules = [rule_of(each) for each in data["indicators"]]
    table = [
        [
            score_line(rule, given.value, given.denominator, subject.share)
            for rule, given in zip(rules, row, strict=True)
        ]
        for subject, row in zip(subjects, inputs, strict=True)
    ]
    totals = [_total(rules, lines) for lines in table]
    places = ranks(total.points for total in totals) if data["ranks"] else [None] * len(totals)
    grades = [(each["name"], Decimal(each["at_least"])) for each in data.get("grades", [])]
    names = [grade_of(total.points, grades) for total in totals]
    rows = zip(subjects, inputs, table, totals, places, names, strict=True)
    return [Scored(*each) for each in rows]


def _total(rules: Sequence[Rule], lines: Sequence[Line]) -> Total:
    """Adjustments come on top of the scheme's own lines."""
    pairs = list(zip(rules, lines, strict=True))
    added = [line.points for rule, line in pairs if rule.method == Method.ADJUST]
    counted = [(rule.full, line.points) for rule, line in pairs if rule.method != Method.ADJUST]
    return add_up(counted, sum((points or Decimal(0) for points in added), Decimal(0)))


def _own_inputs(found: Own | None) -> Inputs:
    if found is None:
        return Inputs(None, None, {}, {})
    value, evidence, spread = found
    return Inputs(_decimal(value), None, evidence, {}, spread)


def _codes(indicators: Sequence[Mapping[str, Any]]) -> list[str]:
    codes = [each["metric"] for each in indicators]
    codes += [each["denominator"] for each in indicators if each["method"] == Method.RATIO]
    return list(dict.fromkeys(codes))


def _inputs(
    indicator: Mapping[str, Any],
    measured: Mapping[str, Measures],
    evidence: Mapping[str, Mapping[int, Keys]],
    subject: int,
) -> Inputs:
    code = indicator["metric"]
    value = measured[code][subject]
    if indicator["method"] != Method.RATIO:
        return Inputs(_decimal(value), None, evidence[code].get(subject, {}), {})
    base = indicator["denominator"]
    return Inputs(
        _decimal(value),
        _decimal(measured[base][subject]),
        evidence[code].get(subject, {}),
        evidence[base].get(subject, {}),
    )


def _decimal(value: Number | None) -> Decimal | None:
    """As kept on the line: four decimals."""
    return None if value is None else Decimal(value).quantize(_KEPT, ROUND_HALF_UP)


def share_of(days: int | None, period_days: int) -> Share:
    """The share that a stored score was computed with; no days means the whole period."""
    return Share(period_days if days is None else days, period_days)
