"""Verifying records in bulk: each row by itself, so that one refusal does not hold up the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, GoodDeed, Visit
from activities.selectors.verifying import Kind, waiting_rows
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Record, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.stale import refuse_stale
from congress_portal.core.verification import VerificationError, refuse, verify


@dataclass
class Outcome:
    """How many were done, and which were not: ``{reason: [rows]}``."""

    done: int = 0
    left: dict[str, list[str]] = field(default_factory=dict)


def check_records(
    *, actor: User, kind: Kind, rows: Iterable[tuple[int, str]], reason: str | None = None
) -> Outcome:
    """Verify the rows, or refuse them all with one ``reason``.

    ``rows`` are (pk, fingerprint as shown): what was changed, checked or lies outside the
    person's scope since is left, and the outcome says why. Raises VerificationError for a
    refusal without a reason.
    """
    if reason is not None and not reason.strip():
        raise VerificationError("请写明未通过的原因，录入人会看到。")
    outcome = Outcome()
    for pk, seen in rows:
        label = f"{kind.name}（编号 {pk}）"
        try:
            with transaction.atomic():
                row = _locked(kind, pk)
                label = str(row)
                _check(row, kind, actor=actor, seen=seen, reason=reason)
            outcome.done += 1
        except DomainError as error:
            outcome.left.setdefault(error.message, []).append(label)
        except ValidationError as error:
            outcome.left.setdefault("；".join(error.messages), []).append(label)
    return outcome


def _locked(kind: Kind, pk: int) -> Any:
    rows = kind.model._default_manager.select_for_update(of=("self",)).filter(pk=pk)
    row = rows.first()
    if row is None:
        raise VerificationError("这条记录已被删除。")
    return row


def _check(row: Any, kind: Kind, *, actor: User, seen: str, reason: str | None) -> None:
    if not type(row)._default_manager.all().editable_by(actor).filter(pk=row.pk).exists():
        raise VerificationError("没有这条记录，或不归您核实。")
    if row.verification != Verification.PENDING:
        who = f"由{row.verified_by}" if row.verified_by_id else ""
        raise VerificationError(f"已{who}核实为「{row.get_verification_display()}」。")
    if not waiting_rows(kind, actor).filter(pk=row.pk).exists():
        raise VerificationError("自己登记、自己参加的记录要由别人核实；没有举行的活动不能核实。")
    refuse_stale(row, seen)
    if reason is None:
        verify(row, actor=actor)
    else:
        _tell(refuse(row, actor=actor, reason=reason))


def _tell(row: Record) -> None:
    """Whoever entered it hears the reason; each refusal once."""
    if row.entered_by is None:
        return
    stamp = row.verified_at or timezone.now()
    message = Message(
        key=f"refused-{row._meta.label_lower}-{row.pk}-{stamp:%Y%m%d%H%M%S}",
        title=f"没有通过核实：{row}",
        body=f"原因：{row.refusal_reason}。改好再保存，就重新等待核实。",
        link=page_to_mend(row),
    )
    notify([row.entered_by], message)


def page_to_mend(row: Record) -> str:
    """Where whoever entered the record mends it; empty where there is no such page."""
    views = {
        Visit: "activities:edit_visit",
        Activity: "activities:edit_activity",
        GoodDeed: "activities:edit_deed",
    }
    view = views.get(type(row))
    return reverse(view, args=[row.pk]) if view else ""
