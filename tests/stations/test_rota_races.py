"""Two at once on the rota, on PostgreSQL: one duty changes hands once, nobody sits twice."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import close_old_connections, connection
from django.utils import timezone

from congress_portal.core.enums import Level, Role
from stations.models import RotaDuty, SwapRequest
from stations.services.rota import RotaError
from stations.services.rota_changes import assign
from stations.services.swaps import answer_swap, ask_swap, withdraw_swap
from tests.factories import homes
from tests.factories.core import TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import PostingFactory, StationFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _at_once(*jobs):
    """Run the jobs together, each on its own connection; results or exceptions in order."""
    start = threading.Barrier(len(jobs))

    def run(job):
        close_old_connections()
        try:
            start.wait(timeout=20)
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at what came
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, j) for j in jobs]]


REFUSALS = (RotaError, ValidationError)  # both are shown above the form


def refused(outcomes):
    """How many were refused in words; whatever else went wrong is no refusal."""
    faults = [each for each in outcomes if isinstance(each, Exception)]
    assert [each for each in faults if not isinstance(each, REFUSALS)] == []
    return len(faults)


@pytest.fixture
def day():
    return timezone.localdate() + dt.timedelta(days=30)


@pytest.fixture
def town():
    return TownFactory()


def station_of(town, people):
    station = StationFactory(region=town)
    for deputy in people:
        PostingFactory(station=station, deputy=deputy)
    return station


@pytest.fixture
def people(town, day):
    term = TermFactory(
        level=Level.TOWN,
        region=town,
        begins_on=dt.date(2020, 1, 1),
        ends_on=dt.date(day.year + 2, 1, 1),
    )
    found = []
    for _ in range(4):
        deputy = DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))
        MandateFactory(deputy=deputy, term=term, level=Level.TOWN)
        found.append(deputy)
    return found


def duty_of(station, deputy, day):
    slot = homes.RotaSlotFactory(rota=None, station=station, held_on=day)
    return homes.RotaDutyFactory(slot=slot, deputy=deputy)


def test_two_swaps_asked_for_one_duty_leave_one_request(town, people, day):
    duty = duty_of(station_of(town, people), people[0], day)
    ask = {"actor": people[0].user, "duty_pk": duty.pk}

    outcomes = _at_once(
        lambda: ask_swap(**ask, asked=people[1]), lambda: ask_swap(**ask, asked=people[2])
    )

    assert refused(outcomes) == 1
    assert SwapRequest.objects.filter(state="asked").count() == 1


def test_a_swap_agreed_twice_at_once_changes_hands_once(town, people, day):
    duty = duty_of(station_of(town, people), people[0], day)
    swap = homes.SwapRequestFactory(duty=duty, asked=people[1])
    answer = {"actor": people[1].user, "swap_pk": swap.pk}

    outcomes = _at_once(*[lambda: answer_swap(**answer, agrees=True)] * 3)

    assert refused(outcomes) == 2
    standing = RotaDuty.objects.all().standing()
    assert [row.deputy for row in standing] == [people[1]]


def test_of_agreeing_and_withdrawing_at_once_one_holds(town, people, day):
    duty = duty_of(station_of(town, people), people[0], day)
    swap = homes.SwapRequestFactory(duty=duty, asked=people[1])

    outcomes = _at_once(
        lambda: answer_swap(actor=people[1].user, swap_pk=swap.pk, agrees=True),
        lambda: withdraw_swap(actor=people[0].user, swap_pk=swap.pk),
    )

    assert refused(outcomes) == 1
    swap.refresh_from_db()
    [standing] = RotaDuty.objects.all().standing()
    expected = {"agreed": people[1], "withdrawn": people[0]}
    assert standing.deputy == expected[swap.state]


def test_one_deputy_put_on_two_stations_of_a_day_sits_at_one(town, people, day):
    slots = [
        homes.RotaSlotFactory(rota=None, station=station_of(town, people), held_on=day)
        for _ in range(2)
    ]
    clerks = [town_clerk(town), town_clerk(town)]

    outcomes = _at_once(
        *(
            lambda slot=slot, clerk=clerk: assign(actor=clerk, slot_pk=slot.pk, deputy=people[0])
            for slot, clerk in zip(slots, clerks, strict=True)
        )
    )

    assert refused(outcomes) == 1
    assert RotaDuty.objects.all().standing().filter(deputy=people[0], held_on=day).count() == 1


def test_two_duties_swapped_to_one_deputy_on_one_day_end_at_one(town, people, day):
    duties = [duty_of(station_of(town, people), giver, day) for giver in people[:2]]
    swaps = [homes.SwapRequestFactory(duty=duty, asked=people[2]) for duty in duties]

    outcomes = _at_once(
        *(
            lambda swap=swap: answer_swap(actor=people[2].user, swap_pk=swap.pk, agrees=True)
            for swap in swaps
        )
    )

    assert refused(outcomes) == 1
    assert RotaDuty.objects.all().standing().filter(deputy=people[2], held_on=day).count() == 1
