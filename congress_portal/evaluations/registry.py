"""The metrics of all apps by kind of subject; whatever names a metric looks it up here."""

from django.db import models

from congress_portal.core.metrics import Metric, find_metric, metrics_of
from congress_portal.core.models import Region, Unit
from congress_portal.evaluations.enums import SubjectType
from deputies.models import Deputy, Group
from stations.models import Station

SUBJECTS: dict[str, type[models.Model]] = {
    SubjectType.DEPUTY: Deputy,
    SubjectType.STATION: Station,
    SubjectType.UNIT: Unit,
    SubjectType.GROUP: Group,
    SubjectType.TOWN: Region,
}


def metric_for(subject_type: str, text: str) -> Metric:
    """The metric that a scheme's 计数口径 or 比率分母 names, by code or Chinese name.

    Raises UnknownMetricError.
    """
    return find_metric(SUBJECTS[subject_type], text)


def metrics_for(subject_type: str) -> list[Metric]:
    return metrics_of(SUBJECTS[subject_type])


def region_metrics() -> list[Metric]:
    """Metrics of places; the county's totals are their sums over all places."""
    return metrics_of(Region)


def metric_choices(subject_type: str) -> list[tuple[str, str]]:
    """(code, Chinese name) for forms."""
    return [(each.code, each.name) for each in metrics_for(subject_type)]
