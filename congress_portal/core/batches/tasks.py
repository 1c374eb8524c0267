"""Batches in the task queue. Imports go before them: they are shorter and somebody waits."""

import datetime as dt

from django.utils import timezone
from django_tasks import task

from congress_portal.core.batches import services
from congress_portal.core.batches.own_worker import start_own_worker
from congress_portal.core.models import Batch

_SHARES = 2  # of one batch in the queue: two workers make it together
_NO_WORKER_AFTER = dt.timedelta(seconds=3)
_LOOK_AGAIN = dt.timedelta(seconds=15)


@task(priority=-10)
def work_on_batch(pk: int) -> None:
    """One turn, and the next one into the queue; also after an error that is none of the domain's:
    the paper at fault is marked, the others go on."""
    has_more = True
    try:
        has_more = services.work(pk)
    finally:
        if has_more:
            work_on_batch.enqueue(pk)


@task(priority=-10)
def watch_batch(pk: int) -> None:
    """Runs again and again while the batch is open; calls a worker after one was killed."""
    batch = Batch.objects.open().filter(pk=pk).first()
    if batch is None:
        return
    if services.is_stalled(batch, timezone.now()):
        work_on_batch.enqueue(pk)
    _watch_later(pk)


def _watch_later(pk: int) -> None:
    after = timezone.now() + services.LEASE + dt.timedelta(seconds=5)
    watch_batch.using(run_after=after).enqueue(pk)


def dispatch(batch: Batch) -> None:
    """Put a new batch into the queue."""
    for _ in range(min(_SHARES, batch.items.count())):
        work_on_batch.enqueue(batch.pk)
    _watch_later(batch.pk)


def see_to_it(batch: Batch) -> None:
    """Called by the page that shows the progress: nobody has begun, or the work has stopped."""
    now = timezone.now()
    is_new = batch.state == Batch.State.WAITING and batch.created_at < now - _NO_WORKER_AFTER
    has_stalled = services.is_stalled(batch, now)
    if not (is_new or has_stalled) or not services.claim_help(batch, now, _LOOK_AGAIN):
        return
    if has_stalled:
        work_on_batch.enqueue(batch.pk)
    start_own_worker()
