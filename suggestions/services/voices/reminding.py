"""Daily: units hear of limits that passed; what nobody called unsolved is closed."""

import datetime as dt
from collections.abc import Iterator

from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify_each, unit_people
from congress_portal.core.reminders import reminder
from suggestions.models import VoicePart
from suggestions.services.voices.steps import keepers_of
from suggestions.services.voices.voter import close_silent


@reminder
def remind_of_voices(on: dt.date) -> dict[str, int]:
    """Each overdue part once, however often it is run."""
    return {"群众意见超期": notify_each(_overdue(on)), "群众意见办结": close_silent(today=on)}


def _overdue(on: dt.date) -> Iterator[tuple[User, Message]]:
    """The unit, and who owes the voter the answer: a unit without accounts reads nothing."""
    rows = VoicePart.objects.all().running().filter(due_on__lt=on)
    for part in rows.select_related("unit", "voice__region", "voice__station").order_by("pk"):
        message = Message(
            key=f"voice-part-late-{part.pk}",
            title=f"一件群众意见已过办理期限（{part.due_on:%m月%d日}）",
            body=f"{part.unit}：{part.voice.said}"[:200],
            link=f"/voices/{part.voice_id}/",
            is_urgent=True,
        )
        for user in [*unit_people(part.unit), *keepers_of(part.voice)]:
            yield user, message
