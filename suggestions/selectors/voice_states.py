"""Where a voice stands: one rule for voices with a case and for those without (imported)."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from congress_portal.core.models import Region, User
from stations.models import Station
from suggestions.enums import VoiceParty, VoiceState
from suggestions.models import Voice, VoiceCase, VoicePart

FINAL = frozenset({VoiceState.GUIDED, VoiceState.MERGED, VoiceState.CLOSED})
WAITING = frozenset({VoiceState.LOGGED, VoiceState.ACCEPTED, VoiceState.REDO})
_BEFORE_ANSWER = (
    VoiceState.LOGGED, VoiceState.ACCEPTED, VoiceState.CONSULTING, VoiceState.REDO,
)  # fmt: skip


def with_state(rows: QuerySet[Voice]) -> QuerySet[Any]:
    """Annotates ``stands``.

    The voice's own day of closing and its suggestion go before the case: desk and import write
    them.
    """
    return rows.annotate(
        stands=Case(
            When(case__state__in=[VoiceState.GUIDED, VoiceState.MERGED], then=F("case__state")),
            When(closed_on__isnull=False, then=Value(VoiceState.CLOSED.value)),
            When(
                Q(suggestion__isnull=False)
                & (Q(case__isnull=True) | Q(case__state__in=_BEFORE_ANSWER, case__reopened=0)),
                then=Value(VoiceState.TURNED.value),
            ),
            When(Q(case__isnull=False) & ~Q(case__state=VoiceState.CLOSED), then=F("case__state")),
            When(unit__isnull=False, case__isnull=True, then=Value(VoiceState.WITH_UNITS.value)),
            default=Value(VoiceState.LOGGED.value),
            output_field=CharField(max_length=12),
        )
    )


def state_of(voice: Voice) -> VoiceState:
    """The same rule for one row."""
    found = with_state(Voice.objects.filter(pk=voice.pk)).values_list("stands", flat=True)
    return VoiceState(found.get())


def case_of(voice: Voice) -> VoiceCase:
    """The voice's case; a new one, not saved, standing where the voice says."""
    found = VoiceCase.objects.filter(voice=voice).first()
    return found or VoiceCase(voice=voice)


def parties_of_voice(user: User, voice: Voice) -> frozenset[VoiceParty]:
    """Who the person is, seen from this matter. Deputies: of the own town, or who heard it."""
    found = set()
    if Voice.objects.editable_by(user).filter(pk=voice.pk).exists():
        found.add(VoiceParty.OFFICE)
    units = user.scope.unit_ids
    if units and VoicePart.objects.all().running().filter(voice=voice, unit__in=units).exists():
        found.add(VoiceParty.UNIT)
    deputy_user = user.scope.deputy_user_id
    if deputy_user and Voice.objects.visible_to(user).filter(pk=voice.pk).exists():
        found.add(VoiceParty.DEPUTY)
    return frozenset(found)


def may_read_contact(user: User, voice: Voice) -> bool:
    """May ask for the voter's contact, with a reason.

    Who receives the matter may; a deputy only for own cases that are open, never for one who
    asked for confidence.
    """
    if Voice.objects.editable_by(user).filter(pk=voice.pk).exists():
        return True
    mine = user.scope.deputy_user_id
    own = mine is not None and voice.deputy is not None and voice.deputy.user_id == mine
    return own and voice.closed_on is None and not voice.is_confidential


def station_for(village: Region) -> Station | None:
    """Where a matter of this place is received: its own station, else the town's first."""
    active = Station.objects.active().order_by("number")
    if village.is_town:
        return active.filter(region=village).order_by("village", "number").first()
    own = active.filter(village=village).first()
    return own or active.filter(region=village.parent_id).order_by("village", "number").first()


_NUMBER = re.compile(r"(.+)-(\d{4})-(\d{1,6})")


def of_number(rows: QuerySet[Voice], text: str) -> QuerySet[Voice]:
    """The row of a receipt number, however it is typed: small letters, wide signs, blanks."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", "").upper())
    if found is None:
        return rows.none()
    return rows.filter(
        number__station__number__iexact=found[1], number__year=int(found[2]),
        number__serial=int(found[3]),
    )  # fmt: skip


AGES = (30, 60, 90)


def age_days(voice: Voice, today: dt.date) -> int:
    return (today - voice.raised_on).days
