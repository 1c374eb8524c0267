"""Rows without a number: told apart by what they say and by their place among equal rows.

``row_key`` keeps what a record said when it was imported: its day, a digest of its identifying
content and a running number among records of equal content; equal rows of one file are counted
through all its sheets. A row finds its record again by
that, or, where the record was made or changed in the portal since, by what the record says
today; so an old file imported once more and an export imported back both change nothing
(DESIGN §3).
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from congress_portal.core.importing.reader import returned_from
from congress_portal.core.importing.report import ROW_HEADER, Fate
from congress_portal.core.importing.resource import ImportResource
from congress_portal.core.importing.returned import sheet_title
from congress_portal.core.importing.row import Row
from congress_portal.core.importing.text import cell_text, parsable
from congress_portal.core.models import ImportRun, ImportSheet
from congress_portal.core.text import normal

_DIGEST_LENGTH = 40
_RETURNED_PLACE = 1_000_000  # places of rows from a «-退回» file: this plus their first row number


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return normal(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _set_word(keys: Iterable[Any]) -> str:
    return ",".join(sorted(map(str, keys)))


def _row_number(cell: Any) -> int:
    text = parsable(cell_text(cell))
    return int(text) if text.isdigit() and text.isascii() else 0


def digest(values: Iterable[Any]) -> str:
    """Of normalised content: two writings of the same row have the same digest."""
    text = "\x1f".join(_word(value) for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


class _Group:
    """The stored records of one digest that no row has claimed yet."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, tuple[Any, ...], int]] = []  # pk, outcomes, place
        self.next_place = 0

    def claim(self, outcome: tuple[str, ...]) -> int | None:
        """The record with the same outcomes."""
        for index, (pk, stored, _) in enumerate(self.waiting):
            if tuple(map(_word, stored)) == outcome:
                del self.waiting[index]
                return pk
        return None

    def claim_place(self, place: int) -> tuple[int, tuple[Any, ...]] | None:
        """The record that was given this place."""
        for index, (pk, stored, own) in enumerate(self.waiting):
            if own == place:
                del self.waiting[index]
                return pk, stored
        return None


