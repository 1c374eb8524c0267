"""A metric: a named figure over records, for all subjects of a period, with its evidence.

A metric is a function in ``metrics.py`` of the app that owns the records (HOUSE §4.6). It takes
the period and answers in one of four shapes, which say how the figures are read:

``Each``     one figure beside each subject; all of them share one query per kind of subject
``Grouped``  several figures over the same rows, in one query
``Listed``   figures worked out in Python over few rows (due dates, unions), in one query
``SumOf``    the sum of other metrics, no query
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Aggregate, Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import BaseExpression
from django.utils.module_loading import autodiscover_modules

from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.periods import Period

Number = int | Decimal
Subject = type[models.Model]
Keys = dict[str, list[int]]


class UnknownMetricError(DomainError):
    """No metric of this code or name for this kind of subject."""


@dataclass(frozen=True)
class Trail:
    """The way from the rows counted to their subject and to the records behind them.

    ``subject`` and ``record`` are lookups on the rows; ``model`` is that of the records.
    """

    rows: QuerySet[Any]
    subject: str
    record: str
    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label

    def of(self, subject: int) -> QuerySet[Any]:
        """The records counted for one subject."""
        keys = self.rows.filter(**{self.subject: subject}).order_by().values(self.record)
        return self.model._default_manager.filter(pk__in=keys)  # type: ignore[no-any-return]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """(subject, record) of everything counted, in one query."""
        rows = self.rows.filter(**{f"{self.subject}__isnull": False}).order_by()
        yield from rows.values_list(self.subject, self.record).distinct().iterator(5000)


@dataclass(frozen=True)
class Each:
    """Expressions read beside the subject, and how they combine to the figure."""

    expressions: tuple[BaseExpression | F, ...]
    trail: Trail
    combine: Callable[..., Number | None] = lambda value: value if value is not None else 0


@dataclass(frozen=True)
class Figure:
    """One aggregate of a group; ``only`` narrows the rows that it counts."""

    kind: type[Aggregate]
    of: str
    only: Q = field(default_factory=Q)
    distinct: bool = False

    def aggregate(self) -> Aggregate:
        extra: dict[str, Any] = {"distinct": True} if self.distinct else {}
        return self.kind(self.of, filter=self.only or None, **extra)


@dataclass(frozen=True)
class Grouped:
    """Figures by metric code over the same rows, grouped by the subject's key."""

    rows: QuerySet[Any]
    subject: str
    record: str
    model: type[models.Model]
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Listed:
    """Values and evidence by metric code, already worked out: code → subject → records' keys."""

    model: type[models.Model]
    keys: Mapping[str, Mapping[int, Collection[int]]]


@dataclass(frozen=True)
class SumOf:
    codes: tuple[str, ...]


Answer = Each | Grouped | Listed | SumOf
Compute = Callable[[Period], Answer]


@dataclass(frozen=True)
class Metric:
    """``unit`` is the measure word (天, 人次 …). Unreported metrics are not in the report of
    ``manage.py metrics``, but schemes may use them like all others. A mean is reported with a
    decimal point even where it is whole. ``filters`` names what the rows can be narrowed by
    (form, theme) with the lookup that leads there; only counts of rows have any."""

    code: str
    name: str
    of: Subject
    unit: str
    compute: Compute
    reported: bool = True
    is_mean: bool = False
    filters: Mapping[str, str] = field(default_factory=dict, hash=False)

    def reported_value(self, value: Number | None) -> int | float | None:
        """As JSON writes it: counts and sums without a point where they are whole."""
        if value is None:
            return None
        if self.is_mean or value != int(value):
            return float(value)
        return int(value)


