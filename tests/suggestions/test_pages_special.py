"""Less frequent roads through their pages: government office, conversion, groups, topics, tasks."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from deputies.enums import GroupKind
from deputies.models import GroupMembership
from suggestions import services
from suggestions.enums import State
from suggestions.models import Call, HandlingRule, Suggestion, TopicProposal
from tests.factories import workflow as flow
from tests.factories.activities import ActivityFactory
from tests.factories.core import EntryFactory
from tests.factories.deputies import GroupFactory
from tests.factories.suggestions import VoiceFactory
from tests.suggestions.test_pages_boards import get
from tests.suggestions.test_pages_steps import TODAY, post, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze(f"{TODAY} 09:00")
    return flow.make_cast()


def test_government_office_forwards_what_it_was_passed(client, cast):
    flow.with_government(cast)
    item = flow.accepted(cast)
    government = cast.officer(2)
    client.force_login(government)
    before = client.get(reverse("suggestions:detail", args=[item.pk])).status_code

    post(client, cast.office, item, "pass_on", on=TODAY)
    item.refresh_from_db()
    page = client.get(reverse("suggestions:detail", args=[item.pk]))
    client.force_login(government)
    mine = client.get(reverse("suggestions:detail", args=[item.pk]))
    post(client, government, item, "forward", lead=cast.units[0].pk, on=TODAY, comment="请办理")

    assert (before, page.status_code) == (404, 200)
    assert "转办" in mine.text
    item.refresh_from_db()
    assert (item.state, item.handlings.get().unit) == (State.HANDLING, cast.units[0])


def test_government_office_hands_back_with_a_reason(client, cast):
    flow.with_government(cast)
    item = flow.accepted(cast)
    services.pass_to_government(pk=item.pk, actor=cast.office)
    item.refresh_from_db()

    bare = post(client, cast.officer(2), item, "hand_back")
    post(client, cast.officer(2), item, "hand_back", comment="属县法院职责")

    item.refresh_from_db()
    assert "请填写。" in bare.text
    assert (item.state, item.log.last().comment) == (State.ACCEPTED, "属县法院职责")


def test_motion_becomes_a_suggestion_and_back_with_reasons(client, cast):
    HandlingRule.objects.create(region=cast.county, motion_cosigners_county=2)
    item = flow.accepted(
        cast,
        cosigned=True,
        kind="motion",
        session="plenary",
        reason="道路安全",
        wants_meeting=True,
    )

    bare = post(client, cast.office, item, "convert")
    post(client, cast.office, item, "convert", comment="大会主席团决定作为建议处理")
    item.refresh_from_db()
    as_suggestion = (item.kind, item.number, item.log.last().comment)
    post(client, cast.office, item, "convert", comment="符合议案条件")
    item.refresh_from_db()

    assert "请填写。" in bare.text
    assert as_suggestion == (
        "suggestion",
        "001",
        "转为建议：大会主席团决定作为建议处理（原编号议001，现编号001）",
    )
    assert (item.kind, item.number) == ("motion", "议002")


def test_suggestion_without_enough_names_stays_one(client, cast):
    item = flow.accepted(cast)

    page = post(client, cast.office, item, "convert", comment="转为议案")

    assert "议案要有 10 名以上代表联名，现在连同领衔代表 1 名。" in page.text
    assert Suggestion.objects.get().kind == "suggestion"


@pytest.fixture
def group(cast):
    group = GroupFactory(kind=GroupKind.PROFESSIONAL, field=cast.field, name="文明创建小组")
    GroupMembership.objects.create(group=group, deputy=cast.stranger, begins_on=dt.date(2020, 1, 1))
    return group


def test_group_sees_only_its_field_and_its_check_shows(client, cast, group):
    ours = flow.handed_over(cast)
    flow.handed_over(cast, field=EntryFactory(name="城建环保"), title="关于另一个领域的建议")

    page = get_group(client, cast.stranger.user, group)
    post(
        client, cast.stranger.user, ours, "group_follow",
        group=group.pk, on=TODAY, content="现场看了路面，已经开工。", opinion="答复要写明完工日期",
    )  # fmt: skip
    after = get_group(client, cast.stranger.user, group)
    client.force_login(cast.lead.user)
    shown = client.get(reverse("suggestions:detail", args=[ours.pk]))

    assert list(page.context["page"].object_list) == [ours]
    assert "现场看了路面" in after.text
    assert "现场看了路面，已经开工。" in shown.text
    assert "对答复的意见：答复要写明完工日期" in shown.text


def get_group(client, user, group):
    client.force_login(user)
    return client.get(reverse("suggestions:group", args=[group.pk]))


@pytest.mark.parametrize("who", ["outsider", "unit"])
def test_group_page_is_not_there_for_others(client, cast, group, who):
    user = {"outsider": cast.mate.user, "unit": cast.officer()}[who]

    assert get_group(client, user, group).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_group_page_asks_a_fixed_number_of_queries(
    client, cast, group, django_assert_num_queries, rows
):
    for _ in range(rows):
        flow.handed_over(cast)
    client.force_login(cast.stranger.user)

    with django_assert_num_queries(9):
        client.get(reverse("suggestions:group", args=[group.pk]))


def test_publication_needs_consent_and_carries_the_reply(client, cast):
    hidden = flow.answered(cast)
    open_one = flow.answered(cast, consents_to_publication=True, title="关于公开的一条路的建议")

    refused = post(client, cast.office, hidden, "publish", is_public="on")
    post(client, cast.office, open_one, "publish", is_public="on")
    client.force_login(cast.stranger.user)
    paper = client.get(
        reverse("suggestions:paper_open_list", args=["docx"]), {"year": open_one.year}
    )
    page = client.get(reverse("suggestions:detail", args=[open_one.pk]))
    closed = client.get(reverse("suggestions:detail", args=[hidden.pk]))

    assert "提出人没有同意公开。" in refused.text
    assert paper.status_code == 200
    assert "已经完成修补。" in page.text
    assert closed.status_code == 404


def test_five_topics_are_submitted_and_two_adopted(client, cast):
    call = Call.objects.create(
        region=cast.county, kind="topics", title="2027年监督议题征集",
        opens_on=dt.date(2026, 3, 1), closes_on=dt.date(2026, 3, 31),
    )  # fmt: skip
    address = reverse("suggestions:call", args=[call.pk])
    client.force_login(cast.lead.user)
    for title in ("养老服务", "校园食品安全", "通村公路"):
        client.post(address, {"title": title})
    client.force_login(cast.office)
    for who in ("李某", "王某"):
        client.post(address, {"title": "老人助餐", "proposer": who})
    topics = list(TopicProposal.objects.order_by("pk"))

    def decide(topic, **data):
        return client.post(reverse("suggestions:topic", args=[topic.pk]), data, follow=True)

    for topic in topics[3:]:
        decide(topic, state="merged", merged_into=topics[0].pk)
    for topic in topics[:2]:
        decide(topic, state="adopted", plan_year=2027)
    bare = decide(topics[2], state="dropped")
    decide(topics[2], state="dropped", decision="已列入明年工程")
    client.force_login(cast.mate.user)
    plan = client.get(reverse("suggestions:plan"))

    assert len(topics) == 5
    assert "不采纳要写明理由。" in bare.text
    assert [topic.title for topic in plan.context["topics"]] == ["养老服务", "校园食品安全"]
    assert "合并了《老人助餐》《老人助餐》" in plan.text
    assert "李某" not in plan.text


@pytest.mark.parametrize("rows", [1, 3])
def test_tasks_open_into_as_many_rows(client, cast, django_assert_num_queries, rows):
    task = EntryFactory(dictionary="central_task", name="十大工程")
    for _ in range(rows):
        flow.handed_over(cast, themes=[task])
    flow.handed_over(cast)
    year = timezone.localdate().year
    for _ in range(rows + 4):
        ActivityFactory(central_task=task, held_on=dt.date(year, 1, 5))
    ActivityFactory(central_task=task, held_on=dt.date(year, 1, 6), verification="pending")
    client.force_login(cast.office)

    with django_assert_num_queries(9):
        page = client.get(reverse("suggestions:tasks"))
    listed = get(client, cast.office, "list", year=2026, theme=task.pk)
    narrowed = {"central_task": task.pk, "period": str(year), "verification": "verified"}
    held = client.get(reverse("activities:list"), narrowed)

    assert f">{rows}</a>" in page.text
    assert listed.context["page"].paginator.count == rows
    assert f">{rows + 4}</a>" in page.text
    assert held.context["page"].paginator.count == rows + 4


def test_a_task_that_nothing_serves_stands_with_its_zeros(client, cast):
    EntryFactory(dictionary="central_task", name="八大行动")
    EntryFactory(dictionary="central_task", name="过去的行动", is_active=False)
    client.force_login(cast.office)

    page = client.get(reverse("suggestions:tasks"))

    lines = [(line.task.name, line.number, line.activities) for line in page.context["lines"]]
    assert lines == [("八大行动", 0, 0)]


def test_tasks_are_for_those_who_read_a_place(client, cast):
    client.force_login(cast.officer())

    assert client.get(reverse("suggestions:tasks")).status_code == 404


@pytest.mark.parametrize(
    ("days", "line"), [(0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (400, 3)]
)
def test_waiting_voices_stand_in_the_line_of_their_age(client, cast, days, line):
    raised = dt.date(2026, 3, 2) - dt.timedelta(days=days)
    voice = VoiceFactory(raised_on=raised, region=cast.county)
    VoiceFactory(raised_on=raised, region=cast.county, closed_on=dt.date(2026, 3, 2))

    board = get(client, cast.office, "board")
    listed = get(client, cast.office, "voice_list", age=line)

    assert board.context["voices"] == [number == line for number in range(4)]
    assert list(listed.context["page"].object_list) == [voice]


def test_nomination_shows_in_the_list_and_says_the_honour(client, cast):
    item = flow.rate(cast, flow.answered(cast))
    post(client, cast.lead.user, item, "nominate", year=2026, reason="解决了出行难")
    nomination = item.nominations.get()

    page = post(
        client, cast.office, item, "honour",
        nomination=nomination.pk, honoured="on", votes=31, honour="年度十佳建议",
    )  # fmt: skip
    listed = get(client, cast.stranger.user, "nominations")

    assert said(page)
    assert "年度十佳建议" in listed.text
    assert "31" in listed.text
