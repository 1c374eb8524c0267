"""A deputy's year: every record entered elsewhere, month by month (MISSION M03)."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from activities.enums import CountsAs, InterviewState, Presence
from activities.models import (
    Activity,
    CourseCompletion,
    DutyReport,
    GoodDeed,
    Honour,
    Interview,
    MemberContact,
    Visit,
)
from congress_portal.core.enums import Verification
from congress_portal.core.periods import Period, month
from deputies.models import Deputy
from stations.models import Reception
from suggestions.models import Suggestion, Voice


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
        *_voices(deputy, period),
        *_studies(deputy, period),
        *_contacts(deputy, period),
        *_interviews(deputy, period),
        *_credits(deputy, period),
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


def _voices(deputy: Deputy, period: Period) -> list[Entry]:
    rows = Voice.objects.filter(deputy=deputy, raised_on__range=(period.first, period.last))
    return [
        Entry(
            row.raised_on,
            "选民反映",
            row.said[:60],
            reverse("suggestions:voice_detail", args=[row.pk]),
            Verification.VERIFIED,
        )
        for row in rows
    ]


def _studies(deputy: Deputy, period: Period) -> list[Entry]:
    """Self-study: finished courses; minutes are never counted."""
    rows = CourseCompletion.objects.filter(
        deputy=deputy, completed_on__range=(period.first, period.last)
    )
    return [
        Entry(row.completed_on, "自学课程", row.course.title, "", Verification.VERIFIED)
        for row in rows.select_related("course")
    ]


def _contacts(deputy: Deputy, period: Period) -> list[Entry]:
    """双联系, seen from both ends."""
    either = Q(pairing__deputy=deputy) | Q(pairing__member__deputy=deputy)
    rows = MemberContact.objects.in_period(period).filter(either)
    related = ("pairing__member__deputy", "pairing__deputy", "channel")
    return [
        Entry(row.held_on, "双联系", f"{row.pairing}，{row.channel}", "", row.verification)
        for row in rows.select_related(*related)
    ]


def _interviews(deputy: Deputy, period: Period) -> list[Entry]:
    rows = Interview.objects.filter(
        Q(deputy=deputy) | Q(fellows=deputy), asked_on__range=(period.first, period.last)
    )
    held = InterviewState.HELD
    return [
        Entry(
            row.asked_on,
            "约见",
            str(row),
            "",
            Verification.VERIFIED if row.state == held else Verification.PENDING,
        )
        for row in rows.select_related("unit").distinct()
    ]


def _credits(deputy: Deputy, period: Period) -> list[Entry]:
    kinds: tuple[tuple[Any, str], ...] = ((GoodDeed, "先进事迹"), (Honour, "表彰"))
    return [
        Entry(row.held_on, name, row.title, "", row.verification)
        for model, name in kinds
        for row in model.objects.in_period(period).filter(deputy=deputy)
    ]


# The kinds in their usual order; those after the first seven are shown only when there are some.
_KINDS = ("活动", "培训学习", "接待选民", "联系走访", "向选民述职", "领衔建议", "附议建议")
_MORE_KINDS = ("选民反映", "自学课程", "双联系", "约见", "先进事迹", "表彰")


def months_of(entries: list[Entry], year: int) -> list[Month]:
    counts = Counter(entry.day.month for entry in entries)
    return [Month(month(year, number), counts[number]) for number in range(1, 13)]


def totals_of(entries: list[Entry]) -> list[tuple[str, int]]:
    """Counts by kind, the kinds in their usual order."""
    counts = Counter(entry.kind for entry in entries)
    usual = [(kind, counts[kind]) for kind in _KINDS]
    return usual + [(kind, counts[kind]) for kind in _MORE_KINDS if counts[kind]]


@dataclass(frozen=True)
class Day:
    """One square of the month; ``inside`` is False for days of the neighbouring months."""

    day: dt.date
    inside: bool
    is_today: bool
    entries: list[Entry]


def weeks_of(entries: list[Entry], asked: Period, today: dt.date) -> list[list[Day]]:
    """Whole weeks from Monday to Sunday that cover the month."""
    by_day: dict[dt.date, list[Entry]] = {}
    for entry in reversed(entries):
        by_day.setdefault(entry.day, []).append(entry)
    start = asked.first - dt.timedelta(days=asked.first.weekday())
    count = (asked.last - start).days // 7 + 1
    days = [start + dt.timedelta(days=number) for number in range(7 * count)]
    squares = [
        Day(day, asked.first <= day <= asked.last, day == today, by_day.get(day, []))
        for day in days
    ]
    return [squares[place : place + 7] for place in range(0, len(squares), 7)]


def local_year(asked: str) -> int:
    """The year of the address, or the running one when it is no year."""
    today = timezone.localdate()
    good = asked.isascii() and asked.isdigit() and 2000 <= int(asked[:4]) <= today.year
    return int(asked) if good and len(asked) == 4 else today.year
