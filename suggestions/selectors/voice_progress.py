"""What a voter reads by the link: an allow-list in plain words, no names of staff or others."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from congress_portal.core.masking import without_numbers
from suggestions.enums import VoiceState
from suggestions.models import VoiceCase, VoiceLog, VoicePart, VoicePhoto
from suggestions.selectors.voice_states import state_of
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction


@dataclass(frozen=True)
class ToldStep:
    on: dt.date
    words: str
    more: str = ""
    is_answer: bool = False


@dataclass(frozen=True)
class Progress:
    """Nothing else leaves for the voter's page."""

    number: str
    state: VoiceState
    matter: str
    place: str
    raised_on: dt.date
    steps: tuple[ToldStep, ...]
    answer: str
    guide: str
    due_on: dt.date | None
    units: tuple[str, ...]
    photos: tuple[tuple[int, str], ...]
    rating: str


_OWN_WORDS = frozenset({VoiceAction.REOPEN})
_ANSWERS = frozenset(
    {
        VoiceAction.ANSWER, VoiceAction.SOLVE_AT_ONCE, VoiceAction.RELAY, VoiceAction.FOLLOW,
        VoiceAction.WISH_DONE,
    }
)  # fmt: skip


def progress_of(case: VoiceCase) -> Progress:
    """``case`` with its voice, places and number."""
    voice = case.voice
    parts = list(VoicePart.objects.all().running().filter(voice=voice).select_related("unit"))
    photos = VoicePhoto.objects.filter(voice=voice).order_by("at", "pk")
    village = voice.village.name if voice.village else ""
    return Progress(
        number=str(voice.number or ""),
        state=state_of(voice),
        matter=voice.matter,
        place=f"{voice.region.name}{village}",
        raised_on=voice.raised_on,
        steps=tuple(_steps(case)),
        answer=without_numbers(case.answer) if case.answered_at and case.answer else "",
        guide=case.door.text if case.door else "",
        due_on=max((part.due_on for part in parts), default=None),
        units=tuple(part.unit.name for part in parts),
        photos=tuple((row.pk, str(row.get_kind_display())) for row in photos),
        rating=str(voice.get_rating_display()) if voice.rating else "",
    )


def _steps(case: VoiceCase) -> list[ToldStep]:
    """An answer that is not the standing one is read where it was given."""
    steps = [ToldStep(case.voice.raised_on, "您反映的事已经登记。")]
    stands = case.answer if case.answered_at else ""
    for log in VoiceLog.objects.filter(voice=case.voice_id).order_by("at", "pk"):
        row = VOICE_TABLE[VoiceAction(log.action)]
        if row.told:
            on = timezone.localdate(log.at)
            if log.action in _ANSWERS and log.comment and log.comment != stands:
                steps.append(ToldStep(on, row.told, without_numbers(log.comment), is_answer=True))
                continue
            own = log.comment if log.action in _OWN_WORDS and log.party == "voter" else ""
            steps.append(ToldStep(on, row.told, own))
    return steps
