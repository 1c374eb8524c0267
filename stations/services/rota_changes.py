"""Single changes of a rota: another deputy, another day, a day called off, an extra day."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify
from deputies.models import Deputy
from stations.enums import DutyState, RotaState, SwapState
from stations.models import RotaDuty, RotaSlot, Station, SwapRequest, ThemedReception
from stations.selectors.rota import standing_at, why_not
from stations.services.rota import RotaError


def locked_slot(actor: User | None, slot_pk: int) -> RotaSlot:
    """The day, locked. Raises RotaError for what is gone, somebody else's, held or called off."""
    rows = RotaSlot.objects.editable_by(actor).select_for_update(of=("self",))
    slot: RotaSlot | None = (
        rows.select_related("station", "rota", "rule").filter(pk=slot_pk).first()
    )
    if slot is None:
        raise RotaError("没有这个接待日，或者您不能改它。")
    if slot.cancelled_reason:
        raise RotaError("这个接待日已经取消。")
    if slot.reception_id:
        raise RotaError("这一天的接待已经登记，不能再改安排。")
    return slot


def refuse_unable(
    deputy: Deputy, slot: RotaSlot, day: dt.date | None = None, *, is_freed: bool = False
) -> None:
    """Raises RotaError for who is not posted there, not in office, away, or taken that day.

    ``is_freed``: the duty that takes the deputy on the day is being handed on.
    """
    day = day or slot.held_on
    standing = standing_at([slot.station_id], day, day)
    if is_freed:
        standing.taken.clear()
    if not standing.is_posted(deputy.pk, slot.station_id, day):
        raise RotaError(f"{deputy.name}不是{slot.station}的进站代表。")
    if reason := why_not(standing, deputy.pk, day):
        raise RotaError(f"{deputy.name}{reason}，不能安排。")


def put_on(slot: RotaSlot, deputy: Deputy, *, serial: int | None = None) -> RotaDuty:
    """The deputy's duty there, a handed-on one taken up again. Raises RotaError."""
    duty = slot.duties.filter(deputy=deputy).first()
    if duty is None:
        place = slot.duties.count() if serial is None else serial
        duty = RotaDuty(slot=slot, deputy=deputy, held_on=slot.held_on, serial=place)
    elif duty.state != DutyState.SWAPPED:
        raise RotaError(f"{deputy.name}已在这次接待的名单里。")
    duty.state, duty.reason = DutyState.PLANNED, ""
    try:
        with transaction.atomic():
            duty.full_clean(exclude=["held_on"], validate_constraints=False)
            save_recorded(duty, clean=False)
    except IntegrityError as error:
        raise RotaError(f"{deputy.name}当天已安排在别处接待。") from error
    return duty


def take_off(duty: RotaDuty, reason: str) -> None:
    """Handed on: it counts for nobody; open requests to swap it fall away. A draft forgets it."""
    if duty.slot.rota and duty.slot.rota.state == RotaState.DRAFT:
        delete_recorded(duty)
        return
    duty.state, duty.reason = DutyState.SWAPPED, reason
    save_recorded(duty)


@transaction.atomic
def assign(*, actor: User | None, slot_pk: int, deputy: Deputy) -> RotaDuty:
    """Put one more deputy on duty. Raises RotaError."""
    slot = locked_slot(actor, slot_pk)
    refuse_unable(deputy, slot)
    duty = put_on(slot, deputy)
    _tell(slot, [deputy], "assigned", "安排您值班")
    return duty


@transaction.atomic
def replace(
    *, actor: User | None, duty_pk: int, deputy: Deputy | None, reason: str = ""
) -> RotaDuty | None:
    """Staff put somebody else (or, with None, nobody) in a deputy's place. Raises RotaError."""
    duty = RotaDuty.objects.select_related("slot").filter(pk=duty_pk).first()
    if duty is None:
        raise RotaError("没有这次值班。")
    slot = locked_slot(actor, duty.slot_id)
    duty = RotaDuty.objects.select_related("slot__rota", "deputy").get(pk=duty_pk)
    if duty.state == DutyState.SWAPPED:
        raise RotaError(f"{duty.deputy.name}这一班已经换给别人。")
    if deputy is not None:
        refuse_unable(deputy, slot)
    withdraw_open_swaps(duty)
    take_off(duty, reason.strip())
    _tell(slot, [duty.deputy], f"off:{duty.pk}", "不再安排您值班")
    if deputy is None:
        return None
    found = put_on(slot, deputy, serial=duty.serial)
    _tell(slot, [deputy], f"on:{found.pk}", "安排您值班")
    return found


def withdraw_open_swaps(duty: RotaDuty) -> None:
    """Requests about a duty that is no longer the deputy's."""
    open_ones = SwapRequest.objects.filter(state=SwapState.ASKED)
    for request in open_ones.filter(duty=duty) | open_ones.filter(in_return=duty):
        close_swap(request, SwapState.WITHDRAWN)


def close_swap(request: SwapRequest, state: str) -> None:
    """Give a request its answer and the time of it."""
    request.state, request.answered_at = state, timezone.now()
    save_recorded(request)


