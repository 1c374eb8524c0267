"""Wishes to read: for the desk, for everybody, counted by town and station."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from congress_portal.core.masking import without_numbers
from congress_portal.core.models import User
from suggestions.enums import WishState
from suggestions.models import VoiceLog, Wish, WishClaim
from suggestions.voice_workflow import VoiceAction


def _with_claims(rows: QuerySet[Any]) -> QuerySet[Any]:
    claims = WishClaim.objects.all().standing().select_related("deputy", "enterprise")
    related = rows.select_related("voice__region", "voice__station", "voice__number__station")
    return related.prefetch_related(Prefetch("claims", claims, to_attr="standing")).order_by("-pk")


def wishes_for(user: User, state: str = "") -> QuerySet[Any]:
    """What the person reads, the newest first; ``state`` narrows."""
    rows = Wish.objects.visible_to(user)
    return _with_claims(rows.filter(state=state) if state in WishState.values else rows)


def shown_wishes(state: str = "") -> QuerySet[Any]:
    rows = Wish.objects.all().shown()
    return _with_claims(rows.filter(state=state) if state in WishState.values else rows)


WISH_HOLDS = frozenset(
    {
        VoiceAction.SOLVE_AT_ONCE, VoiceAction.CONSULT, VoiceAction.ASSIGN, VoiceAction.TURN,
        VoiceAction.GUIDE, VoiceAction.MERGE, VoiceAction.ANSWER,
    }
)  # fmt: skip


def is_wished_for(voice_pk: int) -> bool:
    """The matter waits for a claim or for its fulfilment, and goes no other way meanwhile."""
    states = (WishState.OPEN, WishState.CLAIMED)
    return Wish.objects.filter(voice=voice_pk, state__in=states).exists()


def photographed_claim(wish: Wish) -> WishClaim | None:
    """The claim that fulfilled it, where it has a photograph."""
    rows = wish.claims.standing().filter(fulfilled_on__isnull=False).exclude(photo="")
    found: WishClaim | None = rows.first()
    return found


@dataclass(frozen=True)
class NotSolved:
    """What was still wrong when it was said not to be fulfilled."""

    on: dt.date
    words: str


def said_not_fulfilled(wish: Wish) -> list[NotSolved]:
    """For who claimed it and the office: the latest first, without numbers of people."""
    rows = VoiceLog.objects.filter(voice=wish.voice_id, action=VoiceAction.REOPEN)
    return [
        NotSolved(timezone.localdate(row.at), without_numbers(row.comment))
        for row in rows.order_by("-at", "-pk")
    ]


@dataclass(frozen=True)
class WishCount:
    """``claimed`` and ``fulfilled`` are out of ``total`` published wishes."""

    town: str
    station: str
    total: int
    claimed: int
    fulfilled: int


def wish_counts() -> list[WishCount]:
    """Published wishes by station; one query."""
    names = ("voice__region__code", "voice__region__name", "voice__station__name")
    rows = Wish.objects.all().shown().order_by().values_list(*names)
    counted = rows.annotate(
        total=Count("pk"),
        claimed=Count("pk", filter=~Q(state=WishState.OPEN)),
        fulfilled=Count("pk", filter=Q(state=WishState.FULFILLED)),
    )
    return [
        WishCount(town, station or "镇（街道）人大", total, claimed, done)
        for _, town, station, total, claimed, done in counted.order_by(*names)
    ]
