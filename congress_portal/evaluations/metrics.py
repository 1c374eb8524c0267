"""Metrics that evaluations own: marks of raters, adjustments, totals of quarters.

For a scheme they are counted by indicator (``own_inputs``); here they stand for their kind of
subject as a whole, so that they have a name, a unit and a place among the other metrics.
"""

from django.db.models import Avg, Q, Sum

from congress_portal.core.metrics import Figure, Grouped, metric
from congress_portal.core.models import Region, Unit
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import Rater, SheetState
from congress_portal.evaluations.models import Rating, Score
from deputies.models import Deputy, Group
from stations.models import Station


def _rated(period: Period, subject: str) -> Grouped:
    adjusted = Q(rater=Rater.ADJUST)
    return Grouped(
        Rating.objects.filter(first_day__gte=period.first, last_day__lte=period.last),
        subject=subject,
        record="pk",
        model=Rating,
        figures={
            "rating": Figure(Avg, "points", ~adjusted),
            "adjustment": Figure(Sum, "points", adjusted),
        },
    )


def _of_quarters(period: Period, subject: str) -> Grouped:
    rows = Score.objects.filter(
        sheet__state=SheetState.PUBLISHED,
        sheet__first_day__gte=period.first,
        sheet__last_day__lte=period.last,
        sheet__period_code__contains="Q",
    )
    figures = {"quarter_scores": Figure(Avg, "total")}
    return Grouped(rows, subject=subject, record="pk", model=Score, figures=figures)


@metric("rating", "评分人评分", of=Deputy, unit="分", reported=False, is_mean=True)
@metric("adjustment", "人工加减分", of=Deputy, unit="分", reported=False)
def deputy_rated(period: Period) -> Grouped:
    return _rated(period, "deputy")


@metric("rating", "评分人评分", of=Station, unit="分", reported=False, is_mean=True)
@metric("adjustment", "人工加减分", of=Station, unit="分", reported=False)
def station_rated(period: Period) -> Grouped:
    return _rated(period, "station")


@metric("rating", "评分人评分", of=Unit, unit="分", reported=False, is_mean=True)
@metric("adjustment", "人工加减分", of=Unit, unit="分", reported=False)
def unit_rated(period: Period) -> Grouped:
    return _rated(period, "unit")


@metric("rating", "评分人评分", of=Group, unit="分", reported=False, is_mean=True)
@metric("adjustment", "人工加减分", of=Group, unit="分", reported=False)
def group_rated(period: Period) -> Grouped:
    return _rated(period, "group")


@metric("rating", "评分人评分", of=Region, unit="分", reported=False, is_mean=True)
@metric("adjustment", "人工加减分", of=Region, unit="分", reported=False)
def town_rated(period: Period) -> Grouped:
    return _rated(period, "town")


@metric("quarter_scores", "各季得分", of=Deputy, unit="分", reported=False, is_mean=True)
def deputy_quarters(period: Period) -> Grouped:
    return _of_quarters(period, "deputy")


@metric("quarter_scores", "各季得分", of=Station, unit="分", reported=False, is_mean=True)
def station_quarters(period: Period) -> Grouped:
    return _of_quarters(period, "station")


@metric("quarter_scores", "各季得分", of=Unit, unit="分", reported=False, is_mean=True)
def unit_quarters(period: Period) -> Grouped:
    return _of_quarters(period, "unit")


@metric("quarter_scores", "各季得分", of=Group, unit="分", reported=False, is_mean=True)
def group_quarters(period: Period) -> Grouped:
    return _of_quarters(period, "group")


@metric("quarter_scores", "各季得分", of=Region, unit="分", reported=False, is_mean=True)
def town_quarters(period: Period) -> Grouped:
    return _of_quarters(period, "town")
