"""The base of all import/export resources: one declaration of columns for both directions.

Import-export's own loop reads, validates and saves row by row; here the same fields and widgets
are used column by column, look-ups go to caches in memory, and saving is in bulk, so that the
number of queries that read does not grow with the rows. Export is import-export's own.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from import_export.resources import ModelDeclarativeMetaclass, ModelResource
from import_export.results import Error, Result, RowResult

from congress_portal.core.audit import conceal
from congress_portal.core.importing.bulk import insert_rows
from congress_portal.core.importing.columns import Column
from congress_portal.core.importing.errors import ImportFileError, ValueFault
from congress_portal.core.importing.layout import Place, Table, recognise
from congress_portal.core.importing.reader import RawSheet
from congress_portal.core.importing.report import (
    REASON_HEADER,
    ROW_HEADER,
    Fate,
    Fault,
    RowReport,
    SheetReport,
)
from congress_portal.core.importing.row import Children, Row, Stored
from congress_portal.core.importing.session import Session
from congress_portal.core.importing.text import cell_text
from congress_portal.core.scope import OFFICE_ROLES
from congress_portal.core.text import normal

BATCH = 500
OUT_OF_SCOPE = "不属于您的范围"
_REPORT_EVERY = 2_000
_LISTED_ASIDES = 100
_UNUSED = frozenset({"序号", "序", "编次", ROW_HEADER, REASON_HEADER})
_CREATED_AT_ONCE = 10_000  # keeps the memory of a large file down


class ColumnsMeta(ModelDeclarativeMetaclass):
    """A resource has exactly the columns that it declares, in that order."""

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        order: list[str] = []
        for base in reversed(bases):
            order += [n for n in getattr(base, "fields", {}) if n not in order]
        order += [n for n, value in attrs.items() if isinstance(value, Column) and n not in order]
        new_class = super().__new__(cls, name, bases, attrs)
        fields = new_class.fields  # type: ignore[attr-defined]
        new_class.fields = {n: fields[n] for n in order if isinstance(fields.get(n), Column)}  # type: ignore[attr-defined]
        return new_class


class ImportResource(ModelResource, metaclass=ColumnsMeta):
    """One kind of sheet.

    ``order``: kinds with a lower one are imported first; ``depends``: the kinds whose rows it
    names; ``needs``: for each group of columns one must be there for a sheet to be of this kind;
    ``hints``: words that in a title or a sheet's name speak for this kind; ``stand_ins``: columns
    that a fault names where the sheet lacks the one that is at fault.
    """

    kind: ClassVar[str] = ""
    order: ClassVar[int] = 0
    depends: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[tuple[str, ...], ...]] = ()
    hints: ClassVar[tuple[str, ...]] = ()
    child_sets: ClassVar[dict[str, Children]] = {}
    scope_column: ClassVar[str] = ""
    stand_ins: ClassVar[tuple[str, ...]] = ()
    office_only: ClassVar[bool] = False

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session or Session()
        self.notes: list[str] = []
        self.places: Mapping[str, Place] = {}
        self.heading = ""
        self.today = timezone.localdate()
        self.audit: dict[str, Any] = {}

    # What a kind says about itself

    @classmethod
    def columns(cls) -> dict[str, Column]:
        return cls.fields

    @classmethod
    def likelihood(cls, table: Table) -> float:
        """How much the title, the sheet's and the file's name speak for this kind."""
        heading = normal(table.heading)
        return 1.5 if any(hint in heading for hint in cls.hints) else 0.0

    @property
    def model(self) -> Any:
        return self._meta.model

    # What a kind fills in

    def prepare(self, rows: list[Row]) -> None:
        """Called once with the readable rows before any is resolved."""

    def resolve(self, row: Row) -> None:
        """Turn ``row.values`` into ``attrs``, ``children`` and ``key``; report faults."""
        raise NotImplementedError

    def scope_codes(self, row: Row) -> Iterable[str]:
        """Region codes; who may write in one of them may import the row."""
        return ()

    def stored(self, rows: list[Row]) -> dict[Any, Stored]:
        """The rows of the database that the sheet may speak about, by key."""
        raise NotImplementedError

    def before_create(self, rows: list[Row]) -> None:
        """Make what the new rows hang on; called inside the transaction."""

    def after_save(self, rows: list[Row]) -> None:
        """Save what hangs on the rows beyond ``child_sets``; ``row.pk`` is known."""

    def show(self, attname: str, value: Any) -> str:
        """A stored value as the preview shows it."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, dict):
            return f"{len(value)} 项"
        return cell_text(value)

    # Export

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        """The rows with all that their columns need; a resource adds its relations here."""
        return queryset

    def after_export(self, queryset: Any, dataset: Any, **kwargs: Any) -> None:
        for column in self.columns().values():
            if (
                column.optional
                and column.header in dataset.headers
                and not any(dataset[column.header])
            ):
                del dataset[column.header]

    # Import-export's own door

    def import_data(self, dataset: Any, dry_run: bool = False, **kwargs: Any) -> Result:
        """A tablib dataset through this engine; all or nothing, as import-export expects it."""
        rows = [list(dataset.headers or ()), *map(list, dataset)]
        sheet = RawSheet(dataset.title or self.kind, rows)
        table = recognise(sheet, {self.kind: type(self)}, mapping={"kind": self.kind})
        if table is None:
            result = Result()
            result.append_base_error(Error(ImportFileError(f"表头不是“{self.kind}”的表头。")))
            return result
        with transaction.atomic():
            report = self.process(table)
            transaction.set_rollback(dry_run or bool(report.refused))
        return _as_result(report)

    # The run of one sheet

    @transaction.atomic
    def process(self, table: Table) -> SheetReport:
        """Read, check, match and save a sheet; its good rows are saved even beside bad ones.

        The engine decides whether the surrounding transaction is kept.
        """
        self.table, self.places, self.heading = table, table.places, table.heading
        rows = self._read(table)
        readable = [row for row in rows if row.is_good]
        self.prepare(readable)
        for index, row in enumerate(readable, 1):
            if row.is_good:
                self._resolve(row)
            if index % _REPORT_EVERY == 0:
                self.session.advance(_REPORT_EVERY, table.sheet.name)
        good = [row for row in readable if row.is_good]
        self._check_scope(good)
        self.match([row for row in good if row.is_good])
        self._check_owned(good)
        saved = [row for row in good if row.is_good]
        self.save(saved)
        self.session.claimed(self.kind).update(row.pk for row in saved if row.pk)
        self.audit = self.audit_changes(rows)
        self.session.advance(len(rows) - len(readable) // _REPORT_EVERY * _REPORT_EVERY, "")
        return self._report(table, rows)

    def _read(self, table: Table) -> list[Row]:
        rows = [Row(number, cells) for number, cells in table.rows()]
        for name, column in self.columns().items():
            place = self.places.get(name)
            if place is None:
                for row in rows:
                    row.values[name] = column.cell.empty
                    if column.needed:
                        self.fault(row, name, f"没有“{column.header}”这一列")
            else:
                self._read_column(rows, name, column, place)
        return rows

    def _read_column(self, rows: list[Row], name: str, column: Column, place: Place) -> None:
        """Clean a column; each distinct cell is read once."""
        known: dict[Any, Any] = {}
        first, *others = place.indexes
        for row in rows:
            cell = row.cells[first]
            if others:
                cell = "".join(cell_text(row.cells[index]) for index in place.indexes)
            marker = (type(cell), cell)
            if marker not in known:
                known[marker] = self._clean(column, cell)
            value = known[marker]
            if isinstance(value, ValueFault):
                self.fault(row, name, value.reason, value.advice)
            else:
                row.values[name] = value

    def _clean(self, column: Column, cell: Any) -> Any:
        try:
            value = column.cell.clean(cell)
        except ValueFault as fault:
            return fault
        if column.needed and (value is None or value in ("", ())):
            return ValueFault(column.blank_reason)
        return value

    def _resolve(self, row: Row) -> None:
        try:
            self.resolve(row)
        except CellFault as fault:
            self.fault(row, fault.name, fault.reason, fault.advice)

    def has(self, name: str) -> bool:
        """Whether the sheet has the column."""
        return name in self.places

    def raw(self, row: Row, name: str) -> str:
        """A cell as written."""
        place = self.places.get(name)
        return "".join(cell_text(row.cells[i]) for i in place.indexes) if place else ""

    def fault(self, row: Row, name: str, reason: str, advice: str = "") -> None:
        """Refuse a row; where the sheet lacks the column, one that it has is named instead."""
        told = self._told_column(name)
        place, column = self.places.get(told), self.columns()[told]
        header = place.header if place else column.header
        row.faults.append(Fault(header, self.raw(row, told), reason, advice, column.personal))
        row.fate = Fate.REFUSED

    def _told_column(self, name: str) -> str:
        if name in self.places or self.columns()[name].needed:
            return name  # a column that every sheet needs is named though it is missing
        group = next((names for names in self.needs if name in names), ())
        others = (*self.stand_ins, *group, *self.needs[0], *self.places)
        return next((other for other in others if other in self.places), name)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    # Scope

    def _check_scope(self, rows: list[Row]) -> None:
        if self.session.unlimited:
            return
        office = bool(self.session.scope.roles & OFFICE_ROLES)
        for row in rows:
            codes = self.scope_codes(row)
            allowed = office if self.office_only else any(map(self.session.may_write, codes))
            if not allowed:
                self.fault(row, self.scope_column, OUT_OF_SCOPE)

    def _check_owned(self, rows: list[Row]) -> None:
        """A row that exists may only be changed by who may edit it."""
        if self.session.unlimited or not any(row.pk for row in rows):
            return
        editable = self.model.objects.editable_by(self.session.user)
        own = set(editable.values_list("pk", flat=True))
        for row in rows:
            if row.pk and row.pk not in own and row.fate is not Fate.REFUSED:
                self.fault(row, self.scope_column, OUT_OF_SCOPE)

    # Matching with what is stored

    def match(self, rows: list[Row]) -> None:
        """Find each row's own record by its key and say what becomes of it."""
        if not rows:
            return
        stored = self.stored(rows)
        seen: dict[Any, Row] = {}
        for row in rows:
            twin = seen.setdefault(row.key, row)
            if twin is not row:
                if (twin.attrs, twin.children) != (row.attrs, row.children):
                    self.fault(row, self.key_column, f"与第{twin.number}行重复")
                row.pk = twin.pk
                continue
            found = stored.get(row.key)
            if found is None:
                row.fate = Fate.NEW
            else:
                self._compare(row, found)

    @property
    def key_column(self) -> str:
        return self.needs[0][0]

    def _compare(self, row: Row, found: Stored) -> None:
        row.pk = found.pk
        untouched = self._untouched()
        for name, new in row.attrs.items():
            if name not in untouched and not self.same(name, found.attrs.get(name), new):
                row.changes[name] = (found.attrs.get(name), new)
        for name, items in row.children.items():
            old = found.children.get(name, {})
            if name not in untouched and old != items:
                row.changes[name] = (old, items)
        row.fate = Fate.CHANGED if row.changes else Fate.SAME

    def _untouched(self) -> set[str]:
        """Attributes that only columns set which the sheet lacks."""
        columns = self.columns()
        there = {a for n in self.places for a in (columns[n].sets or (n,))}
        absent = {a for n, c in columns.items() if n not in self.places for a in (c.sets or (n,))}
        return absent - there

    def same(self, attname: str, old: Any, new: Any) -> bool:
        """Whether two values are equal once normalised."""
        if old == new:
            return True
        if isinstance(old, str) and isinstance(new, str):
            return normal(old) == normal(new)
        if isinstance(old, Decimal | int) and isinstance(new, Decimal | int):
            return Decimal(old) == Decimal(new)
        return (old is None or old == "") and (new is None or new == "")

    # Saving

    def save(self, rows: list[Row]) -> None:
        new = [row for row in rows if row.fate is Fate.NEW]
        changed = [row for row in rows if row.fate is Fate.CHANGED]
        if new:
            self.before_create(new)
            self.create(new)
        if changed:
            self.update(changed)
        if new or changed:
            self.after_save([*new, *changed])

    def create(self, rows: list[Row]) -> None:
        for start in range(0, len(rows), _CREATED_AT_ONCE):
            part = rows[start : start + _CREATED_AT_ONCE]
            keys = insert_rows(self.model, [self.build(row) for row in part])
            for row, pk in zip(part, keys, strict=True):
                row.pk = pk
            for name, spec in self.child_sets.items():
                children = [c for row in part for c in spec.build(row.pk, row.children[name])]
                insert_rows(spec.model, children)

    def build(self, row: Row) -> dict[str, Any]:
        """The values of a new row, by attname."""
        return row.attrs

    def update(self, rows: list[Row]) -> None:
        fields = sorted({name for row in rows for name in row.changes if name in row.attrs})
        if fields:
            self._bulk_update(rows, fields)
        for name, spec in self.child_sets.items():
            for row in rows:
                if name in row.changes:
                    self._sync(spec, row, *row.changes[name])

    def _bulk_update(self, rows: list[Row], fields: list[str]) -> None:
        """Unchanged attributes keep the stored value: normalised equals are not rewritten."""
        touched = [row for row in rows if set(fields) & set(row.changes)]
        current = self.model.objects.in_bulk([row.pk for row in touched])
        for row in touched:
            for name in fields:
                if name in row.changes:
                    setattr(current[row.pk], name, row.changes[name][1])
        names = [self.model._meta.get_field(name).name for name in fields]
        self.model.objects.bulk_update(current.values(), names, batch_size=BATCH)

    def _sync(self, spec: Children, row: Row, old: dict[Any, Any], new: dict[Any, Any]) -> None:
        stored = spec.model._default_manager.filter(**{spec.parent: row.pk}, **spec.when)
        gone = stored.filter(**{f"{spec.key}__in": [key for key in old if key not in new]})
        if spec.end:
            gone.update(**spec.end())
        else:
            gone.delete()
        added = {key: values for key, values in new.items() if key not in old}
        insert_rows(spec.model, spec.build(row.pk, added))
        for key, values in new.items():
            if key in old and old[key] != values:
                changes = dict(zip(spec.values, values, strict=True))
                stored.filter(**{spec.key: key}).update(**changes, **spec.reset)

    # Report

    def _report(self, table: Table, rows: list[Row]) -> SheetReport:
        """Cells and headers of the report are the sheet's own columns."""
        shown = [index for index, header in enumerate(table.headers) if header]
        whole = len(shown) == len(table.headers)
        columns = self.columns()
        by_attr = {a: c.header for n, c in columns.items() for a in (c.sets or (n,))}
        reports = [
            RowReport(
                row.number,
                row.cells if whole else [row.cells[index] for index in shown],
                row.fate,
                row.faults,
                {
                    by_attr.get(name, name): (self.show(name, old), self.show(name, new))
                    for name, (old, new) in row.changes.items()
                },
            )
            for row in rows
        ]
        return SheetReport(
            name=table.sheet.name,
            kind=self.kind,
            headers=[table.headers[index] for index in shown],
            columns=table.column_map(),
            choices=[column.header for column in columns.values()],
            header_row=table.bottom + 1,
            above=table.sheet.rows[: table.top],
            rows=reports,
            notes=self._all_notes(table),
        )

    def _all_notes(self, table: Table) -> list[str]:
        idle = [h for h, c in table.column_map().items() if not c and h not in _UNUSED]
        notes = list(self.notes)
        if idle:
            notes.append(f"没有用到的列：{'、'.join(idle)}。")
        if table.skipped:
            numbers = "、".join(map(str, table.skipped[:_LISTED_ASIDES]))
            rest = len(table.skipped) - _LISTED_ASIDES
            more = f" 等 {len(table.skipped)} " if rest > 0 else " "
            notes.append(f"第 {numbers}{more}行是合计、注释、标题等，未作数据。")
        if table.sheet.hidden:
            notes.append("这是隐藏的工作表。")
        return notes

    def audit_changes(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Created keys and old → new of the updated, for the audit trail."""
        return {
            "created": [row.pk for row in rows if row.fate is Fate.NEW and row.pk],
            "updated": {
                str(row.pk): {
                    name: [conceal(name, value) for value in pair]
                    for name, pair in row.changes.items()
                }
                for row in rows
                if row.fate is Fate.CHANGED
            },
        }


def _as_result(report: SheetReport) -> Result:
    """The report in import-export's own words."""
    kinds = {
        Fate.NEW: RowResult.IMPORT_TYPE_NEW,
        Fate.CHANGED: RowResult.IMPORT_TYPE_UPDATE,
        Fate.SAME: RowResult.IMPORT_TYPE_SKIP,
        Fate.REFUSED: RowResult.IMPORT_TYPE_ERROR,
    }
    result = Result()
    result.total_rows = len(report.rows)
    for row in report.rows:
        one = RowResult()
        one.import_type, one.number = kinds[row.fate], row.number
        one.errors = [
            Error(ValueFault(f"{f.column}：{f.reason}", f.advice), number=row.number)
            for f in row.faults
        ]
        result.increment_row_result_total(one)
        result.append_row_result(one)
        if one.errors:
            result.append_error_row(row.number, {}, one.errors)
    return result


class CellFault(ValueFault):
    """A fault of one column of the row that is being resolved."""

    def __init__(self, name: str, reason: str, advice: str = "") -> None:
        super().__init__(reason, advice)
        self.name = name


def later_than(day: dt.date | None, other: dt.date | None) -> bool:
    """Whether both are known and ``day`` comes after ``other``."""
    return day is not None and other is not None and day > other
