"""Who stands where at an activity, and how the calling of deputies goes."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from activities.enums import ActivityState, Answer
from activities.models import Activity, Invitation
from activities.workflow import Side, Stage, stage_of
from congress_portal.core.models import User
from stations.models import Station


def stage(activity: Activity) -> Stage:
    return stage_of(activity.state, activity.verification)


def sides_of(user: User, activity: Activity) -> frozenset[Side]:
    """Where the person stands; nobody is made an organiser by having logged an activity."""
    found = set()
    scope = user.scope
    if scope.write_prefixes and Activity.objects.editable_by(user).filter(pk=activity.pk).exists():
        found |= {Side.ORGANISER, Side.VERIFIER}
    elif scope.officer_user_id and activity.station_id:
        kept = Station.objects.editable_by(user)
        if kept.filter(pk=activity.station_id).exists():
            found.add(Side.ORGANISER)
    if Invitation.objects.sent_to(user).filter(activity=activity).exists():
        found.add(Side.INVITED)
    return frozenset(found)


def may_organise(user: User) -> bool:
    """County, town and station staff plan activities."""
    return bool(user.scope.write_prefixes) or user.scope.officer_user_id is not None


@dataclass(frozen=True)
class Doors:
    """Where the page of an activity leads the reader: its calling, or the own receipt."""

    plan: bool
    invitation: int | None


def doors_of(user: User, activity: Activity) -> Doors:
    planned = activity.notified_on is not None or activity.state != ActivityState.HELD
    sides = sides_of(user, activity)
    own = None
    if Side.INVITED in sides:
        rows = Invitation.objects.sent_to(user).filter(activity=activity)
        own = rows.values_list("pk", flat=True).first()
    return Doors(planned and Side.ORGANISER in sides, own)


def organised_by(user: User) -> QuerySet[Activity]:
    """Activities that the person may call deputies to."""
    rows = Activity.objects.editable_by(user)
    scope = user.scope
    if scope.write_prefixes:
        return rows
    return rows.filter(station__in=Station.objects.editable_by(user))


def invitations_in_full(rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    return rows.select_related(
        "activity__form",
        "activity__region",
        "activity__station",
        "deputy__town",
        "deputy__user",
        "decided_by",
        "answered_by",
    )


@dataclass(frozen=True)
class OwnInvitations:
    """A deputy's invitations: those that wait for an answer, those still to come, the past."""

    waiting: list[Invitation]
    coming: list[Invitation]
    past: list[Invitation]


_PAST = 20


def own_invitations(user: User, today: dt.date) -> OwnInvitations:
    rows = invitations_in_full(Invitation.objects.sent_to(user))
    ahead = rows.filter(activity__held_on__gte=today).exclude(activity__state=ActivityState.HELD)
    ahead = ahead.order_by("activity__held_on", "pk")
    waiting: list[Invitation] = []
    coming: list[Invitation] = []
    for row in ahead:
        (waiting if waits_for_answer(row, today) else coming).append(row)
    past = rows.exclude(pk__in=[row.pk for row in [*waiting, *coming]])
    return OwnInvitations(waiting, coming, list(past.order_by("-activity__held_on", "-pk")[:_PAST]))


def waits_for_answer(row: Invitation, today: dt.date) -> bool:
    return (
        row.answer == Answer.WAITING
        and row.activity.state == ActivityState.NOTIFIED
        and row.answer_until >= today
    )


@dataclass(frozen=True)
class Tally:
    """How many of the called deputies did what."""

    called: int
    told: int
    read: int
    answers: dict[str, int]

    @property
    def waiting(self) -> int:
        return self.answers.get(Answer.WAITING, 0)

    @property
    def accepted(self) -> int:
        return self.answers.get(Answer.ACCEPTED, 0)

    @property
    def leave_asked(self) -> int:
        return self.answers.get(Answer.LEAVE_ASKED, 0)

    @property
    def leave_granted(self) -> int:
        return self.answers.get(Answer.LEAVE_GRANTED, 0)

    @property
    def leave_refused(self) -> int:
        return self.answers.get(Answer.LEAVE_REFUSED, 0)

    @property
    def answered(self) -> int:
        return self.called - self.waiting


def tally(rows: list[Invitation]) -> Tally:
    return Tally(
        called=len(rows),
        told=sum(row.sent_at is not None for row in rows),
        read=sum(row.read_at is not None for row in rows),
        answers=dict(Counter(row.answer for row in rows)),
    )


def called_to(activity: Activity) -> list[Invitation]:
    """Everyone on the list, towns together; the reader's right to the activity is asked before."""
    rows = Invitation.objects.filter(activity=activity)
    return list(
        rows.select_related("deputy__town", "deputy__user", "decided_by", "answered_by").order_by(
            "deputy__town__code", "deputy__pinyin", "pk"
        )
    )


_KEPT_DAYS = 120
_MOST = 300


def calendar_of(user: User, today: dt.date) -> list[Activity]:
    """What a person's calendar shows: where the deputy is called, or what staff organise."""
    called = Invitation.objects.sent_to(user).values("activity")
    rows = Activity.objects.filter(pk__in=called) | _planned_by(user)
    since = today - dt.timedelta(days=_KEPT_DAYS)
    rows = rows.filter(held_on__gte=since).order_by("held_on", "pk")
    return list(rows[:_MOST])


def _planned_by(user: User) -> QuerySet[Activity]:
    """Staff see what is being organised, not every record that was logged afterwards."""
    states = (ActivityState.PLANNED, ActivityState.NOTIFIED, ActivityState.CANCELLED)
    mine = organised_by(user).filter(state__in=states)
    return Activity.objects.filter(pk__in=mine.values("pk"))


def unread(rows: list[Invitation]) -> list[Invitation]:
    """Whom the notice has not reached: neither opened nor answered."""
    return [row for row in rows if row.read_at is None and not row.is_answered]
