"""One road for every step on a voter's matter: lock, party, table, stamps, history, audit."""

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.stale import StaleRecordError, fingerprint
from congress_portal.core.submissions import claim, found_by
from congress_portal.core.text import printable
from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Voice, VoiceCase, VoiceLog
from suggestions.selectors.voice_states import case_of, parties_of_voice, state_of
from suggestions.services.voices.telling import tell_voter
from suggestions.voice_workflow import VOICE_TABLE, VoiceAction, next_voice_state

LONGEST_COMMENT = 1000


class VoiceError(DomainError):
    """A rule of the voters' matters refuses the input."""


class DoneBeforeError(VoiceError):
    """The same form was sent before: a double tap, or a page sent again."""

    def __init__(self) -> None:
        super().__init__("这一步刚才已经保存，没有重复登记。")


@dataclass
class VoiceStep:
    """What the caller of a step works with; both rows are saved when the block is left."""

    voice: Voice
    case: VoiceCase
    actor: User | None
    comment: str
    start: VoiceState


def seen_of(voice: Voice) -> str:
    """Goes into the form and comes back: what the page was made from."""
    case = VoiceCase.objects.filter(voice=voice).first()
    last = VoiceLog.objects.filter(voice=voice).order_by("-pk").values_list("pk", flat=True)
    parts = (fingerprint(voice), fingerprint(case) if case else "", str(last.first() or ""))
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


@contextmanager
def voice_step(
    action: VoiceAction,
    *,
    voice_pk: int,
    actor: User | None,
    comment: str = "",
    party: VoiceParty | None = None,
    seen: str | None = None,
    key: uuid.UUID | None = None,
) -> Iterator[VoiceStep]:
    """Move a voter's matter as its table says.

    ``party`` is given where no account acts (the voter by the link, the system). Raises
    Voice.DoesNotExist, StaleRecordError, DoneBeforeError, VoiceError and the table's errors.
    """
    with transaction.atomic():
        rows = Voice.objects.order_by().select_for_update(of=("self",))
        if party is None:
            rows = rows.filter(pk__in=Voice.objects.visible_to(actor).order_by().values("pk"))
        voice = rows.get(pk=voice_pk)
        if key and actor and found_by(key, actor=actor, model=Voice):
            raise DoneBeforeError
        if seen is not None and seen_of(voice) != seen:
            raise StaleRecordError
        parties = frozenset({party}) if party else parties_of_voice(actor, voice)  # type: ignore[arg-type]
        start = state_of(voice)
        comment = printable(comment).strip()
        if len(comment) > LONGEST_COMMENT:
            raise VoiceError(f"说明不能超过 {LONGEST_COMMENT} 字。")
        target = next_voice_state(action, start, parties, comment)
        now = VoiceStep(voice, case_of(voice), actor, comment, start)
        yield now
        now.case.state = target
        _stamp(now, action, target)
        save_recorded(voice)
        save_recorded(now.case)
        acting = next(iter(sorted(VOICE_TABLE[action].who & parties)))
        _log(now, action, target, VoiceParty(acting))
        if not claim(key, actor=actor, row=voice) if actor else False:
            raise DoneBeforeError


def _stamp(now: VoiceStep, action: VoiceAction, target: VoiceState) -> None:
    """The voice's day of closing follows the state, so that all counts stay one truth."""
    voice, case = now.voice, now.case
    if VOICE_TABLE[action].to == VoiceState.ANSWERED:
        case.answer, case.answered_at = now.comment, timezone.now()
    if target in (VoiceState.CLOSED, VoiceState.GUIDED):
        voice.closed_on = voice.closed_on or timezone.localdate()
        case.answered_at = case.answered_at or timezone.now()
    else:
        voice.closed_on = None


def _log(now: VoiceStep, action: VoiceAction, target: VoiceState, party: VoiceParty) -> None:
    row = VOICE_TABLE[action]
    name = str(now.actor) if now.actor else VoiceParty(party).label
    log = VoiceLog.objects.create(
        voice=now.voice, action=action, label=row.label, from_state=now.start, to_state=target,
        party=party, actor=now.actor, actor_name=name[:60], comment=now.comment,
    )  # fmt: skip
    changes = {"stands": [now.start.value, target.value]}
    record(AuditAction.TRANSITION, now.voice, changes=changes, reason=now.comment, label=row.label)
    tell_voter(now.voice, log)
    if party in (VoiceParty.VOTER, VoiceParty.UNIT, VoiceParty.DEPUTY):
        tell_office(now.voice, f"群众意见：{row.label}", key=f"voice-log-{log.pk}")


def keepers_of(voice: Voice) -> list[User]:
    """The accounts that owe the voter an answer: the place's office and the station's own."""
    people = list(office_people(voice.region))
    if voice.station:
        kept = voice.station.officers.on(timezone.localdate()).select_related("user")
        people += [each.user for each in kept if each.user]
    return people


def tell_office(voice: Voice, title: str, *, key: str) -> None:
    """Without the voter's name and number: notices leave the portal."""
    people = keepers_of(voice)
    address = reverse("suggestions:voice_detail", args=[voice.pk])
    body = voice.said[:200]
    notify(people, Message(key=key, title=title, body=body, link=address))
