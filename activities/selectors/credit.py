"""Reads of good deeds, honours and shared notes."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from activities.enums import PostState
from activities.models import ExchangePost, GoodDeed, Honour
from congress_portal.core.models import User


def deeds_in_full(rows: QuerySet[GoodDeed]) -> QuerySet[GoodDeed]:
    related = ("deputy__town", "deputy__user", "kind", "verified_by", "entered_by")
    return rows.select_related(*related).order_by("-held_on", "-pk")


def deeds_total(rows: QuerySet[GoodDeed]) -> tuple[int, Decimal, int]:
    """Verified deeds: how many, yuan given, people helped."""
    verified = rows.filter(verification="verified").order_by()
    sums = verified.aggregate(money=Sum("amount"), people=Sum("beneficiaries"))
    return verified.count(), sums["money"] or Decimal(0), sums["people"] or 0


def honours_in_full(rows: QuerySet[Honour]) -> QuerySet[Honour]:
    related = ("deputy__town", "level", "verified_by", "entered_by")
    return rows.select_related(*related).order_by("-held_on", "-pk")


def posts_for(user: User) -> QuerySet[ExchangePost]:
    """What the reader may open, newest first."""
    rows = ExchangePost.objects.visible_to(user).select_related("deputy__town")
    return rows.order_by("-written_at", "-pk")


def posts_to_moderate(user: User) -> QuerySet[ExchangePost]:
    """Oldest first; the reader's own are another's to decide."""
    rows = ExchangePost.objects.filter(
        user.scope.writes("deputy__town"), state=PostState.WAITING
    ).exclude(deputy__user=user)
    return rows.select_related("deputy__town").order_by("written_at", "pk")