@transaction.atomic
def call_off(*, actor: User | None, slot_pk: int, reason: str) -> RotaSlot:
    """No reception on the day; who was on duty is told. Raises RotaError."""
    slot = locked_slot(actor, slot_pk)
    if not reason.strip():
        raise RotaError("请写明取消的原因，群众会看到。")
    slot.cancelled_reason = reason.strip()
    save_recorded(slot)
    people = _on_duty(slot)
    for duty in slot.duties.all().standing():
        withdraw_open_swaps(duty)
    _tell(slot, people, f"cancelled:{slot.pk}", f"取消：{slot.cancelled_reason}")
    return slot


@transaction.atomic
def move(*, actor: User | None, slot_pk: int, day: dt.date, reason: str = "") -> RotaSlot:
    """To another day, with everybody on duty who then can; the first who cannot is named.

    Raises RotaError.
    """
    slot = locked_slot(actor, slot_pk)
    if slot.held_on < timezone.localdate():
        raise RotaError("这一天已经过去，不能改期：请补登接待，没有接待的写明原因取消。")
    if day == slot.held_on:
        raise RotaError("日期没有变。")
    if day < timezone.localdate():
        raise RotaError("不能改到已经过去的日子。")
    if slot.rota and not slot.rota.first_on <= day <= slot.rota.last_on:
        first, last = slot.rota.first_on, slot.rota.last_on
        raise RotaError(
            f"这份轮值表从{first:%Y年%-m月%-d日}到{last:%Y年%-m月%-d日}，请在这段时间里选。"
        )
    if RotaSlot.objects.filter(station=slot.station, held_on=day).exists():
        raise RotaError(f"{slot.station}当天已排了接待。")
    people = _on_duty(slot)
    for deputy in people:
        refuse_unable(deputy, slot, day)
    was = slot.held_on
    slot.planned_on = slot.planned_on or was
    slot.held_on = day
    save_recorded(slot, reason=reason.strip())
    words = f"由{was.month}月{was.day}日改期" + (f"（{reason.strip()}）" if reason.strip() else "")
    _tell(slot, people, f"moved:{slot.pk}:{day}", words)
    return slot


@transaction.atomic
def add_slot(
    *,
    actor: User | None,
    station: Station,
    held_on: dt.date,
    starts_at: dt.time,
    ends_at: dt.time,
    deputies: Sequence[Deputy] = (),
    themed: ThemedReception | None = None,
) -> RotaSlot:
    """A reception day outside any rota. Raises RotaError, ValidationError."""
    if not Station.objects.editable_by(actor).filter(pk=station.pk).exists():
        raise RotaError("没有这个家站，或者您不能给它排接待日。")
    slot = RotaSlot(
        station=station,
        held_on=held_on,
        starts_at=starts_at,
        ends_at=ends_at,
        deputies_needed=max(1, len(deputies)),
        themed=themed,
    )
    save_recorded(slot)
    for deputy in deputies:
        refuse_unable(deputy, slot)
        put_on(slot, deputy)
    _tell(slot, deputies, f"added:{slot.pk}", "安排您值班")
    return slot


def carry_theme(
    *, actor: User | None, slot: RotaSlot, themed: ThemedReception, starts_at: dt.time,
    ends_at: dt.time, deputies: Sequence[Deputy],
) -> RotaSlot:  # fmt: skip
    """A planned day takes a theme, with its hours, and who is asked besides those on duty.

    Raises RotaError.
    """
    slot = locked_slot(actor, slot.pk)
    people = _on_duty(slot)
    changed = (slot.starts_at, slot.ends_at) != (starts_at, ends_at)
    slot.themed, slot.starts_at, slot.ends_at = themed, starts_at, ends_at
    save_recorded(slot)
    on_duty = {each.pk for each in people}
    added = [each for each in deputies if each.pk not in on_duty]
    for deputy in added:
        refuse_unable(deputy, slot)
        put_on(slot, deputy)
    if changed:
        hours = f"{starts_at:%H:%M}—{ends_at:%H:%M}"
        _tell(slot, people, f"themed:{slot.pk}:{hours}", f"主题接待，时间改为{hours}")
    _tell(slot, added, f"themed-on:{slot.pk}", "安排您值班")
    return slot


def _on_duty(slot: RotaSlot) -> list[Deputy]:
    duties = slot.duties.all().standing().select_related("deputy__user").order_by("serial", "pk")
    return [duty.deputy for duty in duties]


def _tell(slot: RotaSlot, people: Iterable[Deputy], event: str, words: str) -> None:
    """Who is concerned, once; a draft is nobody's business yet."""
    if slot.rota and slot.rota.state == RotaState.DRAFT:
        return
    day = f"{slot.held_on.month}月{slot.held_on.day}日"
    message = Message(
        key=f"rota_slot:{slot.pk}:{event}",
        title=f"{day} {slot.station}接待选民：{words}",
        body=f"{day}{slot.starts_at:%H:%M}至{slot.ends_at:%H:%M}，{slot.station}。",
        link="/rota/mine/",
    )
    notify([each.user for each in people if each.user], message)
