"""Whom an activity may call, by filters; how early it is told; who has never been called."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.enums import ActivityState, Presence
from activities.models import Activity, ActivityForm, Attendance, ContactRule, Invitation
from congress_portal.core.enums import TOWN_LEVELS, Level
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy, DeputyQuerySet, Mandate
from stations.models import Posting, Station


def callable_by(user: User, day: dt.date) -> DeputyQuerySet:
    """Deputies in office on the day, in the person's scope or posted to a station kept."""
    stations = Station.objects.editable_by(user)
    posted = Posting.objects.on(day).filter(station__in=stations).values("deputy")
    visible = Deputy.objects.visible_to(user).values("pk")
    rows = Deputy.objects.filter(Q(pk__in=visible) | Q(pk__in=posted))
    return rows.in_office(Period(day, day, day.isoformat()))


def of_congress(people: DeputyQuerySet, place: Region, day: dt.date) -> DeputyQuerySet:
    """Whom a committee's own meeting turns to: of a county, who holds a seat above the towns."""
    if place.level in TOWN_LEVELS:
        return people
    seats = Mandate.objects.in_force(Period(day, day, day.isoformat())).exclude(level=Level.TOWN)
    return people.filter(pk__in=seats.order_by().values("deputy"))


def candidates(activity: Activity, rows: DeputyQuerySet) -> QuerySet[Deputy]:
    """Those not yet on the list, with how often they were called to this form and came."""
    on_list = Invitation.objects.filter(activity=activity).values("deputy")
    return (
        with_calls(rows.exclude(pk__in=on_list), forms=[activity.form_id])
        .select_related("town")
        .order_by("town__code", "pinyin", "pk")
    )


def with_calls(
    rows: QuerySet[Deputy], *, forms: Iterable[int], period: Period | None = None
) -> QuerySet[Deputy]:
    """Adds ``times_called``, ``times_present`` and ``last_present_on`` for the forms."""
    called = Invitation.objects.filter(
        deputy=OuterRef("pk"), sent_at__isnull=False, activity__form__in=forms
    ).exclude(activity__state=ActivityState.CANCELLED)
    present = Attendance.objects.filter(
        deputy=OuterRef("pk"), presence=Presence.PRESENT, activity__form__in=forms,
        activity__state=ActivityState.HELD,
    )  # fmt: skip
    if period is not None:
        span = {"activity__held_on__range": (period.first, period.last)}
        called, present = called.filter(**span), present.filter(**span)
    last = present.order_by().values("deputy").annotate(day=Max("activity__held_on"))
    return rows.annotate(
        times_called=Coalesce(Subquery(_count(called)), 0),
        times_present=Coalesce(Subquery(_count(present)), 0),
        last_present_on=Subquery(last.values("day")),
    )


def _count(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values("deputy").annotate(n=Count("pk")).values("n")


def never_called(rows: QuerySet[Deputy], forms: Iterable[int]) -> QuerySet[Deputy]:
    """Neither called nor present at any activity of the forms."""
    called = Invitation.objects.filter(
        deputy=OuterRef("pk"), sent_at__isnull=False, activity__form__in=forms
    ).exclude(activity__state=ActivityState.CANCELLED)
    present = Attendance.objects.filter(
        deputy=OuterRef("pk"), presence=Presence.PRESENT, activity__form__in=forms
    )
    return rows.filter(~Exists(called), ~Exists(present))


def first_term(rows: QuerySet[Deputy], day: dt.date) -> QuerySet[Deputy]:
    """Whose seats in force are no re-election, and who held none in an earlier term."""
    now = Mandate.objects.in_force(Period(day, day, "")).filter(deputy=OuterRef("pk"))
    before = Mandate.objects.filter(deputy=OuterRef("pk"), term__ends_on__lt=day)
    return rows.filter(Exists(now), ~Exists(now.filter(is_reelected=True)), ~Exists(before))


@dataclass(frozen=True)
class LeadTime:
    """Days between the notice and the activity, against the rule of the place."""

    days: int
    needed: int

    @property
    def is_short(self) -> bool:
        return self.days < self.needed


def lead_time(activity: Activity, today: dt.date) -> LeadTime:
    rule = ContactRule.objects.all().of(activity.region)
    told_on = activity.notified_on or today
    return LeadTime((activity.held_on - told_on).days, rule.notice_days)


def meeting_forms() -> QuerySet[ActivityForm]:
    """Meetings at which deputies sit in (列席) and the like."""
    return ActivityForm.objects.filter(is_meeting=True, is_active=True).order_by("order", "pk")


def grassroots_of(region: Region) -> list[str]:
    rule = ContactRule.objects.all().of(region)
    return [word.strip() for word in rule.grassroots.split("、") if word.strip()]


@dataclass(frozen=True)
class YearShare:
    """Of the deputies called to the form in a year: how many are from the grassroots."""

    year: int
    called: int
    grassroots: int

    @property
    def words(self) -> str:
        if not self.called:
            return "—"
        return f"{100 * self.grassroots / self.called:.1f}%（{self.grassroots}/{self.called}）"


def shares_by_year(
    rows: DeputyQuerySet, form: ActivityForm, sectors: list[str], years: Iterable[int]
) -> list[YearShare]:
    """By person: who was called three times in a year is one of that year's deputies."""
    found: dict[int, dict[int, str]] = {year: {} for year in years}
    for table in (_called_in(form), _present_in(form)):
        people = table.filter(deputy__in=rows.values("pk")).values_list(
            "activity__held_on__year", "deputy", "deputy__sector"
        )
        for year, deputy, sector in people.order_by():
            if year in found:
                found[year][deputy] = sector
    return [
        YearShare(year, len(people), sum(sector in sectors for sector in people.values()))
        for year, people in sorted(found.items(), reverse=True)
    ]


def _called_in(form: ActivityForm) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(activity__form=form, sent_at__isnull=False)
    return rows.exclude(activity__state=ActivityState.CANCELLED)


def _present_in(form: ActivityForm) -> QuerySet[Attendance]:
    return Attendance.objects.filter(activity__form=form, presence=Presence.PRESENT)
