"""Projects with their inspections and what these brought up (M82)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from activities.enums import ActivityState
from activities.models import Activity, Finding, Project
from activities.selectors import findings
from activities.selectors.findings import Standing
from congress_portal.core.models import User


def listed(rows: QuerySet[Project]) -> QuerySet[Project]:
    """With ``inspections`` (held, not refused), ``last_on`` and ``open_findings``."""
    held = Q(activities__state=ActivityState.HELD) & ~Q(activities__verification="refused")
    waiting = Q(activities__findings__closed_on__isnull=True)
    return rows.select_related("region", "unit", "field").annotate(
        inspections=Count("activities", held, distinct=True),
        last_on=Max("activities__held_on", filter=held),
        open_findings=Count("activities__findings", waiting, distinct=True),
    )


@dataclass(frozen=True)
class Inspections:
    """Those the reader may open; ``hidden`` are others of the same project."""

    activities: Sequence[Activity]
    hidden: int
    findings: Sequence[tuple[Finding, Standing]]


def inspections_of(project: Project, user: User, today: dt.date) -> Inspections:
    rows = Activity.objects.filter(project=project).exclude(state=ActivityState.CANCELLED)
    seen = Activity.objects.visible_to(user).filter(pk__in=rows.values("pk"))
    opened = list(
        seen.select_related("form", "region")
        .annotate(
            present=Count("attendances", Q(attendances__presence="present"), distinct=True),
            found=Count("findings", distinct=True),
        )
        .order_by("-held_on", "-pk")
    )
    found = Finding.objects.visible_to(user).filter(activity__project=project)
    lines = [
        (row, findings.standing(row, today))
        for row in findings.in_full(found).order_by("-activity__held_on", "serial", "pk")
    ]
    return Inspections(opened, rows.count() - len(opened), lines)


def to_link(project: Project, user: User) -> QuerySet[Activity]:
    """Activities of the last year that the person may write and that name no project."""
    rows = Activity.objects.editable_by(user).filter(project=None)
    return rows.exclude(state=ActivityState.CANCELLED).order_by("-held_on", "-pk")
