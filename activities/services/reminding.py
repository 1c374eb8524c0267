"""Reminders of calling: who has not answered shortly before the limit, who comes tomorrow.

The notice's key (invitation, round of the notice, kind) is the whole guarantee that each is said
once; a day that was missed is not made up for.
"""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from activities.enums import ActivityState, Answer
from activities.models import Invitation
from activities.selectors.rules import Rules
from activities.services.calling import when_and_where
from activities.services.moves import invitation_page
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify_each
from congress_portal.core.reminders import reminder


@reminder
def remind_of_activities(on: dt.date) -> dict[str, int]:
    """On this day: receipts that are still missing, and activities of the day after."""
    return {
        "活动回执": notify_each(_missing_answers(on)),
        "明天的活动": notify_each(_tomorrow(on)),
    }


def _called(**given: object) -> list[Invitation]:
    rows = Invitation.objects.filter(
        activity__state=ActivityState.NOTIFIED,
        sent_at__isnull=False,
        deputy__user__is_active=True,
        **given,
    )
    return list(rows.select_related("activity__region", "deputy__user").order_by("pk"))


def _missing_answers(on: dt.date) -> Iterator[tuple[User, Message]]:
    rules = Rules()
    for row in _called(answer=Answer.WAITING, activity__held_on__gte=on):
        left = (row.answer_until - on).days
        days = rules.of(row.activity.region).remind_days
        told_on = timezone.localtime(row.sent_at).date()
        if not 0 <= left <= days or told_on >= on:
            continue
        when = "今天截止" if left == 0 else f"还有 {left} 天截止"
        yield _to(row, "answer", f"请回执（{when}）：{row.activity.title}")


def _tomorrow(on: dt.date) -> Iterator[tuple[User, Message]]:
    answers = (Answer.ACCEPTED, Answer.WAITING, Answer.LEAVE_REFUSED)
    tomorrow = on + dt.timedelta(days=1)
    for row in _called(answer__in=answers, activity__held_on=tomorrow):
        yield _to(row, "eve", f"明天活动：{row.activity.title}")


def _to(row: Invitation, kind: str, title: str) -> tuple[User, Message]:
    user = row.deputy.user
    assert user is not None  # noqa: S101 - only active accounts are selected
    message = Message(
        key=f"invitation:{row.pk}:{row.activity.notice_round}:{kind}",
        title=title,
        body=f"{when_and_where(row.activity)}。",
        link=invitation_page(row),
    )
    return user, message
