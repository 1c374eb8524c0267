"""The first words of the office's dictionaries; rows that the office edits afterwards."""

import json
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction

from congress_portal.core.models import CalendarYear
from congress_portal.core.workdays import CalendarMissingError, calendar_changed, seed_calendar

_FILE = Path(__file__).parent / "data" / "reference.json"
FIRST_CALENDAR_YEAR = 2025


@transaction.atomic
def load_reference() -> int:
    """Add the rows that are missing; what the office has edited or switched off stays.

    Returns the number of new rows. Safe to run at any time and any number of times.
    """
    added = 0
    known: dict[str, set[tuple[Any, ...]]] = {}
    for row in json.loads(_FILE.read_text(encoding="utf-8")):
        model = apps.get_model(row["model"])
        key = {name: _resolve(model, name, value) for name, value in row["key"].items()}
        columns = tuple(key)
        if row["model"] not in known:
            names = [model._meta.get_field(name).attname for name in columns]
            known[row["model"]] = set(model._default_manager.values_list(*names))
        values = tuple(getattr(value, "pk", value) for value in key.values())
        if values not in known[row["model"]]:
            made = model._default_manager.create(**key, **row["values"])
            _add_children(made, row.get("children", {}))
            known[row["model"]].add(values)
            added += 1
    return added + _load_calendar()


def _add_children(parent: Any, children: dict[str, list[dict[str, Any]]]) -> None:
    """Rows that come with a new row only: what the office takes off afterwards stays off.

    A list among the values names the rows of a many-to-many field.
    """
    for name, rows in children.items():
        for row in rows:
            chosen = {key: value for key, value in row.items() if isinstance(value, list)}
            plain = {key: value for key, value in row.items() if key not in chosen}
            child = getattr(parent, name).create(**plain)
            for field, names in chosen.items():
                related = child._meta.get_field(field).related_model
                found = [related._default_manager.get(**each) for each in names]
                getattr(child, field).set(found)


def _resolve(model: type, name: str, value: Any) -> Any:
    """A nested mapping names the row that a foreign key points to."""
    if not isinstance(value, dict):
        return value
    related = model._meta.get_field(name).related_model  # type: ignore[attr-defined]
    return related._default_manager.get(**value)


def _load_calendar() -> int:
    """Lay down each published year from FIRST_CALENDAR_YEAR that is not there yet."""
    added, year, is_new = 0, FIRST_CALENDAR_YEAR, False
    while True:
        try:
            if not CalendarYear.objects.filter(year=year).exists():
                added += seed_calendar(year)
                is_new = True
        except CalendarMissingError:
            if is_new:
                calendar_changed()
            return added
        year += 1
