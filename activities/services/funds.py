"""Funds of deputies' activities: a year's budget and what was spent from it (M122)."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from activities.models.support import Budget, Expense
from activities.services.keeping import KeepingError, keep, locked
from congress_portal.core.models import User


def save_budget(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> Budget:  # fmt: skip
    """Enter a budget of a place, a station or a group, or mend it."""
    for name in ("station", "group"):
        holder = values.get(name)
        if holder and not holder.region.code.startswith(values["region"].code.rstrip("0")):
            raise KeepingError(f"{holder}不在{values['region']}，请改选。")
    return keep(Budget, actor=actor, values=values, pk=pk, seen=seen, key=key)


@transaction.atomic
def save_expense(
    *, actor: User, budget_pk: int, values: Mapping[str, Any], pk: int | None = None,
    seen: str = "", key: uuid.UUID | None = None,
) -> Expense:  # fmt: skip
    """Enter an expense or mend it. More than the budget is entered all the same and flagged:
    what was spent was spent. Raises KeepingError and what ``keep`` raises."""
    budget = locked(Budget, budget_pk)
    if values["spent_on"].year != budget.year:
        raise KeepingError(f"这是 {budget.year} 年的经费，支出日期应在这一年。")
    given = {**values, "budget": budget}
    return keep(Expense, actor=actor, values=given, pk=pk, seen=seen, key=key)
