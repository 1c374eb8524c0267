"""Paper forms that are out, and the one that a record was entered from."""

from typing import Any

from django.db import models
from django.db.models import QuerySet

from activities.models import EntrySheet
from activities.selectors.corrections import mark_of
from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region, User


def places_with_sheets(user: User) -> QuerySet[Region]:
    """Towns whose staff the person is."""
    return Region.objects.editable_by(user).filter(level__in=TOWN_LEVELS).order_by("code")


def sheets_out(user: User) -> QuerySet[EntrySheet]:
    """Numbered, neither entered nor void; the newest printing first."""
    rows = EntrySheet.objects.editable_by(user).filter(mark="", void_reason="")
    return rows.select_related("region", "printed_by").order_by("-printed_at", "pk")


def sheet_of(row: models.Model) -> EntrySheet | None:
    return EntrySheet.objects.filter(mark=mark_of(row)).select_related("region").first()


def batches(rows: list[EntrySheet]) -> list[list[EntrySheet]]:
    """Sheets that were numbered together, in the order given."""
    groups: dict[Any, list[EntrySheet]] = {}
    for row in rows:
        groups.setdefault((row.printed_at, row.region_id, row.kind), []).append(row)
    return list(groups.values())
