"""What came of a reception day: who was there, and that nobody came (issue 5, section 5)."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from deputies.models import Deputy
from stations.enums import DutyState
from stations.models import (
    Reception,
    ReceptionDuty,
    RotaDuty,
    RotaSlot,
    Station,
    ThemedReception,
)


class ReceptionError(DomainError):
    """The reception cannot be entered or changed in this way."""


def locked_station(actor: User, station: Station) -> Station:
    """The station, locked. Raises ReceptionError for who does not keep it."""
    rows = Station.objects.editable_by(actor).select_for_update(of=("self",))
    found: Station | None = rows.filter(pk=station.pk).first()
    if found is None:
        raise ReceptionError("没有这个家站，或者您不能登记它的接待。")
    return found


@transaction.atomic
def open_reception(
    *, actor: User, station: Station, held_on: dt.date, place: str = ""
) -> Reception:
    """The reception of that day at the station; made when it is not there yet.

    The planned day and a themed reception of that day are tied to it. What staff enter is
    verified by that; an officer's entry waits. Raises ReceptionError, ValidationError.
    """
    station = locked_station(actor, station)
    reception = Reception.objects.filter(station=station, held_on=held_on).first()
    if reception is None:
        reception = Reception(station=station, held_on=held_on, place=place.strip())
        reception.entered_by = actor
        if actor.scope.may_write_code(station.region.code):
            reception.verification = Verification.VERIFIED
            reception.verified_by, reception.verified_at = actor, timezone.now()
        try:
            with transaction.atomic():
                save_recorded(reception)
        except IntegrityError:  # somebody else opened the day at this very moment
            return Reception.objects.get(station=station, held_on=held_on)
    _tie(reception)
    return reception


def _tie(reception: Reception) -> None:
    day = {"station": reception.station_id, "held_on": reception.held_on, "reception": None}
    for model in (RotaSlot, ThemedReception):
        row = model._default_manager.filter(**day).first()
        if row is not None and not getattr(row, "cancelled_reason", ""):
            row.reception = reception
            save_recorded(row, clean=False)


@transaction.atomic
def record_presence(
    *,
    actor: User,
    station: Station,
    held_on: dt.date,
    present: Sequence[Deputy],
    reasons: Mapping[int, str] | None = None,
    place: str = "",
) -> Reception | None:
    """Who came in fact; the planned who did not are absent, with a reason where one is given.

    ``reasons`` is {deputy's key: why}. When nobody came the day was not held: no reception is
    made, and None is given back. Raises ReceptionError, ValidationError.
    """
    if held_on > timezone.localdate():
        raise ReceptionError("还没到这一天，到岗情况当天再登记。")
    station = locked_station(actor, station)
    found = Reception.objects.filter(station=station, held_on=held_on).first()
    _refuse_verified(actor, station, found)
    slot = RotaSlot.objects.filter(station=station, held_on=held_on).first()
    if slot is not None and slot.cancelled_reason:
        raise ReceptionError("这个接待日已经取消，不能登记到岗。")
    if slot is not None:
        _mark_duties(slot, present, reasons or {})
    if not present and found is None:
        return None
    reception = open_reception(actor=actor, station=station, held_on=held_on, place=place)
    if place.strip() and reception.place != place.strip():
        reception.place = place.strip()
        save_recorded(reception)
    _set_duties(reception, present)
    return reception


def _refuse_verified(actor: User, station: Station, found: Reception | None) -> None:
    is_closed = found is not None and found.verification == Verification.VERIFIED
    if is_closed and not actor.scope.may_write_code(station.region.code):
        raise ReceptionError(
            "这次接待已经核实，不能再改到岗情况；有误请联系镇（街道）人大工作人员。"
        )


def _mark_duties(slot: RotaSlot, present: Sequence[Deputy], reasons: Mapping[int, str]) -> None:
    came = {deputy.pk for deputy in present}
    for duty in slot.duties.select_related("slot__station", "deputy"):
        if duty.state == DutyState.SWAPPED and duty.deputy_id not in came:
            continue
        is_here = duty.deputy_id in came
        duty.state = DutyState.CAME if is_here else DutyState.ABSENT
        duty.reason = "" if is_here else reasons.get(duty.deputy_id, "").strip()
        _save_duty(duty)


def _save_duty(duty: RotaDuty) -> None:
    """A handed-on duty whose deputy came all the same may stand at another station that day."""
    try:
        with transaction.atomic():
            save_recorded(duty, clean=False)
    except IntegrityError as error:
        raise ReceptionError(f"{duty.deputy.name}当天排在别的家站，请先改那边的安排。") from error


def _set_duties(reception: Reception, present: Sequence[Deputy]) -> None:
    wanted = list(dict.fromkeys(deputy.pk for deputy in present))
    before = list(reception.duties.order_by("serial", "pk").values_list("deputy", flat=True))
    if before == wanted:
        return
    reception.duties.all().delete()
    ReceptionDuty.objects.bulk_create(
        ReceptionDuty(reception=reception, deputy_id=key, serial=serial)
        for serial, key in enumerate(wanted)
    )
    record(AuditAction.UPDATE, reception, changes={"deputies": [before, wanted]})
