"""Which steps on a voter's matter a person may take now: the page's buttons, the services' check.

The table says what a party may do; here is what depends on the person or on the matter besides.
"""

from congress_portal.core.enums import Role
from congress_portal.core.models import User
from congress_portal.core.notices import unit_people
from suggestions.enums import Share, VoiceParty, VoiceState
from suggestions.models import Voice, VoicePart
from suggestions.selectors.voice_states import parties_of_voice
from suggestions.selectors.wishes import WISH_HOLDS, is_wished_for
from suggestions.voice_workflow import VoiceAction, available_voice_actions

_LEADS = frozenset({VoiceAction.ANSWER, VoiceAction.HAND_BACK})  # of a unit's steps


def may_turn(user: User) -> bool:
    """A deputy, or an office that asks one of its congress; who keeps a station forwards."""
    return user.has_role(Role.DEPUTY) or bool(user.scope.write_prefixes)


def own_part(user: User, voice: Voice) -> VoicePart | None:
    """The running part of the person's unit, the lead one first."""
    rows = VoicePart.objects.all().running().filter(voice=voice, unit__in=user.scope.unit_ids)
    return rows.order_by("-share", "pk").first()


def is_answered_on_paper(voice: Voice) -> bool:
    """No account acts for the lead unit: the office enters what it sends."""
    lead = VoicePart.objects.all().running().filter(voice=voice, share=Share.LEAD).first()
    return lead is None or not unit_people(lead.unit_id)


def open_steps(user: User, voice: Voice, state: VoiceState) -> tuple[VoiceAction, ...]:
    """In the table's order."""
    parties = parties_of_voice(user, voice)
    steps = available_voice_actions(state, parties)
    shut: set[VoiceAction] = set()
    if is_wished_for(voice.pk):
        shut |= WISH_HOLDS
    if not may_turn(user):
        shut.add(VoiceAction.TURN)
    if VoiceParty.UNIT in parties:
        part = own_part(user, voice)
        shut |= {VoiceAction.OPINION} if part and part.share == Share.LEAD else _LEADS
    elif state == VoiceState.WITH_UNITS and not is_answered_on_paper(voice):
        shut.add(VoiceAction.ANSWER)
    return tuple(step for step in steps if step not in shut)
