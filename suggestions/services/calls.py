"""Calls for suggestions, motions or topics before a session (M88, M57)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.periods import Period
from deputies.models import Deputy
from suggestions.models import Call
from suggestions.services.steps import keep
from suggestions.workflow import NotYoursError


@transaction.atomic
def open_call(
    *,
    actor: User,
    region: Region,
    kind: str,
    title: str,
    opens_on: dt.date,
    closes_on: dt.date,
    notice: str = "",
    topics: str = "",
    themes: Sequence[DictionaryEntry] = (),
) -> Call:
    """Announce it; every deputy in office of that congress is told once."""
    if not actor.scope.may_write_code(region.code):
        raise NotYoursError("征集由本级人大机关发布。")
    call: Call = keep(
        Call(
            region=region,
            kind=kind,
            title=title.strip(),
            notice=notice.strip(),
            topics=topics.strip(),
            opens_on=opens_on,
            closes_on=closes_on,
        )
    )
    call.themes.set(themes)
    deputies = Deputy.objects.filter(mandates__region=region, user__isnull=False)
    people = deputies.in_office(Period(opens_on, opens_on, "")).select_related("user").distinct()
    notify(
        [deputy.user for deputy in people if deputy.user],
        Message(
            key=f"call:{call.pk}",
            title=call.title,
            body=f"征集到{closes_on.month}月{closes_on.day}日截止。",
            link=f"/suggestions/calls/{call.pk}/",
        ),
    )
    return call
