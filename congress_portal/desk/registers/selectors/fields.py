"""What was done and heard in each field (领域, M134); each number opens its records."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from activities.models import Activity
from congress_portal.core.enums import Dictionary, Verification
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from suggestions.models import Deed, Suggestion, Voice


@dataclass(frozen=True)
class Cell:
    count: int
    address: str


@dataclass(frozen=True)
class FieldLine:
    """``name`` «（没有分）» stands for records without a field; those open without a link."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class _Kind:
    """``field`` is the record's column, ``asked`` the list's parameter for it."""

    label: str
    rows: Callable[[User, Period, Region | None], QuerySet[Any]]
    field: str
    address: str
    asked: str
    fixed: tuple[tuple[str, str], ...] = ()


def _in_town(rows: QuerySet[Any], path: str, town: Region | None) -> QuerySet[Any]:
    return rows.filter(**{path: town}) if town else rows


_KINDS = (
    _Kind(
        "活动",
        lambda user, period, town: _in_town(
            Activity.objects.visible_to(user).verified().in_period(period), "region", town
        ),
        "field", "activities:list", "field", (("verification", Verification.VERIFIED.value),),
    ),
    _Kind(
        "群众意见",
        lambda user, period, town: _in_town(
            Voice.objects.visible_to(user).filter(raised_on__range=(period.first, period.last)),
            "region", town,
        ),
        "field", "suggestions:voice_list", "field",
    ),
    _Kind(
        "建议",
        lambda user, period, town: _in_town(
            Suggestion.objects.visible_to(user).submitted_in(period), "lead__town", town
        ),
        "field", "suggestions:list", "field",
    ),
    _Kind(
        "办实事",
        lambda user, period, town: _in_town(
            Deed.objects.visible_to(user).verified().in_period(period), "region", town
        ),
        "category", "suggestions:deeds", "category", (("state", Verification.VERIFIED.value),),
    ),
)  # fmt: skip
HEADS = tuple(kind.label for kind in _KINDS)


def by_field(user: User, period: Period, town: Region | None) -> list[FieldLine]:
    """Fields with anything, in the dictionary's order, entries no longer in use as well; one
    query for each kind of record."""
    counts: list[dict[int | None, int]] = []
    for kind in _KINDS:
        rows = kind.rows(user, period, town).order_by().values_list(kind.field)
        counts.append(dict(rows.annotate(n=Count("pk", distinct=True))))
    entries: list[tuple[int | None, str]] = [
        (row.pk, row.name)
        for row in DictionaryEntry.objects.of(Dictionary.FIELD).order_by("order", "pk")
    ]
    entries.append((None, "（没有分）"))
    lines = [
        FieldLine(name, tuple(_cell(kind, found.get(pk, 0), pk, period, town)
                              for kind, found in zip(_KINDS, counts, strict=True)))
        for pk, name in entries
    ]  # fmt: skip
    return [line for line in lines if line.total]


def _cell(kind: _Kind, count: int, pk: int | None, period: Period, town: Region | None) -> Cell:
    if not count or pk is None:
        return Cell(count, "")
    asked = {"period": period.code, kind.asked: pk, **dict(kind.fixed)}
    if town:
        asked["town"] = town.pk
    return Cell(count, f"{reverse(kind.address)}?{urlencode(asked)}")