class ContentResource(ImportResource):
    """``identity``: attributes that tell rows apart; ``identity_children``: sets that do too;
    ``outcomes``: attributes that a later file may fill in without making it another row;
    ``day``: the date by which the records that a sheet may speak about are selected."""

    identity: ClassVar[tuple[str, ...]] = ()
    identity_children: ClassVar[tuple[str, ...]] = ()
    outcomes: ClassVar[tuple[str, ...]] = ()
    day: ClassVar[str] = "held_on"

    def content(self, row: Row) -> list[Any]:
        values = [row.attrs.get(name) for name in self.identity]
        return values + [_set_word(row.children[name]) for name in self.identity_children]

    def day_mark(self, row: Row) -> str:
        """The day in the row's key: digits only, so that keys sort by day in any collation."""
        return f"{row.attrs[self.day]:%Y%m%d}"

    def span(self, rows: list[Row]) -> Q:
        """Selects the records on the days that the rows speak about."""
        days = [row.attrs[self.day] for row in rows]
        return Q(**{f"{self.day}__range": (min(days), max(days))})

    def records(self, rows: list[Row]) -> "QuerySet[Any]":
        return self.model.objects.filter(self.span(rows))  # type: ignore[no-any-return]

    def match(self, rows: list[Row]) -> None:
        if not rows:
            return
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            row.key = f"{self.day_mark(row)}-{digest(self.content(row))}"
            groups[row.key].append(row)
        stored = self._stored_groups(rows)
        for key in groups:
            stored.setdefault(key, _Group())
        places = self._places_of_returned(rows)
        open_rows: list[Row] = []
        for key, same_rows in groups.items():
            others = [row for row in same_rows if not self._settle(row, stored[key], places)]
            open_rows += self._pair(others, stored[key])
        if open_rows:
            open_rows = self._match_by_present_content(rows, open_rows)
        for row in open_rows:
            group = stored[str(row.key)]
            row.attrs["row_key"] = f"{row.key}-{group.next_place}"
            group.next_place += 1
            row.fate = Fate.NEW

    def _places_of_returned(self, rows: list[Row]) -> dict[int, int]:
        """Row number → place, for the rows of a «-退回» file that are known not to be in yet.

        Such a row may equal one that was taken at once; its place among equal rows is its number
        in the first file, so that it is neither lost nor, imported twice, doubled.
        """
        names, headers = returned_from(self.table.file_stem), self.table.headers
        if not names or ROW_HEADER not in headers:
            return {}
        runs = ImportRun.objects.filter(file_name__in=names, state=ImportRun.State.SAVED)
        sheets = ImportSheet.objects.filter(run__in=runs.order_by("-pk")[:1])
        refused = {
            fault["row"]
            for name, faults in sheets.values_list("name", "refused")
            if sheet_title(name) == self.table.sheet.name
            for fault in faults
        }
        index = headers.index(ROW_HEADER)
        numbers = {row.number: _row_number(row.cells[index]) for row in rows}
        return {n: _RETURNED_PLACE + own for n, own in numbers.items() if own in refused}

    def _settle(self, row: Row, group: _Group, places: dict[int, int]) -> bool:
        """Whether a returned row has found its own record or is certainly new."""
        place = places.get(row.number)
        if place is None:
            return False
        found = group.claim_place(place)
        if found:
            self._fill_in(row, *found)
        else:
            row.attrs["row_key"], row.fate = f"{row.key}-{place}", Fate.NEW
        return True

    def _pair(self, rows: list[Row], group: _Group | None) -> list[Row]:
        """Give rows of one content their records: equal outcomes first, then in order.

        Returns the rows that are left without one.
        """
        if group is None:
            return rows
        left = []
        for row in rows:
            outcome = tuple(_word(row.attrs.get(name)) for name in self.outcomes)
            pk = group.claim(outcome)
            if pk is None:
                left.append(row)
            else:
                row.pk, row.fate = pk, Fate.SAME
        while left and group.waiting:
            row = left.pop(0)
            pk, stored, _ = group.waiting.pop(0)
            self._fill_in(row, pk, stored)
        return left

    def _fill_in(self, row: Row, pk: int, stored: tuple[Any, ...]) -> None:
        """A later file may add or correct an outcome; a blank cell takes nothing away."""
        row.pk = pk
        for name, old in zip(self.outcomes, stored, strict=True):
            new = row.attrs.get(name)
            if _word(new) and _word(new) != _word(old):
                row.changes[name] = (old, new)
        row.fate = Fate.CHANGED if row.changes else Fate.SAME

    def _stored_groups(self, rows: list[Row]) -> dict[str, _Group]:
        """Imported records by the content that they were imported with."""
        days = [self.day_mark(row) for row in rows]
        groups: dict[str, _Group] = defaultdict(_Group)
        claimed = self.session.claimed(self.kind)
        found = self.model.objects.filter(row_key__gte=min(days), row_key__lt=f"{max(days)}z")
        for pk, row_key, *outcomes in found.order_by("pk").values_list(
            "pk", "row_key", *self.outcomes
        ):
            key, _, place = row_key.rpartition("-")
            if pk not in claimed:
                groups[key].waiting.append((pk, tuple(outcomes), int(place)))
            if int(place) < _RETURNED_PLACE:
                groups[key].next_place = max(groups[key].next_place, int(place) + 1)
        return dict(groups)

    def _match_by_present_content(self, rows: list[Row], open_rows: list[Row]) -> list[Row]:
        taken = {row.pk for row in rows if row.pk} | self.session.claimed(self.kind)
        groups: dict[str, _Group] = defaultdict(_Group)
        for pk, content, outcomes in self._present_contents(rows):
            if pk not in taken:
                groups[digest(content)].waiting.append((pk, outcomes, 0))
        left: list[Row] = []
        by_key: dict[str, list[Row]] = defaultdict(list)
        for row in open_rows:
            by_key[str(row.key).rpartition("-")[2]].append(row)
        for key, same_rows in by_key.items():
            left += self._pair(same_rows, groups.get(key))
        return left

    def _present_contents(
        self, rows: list[Row]
    ) -> Iterable[tuple[int, list[Any], tuple[Any, ...]]]:
        """(pk, content, outcomes) of the records as they stand today."""
        found = self.records(rows).order_by("pk")
        children = {
            name: self.child_sets[name].load(found.order_by().values("pk"))
            for name in self.identity_children
        }
        width = len(self.identity)
        for pk, *values in found.values_list("pk", *self.identity, *self.outcomes):
            sets = [_set_word(children[name].get(pk, {})) for name in self.identity_children]
            yield pk, values[:width] + sets, tuple(values[width:])
