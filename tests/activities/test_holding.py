"""Who came is noted only when every leave that was asked has been decided."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.enums import ActivityState, Answer, Presence
from activities.models import Attendance, Invitation
from tests.factories.calling import PlanFactory
from tests.factories.core import CountyFactory, TownFactory, town_clerk
from tests.factories.deputies import DeputyFactory


@pytest.fixture
def asked(db, freeze):
    """Two on the list on the day; 何芳 has asked for leave and waits."""
    freeze("2026-09-18 17:00")
    town = TownFactory(parent=CountyFactory())
    people = [DeputyFactory(name=name, town=town, seat=True) for name in ("丁一", "何芳")]
    plan = PlanFactory(
        region=town, state=ActivityState.NOTIFIED, held_on=dt.date(2026, 9, 18), called=people
    )
    waiting = Invitation.objects.filter(deputy=people[1])
    waiting.update(answer=Answer.LEAVE_ASKED, leave_kind="ill")
    return plan, people, waiting.get(), town_clerk(town)


def _post(client, plan, deputies, **presence):
    address = reverse("activities:hold", args=[plan.pk])
    data = {"seen": client.get(address).context["form"].initial["seen"], "others": ""}
    for deputy, came in zip(deputies, presence.values(), strict=True):
        data |= {f"presence_{deputy.pk}": came, f"part_{deputy.pk}": "member"}
    return client.post(address, data)


@pytest.mark.parametrize("away", [Presence.ABSENT, Presence.LEAVE])
def test_undecided_leave_keeps_the_list_open_and_leads_to_the_decision(client, asked, away):
    plan, people, row, clerk = asked
    client.force_login(clerk)

    page = _post(client, plan, people, first="present", second=away)

    assert "请假还没有批：何芳。" in page.text
    assert f'{reverse("activities:decide_leave", args=[row.pk])}?back=hold"' in page.text
    assert not Attendance.objects.exists()


def test_after_the_decision_staff_come_back_to_the_list(client, asked):
    plan, people, row, clerk = asked
    client.force_login(clerk)
    address = reverse("activities:decide_leave", args=[row.pk]) + "?back=hold"
    seen = client.get(address).context["form"].initial["seen"]

    done = client.post(address, {"grants": "yes", "words": "", "seen": seen})
    _post(client, plan, people, first="present", second="leave")

    assert done.url == reverse("activities:hold", args=[plan.pk])
    assert dict(Attendance.objects.values_list("deputy", "presence")) == {
        people[0].pk: Presence.PRESENT,
        people[1].pk: Presence.LEAVE,
    }


def test_who_asked_for_leave_and_came_is_noted_present(client, asked):
    plan, people, _, clerk = asked
    client.force_login(clerk)

    _post(client, plan, people, first="present", second="present")

    assert Attendance.objects.filter(presence=Presence.PRESENT).count() == 2


def test_mending_the_list_asks_for_the_decision_too(client, asked):
    plan, people, _, clerk = asked
    client.force_login(clerk)
    _post(client, plan, people, first="present", second="present")

    page = _post(client, plan, people, first="present", second="absent")

    assert "请假还没有批：何芳。" in page.text
    assert Attendance.objects.get(deputy=people[1]).presence == Presence.PRESENT
