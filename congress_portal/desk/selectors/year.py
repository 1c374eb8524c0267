"""A deputy's year: every record entered elsewhere, month by month (MISSION M03)."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from activities.enums import CountsAs, Presence
from activities.models import Activity, DutyReport, Visit
from congress_portal.core.enums import Verification
from congress_portal.core.models import User
from congress_portal.core.periods import Period, month
from congress_portal.core.periods import year as year_period
from congress_portal.evaluations.models import Score
from deputies.models import Deputy
from stations.models import Reception
from suggestions.enums import State
from suggestions.models import Appraisal, Suggestion
from suggestions.selectors import invitations

_RECENT_REPLY_DAYS = 60
_MOST_TASKS = 5


@dataclass(frozen=True)
class Entry:
    """One record of the file; ``counts`` is False while it is not verified."""

    day: dt.date
    kind: str
    text: str
    address: str
    state: str

    @property
    def verification(self) -> str:
        return self.state


@dataclass(frozen=True)
class Month:
    period: Period
    count: int


def entries_of(deputy: Deputy, period: Period) -> list[Entry]:
    """All records of the deputy in the period, newest first."""
    found = [
        *_activities(deputy, period),
        *_receptions(deputy, period),
        *_visits(deputy, period),
        *_reports(deputy, period),
        *_suggestions(deputy, period),
    ]
    return sorted(found, key=lambda entry: entry.day, reverse=True)


def _activities(deputy: Deputy, period: Period) -> list[Entry]:
    rows = (
        Activity.objects.in_period(period)
        .filter(attendances__deputy=deputy, attendances__presence=Presence.PRESENT)
        .select_related("form")
    )
    training = CountsAs.TRAINING
    return [
        Entry(
            row.held_on,
            "培训学习" if row.form.counts_as == training else "活动",
            row.title,
            reverse("activities:detail", args=[row.pk]),
            row.verification,
        )
        for row in rows
    ]


def _receptions(deputy: Deputy, period: Period) -> list[Entry]:
    rows = Reception.objects.in_period(period).filter(duties__deputy=deputy)
    return [
        Entry(
            row.held_on,
            "接待选民",
            row.station.name,
            reverse("stations:reception_detail", args=[row.pk]),
            row.verification,
        )
        for row in rows.select_related("station")
    ]


def _visits(deputy: Deputy, period: Period) -> list[Entry]:
    rows = Visit.objects.in_period(period).filter(deputy=deputy)
    return [
        Entry(
            row.held_on,
            "联系走访",
            f"{row.village or row.region}，{row.channel} {row.people} 人次",
            reverse("activities:visit_detail", args=[row.pk]),
            row.verification,
        )
        for row in rows.select_related("village", "region", "channel")
    ]


def _reports(deputy: Deputy, period: Period) -> list[Entry]:
    rows = DutyReport.objects.in_period(period).filter(deputy=deputy)
    return [
        Entry(
            row.held_on,
            "向选民述职",
            f"到会选民 {row.voters_present} 人，满意 {row.satisfied} 票",
            "",
            row.verification,
        )
        for row in rows
    ]


def _suggestions(deputy: Deputy, period: Period) -> list[Entry]:
    rows = (
        Suggestion.objects.submitted_in(period)
        .filter(Q(lead=deputy) | Q(cosignatures__deputy=deputy))
        .distinct()
    )
    return [
        Entry(
            row.submitted_on,
            "领衔建议" if row.lead_id == deputy.pk else "附议建议",
            row.title,
            reverse("suggestions:detail", args=[row.pk]),
            Verification.VERIFIED,
        )
        for row in rows
    ]


def months_of(entries: list[Entry], year: int) -> list[Month]:
    counts = Counter(entry.day.month for entry in entries)
    return [Month(month(year, number), counts[number]) for number in range(1, 13)]


def totals_of(entries: list[Entry]) -> list[tuple[str, int]]:
    """Counts by kind, the kinds in their usual order."""
    counts = Counter(entry.kind for entry in entries)
    kinds = ("活动", "培训学习", "接待选民", "联系走访", "向选民述职", "领衔建议", "附议建议")
    return [(kind, counts[kind]) for kind in kinds]


@dataclass(frozen=True)
class Task:
    text: str
    note: str
    address: str


@dataclass(frozen=True)
class DeputyDesk:
    deputy: Deputy
    tasks: list[Task]
    pending: int
    months: list[Month]
    scores: list[Score]


def deputy_desk(user: User, deputy: Deputy, today: dt.date) -> DeputyDesk:
    entries = entries_of(deputy, year_period(today.year))
    pending = sum(entry.state == Verification.PENDING for entry in entries)
    scores = (
        Score.objects.visible_to(user)
        .filter(deputy=deputy, sheet__published_at__isnull=False)
        .select_related("sheet__scheme")
        .order_by("-sheet__last_day", "-sheet__version")[:4]
    )
    tasks = _tasks(user, deputy, today)[:_MOST_TASKS]
    return DeputyDesk(deputy, tasks, pending, months_of(entries, today.year), list(scores))


def _tasks(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Sent-back records, then what colleagues and units wait for, then own drafts."""
    tasks: list[Task] = []
    models: list[tuple[Any, str]] = [
        (Visit, "activities:edit_visit"),
        (Activity, "activities:edit_activity"),
    ]
    for model, view in models:
        refused = model.objects.filter(entered_by=user, verification=Verification.REFUSED)
        tasks += [
            Task(f"{row} 未通过核实，请改正", row.refusal_reason, reverse(view, args=[row.pk]))
            for row in refused.order_by("verified_at")[:_MOST_TASKS]
        ]
    tasks += _cosigning(user, deputy)
    tasks += _rating(user, deputy, today)
    tasks += _drafts(deputy)
    return tasks


