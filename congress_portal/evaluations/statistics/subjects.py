"""Whose figures the statistics page shows: kinds of subjects, their rows in a reader's scope."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.metrics import Metric, find_metric, metrics_of
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.periods import Period
from deputies.models import Deputy, Group
from stations.models import Station

TOWN, DEPUTY, STATION, GROUP, UNIT = "town", "deputy", "station", "group", "unit"
LABELS = {TOWN: "镇（街道）", STATION: "家站", GROUP: "代表小组", UNIT: "承办单位", DEPUTY: "代表"}
_MODELS: dict[str, Any] = {
    TOWN: Region,
    DEPUTY: Deputy,
    STATION: Station,
    GROUP: Group,
    UNIT: Unit,
}
#: The word before each sum: of what the subjects' figures are added up.
ADDED = {DEPUTY: "各代表的数相加，同一件事有几位代表参加的，每位各计一次。"}


@dataclass(frozen=True)
class Subject:
    pk: int
    label: str
    place: str


def kinds_for(user: User) -> list[str]:
    """Units serve the whole county, so only who reads the county sees their figures."""
    county = RegionLevel.COUNTY.prefix_length
    reads_county = any(len(prefix) <= county for prefix in user.scope.read_prefixes)
    return [kind for kind in LABELS if kind != UNIT or reads_county]


def metrics_for(kind: str) -> list[Metric]:
    return metrics_of(_MODELS[kind])


def metric_of(kind: str, code: str) -> Metric:
    """Raises UnknownMetricError."""
    return find_metric(_MODELS[kind], code)


def rows_of(kind: str, user: User, period: Period, town: Region | None = None) -> QuerySet[Any]:
    """Those of the kind that the reader sees and that were there in the period, by place."""
    if kind == UNIT:
        return Unit.objects.active().order_by("name")
    if kind == TOWN:
        places = Region.objects.in_scope_of_reader(user)
        rows = places.filter(level__in=[*TOWN_LEVELS, RegionLevel.COUNTY]).order_by("code")
        return rows.filter(pk=town.pk) if town else rows
    path = "town" if kind == DEPUTY else "region"
    rows = _MODELS[kind].objects.visible_to(user)
    if kind == DEPUTY:
        rows = rows.filter(pk__in=Deputy.objects.in_office(period).values("pk"))
    else:
        rows = rows.filter(is_active=True)
    if town:
        rows = rows.filter(**{path: town})
    return rows.select_related(path).order_by(f"{path}__code", "pk")


def subject_of(kind: str, row: Any) -> Subject:
    if kind == TOWN:
        own = row.level == RegionLevel.COUNTY
        return Subject(row.pk, f"{row.name}（本级）" if own else row.name, row.name)
    if kind == DEPUTY:
        return Subject(row.pk, row.name, row.town.name)
    if kind == UNIT:
        return Subject(row.pk, row.name, "")
    return Subject(row.pk, row.name, row.region.name)
