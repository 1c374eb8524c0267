"""Work in the background; see the package for how it is shared out."""

import threading

from django.db import connections
from django_tasks import task

from congress_portal.core.models import ImportBatch
from congress_portal.desk.imports.services import run_batch

IN_REQUEST_BYTES = 1024 * 1024  # up to here the answer is there within a few seconds


@task()
def work_on_batch(pk: int) -> bool:
    return run_batch(pk)


def dispatch(batch: ImportBatch) -> None:
    """Small uploads at once, large ones in the queue."""
    size = sum(batch.runs.values_list("size", flat=True))
    if size <= IN_REQUEST_BYTES:
        run_batch(batch.pk)
    else:
        work_on_batch.enqueue(batch.pk)


def take_over(batch: ImportBatch) -> None:
    """No worker listens: a thread of this process does it, and the page keeps refreshing."""
    threading.Thread(target=_in_thread, args=(batch.pk,), daemon=True).start()


def _in_thread(pk: int) -> None:
    try:
        run_batch(pk)
    finally:
        connections.close_all()
