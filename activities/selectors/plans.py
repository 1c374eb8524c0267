"""What the office is organising: the list of plans and the page of one."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from activities.enums import ActivityState, Answer
from activities.models import Activity, Invitation, SupportItem
from activities.selectors.calling import Tally, called_to, organised_by, sides_of, stage, tally
from activities.selectors.planning import LeadTime, lead_time
from activities.workflow import Action, Stage, available_actions
from congress_portal.core.models import User

OPEN = (ActivityState.PLANNED, ActivityState.NOTIFIED)


def plans_of(user: User) -> QuerySet[Activity]:
    """Plans, and what grew out of plans, with the figures of the calling."""
    rows = organised_by(user).filter(
        Q(state__in=(*OPEN, ActivityState.CANCELLED)) | Q(notified_on__isnull=False)
    )
    return rows.select_related("form", "region", "station").annotate(
        called=Count("invitations"),
        answered=Count("invitations", filter=~Q(invitations__answer=Answer.WAITING)),
        accepted=Count("invitations", filter=Q(invitations__answer=Answer.ACCEPTED)),
        leaves=Count("invitations", filter=Q(invitations__answer=Answer.LEAVE_ASKED)),
    )


def waiting_plans(user: User, today: dt.date) -> dict[str, QuerySet[Activity]]:
    """What an organiser should look at next, by kind."""
    rows = organised_by(user).order_by("held_on", "pk")
    asked = Invitation.objects.filter(answer=Answer.LEAVE_ASKED).values("activity")
    return {
        "leaves": rows.filter(state=ActivityState.NOTIFIED, pk__in=asked),
        "past": rows.filter(state=ActivityState.NOTIFIED, held_on__lt=today),
    }


def whom_first(activity: Activity) -> str:
    """The filter with which the choice opens: the plan's group, station or town; else all."""
    if activity.group_id:
        return f"group={activity.group_id}"
    if activity.station_id:
        return f"station={activity.station_id}"
    return f"town={activity.region_id}" if activity.region.is_town else ""


@dataclass(frozen=True)
class PlanPage:
    """The page of one activity for its organisers."""

    activity: Activity
    stage: Stage
    actions: tuple[Action, ...]
    rows: list[Invitation]
    tally: Tally
    lead: LeadTime
    letters: dict[int, SupportItem]

    def may(self, action: Action) -> bool:
        return action in self.actions

    @property
    def whom_first(self) -> str:
        return whom_first(self.activity)

    @property
    def without_account(self) -> int:
        return sum(row.deputy.user_id is None for row in self.rows)


def plan_page(user: User, activity: Activity, today: dt.date) -> PlanPage:
    rows = called_to(activity)
    now = stage(activity)
    letters = SupportItem.objects.filter(activity=activity, kind="letter")
    return PlanPage(
        activity=activity,
        stage=now,
        actions=available_actions(now, sides_of(user, activity)),
        rows=rows,
        tally=tally(rows),
        lead=lead_time(activity, today),
        letters={row.deputy_id: row for row in letters},
    )
