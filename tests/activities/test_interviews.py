"""约见: request → meeting → outcome (M85)."""

import datetime as dt
import itertools
import uuid

import pytest
from django.urls import reverse

from activities.enums import InterviewState
from activities.models import Activity, Interview
from activities.services import interviews as services
from activities.services.interviews import InterviewError
from activities.supervision_workflow import INTERVIEW, InterviewAction, Side, available, next_state
from activities.workflow import NotYoursError, ReasonNeededError, TransitionNotAllowedError
from congress_portal.core.enums import Role
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import Notice
from congress_portal.core.periods import quarter
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from tests.factories.activities import ActivityFormFactory
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.supervision import InterviewFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return staff()


@pytest.fixture
def deputy():
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True)


@pytest.fixture
def fellow(deputy):
    return DeputyFactory(town=deputy.town, user=UserFactory(role=Role.DEPUTY), seat=True)


@pytest.fixture
def officer():
    return UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory(name="县公安局"))


@pytest.fixture
def asked(deputy, fellow, officer):
    row = InterviewFactory(deputy=deputy, unit=officer.role_assignments.get().unit)
    row.fellows.add(fellow)
    return row


def given(row, actor):
    row = Interview.objects.get(pk=row.pk)
    return {"actor": actor, "interview_pk": row.pk, "seen": fingerprint(row)}


def arrange(row, actor, day=dt.date(2026, 9, 10)):
    return services.arrange_interview(
        **given(row, actor), arranged_on=day, arranged_time=dt.time(9, 30), place="县公安局"
    )


ALLOWED = {
    ("asked", "change", "deputy"),
    ("asked", "change", "office"),
    ("asked", "arrange", "office"),
    ("arranged", "arrange", "office"),
    ("asked", "decline", "office"),
    ("arranged", "decline", "office"),
    ("asked", "withdraw", "deputy"),
    ("arranged", "withdraw", "deputy"),
    ("arranged", "hold", "office"),
}


@pytest.mark.parametrize(
    ("state", "action", "side"), list(itertools.product(InterviewState, InterviewAction, Side))
)
def test_the_table_is_whole(state, action, side):
    if (state, action, side) in ALLOWED:
        assert next_state(INTERVIEW, action, state, {side}, "原因") == INTERVIEW[action].to
        assert action in available(INTERVIEW, state, {side})
        return
    with pytest.raises((TransitionNotAllowedError, NotYoursError)):
        next_state(INTERVIEW, action, state, {side}, "原因")


def test_a_deputy_asks_on_the_phone_once(client, office, deputy, fellow):
    unit = UnitFactory()
    client.force_login(deputy.user)
    address = reverse("activities:ask_interview")
    data = {
        "key": str(uuid.uuid4()), "unit": unit.pk, "subject": "路灯", "questions": "何时装？",
        "region": deputy.mandates.get().region_id, "fellows": fellow.name, "wanted_on": "",
    }  # fmt: skip

    page = client.post(address, data, follow=True)
    client.post(address, data)

    row = Interview.objects.get()
    assert (row.deputy, list(row.fellows.all())) == (deputy, [fellow])
    assert "●</span> 待安排" in page.text
    assert Notice.objects.filter(user=office).count() == 1
    assert Notice.objects.get(user=fellow.user).title.endswith(f"一同约见{unit}")


