"""The figures of a requirement's parts: metrics, narrowed by forms and themes, a few queries."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from congress_portal.core.metrics import (
    Answer,
    Each,
    Figure,
    Grouped,
    Measures,
    Metric,
    find_metric,
    measure,
    number_of,
)
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import DutySubject
from congress_portal.evaluations.models import Requirement, RequirementPart
from deputies.models import CommitteeMember, Deputy, Group
from stations.models import Station

MODELS: dict[str, type[models.Model]] = {
    DutySubject.DEPUTY: Deputy,
    DutySubject.STATION: Station,
    DutySubject.GROUP: Group,
    DutySubject.TOWN: Region,
    DutySubject.MEMBER: CommitteeMember,
}


def duty_metric(kind: str, text: str) -> Metric:
    """The metric that a part names; raises UnknownMetricError."""
    return find_metric(MODELS[kind], text)


def in_full(rows: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """With parts, their forms, themes and numbers by type: four queries for all."""
    return rows.prefetch_related("parts__forms", "parts__themes", "parts__by_type")


def figures_of(
    requirements: Iterable[Requirement], kind: str, period: Period, subjects: QuerySet[Any]
) -> tuple[dict[int, Measures], dict[int, Measures]]:
    """(by part, by requirement the one shown beside); requirements of one kind and period.

    The queries depend on the metrics named, never on the number of subjects.
    """
    rows = list(requirements)
    codes: dict[int, str] = {}
    wanted: dict[str, Metric] = {}
    narrowed: dict[Any, list[tuple[RequirementPart, Metric, Q]]] = {}
    for part in (part for row in rows for part in row.parts.all()):
        found, rule = duty_metric(kind, part.metric), _rule_of(part, kind)
        codes[part.pk] = f"part_{part.pk}" if rule else found.code
        if rule:
            narrowed.setdefault(found.compute, []).append((part, found, rule))
        else:
            wanted[found.code] = found
    beside = {row.pk: duty_metric(kind, row.also_shown) for row in rows if row.also_shown}
    wanted |= {each.code: each for each in beside.values()}
    for parts in narrowed.values():
        wanted |= {each.code: each for each in _narrow(parts, period)}
    measured = measure(wanted.values(), period, subjects)
    return (
        {part: measured[code] for part, code in codes.items()},
        {row: measured[each.code] for row, each in beside.items()},
    )


def _rule_of(part: RequirementPart, kind: str) -> Q:
    """What narrows the part's metric; an empty rule counts everything."""
    paths = duty_metric(kind, part.metric).filters
    rule = Q()
    for name, chosen in (("form", part.forms.all()), ("theme", part.themes.all())):
        keys = [row.pk for row in chosen]
        if keys and name in paths:
            rule &= Q(**{f"{paths[name]}__in": keys})
    return rule


def _narrow(parts: list[tuple[RequirementPart, Metric, Q]], period: Period) -> list[Metric]:
    """One metric for each part; parts over the same rows share a function, and so a query."""
    base = parts[0][1].compute(period)
    if isinstance(base, Grouped):
        figures = {f"part_{part.pk}": _figure(base, each, rule) for part, each, rule in parts}
        shared = _always(replace(base, figures=figures))
        return [replace(each, code=f"part_{part.pk}", compute=shared) for part, each, _ in parts]
    return [
        replace(each, code=f"part_{part.pk}", compute=_always(_counted(base, rule)))
        for part, each, rule in parts
    ]


def _figure(base: Grouped, each: Metric, rule: Q) -> Figure:
    figure = base.figures[each.code]
    return replace(figure, only=figure.only & rule)


def _counted(base: Answer, rule: Q) -> Each:
    if not isinstance(base, Each):
        raise TypeError("only counts of rows can be narrowed")
    trail = base.trail
    rows = trail.rows.filter(rule)
    return number_of(rows, trail.subject, record=trail.record, model=trail.model)


def _always(answer: Answer) -> Callable[[Period], Answer]:
    return lambda _: answer
