import datetime as dt

import pytest

from stations.models import ReceptionDuty, StandardItem
from stations.models.standard import StandardUse
from tests.constraints import assert_refused, constraint_names
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    InspectionMarkFactory,
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StandardFactory,
    StandardItemFactory,
    StationCheckFactory,
    StationFactory,
    StationTypeFactory,
)

pytestmark = pytest.mark.django_db

EARLY, LATE = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


def _again(first, *names):
    """A second row with the same values in these columns."""
    type(first).objects.create(**{name: getattr(first, name) for name in names})


def _postings():
    first = PostingFactory()
    PostingFactory(station=first.station, deputy=first.deputy)


def _receptions():
    first = ReceptionFactory()
    ReceptionFactory(station=first.station, held_on=first.held_on)


def _checks():
    first = StationCheckFactory()
    StationCheckFactory(station=first.station, item=first.item)


def _duties():
    deputy = DeputyFactory()
    reception = ReceptionFactory(deputies=[deputy])
    ReceptionDuty.objects.create(reception=reception, deputy=deputy)


def _items():
    first = StandardItemFactory()
    StandardItem.objects.create(standard=first.standard, name=first.name, number=9)


def _uses():
    use = StandardUse.objects.create(standard=StandardFactory(), type=StationTypeFactory())
    _again(use, "standard", "type", "region_level")


BROKEN = {
    "station_area_positive": lambda: StationFactory(area=-1),
    "posting_once": _postings,
    "posting_dates_ordered": lambda: PostingFactory(begins_on=LATE, ends_on=EARLY),
    "station_officer_dates_ordered": lambda: OfficerFactory(begins_on=LATE, ends_on=EARLY),
    "reception_once_a_day": _receptions,
    "reception_duty_once": _duties,
    "standard_item_name_unique": _items,
    "standard_use_once": _uses,
    "station_check_once": _checks,
    "inspection_mark_quarter_known": lambda: InspectionMarkFactory(quarter=5),
    "inspection_mark_positive": lambda: InspectionMarkFactory(score=-1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("stations")


def test_a_deputy_may_be_posted_again_after_leaving():
    first = PostingFactory(ends_on=LATE)

    PostingFactory(station=first.station, deputy=first.deputy)


def test_two_stations_cannot_share_a_number():
    assert_refused(lambda: StationFactory.create_batch(2, number="JZ900"))
