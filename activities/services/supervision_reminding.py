"""Reminders of supervision: rectification that is due, follow-ups that are late."""

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse

from activities.models import Finding
from activities.selectors import findings as selectors
from activities.services.questions import remind_follow_ups
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people, unit_people
from congress_portal.core.reminders import reminder

_AHEAD = dt.timedelta(days=7)


@reminder
def remind_supervision(on: dt.date) -> Mapping[str, int]:
    """A week before the day the unit hears of it, after it the unit and the office; once each."""
    coming = selectors.late(Finding.objects.all(), on + _AHEAD + dt.timedelta(days=1))
    told = 0
    for row in selectors.in_full(coming).order_by("pk"):
        people = unit_people(row.unit) if row.unit else []
        if row.due_on and row.due_on < on:
            people = [*people, *office_people(row.activity.region)]
            told += _tell(people, row, "late", f"整改已逾期（{row.due_on:%-m月%-d日}）")
        else:
            told += _tell(people, row, "soon", f"整改将到期（{row.due_on:%-m月%-d日}）")
    return {"整改": told, "询问后续": remind_follow_ups(on)}


def _tell(people: list[User], row: Finding, event: str, title: str) -> int:
    link = reverse("activities:finding", args=[row.pk])
    key = f"finding:{row.pk}:{event}:{row.due_on}"
    return notify(people, Message(key=key, title=title, body=row.text[:300], link=link))
