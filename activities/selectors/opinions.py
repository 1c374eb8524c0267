"""Opinions on the committee's own work, with their age (M71)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet

from activities.enums import OpinionState
from activities.models import WorkOpinion

LATE = 30  # days without an answer after which a page says so


def opinions_listed(rows: QuerySet[WorkOpinion]) -> QuerySet[WorkOpinion]:
    """Open ones first, the oldest of them at the top; then the newest answered."""
    return rows.select_related("deputy__town", "office", "region").order_by(
        F("closed_on").asc(nulls_first=True), F("answered_on").asc(nulls_first=True), "raised_on",
        "pk",
    )  # fmt: skip


@dataclass(frozen=True)
class OpinionCounts:
    """How many in each state, how many open ones have no office, and since when."""

    open: int
    unassigned: int
    answered: int
    closed: int
    since: dt.date | None

    @property
    def total(self) -> int:
        return self.open + self.answered + self.closed


def opinion_counts(rows: QuerySet[WorkOpinion]) -> OpinionCounts:
    is_open = Q(state=OpinionState.OPEN)
    return OpinionCounts(
        **rows.order_by().aggregate(
            open=Count("pk", is_open),
            unassigned=Count("pk", is_open & Q(office=None)),
            answered=Count("pk", Q(state=OpinionState.ANSWERED)),
            closed=Count("pk", Q(state=OpinionState.CLOSED)),
            since=Min("raised_on", filter=is_open),
        )
    )


def age_of(row: WorkOpinion, today: dt.date) -> int:
    """Days from raising it to the answer, or to today while there is none."""
    return ((row.answered_on or today) - row.raised_on).days
