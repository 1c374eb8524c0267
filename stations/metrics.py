"""Metrics of stations' own records: receptions, postings, the ten items, books, marks."""

from decimal import Decimal

from django.db.models import Count, F, Sum

from congress_portal.core.metrics import Each, Number, Trail, beside, counted, metric, number_of
from congress_portal.core.models import Region
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.enums import CheckState, StandardKind
from stations.models import InspectionMark, Posting, Reception, ReceptionDuty, Station, StationCheck


@metric("reception_days", "接待天数", of=Deputy, unit="天")
def duty_days(period: Period) -> Each:
    """Distinct (date, station): a reception is one day at one station by constraint."""
    rows = ReceptionDuty.objects.filter(counted(period, "reception"))
    return number_of(rows, "deputy", record="reception", model=Reception)


@metric("reception_days", "接待天数", of=Station, unit="天")
def reception_days(period: Period) -> Each:
    return number_of(Reception.objects.filter(counted(period)), "station")


@metric("reception_days", "接待天数", of=Region, unit="天")
def town_reception_days(period: Period) -> Each:
    """Sum of the reception days of the stations that belong to the place itself."""
    return number_of(Reception.objects.filter(counted(period)), "station__region")


@metric("deputies_attached", "进站代表数", of=Station, unit="名")
def deputies_attached(period: Period) -> Each:
    """Postings in force on at least one day of the period."""
    rows = Posting.objects.during(period.first, period.last)
    count = beside(rows, "station", Count("deputy", distinct=True))
    return Each((count,), Trail(rows, "station", "deputy", Deputy))


@metric("facilities", "设施项数", of=Station, unit="项")
def facilities(period: Period) -> Each:
    """Items of the facilities standard in use (十有) that are there; «部分» is not.

    Standards that only chosen stations use instead (九有, 六有) are not added to it.
    """
    rows = StationCheck.objects.filter(
        state=CheckState.YES,
        item__standard__kind=StandardKind.FACILITIES,
        item__standard__is_active=True,
        item__standard__is_optional=False,
    )
    return number_of(rows, "station")


def _ledger(*columns: str, combine: object = None) -> Each:
    """A figure that the station's own row carries; the evidence is the station."""
    trail = Trail(Station.objects.all(), "pk", "pk", Station)
    expressions = tuple(F(column) for column in columns)
    return Each(expressions, trail, combine) if combine else Each(expressions, trail)  # type: ignore[arg-type]


@metric("books_kept", "实建簿册数", of=Station, unit="册")
def books_kept(period: Period) -> Each:
    return _ledger("books_kept")


@metric("books_required", "应建簿册数", of=Station, unit="册")
def books_required(period: Period) -> Each:
    return _ledger("books_required")


@metric("books_missing", "缺簿册数", of=Station, unit="册")
def books_missing(period: Period) -> Each:
    """Required less kept; a station that keeps more than it must lacks none."""
    return _ledger("books_required", "books_kept", combine=lambda must, kept: max(0, must - kept))


@metric("inspection_score", "考评组评分", of=Station, unit="分", is_mean=True)
def inspection_score(period: Period) -> Each:
    """Mean of the teams' marks of the quarters that the period holds whole; None without marks."""
    rows = InspectionMark.objects.all().in_period(period)
    expressions = (beside(rows, "station", Sum("score")), beside(rows, "station", Count("pk")))
    return Each(expressions, Trail(rows, "station", "pk", InspectionMark), _mean)


def _mean(total: Decimal | None, marks: int | None) -> Number | None:
    return Decimal(str(total)) / marks if marks else None
