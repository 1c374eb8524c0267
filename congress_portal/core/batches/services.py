"""The life of a batch: started once, worked on with leases, finished once, kept, expired."""

import datetime as dt
import hashlib
import json
import time
import uuid
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.actor import acting, current_actor
from congress_portal.core.audit import record
from congress_portal.core.batches import files
from congress_portal.core.batches.registry import Order, kind_of
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Batch, BatchItem, User
from congress_portal.core.notices import Message, notify

LEASE = dt.timedelta(minutes=3)  # far longer than one paper takes on a busy machine
MOST_ATTEMPTS = 3
_ABANDONED = dt.timedelta(days=2)
_BROKEN = "程序出错，这一份没有做成。请重试；仍不行请告诉系统管理员。"
_KILLED = f"连续 {MOST_ATTEMPTS} 次在制作途中中断，不再重试。请告诉系统管理员。"
State, ItemState = Batch.State, BatchItem.State


class BatchError(DomainError):
    """What is asked cannot be done with the batch as it stands."""


def start(*, actor: User, order: Order, key: uuid.UUID | None = None) -> tuple[Batch, bool]:
    """The batch for the order, and whether it is new: a second click and an order that is
    under way already lead to the first. Raises BatchError for an order without papers."""
    if not order.items:
        raise BatchError("没有要做的文件，请换个条件再试。")
    digest = _digest(order)
    known = _known(actor, digest, key)
    if known:
        return known, False
    try:
        with transaction.atomic():
            return _create(actor, order, digest, key), True
    except IntegrityError:  # the first click was quicker by a moment
        known = _known(actor, digest, key)
        if known is None:  # the form's number is somebody else's
            raise BatchError("这个页面已经用过，请刷新后再点一次。") from None
        return known, False


def _known(actor: User, digest: str, key: uuid.UUID | None) -> Batch | None:
    rows = Batch.objects.filter(actor=actor)
    by_key = rows.filter(key=key).first() if key else None
    return by_key or rows.open().filter(order=digest).first()


def _digest(order: Order) -> str:
    content = [order.kind, order.arguments, [item.key for item in order.items]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _create(actor: User, order: Order, digest: str, key: uuid.UUID | None) -> Batch:
    batch = Batch.objects.create(
        actor=actor,
        address=current_actor().address,
        key=key,
        kind=order.kind,
        title=order.title,
        arguments=order.arguments,
        order=digest,
        result_name=order.file_name,
    )
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch, serial=n, key=item.key, label=item.label[:120], file_name=item.file_name
        )
        for n, item in enumerate(order.items, 1)
    )
    record(AuditAction.CREATE, batch, changes={"papers": len(order.items)})
    return batch


def work(pk: int, *, seconds: float = 20.0) -> bool:
    """Make papers for a turn of so many seconds; True when there is more to do for the next turn.

    Turns let other waiting work in between. Whoever finds no paper left puts the result together.
    """
    batch = Batch.objects.open().filter(pk=pk).select_related("actor").first()
    if batch is None:
        return False
    begin, worker = time.monotonic(), uuid.uuid4().hex
    Batch.objects.filter(pk=pk, state=State.WAITING).update(state=State.RUNNING)
    with acting(batch.actor, batch.address):
        while item := _claim(batch, worker):
            _do(batch, item)
            if time.monotonic() - begin > seconds:
                return True
        _finish(batch, worker)
    return False


def _claim(batch: Batch, worker: str) -> BatchItem | None:
    """The next free item, leased to this worker; none where all are done or in others' hands."""
    while True:
        now = timezone.now()
        free = BatchItem.objects.filter(batch=batch).free(now)
        item = free.order_by("serial").first()
        if item is None:
            return None
        taken = free.filter(pk=item.pk).update(
            state=ItemState.RUNNING,
            worker=worker,
            lease_until=now + LEASE,
            attempts=F("attempts") + 1,
        )
        if taken:
            _moved(batch, now)
            return BatchItem.objects.get(pk=item.pk)


def _moved(batch: Batch, now: dt.datetime) -> None:
    Batch.objects.filter(pk=batch.pk).update(moved_at=now)


def _do(batch: Batch, item: BatchItem) -> None:
    """Make one paper. A refusal of the domain is told on the item; anything else too, and it is
    raised again for the log: the next turn goes on with the other papers."""
    if item.attempts > MOST_ATTEMPTS:
        _hand_in(item, state=ItemState.FAILED, error=_KILLED)
        return
    try:
        content = kind_of(batch).make(batch, item)
    except DomainError as error:
        _hand_in(item, state=ItemState.FAILED, error=error.message[:400])
        return
    except Exception:
        _hand_in(item, state=ItemState.FAILED, error=_BROKEN)
        raise
    name = files.keep(batch, content)
    if not _hand_in(item, state=ItemState.DONE, error="", result=name):
        files.forget(name)
    _moved(batch, timezone.now())


