"""What supervision leaves waiting: for the office, for a deputy, for a unit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse

from activities.enums import ActivityState, BallotState
from activities.models import Activity, Ballot, Finding, Invitation, Question
from activities.selectors import findings, interviews, questions
from congress_portal.core.models import User
from congress_portal.core.waiting import MOST_OF_A_KIND, Task
from deputies.models import Deputy

_A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Heap:
    """Things of one kind that wait for the office; ``since`` is the day of the oldest."""

    name: str
    rows: QuerySet[Any]
    day: str
    address: str

    @property
    def figures(self) -> tuple[int, dt.date | None]:
        return self.rows.count(), self.rows.aggregate(day=Min(self.day))["day"]


def for_office(user: User, today: dt.date) -> list[Heap]:
    """Of the places that the person writes for."""
    own = Activity.objects.editable_by(user)
    found = Finding.objects.filter(activity__in=own)
    asked = Question.objects.filter(activity__in=own)
    ended = Ballot.objects.editable_by(user).filter(state=BallotState.CLOSED)
    address = reverse("activities:findings")
    return [
        Heap(
            "待安排的约见",
            interviews.to_arrange(user),
            "asked_on",
            reverse("activities:interviews"),
        ),
        Heap(
            "待复查的整改",
            findings.waiting_for_recheck(found),
            "mended_on",
            f"{address}?state=recheck",
        ),
        Heap("逾期未整改的问题", findings.late(found, today), "due_on", f"{address}?state=late"),
        Heap("逾期的询问后续", questions.late(asked, today), "due_on", reverse("activities:list")),
        Heap("待计票的测评", ended, "closes_at__date", reverse("activities:ballots")),
    ]


def meetings_to_prepare(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """民情反映会 to come, for which the deputy has handed in nothing yet (会前收集)."""
    called = Invitation.objects.filter(deputy=deputy, sent_at__isnull=False)
    rows = Activity.objects.filter(
        pk__in=called.values("activity"), state=ActivityState.NOTIFIED, held_on__gte=today
    )
    done = Finding.objects.filter(raised_by=deputy).values("activity")
    coming = findings.of_form(rows, findings.OPINION_MEETING).exclude(pk__in=done)
    return [
        Task(
            f"{row.held_on:%-m月%-d日}「{row.title}」，请提交会前意见",
            "",
            reverse("activities:hand_in", args=[row.pk]),
            row.held_on - _A_WEEK,
        )
        for row in coming.order_by("held_on", "pk")[:MOST_OF_A_KIND]
    ]


SOURCES = (meetings_to_prepare,)


def for_unit(user: User, today: dt.date) -> Sequence[tuple[Finding, findings.Standing]]:
    """Findings that wait for the person's units, the nearest day first."""
    rows = findings.in_full(findings.waiting_for_unit(user)).order_by("due_on", "pk")
    return [(row, findings.standing(row, today)) for row in rows]
