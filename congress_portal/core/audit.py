"""The audit trail (DESIGN §6.3): every change leaves one entry, chained to the one before.

An entry's digest is an HMAC, keyed by FIELD_KEY, over its own content and the digest before it;
the head row holds the last sequence and digest, signed. An edited, deleted or inserted entry
breaks the chain, and a cut tail no longer meets the head. ``manage.py verify_audit`` checks.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from congress_portal.core.actor import current_actor
from congress_portal.core.crypto import EncryptedCharField, keyed_hash
from congress_portal.core.enums import AuditAction
from congress_portal.core.masking import without_numbers
from congress_portal.core.models import AuditEntry, AuditHead
from congress_portal.core.text import printable

_COVERED = (
    "sequence", "actor_id", "actor_name", "address", "action", "model", "object_key", "label",
    "changes", "reason", "previous",
)  # fmt: skip
_BATCH = 500
_CONCEALED = frozenset(
    {"password", "phone", "visitor_name", "visitor_phone", "identity_number", "identity_hash"}
)


def _seal(text: str) -> str:
    key = hmac.new(settings.FIELD_KEY.encode(), b"audit", hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _digest(entry: AuditEntry) -> str:
    content = {name: getattr(entry, name) for name in _COVERED}
    content["at"] = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return _seal(json.dumps(content, ensure_ascii=False, sort_keys=True, default=str))


def _signature(sequence: int, digest: str) -> str:
    return _seal(f"head {sequence} {digest}")


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates as text, decimals as text, rows by their key."""
    if isinstance(value, models.Model):
        return value.pk
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The stored fields of a row; what is personal or secret shows that it changed, not what.

    Besides the names that are always concealed, a model's own ``PERSONAL`` and ``CONFIDENTIAL``.
    """
    hidden = {*getattr(instance, "PERSONAL", ()), *getattr(instance, "CONFIDENTIAL", ())}
    values = {}
    for field in instance._meta.concrete_fields:
        value = field.value_from_object(instance)
        if isinstance(field, EncryptedCharField) or field.name in hidden:
            value = _veil(value)
        elif isinstance(field, models.FileField):
            value = str(value or "")
        else:
            value = conceal(field.name, value)
        values[field.name] = plain(value)
    return values


def conceal(name: str, value: Any) -> Any:
    """A value as the trail may hold it: secrets and persons' contacts only by a keyed digest."""
    return _veil(value) if name in _CONCEALED else value


def _veil(value: Any) -> str:
    return f"（已隐去 {keyed_hash(str(value))[:8]}）" if value else ""


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """``{field: [old, new]}`` for the fields that differ."""
    names = {**before, **after}
    return {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}


def _without_persons(value: Any) -> Any:
    """The trail is never erased: numbers of persons in texts that people typed stay out of it."""
    if isinstance(value, str):
        return without_numbers(value)
    if isinstance(value, dict):
        return {name: _without_persons(each) for name, each in value.items()}
    return [_without_persons(each) for each in value] if isinstance(value, list) else value


def _label_of(instance: models.Model | None) -> str:
    """What the trail calls a row: its ``trail_label`` where the name itself is restricted."""
    return str(getattr(instance, "trail_label", instance) or "")


def record(
    action: str,
    instance: models.Model | None = None,
    *,
    changes: dict[str, Any] | None = None,
    label: str = "",
    reason: str = "",
) -> AuditEntry:
    """Append one entry, about ``instance`` or nothing in particular, for the current actor."""
    actor = current_actor()
    with transaction.atomic():
        head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
        entry = AuditEntry(
            sequence=head.sequence + 1,
            at=timezone.now(),
            actor=actor.user,
            actor_name=str(actor.user or "系统")[:150],
            address=actor.address,
            action=action,
            model=instance._meta.label if instance is not None else "",
            object_key=str(instance.pk) if instance is not None else "",
            label=without_numbers(label or _label_of(instance))[:200],
            changes=_without_persons(plain(changes or {})),
            reason=without_numbers(reason)[:400],
            previous=head.digest,
        )
        entry.digest = _digest(entry)
        entry.save(force_insert=True)
        head.sequence, head.digest = entry.sequence, entry.digest
        head.signature = _signature(entry.sequence, entry.digest)
        head.save(update_fields=["sequence", "digest", "signature"])
    return entry


def make_printable(instance: models.Model) -> None:
    """Pasted control marks leave every text of the row, whatever form it came by."""
    for field in instance._meta.concrete_fields:
        if isinstance(field, (models.CharField, models.TextField)):
            value = getattr(instance, field.attname)
            if isinstance(value, str) and value != printable(value):
                setattr(instance, field.attname, printable(value))


@transaction.atomic
def save_recorded(instance: models.Model, *, reason: str = "", clean: bool = True) -> models.Model:
    """Validate and save a row and record what changed; the one door for services.

    Raises ValidationError. A save that changes nothing leaves no entry.
    """
    manager = type(instance)._default_manager
    make_printable(instance)
    stored = manager.filter(pk=instance.pk).first() if instance.pk else None
    before = snapshot(stored) if stored else {}
    if clean:
        instance.full_clean()
    instance.save()
    changes = difference(before, snapshot(instance))
    if changes:
        action = AuditAction.UPDATE if stored else AuditAction.CREATE
        record(action, instance, changes=changes, reason=reason)
    return instance


@transaction.atomic
def delete_recorded(instance: models.Model, *, reason: str = "") -> None:
    """Delete a row and record what it held. Raises ProtectedError when others hang on it."""
    record(AuditAction.DELETE, instance, changes=snapshot(instance), reason=reason)
    instance.delete()


@dataclass(frozen=True)
class Fault:
    sequence: int
    reason: str


def verify() -> Iterator[Fault]:
    """Walk the whole chain; yields nothing when it is sound."""
    previous, expected = "", 1
    for entry in AuditEntry.objects.order_by("sequence").iterator(_BATCH):
        if entry.sequence != expected:
            yield Fault(expected, f"第 {expected} 条起缺少 {entry.sequence - expected} 条")
        elif entry.previous != previous:
            yield Fault(entry.sequence, f"第 {entry.sequence} 条与前一条接不上")
        if _digest(entry) != entry.digest:
            yield Fault(entry.sequence, f"第 {entry.sequence} 条的内容被改动")
        previous, expected = entry.digest, entry.sequence + 1
    head = AuditHead.objects.filter(pk=1).first()
    last = expected - 1
    if head is None:
        if last:
            yield Fault(last, "链尾记录不见了")
    elif head.signature != _signature(head.sequence, head.digest):
        yield Fault(head.sequence, "链尾的签名不对")
    elif (head.sequence, head.digest) != (last, previous):
        yield Fault(
            last, f"末尾缺少 {head.sequence - last} 条" if head.sequence > last else "链尾不符"
        )
