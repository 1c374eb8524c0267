"""The deputy's first page: what waits, the year so far, the latest scores, the own contacts."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import DateField, Max, Prefetch
from django.db.models.functions import Coalesce

from activities.models import FixedVoter
from activities.selectors import supervision as in_supervision
from activities.selectors import waiting as in_activities
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.core.periods import year as year_period
from congress_portal.core.waiting import Task, most_urgent
from congress_portal.desk.selectors.year import Month, entries_of, months_of
from congress_portal.evaluations.duties import waiting as in_evaluations
from congress_portal.evaluations.enums import SHOWN_STATES
from congress_portal.evaluations.models import Score
from deputies.models import CommitteeMember, Deputy, Group, GroupMembership, Pairing
from stations.models import Posting, Station, StationOfficer
from stations.selectors import waiting as in_stations
from suggestions.selectors import waiting as in_suggestions

MOST_TASKS = 5
_SCORES = 4

Source = Callable[[User, Deputy, dt.date], list[Task]]

# The registry: each app names what waits for a deputy, a fixed number of queries each.
SOURCES: tuple[Source, ...] = (
    *in_activities.SOURCES,
    *in_supervision.SOURCES,
    *in_stations.SOURCES,
    *in_suggestions.SOURCES,
    *in_evaluations.SOURCES,
)


@dataclass(frozen=True)
class DeputyDesk:
    deputy: Deputy
    tasks: list[Task]
    pending: int
    months: list[Month]
    scores: list[Score]
    left_on: dt.date | None


def deputy_desk(user: User, deputy: Deputy, today: dt.date) -> DeputyDesk:
    entries = entries_of(deputy, year_period(today.year))
    scores = (
        Score.objects.visible_to(user)
        .filter(deputy=deputy, sheet__state__in=SHOWN_STATES)
        .select_related("sheet__scheme")
        .order_by("-sheet__last_day", "-sheet__version")[:_SCORES]
    )
    return DeputyDesk(
        deputy,
        what_waits(user, deputy, today),
        in_activities.pending_of(user, deputy),
        months_of(entries, today.year),
        list(scores),
        _left_on(deputy, today),
    )


def _left_on(deputy: Deputy, today: dt.date) -> dt.date | None:
    """The last day in office of who holds no mandate today."""
    if deputy.mandates.all().in_force(Period(today, today, today.isoformat())).exists():
        return None
    last = Coalesce("ends_on", "term__ends_on", output_field=DateField())
    over = deputy.mandates.annotate(last=last).filter(last__lt=today)
    return over.aggregate(day=Max("last"))["day"]  # type: ignore[no-any-return]


def what_waits(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """At most five things, the most urgent first."""
    tasks = [task for source in SOURCES for task in source(user, deputy, today)]
    return most_urgent(tasks, MOST_TASKS)


@dataclass(frozen=True)
class Contacts:
    """Whom the deputy keeps in touch with; only phones of offices and stations are shown."""

    voters: list[FixedVoter]
    groups: list[Group]
    stations: list[Station]
    paired: list[Pairing]
    kept: list[Pairing]


def contacts_of(deputy: Deputy, today: dt.date) -> Contacts:
    """A fixed number of queries, whatever the numbers of voters, fellows and stations."""
    voters = FixedVoter.objects.on(today).filter(deputy=deputy).select_related("village")
    members = GroupMembership.objects.on(today).select_related("deputy__town")
    groups = Group.objects.filter(
        pk__in=GroupMembership.objects.on(today).filter(deputy=deputy).values("group")
    ).prefetch_related(Prefetch("memberships", members.order_by("serial", "pk"), to_attr="fellows"))
    officers = StationOfficer.objects.on(today).order_by("kind", "pk")
    stations = Station.objects.filter(
        pk__in=Posting.objects.on(today).filter(deputy=deputy).values("station")
    ).prefetch_related(Prefetch("officers", officers, to_attr="keepers"))
    pairs = Pairing.objects.on(today).select_related(
        "member__deputy", "member__office", "deputy__town"
    )
    seats = CommitteeMember.objects.on(today).filter(deputy=deputy)
    return Contacts(
        list(voters.order_by("pk")),
        list(groups.order_by("name")),
        list(stations.order_by("number")),
        list(pairs.filter(deputy=deputy)),
        list(pairs.filter(member__in=seats)),
    )
