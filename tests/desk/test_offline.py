import uuid

import pytest
from django.urls import reverse

from activities.models import Visit
from congress_portal.core.enums import Dictionary, Role
from tests.factories.core import EntryFactory, UserFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Entry": "1"}


@pytest.fixture
def deputy(client):
    deputy = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    client.force_login(deputy.user)
    return deputy


@pytest.fixture
def visit_data():
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return {
        "key": uuid.uuid4(), "held_on": "2026-09-03", "channel": channel.pk, "people": 4,
    }  # fmt: skip


def test_script_is_told_the_address_and_the_greeting_waits(client, deputy, visit_data):
    for _ in range(2):
        told = client.post(reverse("activities:log_visit"), visit_data, headers=SCRIPT)

    visit = Visit.objects.get()
    address = reverse("activities:visit_detail", args=[visit.pk])
    assert (told.status_code, told.json()) == (200, {"address": address})
    assert "已记下。" in client.get(address).text


def test_script_without_a_session_is_told_to_sign_in(client, visit_data):
    told = client.post(reverse("activities:log_visit"), visit_data, headers=SCRIPT)

    assert told.json()["address"].startswith(reverse("desk:login"))


def test_fault_comes_back_as_the_page(client, deputy, visit_data):
    told = client.post(reverse("activities:log_visit"), visit_data | {"people": 0}, headers=SCRIPT)

    assert told["Content-Type"].startswith("text/html")
    assert Visit.objects.count() == 0


def test_others_are_led_on_as_ever(client, deputy, visit_data):
    assert client.post(reverse("activities:log_visit"), visit_data).status_code == 302


def test_worker_is_our_own_script_at_the_root(client):
    response = client.get("/worker.js")

    assert response["Content-Type"] == "text/javascript"
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    assert b'addEventListener("fetch"' in b"".join(response.streaming_content)


def test_page_without_network_holds_nothing_of_anybody(client):
    page = client.get(reverse("desk:offline")).text

    assert "没有网络，打不开这一页" in page
    assert "data-user" not in page
    assert "data-shell" in page


def test_only_deputies_forms_are_kept(client, deputy):
    own = client.get(reverse("activities:log_visit")).text
    client.force_login(UserFactory(role=Role.TOWN_STAFF, role__region=deputy.town))
    on_behalf = client.get(f"{reverse('activities:log_visit')}?deputy={deputy.pk}").text

    assert 'data-offline="联系走访"' in own
    assert "data-offline" not in on_behalf
    assert "entries.js" not in on_behalf
