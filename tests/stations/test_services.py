import datetime as dt

import pytest

from congress_portal.core.models import AuditEntry
from stations.enums import StandardKind
from stations.models import StationCheck
from stations.services import CheckError, record_checks
from tests.factories.core import TownFactory, staff, town_clerk
from tests.factories.stations import StandardFactory, StationFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _found(standard, *states):
    return {
        item.pk: (state, "")
        for item, state in zip(standard.items.order_by("number"), states, strict=True)
    }


def test_first_check_counts_every_item_as_changed():
    station, standard = StationFactory(), StandardFactory(items=["有组织", "有场所"])

    changed = record_checks(
        actor=staff(), station_pk=station.pk, standard=standard,
        found=_found(standard, "yes", "no"), on=TODAY,
    )  # fmt: skip

    assert changed == 2
    assert list(StationCheck.objects.values_list("state", "since", "checked_on")) == [
        ("yes", TODAY, TODAY), ("no", TODAY, TODAY),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(model="stations.StationCheck").count() == 2


def test_gap_that_is_mended_begins_anew():
    station, standard = StationFactory(), StandardFactory(items=["有组织"])
    days = [dt.date(2026, 7, 1), dt.date(2026, 8, 1), dt.date(2026, 9, 1)]

    for day, state in zip(days, ("no", "no", "yes"), strict=True):
        record_checks(
            actor=staff(), station_pk=station.pk, standard=standard,
            found=_found(standard, state), on=day,
        )  # fmt: skip

    check = StationCheck.objects.get()
    assert (check.state, check.since, check.checked_on) == ("yes", days[2], days[2])


def test_books_carry_the_stations_counts_with_them():
    station = StationFactory(books_required=8, books_kept=8)
    standard = StandardFactory(kind=StandardKind.BOOKS, items=["代表名册", "大事记"])

    record_checks(
        actor=staff(), station_pk=station.pk, standard=standard,
        found=_found(standard, "yes", "partial"), on=TODAY,
    )  # fmt: skip

    station.refresh_from_db()
    assert (station.books_required, station.books_kept) == (2, 1)


def test_facilities_leave_the_book_counts_alone():
    station = StationFactory(books_required=8, books_kept=7)
    standard = StandardFactory(items=["有组织"])

    record_checks(
        actor=staff(), station_pk=station.pk, standard=standard,
        found=_found(standard, "yes"), on=TODAY,
    )  # fmt: skip

    station.refresh_from_db()
    assert (station.books_required, station.books_kept) == (8, 7)


def test_refused_checks_record_nothing():
    station, standard = StationFactory(), StandardFactory(items=["有组织", "有场所"])
    whole = _found(standard, "yes", "no")
    given = {"actor": staff(), "station_pk": station.pk, "standard": standard}

    with pytest.raises(CheckError, match="共 2 项"):
        record_checks(**given, found=dict(list(whole.items())[:1]), on=TODAY)
    with pytest.raises(CheckError, match="不能晚于今天"):
        record_checks(**given, found=whole, on=dt.date(2026, 10, 9))
    with pytest.raises(CheckError, match="没有这个家站"):
        record_checks(**{**given, "actor": town_clerk(TownFactory())}, found=whole, on=TODAY)
    assert not StationCheck.objects.exists()


def test_older_check_does_not_overwrite_a_newer_one():
    station, standard = StationFactory(), StandardFactory(items=["有组织"])
    given = {"actor": staff(), "station_pk": station.pk, "standard": standard}
    record_checks(**given, found=_found(standard, "yes"), on=TODAY)

    with pytest.raises(CheckError, match="早于已登记"):
        record_checks(**given, found=_found(standard, "no"), on=dt.date(2026, 9, 1))
