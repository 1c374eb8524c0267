"""Reminders of reception days: N days before, each deputy once (RULES C4: 2 to 3 days)."""

import datetime as dt

from congress_portal.core.notices import Message, notify
from congress_portal.core.reminders import reminder
from stations.enums import DutyState
from stations.models import RotaDuty

_NOTICE_DAYS = 3
_FARTHEST = dt.timedelta(days=60)


@reminder
def remind_of_duties(on: dt.date) -> dict[str, int]:
    """Remind of released duties that are due; returns how many were said now.

    A day is reminded of once, on the rule's day or, if the command slept then, later, but not
    after the day itself. A day that moves is reminded of anew.
    """
    rows = (
        RotaDuty.objects.filter(
            held_on__range=(on, on + _FARTHEST),
            state__in=(DutyState.PLANNED, DutyState.CONFIRMED),
            slot__cancelled_reason="",
            deputy__user__isnull=False,
        )
        .exclude(slot__rota__state="draft")
        .select_related("slot__station", "slot__rule", "deputy__user")
        .order_by("held_on", "pk")
    )
    said = 0
    for duty in rows:
        ahead = duty.slot.rule.notice_days if duty.slot.rule else _NOTICE_DAYS
        if (duty.held_on - on).days <= ahead and duty.deputy.user:
            said += notify([duty.deputy.user], _message(duty, on))
    return {"接待值班": said}


def _message(duty: RotaDuty, on: dt.date) -> Message:
    slot, days = duty.slot, (duty.held_on - on).days
    where = slot.station.address or slot.station.name
    when = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{days} 天后")
    return Message(
        key=f"rota_duty:{duty.pk}:{duty.held_on}",
        title=f"{when}您在{slot.station}接待选民",
        body=(
            f"{duty.held_on.month}月{duty.held_on.day}日"
            f"{slot.starts_at:%H:%M}至{slot.ends_at:%H:%M}，{where}。"
        ),
        link="/rota/mine/",
    )
