"""Uploads of the import page that nobody confirmed: their files hold personal data."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import ImportBatch, ImportRun

_State, _Work = ImportBatch.State, ImportBatch.Work


def forget_unconfirmed(now: dt.datetime) -> int:
    """Delete uploads that were never confirmed within IMPORT_KEEP_DAYS; returns how many.

    A confirmation that comes at the same moment wins or finds nothing: the row is locked first.
    What was confirmed stays, whatever came of it.
    """
    before = now - dt.timedelta(days=settings.IMPORT_KEEP_DAYS)
    old = ImportBatch.objects.filter(work=_Work.PREVIEW, created_at__lt=before)
    idle = old.exclude(state=_State.RUNNING, started_at__gte=before)
    return sum(_forget(pk, before) for pk in list(idle.values_list("pk", flat=True)))


@transaction.atomic
def _forget(pk: int, before: dt.datetime) -> bool:
    rows = ImportBatch.objects.filter(pk=pk, work=_Work.PREVIEW, created_at__lt=before)
    if not rows.update(state=_State.FAILED):
        return False
    for run in ImportRun.objects.filter(batch=pk):
        changes = {"sha256": run.sha256, "size": run.size}
        record(AuditAction.DELETE, run, label=f"未确认的上传：{run.file_name}", changes=changes)
        for stored in (run.file, run.refused_file):
            if stored:
                stored.delete(save=False)
        run.delete()
    rows.delete()
    return True
