"""Receptions with a theme and partner units (主题大接待; M64)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import Unit, User
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy
from stations.models import Reception, RotaSlot, Station, ThemedReception
from stations.services.receptions import ReceptionError, locked_station
from stations.services.rota_changes import add_slot, carry_theme


@transaction.atomic
def plan_themed(
    *,
    actor: User,
    station: Station,
    held_on: dt.date,
    starts_at: dt.time,
    ends_at: dt.time,
    partners: Sequence[Unit] = (),
    deputies: Sequence[Deputy] = (),
    **fields: Any,
) -> ThemedReception:
    """Announce it; the day's planned reception carries it, or a day is added for it.

    ``fields`` are the model's other fields. Raises ReceptionError, RotaError, ValidationError.
    """
    station = locked_station(actor, station)
    themed = ThemedReception(station=station, held_on=held_on, **fields)
    themed.reception = Reception.objects.filter(
        station=station, held_on=held_on, themed__isnull=True
    ).first()
    save_recorded(themed)
    _set_partners(themed, partners)
    slot = RotaSlot.objects.filter(station=station, held_on=held_on).first()
    if slot is None:
        add_slot(
            actor=actor, station=station, held_on=held_on, starts_at=starts_at, ends_at=ends_at,
            deputies=deputies, themed=themed,
        )  # fmt: skip
    elif slot.cancelled_reason:
        raise ReceptionError("这一天的接待已经取消，请换一天。")
    else:
        carry_theme(
            actor=actor, slot=slot, themed=themed, starts_at=starts_at, ends_at=ends_at,
            deputies=deputies,
        )  # fmt: skip
    return themed


@transaction.atomic
def change_themed(
    *, actor: User, themed_pk: int, seen: str, partners: Sequence[Unit], **fields: Any
) -> ThemedReception:
    """Mend words, place, partners or the summary. Raises ReceptionError, StaleRecordError."""
    rows = ThemedReception.objects.editable_by(actor).select_for_update(of=("self",))
    themed: ThemedReception | None = rows.filter(pk=themed_pk).first()
    if themed is None:
        raise ReceptionError("没有这场主题接待，或者您不能改它。")
    refuse_stale(themed, seen)
    for name, value in fields.items():
        setattr(themed, name, value)
    save_recorded(themed)
    _set_partners(themed, partners)
    return themed


def _set_partners(themed: ThemedReception, partners: Sequence[Unit]) -> None:
    before = sorted(themed.partners.values_list("pk", flat=True))
    after = sorted(unit.pk for unit in partners)
    if before != after:
        themed.partners.set(partners)
        record(AuditAction.UPDATE, themed, changes={"partners": [before, after]})
