"""Towns' congress organs: who holds a post, and what else they must do (M09, M10)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from activities.models.support import DutyShare, StaffPost
from activities.services.keeping import KeepingError, keep, locked
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.models import User
from congress_portal.core.stale import StaleRecordError, fingerprint

_WHOLE = 100  # per cent of the working time


@dataclass(frozen=True)
class WorkShare:
    """One piece of work and its share of the time, in per cent."""

    work: str
    share: int
    is_congress: bool = False


def save_post(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> StaffPost:  # fmt: skip
    """Enter a post or mend it. Raises what ``keep`` raises."""
    return keep(StaffPost, actor=actor, values=values, pk=pk, seen=seen, key=key)


def shares_seen(post_pk: int, year: int, number: int) -> str:
    """A digest of the quarter's division of work; comes back with the form."""
    rows = DutyShare.objects.filter(post=post_pk, year=year, quarter=number).order_by("pk")
    return ".".join(fingerprint(row)[:16] for row in rows)


@transaction.atomic
def set_shares(
    *, actor: User, post_pk: int, year: int, quarter: int, shares: Sequence[WorkShare],
    seen: str = "",
) -> StaffPost:  # fmt: skip
    """Lay down the whole division of work of one quarter; sending it twice changes nothing.

    Raises KeepingError, StaleRecordError, ValidationError.
    """
    post = locked(StaffPost, post_pk)
    if not StaffPost.objects.editable_by(actor).filter(pk=post_pk).exists():
        raise KeepingError("这里不归您管，由当地人大工作人员登记。")
    names = [each.work for each in shares]
    if len(set(names)) != len(names):
        raise KeepingError("同一项工作写了两次，请合成一项。")
    total = sum(each.share for each in shares)
    if total > _WHOLE:
        raise KeepingError(f"各项占用时间合计 {total}%，超过了 100%，请核对。")
    rows = DutyShare.objects.filter(post=post_pk, year=year, quarter=quarter)
    before = {row.work: row for row in rows}
    now = {row.work: WorkShare(row.work, row.share, row.is_congress) for row in before.values()}
    if now == {each.work: each for each in shares}:
        return post
    if shares_seen(post_pk, year, quarter) != seen:
        raise StaleRecordError
    for work in set(before) - set(names):
        delete_recorded(before[work])
    for each in shares:
        row = before.get(each.work) or DutyShare(
            post=post, year=year, quarter=quarter, work=each.work, entered_by=actor
        )
        row.share, row.is_congress = each.share, each.is_congress
        save_recorded(row)
    return post
