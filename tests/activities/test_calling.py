"""The deputy's receipt and leave, and what staff enter or decide."""

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.enums import ActivityState, Answer
from activities.models import Invitation, SupportItem
from activities.selectors.planning import lead_time
from activities.services.planning import notify_invited
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from deputies.models import Deputy
from stations.models import Station
from tests.cast import PEOPLE
from tests.factories.calling import PlanFactory, SupportItemFactory
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
    data = {"round": invitation.activity.notice_round} | given
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


# Whose


def test_invitations_and_letters_are_seen_and_written_as_the_scope_says(cast, freeze):
    freeze("2026-09-10 09:00")
    a, c = cast.row(Deputy, "a"), cast.row(Deputy, "c")
    at_station = PlanFactory(
        region=cast.town_a, station=cast.row(Station, "a"), called=[a], state="notified"
    )
    rows = {
        "told": at_station.invitations.get(),
        "plan": PlanFactory(region=cast.town_a, called=[c]).invitations.get(),
        "county": PlanFactory(region=cast.county, called=[a], state="notified").invitations.get(),
    }

    def of(verb):
        return {
            person: {
                key
                for key, row in rows.items()
                if getattr(Invitation.objects, verb)(cast[person]).filter(pk=row.pk).exists()
            }
            for person in PEOPLE
        }

    everyone = {"told", "plan", "county"}
    nobody = {key: set() for key in PEOPLE}
    assert of("visible_to") == nobody | {
        "staff": everyone, "leader": everyone, "inspector": everyone, "admin": everyone,
        "clerk_a": everyone, "officer": {"told"}, "deputy": {"told", "county"},
    }  # fmt: skip
    assert of("editable_by") == nobody | {
        "staff": everyone, "clerk_a": {"told", "plan"}, "officer": {"told"},
        "deputy": {"told", "county"},
    }  # fmt: skip


def test_support_is_read_by_the_deputy_and_written_by_staff(cast):
    item = SupportItemFactory(deputy=cast.row(Deputy, "a"))

    def who(verb):
        rows = getattr(SupportItem.objects, verb)
        return {person for person in PEOPLE if rows(cast[person]).filter(pk=item.pk).exists()}

    assert who("visible_to") == {"staff", "clerk_a", "deputy", "leader", "inspector", "admin"}
    assert who("editable_by") == {"staff", "clerk_a"}


# Staff enter and decide


def _staff_page(name, row):
    return reverse(f"activities:{name}", args=[row.pk])


def test_receipt_by_phone_is_entered_on_behalf(client, deputy, invitation):
    clerk = invitation.activity.entered_by
    client.force_login(clerk)
    page = client.get(_staff_page("record_answer", invitation))
    data = {"seen": page.context["form"].initial["seen"], "told_by": "phone"}

    fault = client.post(
        _staff_page("record_answer", invitation), data | {"answer": "leave_granted"}
    )
    client.post(
        _staff_page("record_answer", invitation),
        data | {"answer": "leave_granted", "leave_kind": "ill", "leave_reason": "住院"},
    )
    stale = client.post(
        _staff_page("record_answer", invitation), data | {"answer": "accepted"}
    )  # fmt: skip

    invitation.refresh_from_db()
    assert "请假要选类别" in fault.text
    assert (invitation.answer, invitation.told_by) == (Answer.LEAVE_GRANTED, "phone")
    assert (invitation.answered_by, invitation.decided_by) == (clerk, clerk)
    assert "刚被别人改过" in stale.text


def test_leave_is_decided_once_with_words(client, deputy, invitation):
    client.force_login(deputy.user)
    _answer(client, invitation, answer="leave", leave_kind="family")
    clerk = invitation.activity.entered_by
    client.force_login(clerk)
    page = client.get(_staff_page("decide_leave", invitation))
    data = {"seen": page.context["form"].initial["seen"], "grants": "no"}

    silent = client.post(_staff_page("decide_leave", invitation), data)
    client.post(_staff_page("decide_leave", invitation), data | {"words": "请您参加表决"})
    again = client.post(_staff_page("decide_leave", invitation), data | {"grants": "yes"})

    invitation.refresh_from_db()
    assert "不准假要写明理由" in silent.text
    assert (invitation.answer, invitation.decided_by) == (Answer.LEAVE_REFUSED, clerk)
    assert "不用再批" in again.text
    told = Notice.objects.get(user=deputy.user)
    assert told.title == f"未准假：{invitation.activity.title}"
    assert "请您参加表决" in told.body


def test_reason_of_leave_is_not_in_the_trail(client, deputy, invitation):
    client.force_login(deputy.user)
    _answer(client, invitation, answer="leave", leave_kind="ill", leave_reason="心脏手术")

    assert not any("心脏手术" in str(entry.changes) for entry in AuditEntry.objects.all())


def test_seven_days_ahead_three_replies_one_leave(client, freeze):
    """The row's own proof (M61)."""
    freeze("2026-09-11 08:00")
    town = TownFactory()
    people = [
        DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY), seat=True) for _ in "1234"
    ]
    clerk = town_clerk(town)
    plan = PlanFactory(region=town, called=people, entered_by=clerk)
    assert not lead_time(plan, timezone.localdate()).is_short
    notify_invited(actor=clerk, activity_pk=plan.pk)
    answers = [{"answer": "accept"}] * 3 + [{"answer": "leave", "leave_kind": "work"}]

    for deputy, given in zip(people, answers, strict=True):
        client.force_login(deputy.user)
        _answer(client, plan.invitations.get(deputy=deputy), **given, round=0)

    client.force_login(clerk)
    page = client.get(reverse("activities:plan", args=[plan.pk])).context["page"]
    assert page.lead.days == 7
    assert (page.tally.accepted, page.tally.leave_asked, page.tally.waiting) == (3, 1, 0)
