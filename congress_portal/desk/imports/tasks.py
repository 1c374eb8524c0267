"""Work in the background; see the package for how it is shared out."""

from django_tasks import task

from congress_portal.core.batches.own_worker import start_own_worker
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
    """Nobody has begun: where no worker listens, one is started that empties the queue."""
    start_own_worker()
