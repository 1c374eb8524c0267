"""Uploads on their way: started, mapped anew, confirmed once, worked on by whoever claims them."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress_portal.core.actor import acting, current_actor
from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.importing import engine
from congress_portal.core.importing.reader import SourceFile, read_sheets
from congress_portal.core.importing.registry import kinds
from congress_portal.core.importing.report import ImportReport
from congress_portal.core.importing.returned import returned_workbook
from congress_portal.core.models import HeaderSynonym, ImportBatch, ImportRun, User
from congress_portal.desk.imports import files, preview
from congress_portal.desk.imports.progress import ProgressWriter

logger = logging.getLogger(__name__)
STUCK_AFTER = dt.timedelta(minutes=10)
State, Work = ImportBatch.State, ImportBatch.Work


class BatchMovedOnError(DomainError):
    """The upload is no longer in the state in which the page showed it."""


@transaction.atomic
def start_batch(*, actor: User, sources: list[SourceFile]) -> ImportBatch:
    """Keep the files (readable ones only; the form has seen to that) for a preview."""
    batch = ImportBatch.objects.create(
        actor=actor, address=current_actor().address, started_at=timezone.now()
    )
    for source in sources:
        run = ImportRun(
            batch=batch,
            actor=actor,
            file_name=source.name,
            sha256=source.sha256,
            size=len(source.data),
            state=ImportRun.State.PREVIEWED,
        )
        files.store(run, source.data)
        run.save()
    return batch


def remap(
    *, batch: ImportBatch, mapping: Mapping[str, Any], synonyms: list[tuple[str, str, str]]
) -> None:
    """Look at the files again with other columns; ``synonyms`` (kind, header, column) are kept
    for later files. Raises BatchMovedOnError."""
    _move(batch, {State.PREVIEWED, State.FAILED}, Work.PREVIEW, mapping=mapping)
    with transaction.atomic():
        for kind, header, column in synonyms:
            known = HeaderSynonym.objects.filter(kind=kind, synonym=header).first()
            row = known or HeaderSynonym(kind=kind, synonym=header)
            row.column = column
            save_recorded(row)


def confirm(*, batch: ImportBatch, partial: bool) -> bool:
    """Let the import begin; False when it was confirmed before (a second click)."""
    try:
        _move(batch, {State.PREVIEWED}, Work.APPLY, partial=partial)
    except BatchMovedOnError:
        return False
    return True


def restart(batch: ImportBatch) -> None:
    """Begin an interrupted work again; what it had saved is found unchanged."""
    stale = timezone.now() - STUCK_AFTER
    rows = ImportBatch.objects.filter(pk=batch.pk)
    stuck = rows.filter(state__in=(State.RUNNING, State.WAITING), started_at__lt=stale)
    again = stuck | rows.filter(state=State.FAILED)
    if not again.update(state=State.WAITING, started_at=timezone.now(), message=""):
        raise BatchMovedOnError("这次导入还在进行，请稍候。")


def _move(batch: ImportBatch, source: set[str], work: str, **fields: Any) -> None:
    rows = ImportBatch.objects.filter(pk=batch.pk, state__in=source)
    moved = rows.update(state=State.WAITING, work=work, started_at=timezone.now(), **fields)
    if not moved:
        raise BatchMovedOnError("这次导入已经确认过，请看下面的结果。")


def run_batch(pk: int) -> bool:
    """Do the waiting work; False when somebody else has claimed it.

    Never leaves a claimed batch without an outcome: what goes wrong unexpectedly is logged,
    told, and raised again.
    """
    now = timezone.now()
    rows = ImportBatch.objects.filter(pk=pk)
    if not rows.filter(state=State.WAITING).update(state=State.RUNNING, started_at=now):
        return False
    batch = rows.select_related("actor").get()
    progress = ProgressWriter(batch.token)
    outcome: dict[str, Any] = {
        "state": State.FAILED,
        "message": "程序出错，没有导入。请重试；仍不行请把文件交给系统管理员。",
    }
    try:
        with acting(batch.actor, batch.address):
            outcome = (
                _preview(batch, progress) if batch.work == Work.PREVIEW else _apply(batch, progress)
            )
    except DomainError as error:
        outcome["message"] = error.message[:400]
    finally:
        progress.finish()
        rows.filter(state=State.RUNNING).update(**outcome)
    return True


def _sources(batch: ImportBatch) -> list[SourceFile]:
    return [files.load(run) for run in batch.runs.order_by("pk")]


def _preview(batch: ImportBatch, progress: ProgressWriter) -> dict[str, Any]:
    sources = _sources(batch)
    report = engine.preview(sources, batch.actor, batch.mapping, progress)
    unknown = {
        file.name: read_sheets(source)
        for file, source in zip(report.files, sources, strict=True)
        if not file.error and any(not sheet.kind for sheet in file.sheets)
    }
    text = preview.as_text(report, unknown, kinds())
    return {"state": State.PREVIEWED, "preview": text, "message": ""}


def _apply(batch: ImportBatch, progress: ProgressWriter) -> dict[str, Any]:
    runs = {run.file_name: run for run in batch.runs.order_by("pk")}
    for run in runs.values():
        run.mapping, run.partial = batch.mapping.get(run.file_name, {}), batch.partial
    report = engine.apply(
        _sources(batch), batch.actor, batch.mapping,
        partial=batch.partial, progress=progress, runs=runs,
    )  # fmt: skip
    _keep_refused(report)
    return {"state": State.DONE, "preview": "", "message": ""}


def _keep_refused(report: ImportReport) -> None:
    for file in report.files:
        if file.refused_rows and file.run_id:
            run = ImportRun.objects.get(pk=file.run_id)
            files.store_refused(run, returned_workbook(file))
            run.save(update_fields=["refused_file"])
