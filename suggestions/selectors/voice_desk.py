"""Reads of the voices' inbox, the units' desk, the page of one voice and the open figures."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet

from congress_portal.core.enums import Rating
from congress_portal.core.models import User
from suggestions.enums import VoiceSource, VoiceState
from suggestions.models import Voice, VoiceCase, VoiceLog, VoicePart, VoicePhoto
from suggestions.selectors.similar import likeness, pairs_of
from suggestions.selectors.voice_states import AGES, WAITING, with_state

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
    pairs = pairs_of(voice.matter)
    near = rows.select_related("number__station").order_by("-raised_on", "-pk")[:_LOOKED_AT]
    scored = [(likeness(pairs, pairs_of(each.matter)), each) for each in near]
    best = sorted(scored, key=lambda pair: (-pair[0], pair[1].pk))[:limit]
    return [SimilarVoice(each, round(score * 100)) for score, each in best if score >= LIKELY]


def may_sort(user: User) -> bool:
    """The offices of county and town, and who keeps a station."""
    return bool(user.scope.write_prefixes or user.scope.officer_user_id)


def sorted_rows(user: User) -> QuerySet[Any]:
    """All that the person sorts, with its state, the oldest first."""
    rows = with_state(Voice.objects.editable_by(user))
    return rows.select_related("region", "village", "station", "number__station", "unit").order_by(
        "raised_on", "pk"
    )


def inbox_rows(user: User) -> QuerySet[Voice]:
    """What waits for the person's decision: logged, accepted, opened again."""
    return sorted_rows(user).filter(stands__in=sorted(WAITING))


def unit_rows(user: User) -> QuerySet[VoicePart]:
    """The running parts of the person's units, the most urgent first."""
    rows = VoicePart.objects.visible_to(user).running().filter(unit__in=user.scope.unit_ids)
    return rows.select_related("unit", "voice__region", "voice__village").order_by("due_on", "pk")


@dataclass(frozen=True)
class AgeRow:
    """Open matters of one owner older than 30, 60 and 90 days (M76)."""

    owner: str
    total: int
    ages: tuple[int, ...]
    oldest: dt.date


def backlog(user: User, today: dt.date) -> list[AgeRow]:
    """By owner: the unit that handles it, else the station, else the place; one query."""
    counts: dict[str, Any] = {
        f"over_{days}": Count("pk", filter=Q(raised_on__lt=today - dt.timedelta(days=days)))
        for days in AGES
    }
    rows = with_state(Voice.objects.visible_to(user)).filter(closed_on__isnull=True)
    rows = rows.exclude(stands=VoiceState.MERGED).order_by()
    found: Any = rows.values("unit__name", "station__name", "region__name").annotate(
        total=Count("pk"), oldest=Min("raised_on"), **counts
    )
    merged: dict[str, AgeRow] = {}
    for each in found:
        owner = each["unit__name"] or each["station__name"] or each["region__name"]
        ages = tuple(each[f"over_{days}"] for days in AGES)
        old = merged.get(owner)
        merged[owner] = AgeRow(
            owner,
            each["total"] + (old.total if old else 0),
            tuple(a + b for a, b in zip(ages, old.ages, strict=True)) if old else ages,
            min(each["oldest"], old.oldest) if old else each["oldest"],
        )
    return sorted(merged.values(), key=lambda row: (*(-n for n in row.ages[::-1]), row.owner))


@dataclass(frozen=True)
class Satisfaction:
    """``rate`` is None where fewer were rated than the rule lists."""

    owner: str
    rated: int
    satisfied: int
    rate: int | None


def satisfaction(rows: QuerySet[Voice], by: str, least: int) -> list[Satisfaction]:
    """Satisfied and basically satisfied of those rated, by ``station``, ``unit`` or ``deputy``."""
    good = Q(rating__in=[Rating.SATISFIED, Rating.BASICALLY])
    found = (
        rows.exclude(rating="").exclude(**{by: None}).order_by().values(f"{by}__name")
        .annotate(rated=Count("pk", distinct=True), good=Count("pk", filter=good, distinct=True))
    )  # fmt: skip
    shown = []
    for each in sorted(found, key=lambda row: row[f"{by}__name"]):
        rated, satisfied = each["rated"], each["good"]
        rate = round(satisfied * 100 / rated) if rated >= least else None
        shown.append(Satisfaction(each[f"{by}__name"], rated, satisfied, rate))
    return shown


def hours_to_solve(user: User) -> tuple[int, float | None]:
    """Photographed matters that were solved: how many, and the hours on average (M74)."""
    rows = VoiceCase.objects.filter(
        voice__in=Voice.objects.visible_to(user).filter(source=VoiceSource.PHOTO),
        solved_at__isnull=False,
    )
    took = ExpressionWrapper(F("solved_at") - F("posted_at"), DurationField())
    found = rows.aggregate(count=Count("pk"), took=Avg(took))
    hours = found["took"].total_seconds() / 3600 if found["took"] else None
    return found["count"], hours


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


def rated_voices(user: User) -> QuerySet[Voice]:
    return Voice.objects.visible_to(user).filter(closed_on__isnull=False)


def stands_by_key(voices: Iterable[Voice]) -> dict[int, VoiceState]:
    """The states of listed voices, in one query."""
    keys = [each.pk for each in voices]
    found = with_state(Voice.objects.filter(pk__in=keys)).values_list("pk", "stands")
    return {pk: VoiceState(stands) for pk, stands in found}