class Measures(Mapping[int, Number | None]):
    """The values of one metric by subject key; None means that there is nothing to count."""

    def __init__(self, values: Mapping[int, Number | None], trails: tuple["AnyTrail", ...]) -> None:
        self._values = values
        self._trails = trails

    def __getitem__(self, subject: int) -> Number | None:
        return self._values[subject]

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def evidence(self, subject: int) -> tuple[QuerySet[Any], ...]:
        """The records counted for a subject: one queryset for each kind of record."""
        return tuple(trail.of(subject) for trail in self._trails)

    def evidence_keys(self) -> dict[int, Keys]:
        """Subject → model label → sorted keys of the records counted; one query per kind."""
        found: dict[int, dict[str, set[int]]] = {}
        for trail in self._trails:
            for subject, record in trail.pairs():
                if subject in self._values and record is not None:
                    found.setdefault(subject, {}).setdefault(trail.label, set()).add(record)
        return {s: {label: sorted(k) for label, k in by.items()} for s, by in found.items()}


@dataclass(frozen=True)
class _KnownTrail:
    """Evidence that a Listed answer has worked out already."""

    model: type[models.Model]
    keys: Mapping[int, Collection[int]]

    @property
    def label(self) -> str:
        return self.model._meta.label

    def of(self, subject: int) -> QuerySet[Any]:
        manager = self.model._default_manager
        return manager.filter(pk__in=self.keys.get(subject, ()))  # type: ignore[no-any-return]

    def pairs(self) -> Iterator[tuple[int, int]]:
        for subject, records in self.keys.items():
            for record in records:
                yield subject, record


AnyTrail = Trail | _KnownTrail
_registry: dict[tuple[Subject, str], Metric] = {}


def metric(
    code: str,
    name: str,
    *,
    of: Subject,
    unit: str,
    reported: bool = True,
    is_mean: bool = False,
    filters: Mapping[str, str] | None = None,
) -> Callable[[Compute], Compute]:
    """Register a function as a metric; one function may carry several codes (``Grouped``).

    ``name`` is the word of the office in 考评办法 (计数口径), unique for its kind of subject.
    """

    def register(compute: Compute) -> Compute:
        key = (of, code)
        if key in _registry:
            raise ValueError(f"metric {code} of {of.__name__} is registered twice")
        _registry[key] = Metric(code, name, of, unit, compute, reported, is_mean, filters or {})
        return compute

    return register


def metrics_of(subject: Subject) -> list[Metric]:
    """All metrics of one kind of subject that the apps' ``metrics.py`` register."""
    autodiscover_modules("metrics")
    return [found for (of, _), found in _registry.items() if of is subject]


def find_metric(subject: Subject, text: str) -> Metric:
    """By code or by Chinese name, blanks ignored; raises UnknownMetricError."""
    wanted = "".join(text.split())
    for found in metrics_of(subject):
        if wanted in (found.code, found.name):
            return found
    label = subject._meta.verbose_name
    raise UnknownMetricError(f"没有「{text}」这个计数口径（对象：{label}）。")


def counted(period: Period, path: str = "") -> Q:
    """Only verified records of the period count (DESIGN §4); ``path`` leads to the record."""
    prefix = f"{path}__" if path else ""
    return Q(
        **{
            f"{prefix}verification": Verification.VERIFIED,
            f"{prefix}held_on__range": (period.first, period.last),
        }
    )


def number_of(
    rows: QuerySet[Any],
    subject: str,
    *,
    record: str = "pk",
    model: type[models.Model] | None = None,
) -> Each:
    """How many of the rows belong to each subject."""
    count = beside(rows, subject, Count("pk"))
    return Each((count,), Trail(rows, subject, record, model or rows.model))


def beside(rows: QuerySet[Any], subject: str, aggregate: Aggregate) -> Subquery:
    """An aggregate of the rows of the subject at hand; NULL where there are none."""
    own = rows.filter(**{subject: OuterRef("pk")}).order_by()
    return Subquery(own.values(subject).annotate(_figure=aggregate).values("_figure"))