def _hand_in(item: BatchItem, **outcome: str) -> bool:
    """Only who still holds the lease; False when it ran out and somebody else took the item."""
    rows = BatchItem.objects.filter(pk=item.pk, state=ItemState.RUNNING, worker=item.worker)
    return bool(rows.update(lease_until=None, **outcome))


def _finish(batch: Batch, worker: str) -> None:
    """Put the result together, once: whoever gets the batch's own lease."""
    if batch.items.unfinished().exists():
        return
    now = timezone.now()
    nobodys = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    rows = Batch.objects.filter(pk=batch.pk, state=State.RUNNING)
    if not rows.filter(nobodys).update(worker=worker, lease_until=now + LEASE, moved_at=now):
        return
    items = list(batch.items.order_by("serial"))
    made = [item for item in items if item.state == ItemState.DONE]
    failed = [item for item in items if item.state == ItemState.FAILED]
    outcome = _outcome(batch, made, failed)
    with transaction.atomic():
        if not rows.filter(worker=worker).update(lease_until=None, finished_at=now, **outcome):
            files.forget(outcome.get("result", ""))
            return
        _tell(batch, outcome["state"], len(made), len(failed))
    files.forget_all(batch, but=outcome.get("result", ""))


def _outcome(batch: Batch, made: list[BatchItem], failed: list[BatchItem]) -> dict[str, Any]:
    if not made:
        return {"state": State.FAILED, "message": failed[0].error}
    try:
        if len(made) == 1 and not failed:
            content = files.load(made[0].result.name)
            suffix = PurePosixPath(made[0].file_name).suffix
        else:
            content, suffix = files.put_together(made, failed), ".zip"
    except DomainError as error:
        return {"state": State.FAILED, "message": error.message}
    kept_until = timezone.localdate() + dt.timedelta(days=settings.BATCH_KEEP_DAYS)
    return {
        "state": State.DONE,
        "message": "",
        "result": files.keep(batch, content),
        "result_name": f"{batch.result_name}{suffix}",
        "size": len(content),
        "expires_on": kept_until,
    }


def _tell(batch: Batch, state: str, made: int, failed: int) -> None:
    body = f"做好 {made} 份" + (f"，{failed} 份没有做成" if failed else "") + "。"
    word = "已经做好，可以下载" if state == State.DONE else "没有做成"
    message = Message(
        key=f"batch:{batch.token}",
        title=f"{batch.title}{word}",
        body=body,
        link=reverse("batches:batch", args=[batch.token]),
    )
    notify([batch.actor], message)


def take(*, batch: Batch, user: User) -> bytes:
    """The result's content; the export stands in the trail. Raises BatchError when it expired or
    when the person may no longer read what is in it."""
    if not batch.is_ready(timezone.localdate()):
        raise BatchError("文件已过期删除或还没有做好，请重新制作。")
    if not kind_of(batch).may_take(batch, user):
        raise BatchError("您现在的权限已不能查看其中的全部内容，请按现在的范围重新制作。")
    content = files.load(batch.result.name)
    rows = batch.items.filter(state=ItemState.DONE).count()
    record(AuditAction.EXPORT, batch, label=batch.result_name, changes={"rows": rows})
    return content


def expire(batch: Batch) -> bool:
    """Delete the files of a batch whose time is over, or that nobody worked on for days."""
    now = timezone.now()
    over = Q(state=State.DONE, expires_on__lt=timezone.localdate(now))
    lost = Q(state__in=(State.WAITING, State.RUNNING), created_at__lt=now - _ABANDONED) & (
        Q(moved_at__isnull=True) | Q(moved_at__lt=now - _ABANDONED)
    )
    with transaction.atomic():
        rows = Batch.objects.filter(over | lost, pk=batch.pk)
        if not rows.update(state=State.EXPIRED, result="", lease_until=None):
            return False
        batch.items.update(result="")
        record(AuditAction.DELETE, batch, label=f"过期的批量文件：{batch.title}")
    files.forget_all(batch)
    return True


def is_stalled(batch: Batch, now: dt.datetime) -> bool:
    """Open, and nothing has happened for longer than any paper takes."""
    return batch.is_open and (batch.moved_at or batch.created_at) < now - LEASE


def claim_help(batch: Batch, now: dt.datetime, every: dt.timedelta) -> bool:
    """Whether this caller shall look for a worker: one of all who ask within ``every``."""
    asked = Q(helped_at__isnull=True) | Q(helped_at__lt=now - every)
    return bool(Batch.objects.open().filter(asked, pk=batch.pk).update(helped_at=now))
