"""Where voters' names and contacts lie in this app."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.models import Notice
from congress_portal.core.retention import Kept, keeps
from suggestions.models import Intake, Voice, VoiceCase, VoiceLog, Wish


def _closed_voices(day: dt.date) -> QuerySet[Voice]:
    return Voice.objects.filter(closed_on__lt=day)


def _decided_letters(day: dt.date) -> QuerySet[Intake]:
    return Intake.objects.filter(decided_at__date__lt=day)


def _about(voice: Voice) -> Iterable[tuple[QuerySet[Any], tuple[str, ...]]]:
    """What was said of the matter elsewhere: its steps, its answer, thanks, and messages."""
    wishes = Wish.objects.filter(voice=voice)
    keys = wishes.values_list("pk", flat=True)
    pages = [f"/voices/{voice.pk}/", *(f"/wishes/{pk}/" for pk in keys)]
    yield VoiceLog.objects.filter(voice=voice), ("comment",)
    yield VoiceCase.objects.filter(voice=voice), ("answer",)
    yield wishes, ("thanks",)
    yield Notice.objects.filter(link__in=pages), ("title", "body")


VOICES = keeps(
    Kept(
        "voice",
        "群众意见里的选民",
        Voice,
        _closed_voices,
        "visitor_phone",
        texts=("matter",),
        beside=_about,
    )
)
LETTERS = keeps(
    Kept("intake", "来信的寄件人", Intake, _decided_letters, "sender_address", texts=("body",))
)