def _cosigning(user: User, deputy: Deputy) -> list[Task]:
    returned = Suggestion.objects.filter(lead=deputy, state=State.RETURNED).order_by("pk")
    tasks = [
        Task(
            f"《{row.title}》退回修改", "请改后再提交", reverse("suggestions:write", args=[row.pk])
        )
        for row in returned[:_MOST_TASKS]
    ]
    return tasks + [
        Task(
            f"{row.lead.name}邀请您附议《{row.title or '未命名'}》",
            "请确认",
            reverse("suggestions:cosign", args=[row.pk]),
        )
        for row in invitations(user)[:_MOST_TASKS]
    ]


def _rating(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Sheets to fill, the nearest limit first; replies that came by import have none."""
    sheets = Appraisal.objects.filter(deputy=deputy, appraised_on__isnull=True)
    rows = sheets.select_related("suggestion").order_by("due_on", "pk")[:_MOST_TASKS]
    tasks = [
        Task(
            f"《{row.suggestion.title}》已有答复，请评价",
            f"{row.due_on:%m月%d日}前" if row.due_on else "",
            reverse("suggestions:appraise", args=[row.pk]),
        )
        for row in rows
    ]
    since = today - dt.timedelta(days=_RECENT_REPLY_DAYS)
    answered = Suggestion.objects.filter(
        lead=deputy,
        handlings__replies__replied_on__gte=since,
        handlings__replies__rating="",
        handlings__replies__appraisals__isnull=True,
    ).distinct()
    return tasks + [
        Task(f"《{row.title}》已有答复", "请看", reverse("suggestions:detail", args=[row.pk]))
        for row in answered[:_MOST_TASKS]
    ]


def _drafts(deputy: Deputy) -> list[Task]:
    rows = Suggestion.objects.filter(lead=deputy, state=State.DRAFT).order_by("-saved_at")
    return [
        Task(
            f"接着写《{row.title or '未命名'}》",
            "草稿",
            reverse("suggestions:write", args=[row.pk]),
        )
        for row in rows[:_MOST_TASKS]
    ]


def local_year(asked: str) -> int:
    """The year of the address, or the running one when it is no year."""
    today = timezone.localdate()
    good = asked.isascii() and asked.isdigit() and 2000 <= int(asked[:4]) <= today.year
    return int(asked) if good and len(asked) == 4 else today.year
