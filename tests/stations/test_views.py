import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db


def test_strangers_do_not_find_a_station_or_a_reception(client):
    reception = ReceptionFactory()
    client.force_login(town_clerk(TownFactory()))

    pages = [
        reverse("stations:detail", args=[reception.station_id]),
        reverse("stations:reception_detail", args=[reception.pk]),
    ]

    assert [client.get(page).status_code for page in pages] == [404, 404]


def test_clerk_lists_the_own_town_only(client):
    mine = StationFactory()
    StationFactory()
    client.force_login(town_clerk(mine.region))

    page = client.get(reverse("stations:list")).context["page"]

    assert list(page.object_list) == [mine]


def test_deputy_sees_the_own_station(client):
    posting = PostingFactory(deputy__user=UserFactory(role=Role.DEPUTY))
    client.force_login(posting.deputy.user)

    response = client.get(reverse("stations:detail", args=[posting.station_id]))

    assert response.status_code == 200
    assert posting.deputy.name in response.text


def test_station_list_counts_deputies_attached_today(client, freeze):
    freeze("2026-09-03 09:00")
    station = StationFactory()
    PostingFactory(station=station)
    PostingFactory(station=station, ends_on=dt.date(2026, 9, 2))
    client.force_login(staff())

    page = client.get(reverse("stations:list")).context["page"]

    assert [each.attached for each in page.object_list] == [1]


def test_station_list_narrows_to_those_that_nobody_keeps(client):
    OfficerFactory()
    unkept = StationFactory()
    client.force_login(staff())

    page = client.get(reverse("stations:list"), {"unkept": "on"}).context["page"]

    assert list(page.object_list) == [unkept]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("stations:list", StationFactory, 11),
        ("stations:reception_list", ReceptionFactory, 8),
    ],
)
def test_lists_ask_a_fixed_number_of_queries(
    client, django_assert_num_queries, name, make, queries, rows
):
    make.create_batch(rows)
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        client.get(reverse(name))


def test_reception_list_narrows_by_quarter_and_deputy(client):
    deputy = DeputyFactory()
    last_day = ReceptionFactory(held_on=dt.date(2026, 3, 31), deputies=[deputy])
    first_day = ReceptionFactory(held_on=dt.date(2026, 4, 1))
    client.force_login(staff())

    def listed(**filters):
        page = client.get(reverse("stations:reception_list"), filters).context["page"]
        return list(page.object_list)

    assert listed(period="2026Q1") == [last_day]
    assert listed(period="2026-04") == [first_day]
    assert listed(deputy=deputy.pk) == [last_day]
