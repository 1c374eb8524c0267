"""Reads of the voices' inbox, the units' desk and the page of one voice."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.models import User
from suggestions.enums import VoiceState
from suggestions.models import Voice, VoiceCase, VoiceLog, VoicePart, VoicePhoto
from suggestions.selectors.similar import likeness, pairs_of
from suggestions.selectors.voice_states import WAITING, with_state

LIKELY = 0.3  # from here on shown to who sorts
_LOOKED_AT = 400
_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class SimilarVoice:
    voice: Voice
    percent: int


def similar_voices(user: User, voice: Voice, *, limit: int = 5) -> list[SimilarVoice]:
    """The likest of the same place within a year, best first; never what was merged or guided."""
    rows = with_state(Voice.objects.editable_by(user).filter(region=voice.region_id))
    rows = rows.filter(raised_on__gte=voice.raised_on - _YEAR).exclude(pk=voice.pk)
    rows = rows.exclude(stands__in=[VoiceState.MERGED, VoiceState.GUIDED, VoiceState.CLOSED])
    rows = rows.exclude(case__merged_into__isnull=False)  # answered with its main one
    pairs = pairs_of(voice.matter)
    near = rows.select_related("number__station").order_by("-raised_on", "-pk")[:_LOOKED_AT]
    scored = [(likeness(pairs, pairs_of(each.matter)), each) for each in near]
    best = sorted(scored, key=lambda pair: (-pair[0], pair[1].pk))[:limit]
    return [SimilarVoice(each, round(score * 100)) for score, each in best if score >= LIKELY]


def may_sort(user: User) -> bool:
    """The offices of county and town, and who keeps a station."""
    return bool(user.scope.write_prefixes or user.scope.officer_user_id)


def may_read_figures(user: User) -> bool:
    return bool(user.scope.read_prefixes) or may_sort(user)


def sorted_rows(user: User) -> QuerySet[Any]:
    """All that the person sorts, with its state, the oldest first."""
    rows = with_state(Voice.objects.editable_by(user))
    return rows.select_related(
        "region", "village__parent", "station", "number__station", "unit"
    ).order_by("raised_on", "pk")


def inbox_rows(user: User) -> QuerySet[Voice]:
    """What waits for the person's decision: logged, accepted, opened again."""
    return sorted_rows(user).filter(stands__in=sorted(WAITING))


def unit_rows(user: User) -> QuerySet[VoicePart]:
    """The running parts of the person's units, the most urgent first."""
    rows = VoicePart.objects.visible_to(user).running().filter(unit__in=user.scope.unit_ids)
    return rows.select_related("unit", "voice__region", "voice__village__parent").order_by(
        "due_on", "pk"
    )


@dataclass(frozen=True)
class Chain:
    """What the page of one voice shows of its way."""

    state: VoiceState
    case: VoiceCase | None
    parts: list[VoicePart]
    log: list[VoiceLog]
    photos: list[VoicePhoto]
    merged: list[Voice]


def chain_of(voice: Voice, state: VoiceState) -> Chain:
    case = VoiceCase.objects.filter(voice=voice).select_related("merged_into", "door").first()
    parts = VoicePart.objects.filter(voice=voice).select_related("unit").order_by("-share", "pk")
    merged = Voice.objects.filter(case__merged_into=voice).order_by("pk")
    return Chain(
        state,
        case,
        list(parts),
        list(VoiceLog.objects.filter(voice=voice).order_by("at", "pk")),
        list(VoicePhoto.objects.filter(voice=voice).order_by("at", "pk")),
        list(merged),
    )


def stands_by_key(voices: Iterable[Voice]) -> dict[int, VoiceState]:
    """The states of listed voices, in one query."""
    keys = [each.pk for each in voices]
    found = with_state(Voice.objects.filter(pk__in=keys)).values_list("pk", "stands")
    return {pk: VoiceState(stands) for pk, stands in found}
