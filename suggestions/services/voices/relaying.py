"""A reply to a suggestion goes back to the voters whose matters it was made of."""

from django.utils import timezone

from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Reply, Suggestion, Voice
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.steps import LONGEST_COMMENT, tell_office, voice_step
from suggestions.voice_workflow import VoiceAction

# answered, closed, or called not solved and not yet handled otherwise: a second round tells again
_HEARS = (VoiceState.TURNED, VoiceState.ANSWERED, VoiceState.REDO, VoiceState.CLOSED)


def relay_reply(suggestion: Suggestion, reply: Reply) -> int:
    """Tell every voter behind the suggestion, and those merged with each; how many.

    In the caller's transaction. Who said «not solved» hears the next reply as well, unless the
    office has given the matter another way since.
    """
    words = f"代表建议《{suggestion.title}》有了答复：{reply.body}"[:LONGEST_COMMENT]
    told = 0
    for voice in Voice.objects.filter(suggestion=suggestion).order_by("pk"):
        if state_of(voice) in _HEARS:
            merged = Voice.objects.filter(case__merged_into=voice).order_by("pk")
            told += sum(_tell(each, words) for each in (voice, *merged))
    return told


def _tell(voice: Voice, words: str) -> int:
    """Closed before, or its voter content: it stays so, and the reply is told; else answered."""
    is_closed = state_of(voice) == VoiceState.CLOSED
    action = VoiceAction.FOLLOW if is_closed else VoiceAction.RELAY
    given = {"voice_pk": voice.pk, "actor": None, "party": VoiceParty.SYSTEM}
    with voice_step(action, comment=words, **given) as now:  # type: ignore[arg-type]
        if is_closed:
            now.case.answer = words
        else:
            now.case.solved_at = timezone.now()
    if not is_closed:
        key = f"voice-relayed-{voice.pk}-{now.case.answered_at}"
        tell_office(voice, "群众意见转成的建议已答复", key=key)
    return 1
