"""Voters' names and contacts leave when they are no longer needed, or when the person asks.

Each app lays down where it keeps such data: its model's ``PERSONAL`` fields, since when a row has
been done with, and the texts in which numbers may stand. What is erased is the person, not the
fact: the matter, its answer and every figure stay. The trail says that it happened and why, not
what stood there. Rules are rows (``RetentionRule``); a person's wish goes by the telephone.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import autodiscover_modules

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import RetentionRule

GONE = "（已删除）"


class NoReasonError(DomainError):
    """An erasure on request says who asked and when."""


@dataclass(frozen=True)
class Kept:
    """Where one kind of personal data lies.

    ``done_before``: the rows that were done with before a day. ``texts``: fields from which
    numbers of persons, and what the personal fields held, go as well. ``phone``: the field by
    which a person is found. ``beside``: querysets of rows about it, with their texts' names.
    """

    kind: str
    name: str
    model: type[models.Model]
    done_before: Callable[[dt.date], QuerySet]  # type: ignore[type-arg]
    phone: str
    texts: tuple[str, ...] = ()
    beside: Callable[[Any], Iterable[tuple[QuerySet, tuple[str, ...]]]] | None = None  # type: ignore[type-arg]

    @property
    def personal(self) -> list[str]:
        return list(getattr(self.model, "PERSONAL", {}))

    def held(self) -> Q:
        """Rows that still hold something of a person."""
        some = Q()
        for name in self.personal:
            some |= ~Q(**{f"{name}__in": ["", GONE]})
        return some


_kinds: dict[str, Kept] = {}


def keeps(kept: Kept) -> Kept:
    """Registers; called in an app's ``retention`` module."""
    _kinds[kept.kind] = kept
    return kept


def kinds() -> dict[str, Kept]:
    """Every registered kind by its code."""
    autodiscover_modules("retention")
    return dict(_kinds)


def expired(today: dt.date) -> Iterator[tuple[Kept, QuerySet]]:  # type: ignore[type-arg]
    """Each kind under an active rule with the rows whose time is over."""
    known = kinds()
    for rule in RetentionRule.objects.filter(is_active=True, kind__in=known).order_by("kind"):
        kept = known[rule.kind]
        rows = kept.done_before(_months_before(today, rule.months))
        yield kept, rows.filter(kept.held()).order_by("pk")


def of_person(phone: str) -> Iterator[tuple[Kept, QuerySet]]:  # type: ignore[type-arg]
    """Each kind with the rows that carry this telephone number."""
    for _, kept in sorted(kinds().items()):
        yield kept, kept.model._default_manager.filter(**{kept.phone: phone}).order_by("pk")


@transaction.atomic
def erase(kept: Kept, row: models.Model, *, reason: str) -> None:
    """Blank the person out of one row, with an entry in the trail. Raises NoReasonError."""
    if not reason.strip():
        raise NoReasonError("请写明删除的原因（谁在什么时候提出的）。")
    changed = []
    held = [value for name in kept.personal if len(value := str(getattr(row, name))) > 1]
    for rows, names in kept.beside(row) if kept.beside else ():
        for each in rows:
            texts = {name: _without(getattr(each, name), held) for name in names}
            rows.model._default_manager.filter(pk=each.pk).update(**texts)
    for name in kept.personal:
        is_needed = not getattr(row._meta.get_field(name), "blank", True)
        changed += _put(row, name, GONE if is_needed and getattr(row, name) else "")
    for name in kept.texts:
        changed += _put(row, name, _without(getattr(row, name), held))
    if changed:
        row.save(update_fields=changed)
        record(
            AuditAction.UPDATE, row, changes={name: [GONE, ""] for name in changed}, reason=reason
        )


def _without(text: str, held: Iterable[str]) -> str:
    text = without_numbers(text)
    for value in held:
        text = text.replace(value, GONE)
    return text


def _put(row: models.Model, name: str, value: str) -> list[str]:
    """The field's name if its value changed."""
    if getattr(row, name) == value:
        return []
    setattr(row, name, value)
    return [name]


def _months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months ago, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
