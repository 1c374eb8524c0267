"""What has to be put right, as boards show it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from congress_portal.core.models import User
from stations.enums import RectificationState
from stations.models import Rectification, RectificationStep


def findings_listed(user: User) -> QuerySet[Rectification]:
    """Open ones first, the oldest day on top."""
    rows = Rectification.objects.visible_to(user).select_related("region", "station", "item")
    is_closed = Case(When(state=RectificationState.CLOSED, then=1), default=0)
    return rows.order_by(is_closed, "due_on", "pk")


def steps_of(user: User, finding: Rectification) -> QuerySet[RectificationStep]:
    rows = RectificationStep.objects.visible_to(user).filter(finding=finding)
    return rows.select_related("entered_by").order_by("on", "pk")


@dataclass(frozen=True)
class TownFindings:
    town: str
    open: int
    reported: int
    overdue: int
    closed: int


def findings_by_town(user: User, today: dt.date) -> list[TownFindings]:
    """Counts by town, each matter in one column; places without any are left out."""
    overdue = Q(state=RectificationState.OPEN, due_on__lt=today)
    rows = (
        Rectification.objects.visible_to(user)
        .values("region__code", "region__name")
        .annotate(
            open=Count("pk", filter=Q(state=RectificationState.OPEN, due_on__gte=today)),
            reported=Count("pk", filter=Q(state=RectificationState.REPORTED)),
            overdue=Count("pk", filter=overdue),
            closed=Count("pk", filter=Q(state=RectificationState.CLOSED)),
        )
        .order_by("region__code")
    )
    return [
        TownFindings(
            row["region__name"], row["open"], row["reported"], row["overdue"], row["closed"]
        )
        for row in rows
    ]
