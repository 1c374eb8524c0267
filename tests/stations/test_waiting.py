"""Swaps asked of a deputy wait on the deputy's first page."""

import datetime as dt

import pytest
from django.urls import reverse

from stations.selectors.waiting import swaps_to_answer
from stations.services.rota_changes import close_swap
from tests.factories import homes
from tests.factories.core import UserFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import StationFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def october(time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))


def swap(asked, day, state="asked"):
    slot = homes.RotaSlotFactory(station=StationFactory(name="云溪站"), held_on=day)
    duty = homes.RotaDutyFactory(slot=slot, deputy=DeputyFactory(name="张伟"))
    return homes.SwapRequestFactory(duty=duty, asked=asked, state=state)


def test_an_open_swap_waits_on_the_desk_of_the_asked_deputy(client):
    asked = DeputyFactory(user=UserFactory(role="deputy"))
    later = swap(asked, dt.date(2026, 11, 15))
    sooner = swap(asked, TODAY)
    swap(asked, dt.date(2026, 10, 7))  # past
    swap(DeputyFactory(), TODAY)  # asked of another
    done = swap(asked, dt.date(2026, 12, 1))
    close_swap(done, "withdrawn")

    tasks = swaps_to_answer(asked.user, asked, TODAY)

    assert [task.address for task in tasks] == [
        reverse("stations:swap", args=[each.pk]) for each in (sooner, later)
    ]
    assert tasks[0].text == "张伟请您替10月8日在云溪站的值班"
    client.force_login(asked.user)
    assert "张伟请您替10月8日在云溪站的值班" in client.get(reverse("desk:home")).text
