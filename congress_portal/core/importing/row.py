"""A row on its way from the sheet into the database."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from congress_portal.core.importing.report import Fate, Fault


@dataclass(slots=True)
class Row:
    """``values``: cleaned cells by field name; ``attrs``: what the model row will hold, by
    attname; ``children``: for each set of child rows {key: (its values …)}, in order."""

    number: int
    cells: list[Any]
    values: dict[str, Any] = field(default_factory=dict)
    attrs: dict[str, Any] = field(default_factory=dict)
    children: dict[str, dict[Any, tuple[Any, ...]]] = field(default_factory=dict)
    key: Hashable = None
    pk: int | None = None
    fate: Fate = Fate.SAME
    faults: list[Fault] = field(default_factory=list)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # attname → old, new
    extra: Any = None  # what the kind itself wants to remember

    @property
    def is_good(self) -> bool:
        return not self.faults


@dataclass(slots=True)
class Stored:
    """A row as the database holds it."""

    pk: int
    attrs: dict[str, Any]
    children: dict[str, dict[Any, tuple[Any, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Children:
    """A set of child rows that a list in one cell stands for.

    ``when`` selects those that a file speaks about (open postings), ``constants`` are set on
    new ones, ``end`` closes one that a file no longer names; without it the row is deleted.
    ``reset`` are columns that say nothing any more once the values of a row have changed.
    """

    model: type[models.Model]
    parent: str
    key: str
    values: tuple[str, ...] = ()
    when: dict[str, Any] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    reset: dict[str, Any] = field(default_factory=dict)
    end: Callable[[], dict[str, Any]] | None = None

    def load(self, parents: models.QuerySet[Any] | None) -> dict[int, dict[Any, tuple[Any, ...]]]:
        """{parent pk: {key: values}} in one query; ``None`` stands for all parents."""
        rows = self.model._default_manager.filter(**self.when)
        if parents is not None:
            rows = rows.filter(**{f"{self.parent}__in": parents})
        found: dict[int, dict[Any, tuple[Any, ...]]] = {}
        order = [self.parent, "serial"] if "serial" in self.values else [self.parent, "pk"]
        for parent, key, *values in rows.order_by(*order).values_list(
            self.parent, self.key, *self.values
        ):
            found.setdefault(parent, {})[key] = tuple(values)
        return found

    def build(self, parent: int | None, items: dict[Any, tuple[Any, ...]]) -> list[dict[str, Any]]:
        """The values of new child rows, by attname."""
        return [
            {
                self.parent: parent,
                self.key: key,
                **dict(zip(self.values, values, strict=True)),
                **self.constants,
            }
            for key, values in items.items()
        ]
