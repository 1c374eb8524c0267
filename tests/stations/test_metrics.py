import datetime as dt
from decimal import Decimal

import pytest

from congress_portal.core.enums import Verification
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import Region
from congress_portal.core.periods import parse_calendar_period, quarter
from deputies.models import Deputy
from stations.enums import CheckState, StandardKind
from stations.models import Station
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    InspectionMarkFactory,
    PostingFactory,
    ReceptionFactory,
    StandardFactory,
    StandardItemFactory,
    StationCheckFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
CODES = [
    "reception_days", "deputies_attached", "facilities", "books_kept", "books_required",
    "books_missing", "inspection_score",
]  # fmt: skip


def of_station(station, *codes, period=Q3):
    metrics = [find_metric(Station, code) for code in codes]
    found = measure(metrics, period, Station.objects.all())
    return [found[code][station.pk] for code in codes]


def test_station_without_records_has_zeros_and_no_mark():
    assert of_station(StationFactory(), *CODES) == [0, 0, 0, 0, 0, 0, None]


def test_reception_days_of_deputy_count_each_day_and_station_once():
    deputy, other = DeputyFactory(), DeputyFactory()
    first, second = StationFactory(), StationFactory()
    day = dt.date(2026, 7, 7)
    ReceptionFactory(station=first, held_on=day, deputies=[deputy, other])
    ReceptionFactory(station=second, held_on=day, deputies=[deputy])
    ReceptionFactory(station=first, held_on=dt.date(2026, 9, 30), deputies=[deputy])
    ReceptionFactory(station=first, held_on=dt.date(2026, 10, 1), deputies=[deputy])
    ReceptionFactory(
        station=second, held_on=dt.date(2026, 8, 1), deputies=[deputy],
        verification=Verification.PENDING,
    )  # fmt: skip

    found = measure([find_metric(Deputy, "接待天数")], Q3, Deputy.objects.all())["reception_days"]

    assert (found[deputy.pk], found[other.pk]) == (3, 1)
    assert of_station(first, "reception_days") == [2]


def test_reception_days_of_town_are_those_of_its_stations():
    station = StationFactory()
    ReceptionFactory(station=station)
    ReceptionFactory(station=StationFactory(region=station.region))
    ReceptionFactory()

    found = measure([find_metric(Region, "reception_days")], Q3, Region.objects.all())

    assert found["reception_days"][station.region.pk] == 2


def test_deputies_attached_are_those_posted_in_the_period():
    station = StationFactory()
    PostingFactory(station=station)
    PostingFactory(station=station, begins_on=dt.date(2026, 9, 30))
    PostingFactory(station=station, begins_on=dt.date(2026, 10, 1))
    PostingFactory(station=station, ends_on=dt.date(2026, 6, 30))
    PostingFactory(station=station, ends_on=dt.date(2026, 7, 1))

    assert of_station(station, "deputies_attached") == [3]


def test_facilities_count_only_items_that_are_there():
    station = StationFactory()
    StationCheckFactory.create_batch(2, station=station)
    StationCheckFactory(station=station, state=CheckState.PARTIAL)
    StationCheckFactory(station=station, state=CheckState.NO)
    books = StandardFactory(name="簿册", kind=StandardKind.BOOKS)
    StationCheckFactory(station=station, item=StandardItemFactory(standard=books))

    assert of_station(station, "facilities") == [2]


@pytest.mark.parametrize(("kept", "missing"), [(7, 1), (8, 0), (10, 0), (0, 8)])
def test_books_missing_is_never_negative(kept, missing):
    station = StationFactory(books_required=8, books_kept=kept)

    assert of_station(station, "books_kept", "books_required", "books_missing") == [
        kept, 8, missing,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "mean"),
    [
        ("2026Q3", Decimal("8.25")),
        ("2026Q2", Decimal(4)),
        ("2026", Decimal("20.5") / 3),
        ("2026-07", None),
        ("2025", None),
    ],
)
def test_inspection_score_counts_in_periods_that_hold_the_whole_quarter(code, mean):
    station = StationFactory()
    for quarter_number, score in ((3, "7.00"), (3, "9.50"), (2, "4.00")):
        InspectionMarkFactory(station=station, quarter=quarter_number, score=Decimal(score))

    assert of_station(station, "inspection_score", period=parse_calendar_period(code)) == [mean]
