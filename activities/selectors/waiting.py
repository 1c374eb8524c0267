"""What waits for a deputy among activities, circulars, notes and own records."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from activities.enums import ActivityState, Answer, BallotState, OpinionState
from activities.models import (
    Activity,
    BallotVoter,
    CircularReceipt,
    DutyReport,
    GoodDeed,
    Honour,
    Invitation,
    NotebookEntry,
    Visit,
    WorkOpinion,
)
from congress_portal.core.enums import Verification
from congress_portal.core.models import User
from congress_portal.core.waiting import MOST_OF_A_KIND, Task
from deputies.models import Deputy

_SOON = dt.timedelta(days=3)
_A_WEEK = dt.timedelta(days=7)


def unanswered_invitations(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Activities still to come whose receipt (回执) is missing; the nearest limit first."""
    rows = Invitation.objects.filter(
        deputy=deputy,
        answer=Answer.WAITING,
        activity__state=ActivityState.NOTIFIED,
        activity__held_on__gte=today,
    ).select_related("activity")
    return [
        Task(
            f"{row.activity.held_on:%-m月%-d日}「{row.activity.title}」，请回执",
            f"{row.answer_until:%-m月%-d日}前",
            reverse("activities:invitation", args=[row.pk]),
            row.answer_until,
        )
        for row in rows.order_by("activity__held_on", "pk")[:MOST_OF_A_KIND]
    ]


def refused_records(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Own records that were sent back; a double one that was taken out by request is not."""
    named = Visit.objects.select_related("deputy", "channel", "village", "region")
    kinds: list[tuple[Any, str]] = [
        (named, "activities:edit_visit"),
        (Activity.objects.all(), "activities:edit_activity"),
    ]
    tasks = []
    for records, view in kinds:
        rows = records.filter(
            ~Q(refusal_reason__startswith="更正申请"),
            entered_by=user,
            verification=Verification.REFUSED,
        )
        tasks += [
            Task(
                f"{row} 未通过核实，请改正",
                row.refusal_reason,
                reverse(view, args=[row.pk]),
                today + _SOON,
            )
            for row in rows.order_by("verified_at", "pk")[:MOST_OF_A_KIND]
        ]
    return tasks


def notes_to_follow(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Notes whose day (哪天再办) has come or comes within a week."""
    rows = NotebookEntry.objects.filter(
        deputy=deputy, is_done=False, follow_up_on__lte=today + _A_WEEK
    )
    return [
        Task(
            f"记事：{row.text[:24]}",
            f"{row.follow_up_on:%-m月%-d日}再办",
            reverse("activities:notebook"),
            row.follow_up_on,
        )
        for row in rows.order_by("follow_up_on", "pk")[:MOST_OF_A_KIND]
        if row.follow_up_on
    ]


def unread_circulars(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Papers given out and not yet read, or not yet answered where an answer is asked for."""
    unread = Q(read_at__isnull=True)
    unanswered = Q(circular__wants_response=True, responded_at__isnull=True)
    rows = CircularReceipt.objects.filter(
        unread | unanswered, deputy=deputy, circular__published_at__isnull=False
    ).select_related("circular")
    return [
        Task(
            f"《{row.circular.title}》",
            "请回应" if row.circular.wants_response else "请阅",
            reverse("activities:circular", args=[row.circular_id]),
            today + _A_WEEK,
        )
        for row in rows.order_by("-circular__published_at", "pk")[:MOST_OF_A_KIND]
    ]


def open_ballots(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Votes that are open to the deputy; one without an end waits a week."""
    rows = BallotVoter.objects.filter(
        deputy=deputy, voted_on__isnull=True, ballot__state=BallotState.OPEN
    ).select_related("ballot")
    tasks = []
    for row in rows.order_by("ballot__closes_at", "pk")[:MOST_OF_A_KIND]:
        closes = row.ballot.closes_at
        by = timezone.localtime(closes).date() if closes else None
        tasks.append(
            Task(
                f"请投票：{row.ballot.title}",
                f"{by:%-m月%-d日}截止" if by else "",
                reverse("activities:vote", args=[row.ballot_id]),
                by or today + _A_WEEK,
            )
        )
    return tasks


def reports_to_write(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Meetings at which the deputy will report to the voters; the drafted text waits to be read."""
    rows = DutyReport.objects.filter(
        deputy=deputy,
        meeting__is_held=False,
        held_on__gte=today,
        verification=Verification.PENDING,
    )
    return [
        Task(
            f"{row.held_on:%-m月%-d日}向选民述职，请写好报告",
            f"{row.held_on:%-m月%-d日}前",
            reverse("activities:write_report", args=[row.pk]),
            row.held_on,
        )
        for row in rows.order_by("held_on", "pk")[:MOST_OF_A_KIND]
    ]


def answered_opinions(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Answers to opinions on the committee's work: is the matter done, or is more to be said?"""
    rows = WorkOpinion.objects.filter(deputy=deputy, state=OpinionState.ANSWERED)
    rows = rows.select_related("office").order_by("answered_on", "pk")
    return [
        Task(
            f"{row.office}答复了您的意见",
            "请看答复清不清楚",
            reverse("activities:opinion", args=[row.pk]),
            today + _A_WEEK,
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


SOURCES = (
    unanswered_invitations,
    open_ballots,
    reports_to_write,
    refused_records,
    notes_to_follow,
    unread_circulars,
    answered_opinions,
)


def pending_of(user: User, deputy: Deputy) -> int:
    """Own records that wait to be verified, of every kind that a deputy enters."""
    kinds: tuple[tuple[Any, Q], ...] = (
        (Visit, Q(deputy=deputy)),
        (Activity, Q(entered_by=user, state=ActivityState.HELD)),
        (GoodDeed, Q(deputy=deputy)),
        (Honour, Q(deputy=deputy)),
    )
    return sum(
        model.objects.filter(rule, verification=Verification.PENDING).count()
        for model, rule in kinds
    )
