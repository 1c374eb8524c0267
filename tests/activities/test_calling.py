"""The deputy's receipt and leave, and what staff enter or decide."""

import pytest
from django.urls import reverse

from activities.enums import ActivityState, Answer
from activities.models import Invitation
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from tests.factories.calling import PlanFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deputy(freeze):
    freeze("2026-09-10 09:00")
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True)


@pytest.fixture
def invitation(deputy):
    plan = PlanFactory(
        region=deputy.town,
        called=[deputy],
        state=ActivityState.NOTIFIED,
        entered_by=town_clerk(deputy.town),
    )
    return plan.invitations.get()


def _answer(client, invitation, **given):
    data = {"round": invitation.activity.notice_round, **given}
    return client.post(
        reverse("activities:answer_invitation", args=[invitation.pk]), data, follow=True
    )


def test_opening_the_invitation_is_the_receipt_of_reading(client, deputy, invitation):
    client.force_login(deputy.user)

    page = client.get(reverse("activities:invitation", args=[invitation.pk]))
    invitation.refresh_from_db()
    first = invitation.read_at
    client.get(reverse("activities:invitation", args=[invitation.pk]))
    invitation.refresh_from_db()

    assert "县人大三楼会议室" in page.text
    assert first is not None
    assert invitation.read_at == first


def test_deputy_accepts_and_twice_is_once(client, deputy, invitation):
    client.force_login(deputy.user)

    page = _answer(client, invitation, answer="accept")
    invitation.refresh_from_db()
    at = invitation.answered_at
    _answer(client, invitation, answer="accept")
    invitation.refresh_from_db()

    assert "已回执：能参加" in page.text
    assert (invitation.answer, invitation.answered_by) == (Answer.ACCEPTED, deputy.user)
    assert invitation.answered_at == at


def test_deputy_asks_for_leave_and_the_planner_hears_once(client, deputy, invitation):
    client.force_login(deputy.user)

    for _ in range(2):
        _answer(client, invitation, answer="leave", leave_kind="ill", leave_reason="住院")

    invitation.refresh_from_db()
    assert (invitation.answer, invitation.leave_kind) == (Answer.LEAVE_ASKED, "ill")
    told = Notice.objects.get()
    assert told.user == invitation.activity.entered_by
    assert told.title.startswith(f"{deputy.name}请假")


def test_leave_without_a_kind_keeps_the_words(client, deputy, invitation):
    client.force_login(deputy.user)

    page = _answer(client, invitation, answer="leave", leave_reason="孩子结婚")

    assert "请选择请假类别" in page.text
    assert "孩子结婚</textarea>" in page.text
    invitation.refresh_from_db()
    assert invitation.answer == Answer.WAITING


def test_answer_may_change_until_the_limit(client, deputy, invitation, freeze):
    client.force_login(deputy.user)
    _answer(client, invitation, answer="leave", leave_kind="work")
    freeze("2026-09-15 23:59")
    client.force_login(deputy.user)
    _answer(client, invitation, answer="accept")
    freeze("2026-09-16 00:00")

    late = _answer(client, invitation, answer="leave", leave_kind="work")

    invitation.refresh_from_db()
    assert invitation.answer == Answer.ACCEPTED
    assert (invitation.leave_kind, invitation.leave_reason) == ("", "")
    assert "回执已于9月15日截止" in late.text


def test_answer_to_an_older_notice_is_refused(client, deputy, invitation):
    client.force_login(deputy.user)
    invitation.activity.notice_round = 1
    invitation.activity.save()

    page = _answer(client, invitation, answer="accept", round=0)

    assert "刚有变动" in page.text
    assert Invitation.objects.get().answer == Answer.WAITING


@pytest.mark.parametrize("who", ["colleague", "staff", "nobody"])
def test_only_the_invited_deputy_has_the_page(client, deputy, invitation, who):
    people = {
        "colleague": UserFactory(role=Role.DEPUTY),
        "staff": staff(),
        "nobody": UserFactory(),
    }
    client.force_login(people[who])

    page = client.get(reverse("activities:invitation", args=[invitation.pk]))

    assert page.status_code == 404
    assert _answer(client, invitation, answer="accept").status_code == 404
    assert Invitation.objects.get().answer == Answer.WAITING


def test_invitation_of_a_plan_is_not_shown_before_it_is_sent(client, deputy):
    plan = PlanFactory(region=TownFactory(), called=[deputy])
    client.force_login(deputy.user)

    assert client.get(reverse("activities:detail", args=[plan.pk])).status_code == 404
    page = client.get(reverse("activities:invitation", args=[plan.invitations.get().pk]))
    assert page.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_own_invitations_ask_a_fixed_number_of_queries(
    client, deputy, django_assert_num_queries, rows
):
    for _ in range(rows):
        PlanFactory(called=[deputy], state=ActivityState.NOTIFIED)
    client.force_login(deputy.user)

    with django_assert_num_queries(5):
        page = client.get(reverse("activities:invitations"))

    assert len(page.context["own"].waiting) == rows
