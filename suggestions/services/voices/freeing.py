"""A suggestion that comes to nothing: the voters' matters behind it are handled another way."""

from collections.abc import Iterable

from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Suggestion, Voice
from suggestions.services.voices.steps import tell_office, voice_step
from suggestions.voice_workflow import VoiceAction


def turned_into(suggestion: Suggestion) -> list[int]:
    """Keys of the matters that wait for this suggestion."""
    rows = Voice.objects.filter(suggestion=suggestion, case__state=VoiceState.TURNED)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def free(voices: Iterable[int], *, because: str, key: str) -> None:
    """Somebody else must find a way for them; voter and office are told. In a transaction."""
    for pk in voices:
        given = {"voice_pk": pk, "actor": None, "party": VoiceParty.SYSTEM}
        with voice_step(VoiceAction.FREE, **given) as now:  # type: ignore[arg-type]
            now.voice.suggestion = None
            tell_office(now.voice, because, key=f"voice-free-{pk}-{key}")
