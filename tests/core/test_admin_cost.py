"""Lists and pages of the admin cost the same however many rows there are."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Activity, Attendance, NewsItem, Visit
from congress_portal.core.models import Region, Unit
from deputies.models import Deputy, Group
from stations.models import Reception, Station
from suggestions.models import Suggestion, Voice
from tests.factories.activities import ActivityFactory, NewsItemFactory, VisitFactory
from tests.factories.core import UnitFactory
from tests.factories.deputies import DeputyFactory, GroupMembershipFactory
from tests.factories.stations import ReceptionFactory, StationFactory
from tests.factories.suggestions import HandlingFactory, OpinionFactory

pytestmark = pytest.mark.django_db


def url(model, action="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.fixture
def staff_client(client, cast):
    client.force_login(cast["staff"])
    return client


def _more(cast, model):
    town = cast.town_a
    makers = {
        Deputy: lambda: DeputyFactory(town=town, seat=True),
        Station: lambda: StationFactory(region=town),
        Activity: lambda: ActivityFactory(region=town, deputies=[cast.row(Deputy, "a")]),
        Visit: lambda: VisitFactory(deputy=cast.row(Deputy, "a")),
        Voice: lambda: OpinionFactory(reception=cast.row(Reception, "a")),
        Reception: lambda: ReceptionFactory(
            station=cast.row(Station, "a"), held_on=dt.date(2026, 6, Reception.objects.count())
        ),
        NewsItem: lambda: NewsItemFactory(region=town),
        Group: lambda: GroupMembershipFactory(group__region=town),
        Suggestion: lambda: HandlingFactory(
            suggestion__lead=cast.row(Deputy, "a"), suggestion__region=cast.county
        ),
        Unit: UnitFactory,
    }
    for _ in range(2):
        makers[model]()


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        (Deputy, 9), (Station, 7), (Activity, 9), (Visit, 7), (Voice, 8), (Reception, 8),
        (NewsItem, 7), (Group, 6), (Suggestion, 10), (Unit, 6),
    ],
)  # fmt: skip
def test_a_list_costs_the_same_for_three_more_rows(
    staff_client, cast, django_assert_num_queries, model, queries
):
    client = staff_client

    with django_assert_num_queries(queries):
        assert client.get(url(model)).status_code == 200
    _more(cast, model)
    with django_assert_num_queries(queries):
        assert client.get(url(model)).status_code == 200


def test_a_page_costs_the_same_for_more_rows_of_its_table(
    staff_client, cast, django_assert_num_queries
):
    client = staff_client
    row = cast.row(Activity, "a")
    page = url(Activity, "change", row.pk)
    client.get(page)  # content types are remembered from the first page on

    with django_assert_num_queries(16):
        client.get(page)
    for serial in (2, 3):
        deputy = DeputyFactory(town=cast.town_a)
        Attendance.objects.create(activity=row, deputy=deputy, serial=serial)
    with django_assert_num_queries(16):
        client.get(page)


def test_a_list_counts_only_so_far(staff_client, cast, monkeypatch):
    monkeypatch.setattr("congress_portal.core.admin.paging.COUNTED_UP_TO", 2)

    assert staff_client.get(url(Region)).context["cl"].result_count == 2
