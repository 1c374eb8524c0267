"""Who is told about a place: its station's officers and the clerks of its town."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.models import RoleAssignment, User
from stations.models import Assignment, StationOfficer


def people_of_place(region_id: int, station_id: int | None) -> QuerySet[User]:
    return _people([region_id], [station_id] if station_id else [])


def people_of_places(assignments: QuerySet[Assignment]) -> QuerySet[User]:
    return _people(
        assignments.values("region"), assignments.filter(station__isnull=False).values("station")
    )


def _people(regions: Iterable[object], stations: Iterable[object]) -> QuerySet[User]:
    today = timezone.localdate()
    clerks = RoleAssignment.objects.in_force(today).filter(role=Role.TOWN_STAFF, region__in=regions)
    officers = StationOfficer.objects.on(today).filter(station__in=stations, user__isnull=False)
    rule = Q(pk__in=clerks.values("user")) | Q(pk__in=officers.values("user"))
    return User.objects.filter(rule, is_active=True)