def test_from_request_to_outcome_and_it_counts(
    client, office, deputy, fellow, officer, asked, freeze
):
    freeze("2026-09-12 09:00")
    ActivityFormFactory(name="约见", counts_as="other")
    client.force_login(officer)
    page = reverse("activities:interview", args=[asked.pk])
    assert client.get(page).status_code == 404  # not before it is arranged

    arrange(asked, office)
    assert client.get(page).status_code == 200
    client.force_login(office)
    step = reverse("activities:interview_step", args=[asked.pk, "hold"])
    data = {
        "held_on": "2026-09-10",
        "outcome": "本月装好减速带",
        "seen": given(asked, office)["seen"],
    }
    early = client.post(step, data | {"held_on": "2026-08-01"})
    assert "约见不能早于提出的那天" in early.text
    assert not Activity.objects.exists()
    client.post(step, data)
    client.post(step, data)

    asked.refresh_from_db()
    file = f"/registers/deputies/{deputy.pk}/file/?year=2026"
    assert client.get(file).text.count("9月10日") == 2, "the activity and the interview: one day"
    activity = Activity.objects.get()
    assert (asked.state, asked.activity) == (InterviewState.HELD, activity)
    assert set(activity.deputies.all()) == {deputy, fellow}
    assert list(activity.units.all()) == [asked.unit]
    metric = find_metric(Deputy, "activities")
    counted = measure([metric], quarter(2026, 3), Deputy.objects.all())["activities"]
    assert (counted[deputy.pk], counted[fellow.pk]) == (1, 1)
    told = Notice.objects.filter(user=officer).values_list("title", flat=True)
    assert len(told) == 2
    client.force_login(deputy.user)
    assert "本月装好减速带" in client.get(page).text


def test_declining_and_withdrawing_say_why(office, deputy, fellow, officer, asked):
    with pytest.raises(ReasonNeededError):
        services.decline_interview(**given(asked, office), reason=" ")
    arrange(asked, office)
    with pytest.raises(NotYoursError):
        services.withdraw_interview(**given(asked, fellow.user), reason="不用了")

    services.withdraw_interview(**given(asked, deputy.user), reason="已经解决")

    asked.refresh_from_db()
    assert (asked.state, asked.declined_reason) == ("declined", "代表撤回：已经解决")
    for user in (office, fellow.user, officer):
        assert Notice.objects.filter(user=user, key=f"interview:{asked.pk}:ended").count() == 1


def test_a_new_day_is_told_again_and_the_same_is_not(office, deputy, asked):
    arrange(asked, office)
    arrange(asked, office)
    arrange(asked, office, dt.date(2026, 9, 11))

    assert Notice.objects.filter(user=deputy.user, title__contains="已安排").count() == 2


def test_no_day_before_it_was_asked(office, asked):
    with pytest.raises(InterviewError, match="不能早于"):
        arrange(asked, office, dt.date(2026, 8, 1))
    assert Interview.objects.get().state == InterviewState.ASKED


def test_a_stranger_sees_and_does_nothing(client, asked):
    other = DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True)
    for user in (other.user, town_clerk(TownFactory())):
        client.force_login(user)
        assert client.get(reverse("activities:interview", args=[asked.pk])).status_code == 404
        step = reverse("activities:interview_step", args=[asked.pk, "decline"])
        assert client.post(step, {"reason": "甲"}).status_code == 404
        assert not client.get(reverse("activities:interviews")).context["page"].object_list
    with pytest.raises(InterviewError):
        services.ask_interview(
            actor=other.user, deputy=asked.deputy, region=asked.region, unit=asked.unit,
            subject="甲", questions="乙",
        )  # fmt: skip


def test_a_stale_change_is_refused_with_its_text(client, deputy, asked):
    old = fingerprint(asked)
    Interview.objects.update(wanted_on=dt.date(2026, 12, 1))
    client.force_login(deputy.user)
    data = {
        "seen": old, "unit": asked.unit_id, "subject": "改过的事由", "questions": "乙",
        "region": asked.region_id,
    }  # fmt: skip

    page = client.post(reverse("activities:edit_interview", args=[asked.pk]), data)

    assert "刚被别人改过" in page.text
    assert "改过的事由" in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, office, rows, django_assert_num_queries):
    InterviewFactory.create_batch(rows)
    client.force_login(office)
    client.get(reverse("activities:interviews"))

    with django_assert_num_queries(6):
        client.get(reverse("activities:interviews"))
