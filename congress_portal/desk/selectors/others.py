"""Desks of station officers, unit officers, inspectors, auditors and administrators."""

import datetime as dt
from dataclasses import dataclass

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Avg, Count, Q, QuerySet

from congress_portal.core.models import AuditEntry, ImportRun, User
from congress_portal.core.periods import Period
from stations.models import InspectionMark, Reception, Station, StationOfficer
from suggestions.selectors import Bucket, Desk, government_inbox, unit_buckets
from suggestions.selectors.inbox import Kind

ROWS = 10


@dataclass(frozen=True)
class KeptStation:
    station: Station
    receptions: int
    last_reception: dt.date | None
    open_voices: int


def stations_kept(user: User, today: dt.date, quarter: Period) -> list[KeptStation]:
    """The officer's own stations with the running quarter's receptions."""
    kept = StationOfficer.objects.on(today).filter(user=user)
    rows = (
        Station.objects.filter(pk__in=kept.values("station"), is_active=True)
        .select_related("region", "type")
        .annotate(
            waiting=Count("voices", filter=Q(voices__closed_on__isnull=True), distinct=True),
        )
    )
    held: dict[int, list[dt.date]] = {station.pk: [] for station in rows}
    days = Reception.objects.in_period(quarter).filter(station__in=list(held))
    for station, day in days.values_list("station", "held_on"):
        held[station].append(day)
    return [
        KeptStation(row, len(held[row.pk]), max(held[row.pk], default=None), row.waiting)
        for row in rows
    ]


@dataclass(frozen=True)
class UnitDesk:
    """``todo`` are the parts that wait for the unit, the nearest limit first."""

    passed_on: list[Kind]
    buckets: list[Bucket]
    todo: list[Desk]
    replied: int


_TODO = ("sign", "approve", "work")


def unit_desk(user: User, today: dt.date) -> UnitDesk:
    """What the person's units were handed, in buckets with counts."""
    buckets = unit_buckets(user, today)
    rows = [row for each in buckets if each.code in _TODO for row in each.rows]
    rows.sort(key=lambda row: row.reading.due_on or dt.date.max)
    done = next(len(each.rows) for each in buckets if each.code == "done")
    shown = [each for each in buckets if each.rows]
    return UnitDesk(government_inbox(user), shown, rows, done)


@dataclass(frozen=True)
class MarkedStation:
    station: Station
    marks: int
    mean: float | None


def marks_of_quarter(user: User, year: int, number: int) -> list[MarkedStation]:
    """Every active station with the teams' marks of that quarter; unmarked ones first."""
    marks = {
        row["station"]: row
        for row in InspectionMark.objects.visible_to(user)
        .filter(year=year, quarter=number)
        .values("station")
        .annotate(times=Count("pk"), mean=Avg("score"))
        .order_by()
    }
    rows = Station.objects.visible_to(user).active().select_related("region", "type")
    found = []
    for station in rows:
        row = marks.get(station.pk, {"times": 0, "mean": None})
        found.append(MarkedStation(station, row["times"], row["mean"]))
    return sorted(found, key=lambda each: each.marks > 0)


def latest_audit(user: User) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.visible_to(user)[:ROWS]


@dataclass(frozen=True)
class SystemDesk:
    accounts: int
    without_role: int
    first_password: int
    locked: list[AccessAttempt]
    imports: list[ImportRun]


def system_desk(user: User, now: dt.datetime) -> SystemDesk:
    accounts = User.objects.filter(is_active=True)
    since = now - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    locked = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return SystemDesk(
        accounts.count(),
        accounts.filter(role_assignments=None, is_superuser=False).count(),
        accounts.filter(must_change_password=True).count(),
        list(locked[:ROWS]),
        list(ImportRun.objects.visible_to(user).select_related("actor")[:ROWS]),
    )
