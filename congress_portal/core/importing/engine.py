"""The import engine: from files to saved rows and a report.

Order and atomicity. Sheets are saved in the order in which their kinds depend on one another
(regions, units, rosters, stations, groups, activities …, suggestions, schemes, marks). Each file
is whole or not at all. Both hold together as follows: a file depends on another that holds a
kind which one of its own kinds names; files that depend on one another in a circle (one holds
regions and suggestions, the other the rosters in between) form a bundle; bundles are saved one
after the other, each in one transaction, and within it the sheets of all its files in the order
of kinds. A file of a bundle that has refused rows is left out and the rest of the bundle is done
again without it. So killing an import leaves all of a bundle or nothing of it, and the next run
finds what is there unchanged and completes the rest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from congress_portal.core import audit
from congress_portal.core.actor import acting, current_actor
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.importing.layout import Table, recognise
from congress_portal.core.importing.reader import RawSheet, SourceFile, read_sheets
from congress_portal.core.importing.registry import kinds
from congress_portal.core.importing.report import (
    Fate,
    FileReport,
    ImportReport,
    SheetReport,
)
from congress_portal.core.importing.session import Progress, Session
from congress_portal.core.importing.text import header_keys
from congress_portal.core.models import (
    DictionaryEntry,
    HeaderSynonym,
    ImportRun,
    ImportSheet,
    User,
)
from congress_portal.core.reference import load_reference

# {file name: {sheet name: {"kind": …, "columns": {header: column or ""}}}}
Mappings = Mapping[str, Mapping[str, Mapping[str, Any]]]
_KEPT_FAULTS = 10_000
_LOCK = 0x696D706F7274  # any number that nothing else locks


class _Rollback(Exception):  # noqa: N818 - a signal, not an error
    """Undo the transaction; the report stays."""


@dataclass(eq=False)
class _Job:
    """A file on its way: its sheets, the tables found in them, its report."""

    source: SourceFile
    report: FileReport
    sheets: list[RawSheet] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    run: ImportRun | None = None
    audits: list[tuple[SheetReport, dict[str, Any]]] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        return {table.kind for table in self.tables.values()}


def preview(
    files: Iterable[SourceFile],
    user: User | None = None,
    mapping: Mappings | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """What ``apply`` would do, row by row (new, changed, same, refused); saves nothing.

    All files are tried together, so that a later file finds what an earlier one would bring.
    """
    return _Importer(user, mapping, progress, partial=True, keep=False).run(files)


def apply(
    files: Iterable[SourceFile],
    user: User | None = None,
    mapping: Mappings | None = None,
    *,
    partial: bool = False,
    progress: Progress | None = None,
    runs: Mapping[str, ImportRun] | None = None,
) -> ImportReport:
    """Import; ``partial`` saves the good rows of a file that also has refused ones.

    ``user`` ``None`` is the system itself. Each file leaves an ImportRun and an audit entry for
    each sheet; ``runs`` gives the ImportRun that a file already has (the web upload's), by name.
    """
    return _Importer(user, mapping, progress, partial=partial, keep=True, runs=runs).run(files)


class _Importer:
    def __init__(
        self,
        user: User | None,
        mapping: Mappings | None,
        progress: Progress | None,
        *,
        partial: bool,
        keep: bool,
        runs: Mapping[str, ImportRun] | None = None,
    ) -> None:
        self.user = user
        self.mapping = mapping or {}
        self.partial = partial
        self.keep = keep
        self.runs = runs or {}
        self.kinds = kinds()
        self.synonyms = {
            (row.kind, header_keys(row.synonym)[0]): row.column
            for row in HeaderSynonym.objects.all()
        }
        self.session = Session(user, progress)

    def run(self, files: Iterable[SourceFile]) -> ImportReport:
        with acting(self.user, current_actor().address):
            jobs = [self._open(source) for source in files]
            self.session.total_rows = sum(
                len(table.sheet.rows) - table.bottom - 1
                for job in jobs
                for table in job.tables.values()
            )
            if self.keep:
                for bundle in self._bundles([job for job in jobs if job.tables]):
                    self._save(bundle)
                for job in jobs:
                    if not job.tables:
                        self._record(job, saved=False)
            else:
                self._try(jobs)
        return ImportReport([job.report for job in jobs])

    # Reading

    def _open(self, source: SourceFile) -> _Job:
        job = _Job(source, FileReport(source.name, source.sha256, preview=not self.keep))
        try:
            job.sheets = read_sheets(source)
        except DomainError as error:
            job.report.error = error.message
            return job
        for sheet in job.sheets:
            chosen = self.mapping.get(source.name, {}).get(sheet.name)
            table = recognise(
                sheet, self.kinds, file_stem=source.stem, synonyms=self.synonyms, mapping=chosen
            )
            if table:
                job.tables[sheet.name] = table
        job.report.sheets = [SheetReport(sheet.name) for sheet in job.sheets]
        return job

    # Order

    def _bundles(self, jobs: list[_Job]) -> list[list[_Job]]:
        """Files that must be saved together, in the order in which they can be saved."""
        before = {
            id(job): [other for other in jobs if other is not job and self._needs(job, other)]
            for job in jobs
        }
        reach = {id(job): self._closure(job, before) for job in jobs}
        bundles: list[list[_Job]] = []
        placed: set[int] = set()
        for job in sorted(jobs, key=lambda one: (len(reach[id(one)]), self._first_order(one))):
            if id(job) in placed:
                continue
            bundle = [
                other for other in jobs
                if other is job or (id(other) in reach[id(job)] and id(job) in reach[id(other)])
            ]  # fmt: skip
            placed.update(map(id, bundle))
            bundles.append(bundle)
        return bundles

    def _needs(self, job: _Job, other: _Job) -> bool:
        wanted = {name for kind in job.kinds for name in self._all_depends(kind)}
        return bool(wanted & other.kinds)

    def _all_depends(self, kind: str) -> set[str]:
        """Direct and indirect ones: kinds between two files need not be in any file."""
        found: set[str] = set()
        waiting = list(self.kinds[kind].depends)
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.kinds:
                found.add(name)
                waiting += self.kinds[name].depends
        return found - {kind}

    def _closure(self, job: _Job, before: dict[int, list[_Job]]) -> set[int]:
        found: set[int] = set()
        waiting = list(before[id(job)])
        while waiting:
            other = waiting.pop()
            if id(other) not in found:
                found.add(id(other))
                waiting += before[id(other)]
        return found

    def _first_order(self, job: _Job) -> int:
        return min(table.resource.order for table in job.tables.values())

    # Saving

    def _save(self, bundle: list[_Job]) -> None:
        """Save a bundle; files with refused rows are left out and the rest is done again."""
        jobs = bundle
        while jobs:
            refused = self._attempt(jobs)
            if not refused:
                return
            for job in refused:
                self._record(job, saved=False)
            jobs = [job for job in jobs if job not in refused]

    def _attempt(self, jobs: list[_Job]) -> list[_Job]:
        """One transaction; returns the files whose refused rows made it roll back."""
        refused: list[_Job] = []
        try:
            with transaction.atomic():
                _wait_for_other_imports()
                self.session.forget()
                self._process(jobs)
                refused = [job for job in jobs if job.report.refused_rows]
                if refused and not self.partial:
                    raise _Rollback
                for job in jobs:
                    self._record(job, saved=True)
        except _Rollback:
            self.session.forget()
            return refused
        except BaseException:
            self.session.forget()
            raise
        return []

    def _try(self, jobs: list[_Job]) -> None:
        try:
            with transaction.atomic():
                self._process(jobs)
                raise _Rollback
        except _Rollback:
            self.session.forget()

    def _process(self, jobs: list[_Job]) -> None:
        """Import all sheets of the files in the order of their kinds."""
        work = [
            (table.resource.order, job, name) for job in jobs for name, table in job.tables.items()
        ]
        self.session.restart()
        for job in jobs:
            job.audits = []
        if not DictionaryEntry.objects.exists():
            load_reference()
        for _, job, name in sorted(work, key=lambda item: item[0]):
            table = job.tables[name]
            table.skipped.clear()
            self.session.turn_to(jobs.index(job))
            resource = table.resource(self.session)
            report = resource.process(table)
            index = next(i for i, sheet in enumerate(job.report.sheets) if sheet.name == name)
            job.report.sheets[index] = report
            job.audits.append((report, resource.audit))

    # The record of what was done

    def _record(self, job: _Job, *, saved: bool) -> None:
        """Keep who, when, file, sha256 and counts; when saved, in the data's own transaction."""
        job.report.saved = saved
        with transaction.atomic():
            run = self._run_of(job, saved)
            run.save()
            job.report.run_id = run.pk
            run.sheets.all().delete()
            ImportSheet.objects.bulk_create(
                [_sheet_row(run, sheet, saved=saved) for sheet in job.report.sheets]
            )
            if saved:
                for sheet, changes in job.audits:
                    label = f"{job.source.name} {sheet.name}（{sheet.kind}）"
                    audit.record(AuditAction.IMPORT, run, changes=changes, label=label)
            else:
                audit.record(AuditAction.IMPORT, run, label=f"{job.source.name}（未导入）")

    def _run_of(self, job: _Job, saved: bool) -> ImportRun:
        run = self.runs.get(job.source.name) or ImportRun(
            actor=self.user,
            file_name=job.source.name[:255],
            sha256=job.source.sha256,
            size=len(job.source.data),
            partial=self.partial,
        )
        run.state = ImportRun.State.SAVED if saved else ImportRun.State.REFUSED
        if job.report.error:
            run.state, run.message = ImportRun.State.FAILED, job.report.error[:400]
        run.progress = sum(len(sheet.rows) for sheet in job.report.sheets)
        run.finished_at = timezone.now()
        return run


def _wait_for_other_imports() -> None:
    """One import at a time; SQLite's single write lock does the same by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _sheet_row(run: ImportRun, sheet: SheetReport, *, saved: bool) -> ImportSheet:
    return ImportSheet(
        run=run,
        name=sheet.name[:120],
        kind=sheet.kind or "",
        rows=len(sheet.rows),
        created=sheet.count(Fate.NEW) if saved else 0,
        updated=sheet.count(Fate.CHANGED) if saved else 0,
        unchanged=sheet.count(Fate.SAME),
        refused=[
            row.faults[0].as_json(row.number, masked=True) for row in sheet.refused[:_KEPT_FAULTS]
        ],
        notes=sheet.notes,
    )
