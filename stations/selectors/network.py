"""Reads of stations with what their pages show."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stations.enums import OfficerKind
from stations.models import (
    FeatureFigure,
    FeatureProfile,
    ModelStation,
    Posting,
    ServiceTag,
    Station,
    StationOfficer,
)


def stations_listed(rows: QuerySet[Station], on: dt.date) -> QuerySet[Station]:
    """With type, place, ``attached`` deputies on that day, officers, tags, ``is_model``."""
    posted = Posting.objects.on(on).filter(station=OuterRef("pk"))
    attached = posted.order_by().values("station").annotate(times=Count("pk")).values("times")
    officers = Prefetch("officers", StationOfficer.objects.on(on))
    named = ModelStation.objects.on(on).filter(station=OuterRef("pk"))
    return (
        rows.select_related("type", "region", "village")
        .annotate(attached=Coalesce(Subquery(attached), 0), is_model=Exists(named))
        .prefetch_related(officers, Prefetch("tags", ServiceTag.objects.order_by("order", "pk")))
    )


def offices_vacant(station: Station) -> list[str]:
    """Of a station whose present officers are prefetched: which offices nobody holds (M33)."""
    held = {officer.kind for officer in station.officers.all()}
    return [kind.label for kind in OfficerKind if kind not in held]


def station_in_full(rows: QuerySet[Station], on: dt.date) -> QuerySet[Station]:
    return rows.select_related(
        "type", "region", "village", "parent", "group", "unit", "enterprise"
    ).prefetch_related(
        Prefetch("officers", StationOfficer.objects.on(on)),
        Prefetch("tags", ServiceTag.objects.order_by("order", "pk")),
        Prefetch("features", features_in_full(FeatureProfile.objects.all())),
        Prefetch("model_terms", ModelStation.objects.on(on), to_attr="models_now"),
    )


def features_in_full(rows: QuerySet[FeatureProfile]) -> QuerySet[FeatureProfile]:
    """With the station, its lead and all figures, newest first within a kind."""
    figures = FeatureFigure.objects.select_related("kind").order_by("kind__order", "kind", "-as_of")
    return rows.select_related("station__region", "station__type", "lead").prefetch_related(
        Prefetch("figures", figures)
    )


@dataclass(frozen=True)
class FeatureLine:
    """A feature with the newest figure of each kind."""

    profile: FeatureProfile
    figures: tuple[FeatureFigure, ...]


def feature_line(profile: FeatureProfile) -> FeatureLine:
    """``profile`` of ``features_in_full``."""
    newest: dict[int, FeatureFigure] = {}
    for figure in profile.figures.all():
        newest.setdefault(figure.kind_id, figure)
    return FeatureLine(profile, tuple(newest.values()))
