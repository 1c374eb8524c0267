"""Writing in the notebook: the deputy alone (M66)."""

import datetime as dt
import uuid

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from activities.models import FixedVoter, NotebookEntry, Visit
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from deputies.days import refuse_day
from deputies.models import Deputy


class NotebookError(DomainError):
    """The page is not this person's to write."""


def write_note(
    *,
    actor: User,
    deputy: Deputy,
    text: str,
    noted_on: dt.date,
    voter: FixedVoter | None = None,
    visit: Visit | None = None,
    follow_up_on: dt.date | None = None,
    is_private: bool = False,
    key: uuid.UUID | None = None,
) -> NotebookEntry:
    """Add a page; the same ``key`` always gives the same one.

    Raises NotebookError, ValidationError.
    """
    if actor.scope.deputy_user_id is None or deputy.user_id != actor.pk:
        raise NotebookError("记事簿只由代表本人写。")
    if found := _already(key, deputy):
        return found
    row = NotebookEntry(deputy=deputy, idempotency_key=key, visit=visit)
    _fill(row, text, noted_on, voter, follow_up_on, is_private)
    try:
        with transaction.atomic():
            return save_recorded(row)  # type: ignore[return-value]
    except (IntegrityError, ValidationError):
        if found := _already(key, deputy):
            return found
        raise


def _already(key: uuid.UUID | None, deputy: Deputy) -> NotebookEntry | None:
    if key is None:
        return None
    return NotebookEntry.objects.filter(idempotency_key=key, deputy=deputy).first()


def _fill(
    row: NotebookEntry,
    text: str,
    noted_on: dt.date,
    voter: FixedVoter | None,
    follow_up_on: dt.date | None,
    is_private: bool,
) -> None:
    if voter is not None and voter.deputy_id != row.deputy_id:
        raise NotebookError("请在自己的固定联系选民里选。")
    if follow_up_on and follow_up_on < noted_on:
        raise NotebookError("「哪天再办」不能早于记事的日期。")
    refuse_day(row.deputy, noted_on, field="noted_on")
    row.text, row.noted_on, row.voter = text.strip(), noted_on, voter
    row.follow_up_on, row.is_private = follow_up_on, is_private
    if follow_up_on is None:
        row.is_done = False


@transaction.atomic
def change_note(
    *,
    actor: User,
    note_pk: int,
    seen: str,
    text: str,
    noted_on: dt.date,
    voter: FixedVoter | None = None,
    follow_up_on: dt.date | None = None,
    is_private: bool = False,
) -> NotebookEntry:
    """Mend a page. Raises NotebookError, StaleRecordError, ValidationError."""
    row = _own(actor, note_pk)
    refuse_stale(row, seen)
    _fill(row, text, noted_on, voter, follow_up_on, is_private)
    return save_recorded(row)  # type: ignore[return-value]


@transaction.atomic
def tick_note(*, actor: User, note_pk: int, is_done: bool) -> NotebookEntry:
    """Tick a follow-up off, or take the tick back; doing it twice changes nothing."""
    row = _own(actor, note_pk)
    if row.follow_up_on is None:
        raise NotebookError("这一条没有写哪天再办。")
    row.is_done = is_done
    return save_recorded(row)  # type: ignore[return-value]


@transaction.atomic
def tear_out(*, actor: User, note_pk: int, seen: str) -> None:
    """Delete a page. Raises NotebookError, StaleRecordError."""
    row = _own(actor, note_pk)
    refuse_stale(row, seen)
    delete_recorded(row)


def _own(actor: User, pk: int) -> NotebookEntry:
    rows = NotebookEntry.objects.editable_by(actor).select_for_update(of=("self",))
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotebookError("没有这一页，或者不是您的记事簿。")
    return row
