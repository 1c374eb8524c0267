"""Reads of stations with what their pages show."""

import datetime as dt

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stations.enums import CheckState, StandardKind
from stations.models import Posting, Station, StationCheck, StationOfficer


def stations_listed(rows: QuerySet[Station], on: dt.date) -> QuerySet[Station]:
    """With type, place, ``attached`` deputies on that day and the officers."""
    posted = Posting.objects.on(on).filter(station=OuterRef("pk"))
    attached = posted.order_by().values("station").annotate(times=Count("pk")).values("times")
    officers = Prefetch("officers", StationOfficer.objects.on(on))
    return (
        rows.select_related("type", "region", "village")
        .annotate(attached=Coalesce(Subquery(attached), 0))
        .prefetch_related(officers)
    )


def station_in_full(rows: QuerySet[Station], on: dt.date) -> QuerySet[Station]:
    postings = Posting.objects.on(on).select_related("deputy").order_by("serial", "pk")
    facilities = Q(item__standard__kind=StandardKind.FACILITIES)
    checks = (
        StationCheck.objects.filter(facilities)
        .select_related("item__standard")
        .order_by("item__standard", "item__number")
    )
    present = Q(checks__state=CheckState.YES) & Q(
        checks__item__standard__kind=StandardKind.FACILITIES
    )
    return (
        rows.select_related("type", "region", "village", "parent")
        .prefetch_related(
            Prefetch("postings", postings),
            Prefetch("checks", checks),
            Prefetch("officers", StationOfficer.objects.on(on)),
        )
        .annotate(facilities=Count("checks", filter=present))
    )
