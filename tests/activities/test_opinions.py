import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.enums import OpinionState
from activities.models import WorkOpinion
from activities.services import opinions as services
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories.activities import ActivityFactory
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    WorkOpinionFactory,
)
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(freeze):
    freeze("2026-08-15 10:00")


@pytest.fixture
def county():
    return CountyFactory()


@pytest.fixture
def clerk(county):
    return staff(role__region=county)


@pytest.fixture
def deputy():
    return DeputyFactory(name="张伟", user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def office():
    return CommitteeOfficeFactory(name="代表工委")


def step(client, opinion, name, **fields):
    opinion.refresh_from_db()
    data = {"seen": fingerprint(opinion)} | fields
    return client.post(reverse(f"activities:{name}_opinion", args=[opinion.pk]), data)


def titles(user):
    return [notice.title for notice in Notice.objects.filter(user=user).order_by("pk")]


def test_from_opinion_to_answer_to_closed_and_the_deputy_is_told(
    client, clerk, deputy, county, office
):
    client.force_login(deputy.user)
    data = {"key": str(uuid.uuid4()), "region": county.pk, "text": "通知再早一周"}
    for _ in range(2):
        client.post(reverse("activities:raise_opinion"), data)
    opinion = WorkOpinion.objects.get()
    client.force_login(clerk)
    step(client, opinion, "assign", office=office.pk)
    step(client, opinion, "answer", answer="从九月起提前十天通知。")
    client.force_login(deputy.user)
    step(client, opinion, "close")

    opinion.refresh_from_db()
    assert (opinion.state, opinion.closed_on) == (OpinionState.CLOSED, dt.date(2026, 8, 15))
    assert (opinion.answer, opinion.answered_by) == ("从九月起提前十天通知。", clerk)
    assert titles(deputy.user) == ["您的意见由代表工委答复", "代表工委答复了您的意见"]
    assert titles(clerk) == ["张伟代表对人大工作提出意见"]


def test_staff_note_an_opinion_at_a_meeting(client, clerk, deputy, county):
    meeting = ActivityFactory(title="代表座谈会")
    client.force_login(clerk)
    data = {
        "key": str(uuid.uuid4()), "deputy": "张伟", "region": county.pk,
        "raised_on": "2026-08-14", "activity": meeting.pk, "text": "材料发到手机上",
    }  # fmt: skip

    client.post(reverse("activities:raise_opinion"), data)

    opinion = WorkOpinion.objects.get()
    assert (opinion.deputy, opinion.activity) == (deputy, meeting)
    assert titles(deputy.user) == ["您的意见已登记，办理情况会告诉您"]


def test_a_member_of_the_office_answers(client, deputy, office):
    member = CommitteeMemberFactory(office=office, user=UserFactory())
    opinion = WorkOpinionFactory(deputy=deputy, office=office)
    client.force_login(member.user)

    page = client.get(reverse("activities:opinion", args=[opinion.pk])).text
    step(client, opinion, "answer", answer="已改。")

    opinion.refresh_from_db()
    assert "答复，并告诉代表" in page
    assert "交这个委室答复" not in page
    assert opinion.answered_by == member.user


def test_a_member_of_another_office_does_not_find_it(client, office):
    other = CommitteeMemberFactory(office=CommitteeOfficeFactory(), user=UserFactory())
    opinion = WorkOpinionFactory(office=office)
    client.force_login(other.user)

    assert step(client, opinion, "answer", answer="不归我").status_code == 404


def test_nobody_answers_before_an_office_is_named(clerk):
    opinion = WorkOpinionFactory()

    with pytest.raises(services.OpinionError, match="先指定"):
        services.answer_opinion(
            actor=clerk, opinion_pk=opinion.pk, seen=fingerprint(opinion), answer="答"
        )


def test_an_unanswered_opinion_is_not_closed(client, clerk):
    opinion = WorkOpinionFactory()
    client.force_login(clerk)

    step(client, opinion, "close")

    opinion.refresh_from_db()
    assert opinion.state == OpinionState.OPEN


def test_of_two_answers_the_first_wins_and_the_second_is_told(client, clerk, office):
    opinion = WorkOpinionFactory(office=office)
    seen = fingerprint(opinion)
    services.answer_opinion(actor=clerk, opinion_pk=opinion.pk, seen=seen, answer="先答的")
    client.force_login(clerk)

    with pytest.raises(StaleRecordError):
        services.answer_opinion(actor=clerk, opinion_pk=opinion.pk, seen=seen, answer="后答的")
    page = client.post(
        reverse("activities:answer_opinion", args=[opinion.pk]),
        {"seen": seen, "answer": "后答的"},
        follow=True,
    ).text

    opinion.refresh_from_db()
    assert opinion.answer == "先答的"
    assert "刚被别人改过" in page


def test_an_empty_answer_keeps_the_page_with_its_fault(client, clerk, office):
    opinion = WorkOpinionFactory(office=office)
    client.force_login(clerk)

    page = step(client, opinion, "answer", answer="")

    assert page.status_code == 200
    assert "没有保存，请改正后再提交" in page.text


def test_the_deputy_asks_again_and_the_office_is_told_again(client, clerk, deputy, office):
    opinion = WorkOpinionFactory(
        deputy=deputy, office=office, state=OpinionState.ANSWERED, answer="研究中",
        answered_on=dt.date(2026, 8, 1), answered_by=clerk,
    )  # fmt: skip
    client.force_login(deputy.user)

    step(client, opinion, "reopen", reason="什么时候有结果")

    opinion.refresh_from_db()
    assert (opinion.state, opinion.answer) == (OpinionState.OPEN, "")
    assert "2026年8月1日答复：研究中" in opinion.text
    assert "2026年8月15日代表补充：什么时候有结果" in opinion.text
    assert titles(clerk) == ["张伟代表对人大工作提出意见"]


def test_an_office_of_another_congress_is_no_choice(client, clerk):
    opinion = WorkOpinionFactory()
    foreign = CommitteeOfficeFactory(region=TownFactory())
    client.force_login(clerk)

    step(client, opinion, "assign", office=foreign.pk)

    opinion.refresh_from_db()
    assert opinion.office is None


@pytest.mark.parametrize("name", ["opinion", "assign_opinion", "close_opinion"])
def test_a_strangers_opinion_is_not_found(client, name):
    opinion = WorkOpinionFactory()
    client.force_login(UserFactory(role=Role.DEPUTY))
    address = reverse(f"activities:{name}", args=[opinion.pk])

    response = client.get(address) if name == "opinion" else client.post(address)

    assert response.status_code == 404


def test_a_town_clerk_does_not_answer_for_the_county(client, deputy):
    opinion = WorkOpinionFactory(deputy=deputy)
    client.force_login(town_clerk(deputy.town))

    assert client.get(reverse("activities:opinion", args=[opinion.pk])).status_code == 404


def test_the_board_tells_ages_and_what_has_no_office(client, clerk, office):
    WorkOpinionFactory(raised_on=dt.date(2026, 7, 15), text="一个月零一天", office=office)
    WorkOpinionFactory(raised_on=dt.date(2026, 7, 16), text="整三十天")
    client.force_login(clerk)

    page = client.get(reverse("activities:opinions"))
    unassigned = client.get(reverse("activities:opinions"), {"unassigned": "on"})

    assert [line["age"] for line in page.context["lines"]] == [31, 30]
    assert page.text.count("超过 30 天未答复") == 1
    assert [line["row"].text for line in unassigned.context["lines"]] == ["整三十天"]


def test_a_deputy_sees_the_own_ones_only(client, deputy):
    WorkOpinionFactory(deputy=deputy, text="我的")
    WorkOpinionFactory(text="别人的")
    client.force_login(deputy.user)

    page = client.get(reverse("activities:opinions")).text

    assert ("我的" in page, "别人的" in page) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_board_costs_the_same_for_any_number(
    client, clerk, office, rows, django_assert_num_queries
):
    for _ in range(rows):
        WorkOpinionFactory(office=office)
    client.force_login(clerk)

    with django_assert_num_queries(7):
        client.get(reverse("activities:opinions"))
