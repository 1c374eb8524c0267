"""Checking a record of duty: only verified ones count (DESIGN §4)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Record, User
from congress_portal.core.scope import ScopedQuerySet


class VerificationError(DomainError):
    """The record is not in a state, or the person not in a position, to be checked."""


@transaction.atomic
def verify(record: Record, *, actor: User) -> Record:
    """Let the record count from now on."""
    locked = _for_checking(record, actor)
    locked.verification = Verification.VERIFIED
    locked.verified_by, locked.verified_at = actor, timezone.now()
    locked.refusal_reason = ""
    return _saved(locked)


@transaction.atomic
def refuse(record: Record, *, actor: User, reason: str) -> Record:
    """Send the record back; whoever entered it sees the reason and may mend it."""
    if not reason.strip():
        raise VerificationError("请写明未通过的原因。")
    locked = _for_checking(record, actor)
    locked.verification = Verification.REFUSED
    locked.verified_by, locked.verified_at = actor, timezone.now()
    locked.refusal_reason = reason.strip()
    return _saved(locked)


def _saved(record: Record) -> Record:
    """What the record's own law forbids (an activity not yet held) is told, not thrown."""
    try:
        return save_recorded(record)  # type: ignore[return-value]
    except ValidationError as error:
        raise VerificationError("".join(error.messages)) from error


def _for_checking(record: Record, actor: User) -> Record:
    rows = type(record)._default_manager.select_for_update(of=("self",)).filter(pk=record.pk)
    locked = rows.first()
    if locked is None or not may_verify(locked, actor):
        raise VerificationError("只有所在镇（街道）或县的人大工作人员可以核实。")
    if locked.verification != Verification.PENDING and locked.verified_by_id != actor.pk:
        raise VerificationError(f"这条记录已由他人核实为「{locked.get_verification_display()}」。")
    return locked


def may_verify(record: Record, actor: User) -> bool:
    """Staff whose scope reaches the record; never the deputy it speaks of."""
    if not actor.scope.write_prefixes:
        return False
    rows: ScopedQuerySet = type(record)._default_manager.all()  # type: ignore[assignment]
    return rows.editable_by(actor).filter(pk=record.pk).exists()
