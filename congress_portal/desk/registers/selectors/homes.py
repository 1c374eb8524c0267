"""What stations do and learn: services, enterprises, issues, models and their meetings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from activities.models import Activity
from activities.models.support import Exchange
from congress_portal.core.enums import Rating
from congress_portal.core.figures import Rate
from congress_portal.core.models import User
from congress_portal.core.periods import Period, year
from stations.models import Enterprise, Material, ModelStation, ServiceTag, Station
from suggestions.models import Voice

_LATEST = 10
_GOOD = (Rating.SATISFIED, Rating.BASICALLY)


@dataclass(frozen=True)
class TagLine:
    """Activities are those verified in the period at the stations that carry the tag."""

    tag: ServiceTag
    stations: int
    activities: int


def tag_lines(user: User, period: Period) -> list[TagLine]:
    """Tags that some visible station carries; three queries."""
    mine = Station.objects.visible_to(user).active()
    carried = mine.filter(tags__isnull=False).values_list("tags", "pk")
    by_tag: dict[int, set[int]] = {}
    for tag, station in carried:
        by_tag.setdefault(tag, set()).add(station)
    held = (
        _activities(user, period)
        .filter(station__in=mine)
        .order_by()
        .values("station")
        .annotate(number=Count("pk"))
    )
    counts = {row["station"]: row["number"] for row in held}
    return [
        TagLine(tag, len(keys), sum(counts.get(pk, 0) for pk in keys))
        for tag in ServiceTag.objects.order_by("order", "pk")
        if (keys := by_tag.get(tag.pk))
    ]


def _activities(user: User, period: Period) -> QuerySet[Activity]:
    rows = Activity.objects.visible_to(user).verified()
    return rows.filter(held_on__range=(period.first, period.last))


@dataclass(frozen=True)
class Matters:
    """Matters raised, those closed, and how those that were rated were found."""

    rows: tuple[Voice, ...]
    raised: int
    closed: Rate
    satisfied: Rate


def _matters(rows: QuerySet[Voice]) -> Matters:
    found = rows.aggregate(
        raised=Count("pk"),
        closed=Count("pk", filter=Q(closed_on__isnull=False)),
        rated=Count("pk", filter=~Q(rating="")),
        good=Count("pk", filter=Q(rating__in=_GOOD)),
    )
    latest = rows.select_related("unit", "route", "enterprise").order_by("-raised_on", "-pk")
    return Matters(
        tuple(latest[:_LATEST]),
        found["raised"],
        Rate(found["closed"], found["raised"]),
        Rate(found["good"], found["rated"]),
    )


def matters_of_enterprise(enterprise: Enterprise, user: User) -> Matters:
    """Demands of the enterprise, wherever it raised them (M21)."""
    return _matters(Voice.objects.visible_to(user).filter(enterprise=enterprise))


def matters_at(station: Station, user: User) -> Matters:
    """What was raised at the station."""
    here = Q(station=station) | Q(reception__station=station)
    keys = Voice.objects.visible_to(user).filter(here).values("pk")
    return _matters(Voice.objects.filter(pk__in=keys))


@dataclass(frozen=True)
class StationWork:
    """``tagged`` is the number of the running year's activities at a station with services."""

    issues: Matters
    demands: Matters | None
    tags: tuple[ServiceTag, ...]
    tagged: int
    year: int


def work_of(station: Station, user: User, today: dt.date) -> StationWork:
    tags = tuple(station.tags.order_by("order", "pk"))
    period = year(today.year)
    tagged = _activities(user, period).filter(station=station).count() if tags else 0
    demands = matters_of_enterprise(station.enterprise, user) if station.enterprise else None
    return StationWork(matters_at(station, user), demands, tags, tagged, today.year)


def models_listed(user: User) -> QuerySet[ModelStation]:
    rows = ModelStation.objects.visible_to(user).select_related("station__region", "station__type")
    return rows.annotate(papers=Count("station__materials")).order_by("-begins_on", "pk")


@dataclass(frozen=True)
class ModelPage:
    materials: Sequence[Material]
    exchanges: Sequence[Exchange]


def model_page(term: ModelStation, user: User) -> ModelPage:
    """Papers of the station and the meetings on experience that it hosted or showed them at."""
    materials = Material.objects.visible_to(user).filter(station=term.station)
    told = Prefetch("materials", Material.objects.select_related("station"))
    here = Q(host=term.station) | Q(materials__station=term.station)
    keys = Exchange.objects.visible_to(user).filter(here).values("pk")
    exchanges = (
        Exchange.objects.filter(pk__in=keys)
        .select_related("activity__region", "activity__form", "host")
        .prefetch_related("visitors__region", told, "activity__units")
        .order_by("-activity__held_on", "-pk")
    )
    return ModelPage(list(materials.order_by("-written_on", "-pk")), list(exchanges))
