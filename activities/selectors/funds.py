"""Balances of budgets, and what was spent on what the fund is not for (M122)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from activities.models.support import Budget, Expense

_NOTHING = Value(Decimal(0), DecimalField(max_digits=12, decimal_places=2))


def budgets_counted(rows: QuerySet[Budget]) -> QuerySet[Budget]:
    """With ``spent`` (yuan, money given back taken off), ``improper`` and ``times``."""
    ordered = rows.order_by("-year", "region__code", "pk")
    return ordered.select_related("region", "station", "group").annotate(
        spent=Coalesce(Sum("expenses__amount"), _NOTHING),
        improper=Coalesce(
            Sum("expenses__amount", filter=Q(expenses__kind__is_proper=False)), _NOTHING
        ),
        times=Count("expenses"),
    )


@dataclass(frozen=True)
class Balance:
    """In yuan. A negative ``left`` is more spent than there was."""

    amount: Decimal
    spent: Decimal
    improper: Decimal

    @property
    def left(self) -> Decimal:
        return self.amount - self.spent

    @property
    def is_over(self) -> bool:
        return self.spent > self.amount

    @property
    def over(self) -> Decimal:
        return max(self.spent - self.amount, Decimal(0))


def balance_of(budget: Any) -> Balance:
    """``budget`` is one of ``budgets_counted``."""
    cents = Decimal("0.01")  # SQLite gives whole sums back without their cents
    spent, improper = budget.spent.quantize(cents), budget.improper.quantize(cents)
    return Balance(budget.amount, spent, improper)


def expenses_in_full(rows: QuerySet[Expense]) -> QuerySet[Expense]:
    return rows.select_related("kind", "activity", "entered_by", "budget__region")


def by_kind(budget: Budget) -> list[tuple[str, bool, Decimal]]:
    """(kind, is it what the fund is for, yuan), the largest first."""
    rows = budget.expenses.order_by().values_list("kind__name", "kind__is_proper")
    return list(rows.annotate(total=Sum("amount")).order_by("-total", "kind__name"))