def measure(
    metrics: Iterable[Metric], period: Period, subjects: QuerySet[Any]
) -> dict[str, Measures]:
    """The figures of all subjects by metric code; the number of queries depends on the shapes
    only, never on the number of subjects. ``metrics`` are of one kind of subject."""
    wanted = list(metrics)
    answers = _answers(wanted, period)
    keys, found = _read_each(answers, subjects)
    for answer in _different(answers.values()):
        if isinstance(answer, Grouped):
            found |= _read_group(answer, [c for c, a in answers.items() if a is answer], keys)
        elif isinstance(answer, Listed):
            found |= _read_listed(answer, [c for c, a in answers.items() if a is answer], keys)
    for code, answer in answers.items():
        if isinstance(answer, SumOf):
            found[code] = _add_up([found[part] for part in answer.codes], keys)
    return {each.code: found[each.code] for each in wanted}


def _answers(wanted: list[Metric], period: Period) -> dict[str, Answer]:
    """Each function is asked once, whatever number of codes it carries."""
    asked: dict[Compute, Answer] = {}
    answers: dict[str, Answer] = {}
    waiting = list(wanted)
    while waiting:
        each = waiting.pop(0)
        if each.code in answers:
            continue
        if each.compute not in asked:
            asked[each.compute] = each.compute(period)
        answer = answers[each.code] = asked[each.compute]
        if isinstance(answer, SumOf):
            waiting += [find_metric(each.of, code) for code in answer.codes]
    return answers


def _different(answers: Iterable[Answer]) -> list[Answer]:
    return list({id(answer): answer for answer in answers}.values())


def _read_each(
    answers: Mapping[str, Answer], subjects: QuerySet[Any]
) -> tuple[list[int], dict[str, Measures]]:
    """The subjects' keys, and every figure that stands beside them, in one query."""
    columns: dict[str, BaseExpression | F] = {}
    for code, answer in answers.items():
        if isinstance(answer, Each):
            for index, expression in enumerate(answer.expressions):
                columns[f"_{code}_{index}"] = expression
    names = ["pk", *columns]
    rows = [dict(zip(names, row, strict=True)) for row in _listed(subjects, columns)]
    found = {}
    for code, answer in answers.items():
        if isinstance(answer, Each):
            parts = [f"_{code}_{index}" for index in range(len(answer.expressions))]
            values = {row["pk"]: answer.combine(*(row[part] for part in parts)) for row in rows}
            found[code] = Measures(values, (answer.trail,))
    return [row["pk"] for row in rows], found


def _listed(
    subjects: QuerySet[Any], columns: Mapping[str, BaseExpression | F]
) -> Iterable[tuple[Any, ...]]:
    return subjects.annotate(**columns).values_list("pk", *columns)


def _read_group(answer: Grouped, codes: list[str], keys: list[int]) -> dict[str, Measures]:
    columns = {f"_{code}": answer.figures[code].aggregate() for code in codes}
    rows = answer.rows.order_by().values(answer.subject).annotate(**columns)
    table = {row[0]: row[1:] for row in rows.values_list(answer.subject, *columns)}
    empty = (None,) * len(codes)
    found = {}
    for index, code in enumerate(codes):
        values = {key: table.get(key, empty)[index] or 0 for key in keys}
        rows_counted = answer.rows.filter(answer.figures[code].only)
        trail = Trail(rows_counted, answer.subject, answer.record, answer.model)
        found[code] = Measures(values, (trail,))
    return found


def _read_listed(answer: Listed, codes: list[str], keys: list[int]) -> dict[str, Measures]:
    found = {}
    for code in codes:
        records = answer.keys[code]
        values = {key: len(records.get(key, ())) for key in keys}
        found[code] = Measures(values, (_KnownTrail(answer.model, records),))
    return found


def _add_up(parts: list[Measures], keys: list[int]) -> Measures:
    values = {key: sum(part[key] or 0 for part in parts) for key in keys}
    return Measures(values, tuple(trail for part in parts for trail in part._trails))
