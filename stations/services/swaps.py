"""Swaps: a deputy asks another to take a duty over; with consent it changes hands."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify
from deputies.models import Deputy
from stations.enums import DutyState, RotaState, SwapState
from stations.models import RotaDuty, RotaSlot, Station, SwapRequest
from stations.selectors.rota import standing_at
from stations.services.rota import RotaError
from stations.services.rota_changes import (
    close_swap,
    put_on,
    refuse_unable,
    take_off,
    withdraw_open_swaps,
)

_OPEN = (DutyState.PLANNED, DutyState.CONFIRMED)


class SwapError(RotaError):
    """The swap cannot be asked for, or not be decided by this person."""


@transaction.atomic
def ask_swap(
    *,
    actor: User,
    duty_pk: int,
    asked: Deputy,
    in_return: RotaDuty | None = None,
    reason: str = "",
) -> SwapRequest:
    """Ask ``asked`` to take the duty over, or to change it for one of theirs. Raises SwapError."""
    duty = _locked_duty(duty_pk)
    if not may_speak_for(actor, duty.deputy, duty.slot.station):
        raise SwapError("只有值班代表本人，或者家站和人大工作人员可以申请换班。")
    if asked.pk == duty.deputy_id:
        raise SwapError("请选别的代表。")
    _refuse_closed(duty)
    _refuse_breaking(duty, asked, in_return)
    request = SwapRequest(
        duty=duty, asked=asked, in_return=in_return, reason=reason.strip(), entered_by=actor
    )
    try:
        with transaction.atomic():
            save_recorded(request)
    except IntegrityError as error:
        raise SwapError("这次值班已有一份等答复的换班申请。") from error
    back = f"，换您{_day(in_return)}的值班" if in_return else ""
    words = f"原因：{request.reason}。" if request.reason else ""
    _tell(request, [asked], "asked", f"{duty.deputy.name}请您替{_day(duty)}的值班{back}", words)
    return request


@transaction.atomic
def answer_swap(*, actor: User, swap_pk: int, agrees: bool) -> SwapRequest:
    """The asked deputy's answer, or the staff's decision. Raises SwapError."""
    request = _locked_swap(actor, swap_pk)
    duty = _locked_duty(request.duty_id)
    if not may_speak_for(actor, request.asked, duty.slot.station):
        raise SwapError("请由被请的代表答复，或者由家站和人大工作人员决定。")
    if agrees:
        _refuse_closed(duty)
        in_return = request.in_return and _locked_duty(request.in_return.pk)
        _refuse_breaking(duty, request.asked, in_return or None)
        close_swap(request, SwapState.AGREED)
        _change_hands(duty, request.asked, in_return or None)
    else:
        close_swap(request, SwapState.DECLINED)
    words = "同意" if agrees else "不同意"
    people = [duty.deputy, request.asked]
    _tell(request, people, "answered", f"{request.asked.name}{words}替{_day(duty)}的值班")
    return request


@transaction.atomic
def withdraw_swap(*, actor: User, swap_pk: int) -> SwapRequest:
    """By whoever may speak for the one who asked. Raises SwapError."""
    request = _locked_swap(actor, swap_pk)
    duty = request.duty
    if not may_speak_for(actor, duty.deputy, duty.slot.station):
        raise SwapError("只有提出换班的代表可以撤回。")
    close_swap(request, SwapState.WITHDRAWN)
    _tell(request, [request.asked], "withdrawn", f"{duty.deputy.name}撤回了{_day(duty)}的换班申请")
    return request


def may_speak_for(actor: User, deputy: Deputy, station: Station) -> bool:
    """The deputy, or who keeps the station (officer, town and county staff)."""
    own = actor.scope.deputy_user_id
    if own is not None and deputy.user_id == own:
        return True
    return Station.objects.editable_by(actor).filter(pk=station.pk).exists()


def _locked_duty(pk: int) -> RotaDuty:
    """The duty with its day locked, so that two changes of one day come one after the other."""
    duty = RotaDuty.objects.filter(pk=pk).first()
    if duty is None:
        raise SwapError("没有这次值班。")
    RotaSlot.objects.select_for_update().get(pk=duty.slot_id)
    rows = RotaDuty.objects.select_related("slot__station", "slot__rota", "slot__rule", "deputy")
    return rows.get(pk=pk)


def _locked_swap(actor: User, pk: int) -> SwapRequest:
    rows = SwapRequest.objects.editable_by(actor).select_for_update(of=("self",))
    request = rows.select_related("duty__slot__station", "duty__deputy", "asked", "in_return")
    found: SwapRequest | None = request.filter(pk=pk).first()
    if found is None:
        raise SwapError("没有这份换班申请。")
    if found.state != SwapState.ASKED:
        raise SwapError(f"这份换班申请已有结果：{found.get_state_display()}。")
    return found


def _refuse_closed(duty: RotaDuty) -> None:
    slot = duty.slot
    if duty.held_on < timezone.localdate():
        raise SwapError("这次值班已经过去，不能再换。")
    if duty.state not in _OPEN or slot.reception_id or slot.cancelled_reason:
        raise SwapError("这次值班已经换出、取消或登记，不能再换。")
    if slot.rota and slot.rota.state == RotaState.DRAFT:
        raise SwapError("轮值表还没有发布，现在不用换班，请联系编排人修改。")


def _refuse_breaking(duty: RotaDuty, asked: Deputy, in_return: RotaDuty | None) -> None:
    """Both must be able to come, and each day keep a deputy of the level that it needs."""
    if in_return is None:
        refuse_unable(asked, duty.slot)
    else:
        if in_return.deputy_id != asked.pk:
            raise SwapError(f"要换回的不是{asked.name}的值班。")
        _refuse_closed(in_return)
        if in_return.slot_id == duty.slot_id:
            raise SwapError("两位代表本来就在同一天同一家站值班。")
        same_day = in_return.held_on == duty.held_on
        refuse_unable(asked, duty.slot, is_freed=same_day)
        refuse_unable(duty.deputy, in_return.slot, is_freed=same_day)
        _refuse_levelless(in_return, duty.deputy)
    _refuse_levelless(duty, asked)


def _refuse_levelless(duty: RotaDuty, comes: Deputy) -> None:
    slot = duty.slot
    level = slot.rule.level_needed if slot.rule else ""
    if not level:
        return
    standing = standing_at([slot.station_id], slot.held_on, slot.held_on)
    others = slot.duties.all().standing().exclude(pk=duty.pk).values_list("deputy", flat=True)
    if not any(standing.holds(key, slot.held_on, level) for key in [comes.pk, *others]):
        named = slot.rule.get_level_needed_display() if slot.rule else ""
        raise SwapError(f"{_day(duty)}至少要有一名{named}代表，换给{comes.name}就没有了。")


def _change_hands(duty: RotaDuty, asked: Deputy, in_return: RotaDuty | None) -> None:
    given = duty.deputy
    take_off(duty, f"换给{asked.name}")
    if in_return is not None:
        take_off(in_return, f"换给{given.name}")
        withdraw_open_swaps(in_return)
        put_on(in_return.slot, given, serial=in_return.serial)
    put_on(duty.slot, asked, serial=duty.serial)


def _day(duty: RotaDuty) -> str:
    return f"{duty.held_on.month}月{duty.held_on.day}日（{duty.slot.station}）"


def _tell(
    request: SwapRequest, people: list[Deputy], event: str, title: str, body: str = ""
) -> None:
    message = Message(
        key=f"swap:{request.pk}:{event}",
        title=title,
        body=body,
        link=f"/rota/swaps/{request.pk}/",
        is_urgent=event == "asked",
    )
    notify([each.user for each in people if each.user], message)
