"""A reply to a suggestion goes back to the voters whose matters it was made of."""

from django.utils import timezone

from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Reply, Suggestion, Voice, VoiceCase
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.steps import LONGEST_COMMENT, tell_office, voice_step
from suggestions.voice_workflow import VoiceAction

# answered, or called not solved and not yet handled otherwise: a second round answers again
_WAITS = (VoiceState.TURNED, VoiceState.ANSWERED, VoiceState.REDO)
_WITH_MAIN = (VoiceState.MERGED, VoiceState.ANSWERED)


def relay_reply(suggestion: Suggestion, reply: Reply) -> int:
    """Answer every matter behind the suggestion, and what was merged into each; how many.

    In the caller's transaction. Who said «not solved» hears the next reply as well, unless the
    office has given the matter another way since.
    """
    words = f"代表建议《{suggestion.title}》有了答复：{reply.body}"[:LONGEST_COMMENT]
    told = 0
    for voice in Voice.objects.filter(suggestion=suggestion).order_by("pk"):
        if state_of(voice) == VoiceState.CLOSED:
            told += _follow(voice, words)
        if state_of(voice) not in _WAITS:
            continue
        told += _answer(voice, words, reply)
        merged = VoiceCase.objects.filter(merged_into=voice, state__in=_WITH_MAIN)
        for case in merged.select_related("voice").order_by("pk"):
            told += _answer(case.voice, words, reply)
    return told


def _follow(voice: Voice, words: str) -> int:
    """The matter was closed before, or its voter content: it stays so, and the reply is told."""
    given = {"voice_pk": voice.pk, "actor": None, "party": VoiceParty.SYSTEM}
    with voice_step(VoiceAction.FOLLOW, comment=words, **given) as now:  # type: ignore[arg-type]
        now.case.answer = words
    return 1


def _answer(voice: Voice, words: str, reply: Reply) -> int:
    given = {"voice_pk": voice.pk, "actor": None, "party": VoiceParty.SYSTEM}
    with voice_step(VoiceAction.RELAY, comment=words, **given) as now:  # type: ignore[arg-type]
        now.case.solved_at = timezone.now()
    tell_office(
        voice, "群众意见转成的建议已答复", key=f"voice-relayed-{voice.pk}-{now.case.answered_at}"
    )
    return 1
