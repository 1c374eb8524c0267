"""The ledger's rows and sums; every number said is counted from the same rows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from congress_portal.core.models import User
from suggestions.models import Deed


def deeds_for(user: User) -> QuerySet[Any]:
    related = (
        "region", "station", "deputy", "unit", "category", "voice__number__station",
        "entered_by", "verified_by",
    )  # fmt: skip
    return Deed.objects.visible_to(user).select_related(*related)


def shown_deeds() -> QuerySet[Any]:
    related = ("region", "station", "deputy", "unit", "category")
    return Deed.objects.all().shown().select_related(*related)


@dataclass(frozen=True)
class DeedSums:
    """``verified`` of ``total`` rows; money in yuan and people of the verified ones alone."""

    total: int
    verified: int
    amount: Decimal
    beneficiaries: int


def sums_of(rows: QuerySet[Any]) -> DeedSums:
    verified = Q(verification="verified")
    found = rows.order_by().aggregate(
        total=Count("pk"),
        verified=Count("pk", filter=verified),
        amount=Sum("amount", filter=verified),
        people=Sum("beneficiaries", filter=verified),
    )
    amount = found["amount"] or Decimal(0)
    return DeedSums(found["total"], found["verified"], amount, found["people"] or 0)


def shown_by_category() -> list[tuple[str, int]]:
    rows = Deed.objects.all().shown().order_by().values_list("category__name")
    return list(rows.annotate(count=Count("pk")).order_by("-count", "category__name"))
