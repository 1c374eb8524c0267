"""What the voter says by the progress link: solved and how good, or not solved and why."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from congress_portal.core.masking import without_numbers
from congress_portal.core.notices import Message, notify, unit_people
from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Voice, VoiceCase, VoiceRule
from suggestions.selectors.voice_states import state_of
from suggestions.services.voices.steps import VoiceError, voice_step
from suggestions.services.wishes import take_up_again
from suggestions.voice_workflow import VoiceAction


def confirm_solved(*, case: VoiceCase, rating: str) -> Voice:
    """Close it with the voter's rating. Raises VoiceError and the table's errors."""
    given = {"voice_pk": case.voice_id, "actor": None, "party": VoiceParty.VOTER}
    with voice_step(VoiceAction.CONFIRM, **given) as now:  # type: ignore[arg-type]
        now.voice.rating = rating
        now.case.solved_at = timezone.now()
    return now.voice


def last_day_to_reopen(case: VoiceCase) -> dt.date | None:
    """As the place's rule says; after it silence closes. None where nothing is answered."""
    states = (VoiceState.ANSWERED, VoiceState.CLOSED)
    if case.answered_at is None or state_of(case.voice) not in states:
        return None
    days = VoiceRule.objects.all().of(case.voice.region).reopen_days
    return timezone.localdate(case.answered_at) + dt.timedelta(days=days)


def may_reopen(case: VoiceCase, today: dt.date | None = None) -> bool:
    last = last_day_to_reopen(case)
    return last is not None and (today or timezone.localdate()) <= last


def say_not_solved(*, case: VoiceCase, reason: str) -> Voice:
    """Open it again, with the voter's reason. Raises VoiceError and the table's errors."""
    if case.answered_at and not may_reopen(case):
        raise VoiceError("这件事已经重新办理，或者过了可以重新办理的期限；请再留一条新的。")
    given = {"voice_pk": case.voice_id, "actor": None, "party": VoiceParty.VOTER}
    with voice_step(VoiceAction.REOPEN, comment=reason, **given) as now:  # type: ignore[arg-type]
        reset_for_redo(now.voice, now.case, reason)
        if now.voice.unit:
            message = Message(
                key=f"voice-again-{now.voice.pk}-{now.case.reopened}",
                title="选民说没有解决，由人大机关或者家站重新确定怎样办",
                body=without_numbers(reason)[:300], link=f"/voices/{now.voice.pk}/",
            )  # fmt: skip
            notify(unit_people(now.voice.unit), message)
        _tell_proposer(now.voice, now.case, reason)
    return now.voice


def _tell_proposer(voice: Voice, case: VoiceCase, reason: str) -> None:
    """The deputy who wrote the suggestion hears it before rating the unit's reply."""
    suggestion = voice.suggestion
    if suggestion is None or suggestion.lead.user is None:
        return
    message = Message(
        key=f"voice-not-solved-{voice.pk}-{case.reopened}",
        title=f"选民说没有解决：《{suggestion.title}》",
        body=without_numbers(reason)[:300],
        link=f"/suggestions/{suggestion.pk}/",
    )
    notify([suggestion.lead.user], message)


def reset_for_redo(voice: Voice, case: VoiceCase, reason: str) -> None:
    """The answer stays in the history; the matter is open again."""
    voice.rating = ""
    case.solved_at = case.answered_at = None
    case.merged_into = None  # who says «not solved» is heard apart
    case.reopened += 1
    take_up_again(voice, reason)


@transaction.atomic
def close_silent(*, today: dt.date) -> int:
    """Close what was answered and not called unsolved within the place's days; how many."""
    closed = 0
    rows = VoiceCase.objects.filter(state=VoiceState.ANSWERED).select_related("voice__region")
    for case in rows.order_by("pk"):
        if state_of(case.voice) == VoiceState.ANSWERED and not may_reopen(case, today):
            given = {"voice_pk": case.voice_id, "actor": None, "party": VoiceParty.SYSTEM}
            with voice_step(VoiceAction.CLOSE, **given):  # type: ignore[arg-type]
                closed += 1
    return closed
