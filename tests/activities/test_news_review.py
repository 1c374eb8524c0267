"""A town hands its news in; the county's office looks at it before it counts (M116)."""

import pytest
from django.urls import reverse

from activities.models import NewsItem
from tests.factories.core import TownFactory, staff, town_clerk

pytestmark = pytest.mark.django_db
LIST = "admin:activities_newsitem_changelist"


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


def hand_in(client, user, town):
    client.force_login(user)
    data = {"title": "代表走进田间", "held_on": "2026-10-07", "region": town.pk}
    answer = client.post(reverse("admin:activities_newsitem_add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    return NewsItem.objects.get()


def act(client, row):
    data = {"action": "verify_selected", "_selected_action": [row.pk]}
    return client.post(reverse(LIST), data, follow=True)


def test_a_towns_item_waits_for_the_office_which_alone_verifies_it(client):
    town = TownFactory()
    row = hand_in(client, town_clerk(town), town)
    assert (row.verification, row.verified_by, row.on_behalf) == ("pending", None, True)

    act(client, row)
    row.refresh_from_db()
    assert row.verification == "pending"
    client.force_login(staff())
    act(client, row)
    row.refresh_from_db()
    assert row.verification == "verified"


def test_the_offices_own_entry_counts_at_once(client):
    row = hand_in(client, staff(), TownFactory())
    assert row.verification == "verified"
