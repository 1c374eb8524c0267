"""Reads of receptions with what their pages show."""

from django.db.models import Prefetch, QuerySet

from stations.models import Reception, ReceptionDuty


def receptions_in_full(rows: QuerySet[Reception]) -> QuerySet[Reception]:
    """With station and the deputies on duty in their order."""
    duties = ReceptionDuty.objects.select_related("deputy").order_by("serial", "pk")
    return rows.select_related("station__region", "entered_by", "verified_by").prefetch_related(
        Prefetch("duties", duties)
    )
