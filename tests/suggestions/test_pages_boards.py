"""Lists and boards: figures open into as many rows, queries do not grow with the rows."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import State
from suggestions.models import Call, Handling, Suggestion, TopicProposal
from tests.factories import workflow as flow
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return flow.make_cast()


def get(client, user, name, **query):
    client.force_login(user)
    page = client.get(reverse(f"suggestions:{name}"), query)
    assert page.status_code == 200
    return page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "state", "queries"),
    [
        ("hand_over", State.ACCEPTED, 8),
        ("inbox", State.SUBMITTED, 19),
        ("board", State.TRACKING, 20),
        ("league", State.TRACKING, 9),
        ("promises", State.TRACKING, 9),
        ("key", State.HANDLING, 10),
    ],
)
def test_office_pages_ask_a_fixed_number_of_queries(
    client, cast, django_assert_num_queries, rows, name, state, queries
):
    for _ in range(rows):
        item = flow.in_state(cast, state)
        if state == State.HANDLING:
            services.mark_key(pk=item.pk, actor=cast.office)
    client.force_login(cast.office)

    with django_assert_num_queries(queries):
        client.get(reverse(f"suggestions:{name}"))


@pytest.mark.parametrize("rows", [1, 3])
def test_workspace_asks_a_fixed_number_of_queries(client, cast, django_assert_num_queries, rows):
    for _ in range(rows):
        flow.handed_over(cast)
    client.force_login(cast.officer())

    with django_assert_num_queries(8):
        page = client.get(reverse("suggestions:workspace"))

    assert len(page.context["buckets"][0].rows) == rows


def test_workspace_sorts_parts_into_buckets(client, cast, freeze):
    flow.handed_over(cast)
    flow.signed(cast)
    flow.reply_drafted(cast)
    flow.answered(cast)

    page = get(client, cast.officer(), "workspace")

    counts = {each.code: len(each.rows) for each in page.context["buckets"]}
    assert counts == {
        "sign": 1, "work": 1, "approve": 1, "return": 0, "pressing": 0, "promise": 0, "done": 1,
    }  # fmt: skip
    freeze("2026-06-03 09:00")
    late = get(client, cast.officer(), "workspace", bucket="pressing")
    assert "■" in late.text
    assert [each.code for each in late.context["shown"]] == ["pressing"]


def test_a_unit_sees_only_its_own_parts(client, cast):
    flow.handed_over(cast)

    page = get(client, cast.officer(1), "workspace")

    assert [each.rows for each in page.context["buckets"]] == [()] * 7


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_of_one_kind_asks_a_fixed_number_of_queries(
    client, cast, django_assert_num_queries, rows
):
    for _ in range(rows):
        flow.submitted(cast)
    client.force_login(cast.office)

    with django_assert_num_queries(20):
        page = client.get(reverse("suggestions:inbox"), {"kind": "review"})

    assert len(page.context["items"]) == rows


def test_inbox_is_paged_and_filtered(client, cast):
    items = [flow.submitted(cast, title=f"关于第{n}条村道的建议") for n in range(27)]

    first = get(client, cast.office, "inbox", kind="review")
    second = get(client, cast.office, "inbox", kind="review", page=2)
    found = get(client, cast.office, "inbox", q="第26条")
    elsewhere = get(client, cast.office, "inbox", unit=cast.units[0].pk)

    assert [len(page.context["items"]) for page in (first, second)] == [25, 2]
    assert "第 1 / 2 页" in first.text
    assert [kind.count for kind in found.context["kinds"]][:2] == [1, 0]
    assert items[26].title in found.text
    assert elsewhere.context["kinds"][0].count == 0


def test_inbox_shows_each_kind(client, cast):
    flow.submitted(cast)
    flow.accepted(cast)
    part = flow.signed(cast)
    services.ask_return(handling_pk=part.pk, actor=cast.officer(), comment="不属本局")
    other = flow.signed(cast)
    services.ask_extension(
        handling_pk=other.pk, actor=cast.officer(), until=dt.date(2026, 8, 1), comment="待批"
    )
    flow.in_state(cast, State.REDO)

    page = get(client, cast.office, "inbox")

    counts = {kind.code: kind.count for kind in page.context["kinds"]}
    assert {code: count for code, count in counts.items() if count} == {
        "review": 1, "hand_over": 1, "returns": 1, "extensions": 1, "redo": 1,
    }  # fmt: skip


def batch(cast, rows, **more):
    data = {"on": "2026-03-02", "then": "check", **more}
    for row in rows:
        data |= {f"s{row.pk}-take": "on", f"s{row.pk}-lead": str(cast.units[0].pk)}
    return data


def test_hand_over_meeting_first_checks_then_hands_over_all(client, cast):
    rows = [flow.accepted(cast) for _ in range(2)]
    left = flow.accepted(cast)
    client.force_login(cast.office)
    address = reverse("suggestions:hand_over")

    summary = client.post(address, batch(cast, rows))
    done = client.post(address, batch(cast, rows, then="hand_over"), follow=True)

    assert "请核对：交办 2 件" in summary.text
    assert "已交办 2 件，主办单位 1 家" in done.text
    assert list(Suggestion.objects.fresh()) == [left]


def test_hand_over_meeting_asks_for_the_lead_unit(client, cast):
    item = flow.accepted(cast)
    client.force_login(cast.office)

    page = client.post(
        reverse("suggestions:hand_over"), {"on": "2026-03-02", f"s{item.pk}-take": "on"}
    )

    assert "请选择主办单位，或不勾选这一件。" in page.text
    assert not Handling.objects.exists()


def test_hand_over_meeting_proposes_units_and_says_why(client, cast):
    flow.handed_over(cast)
    flow.accepted(cast)

    form = get(client, cast.office, "hand_over").context["forms"][0]

    assert form.proposals[0].unit == cast.units[0]
    assert form.proposals[0].because[0].percent == 100


def test_rates_open_into_as_many_rows(client, cast):
    flow.in_state(cast, State.CLOSED)
    flow.in_state(cast, State.TRACKING)
    flow.in_state(cast, State.REDO)
    flow.handed_over(cast)

    line = get(client, cast.office, "board").context["units"][0]

    def listed(measure):
        query = {"year": 2026, "lead_unit": line.unit.pk, "measure": measure}
        return get(client, cast.office, "list", **query).context["page"].paginator.count

    rates = line.rates
    assert listed("handed_over") == rates.handed_over == 4
    assert listed("replied") == rates.replied.part == 3
    assert listed("on_time") == rates.on_time.part == 3
    assert listed("closed") == rates.closed.part == 1
    assert listed("solved") == rates.solved.part == 2
    assert listed("rated") == rates.satisfied.whole == 3
    assert listed("content") == rates.satisfied.part == 2


def test_ages_open_into_as_many_rows(client, cast, freeze):
    flow.handed_over(cast)
    freeze("2026-05-02 09:00")
    flow.handed_over(cast)

    ages = get(client, cast.office, "board").context["ages"]

    counts = [
        get(client, cast.office, "list", age=str(number)).context["page"].paginator.count
        for number in range(4)
    ]
    assert counts == [len(group.cases) for group in ages] == [1, 0, 1, 0]


def test_league_says_how_each_line_is_made(client, cast):
    flow.in_state(cast, State.CLOSED)

    page = get(client, cast.office, "league")

    assert "按时答复 100.0%（1/1） 得 20.00" in page.text


def test_leader_sees_the_own_key_suggestions(client, cast):
    leader = UserFactory(role=Role.LEADER, role__region=cast.county)
    item = flow.handed_over(cast)
    services.mark_key(pk=item.pk, actor=cast.office, leading_member=leader)

    page = get(client, leader, "key")

    assert page.context["mine"] == (item,)
    assert "还差 4 件" in page.text


def test_promises_late_are_counted_and_shown(client, cast, freeze):
    flow.in_state(cast, State.TRACKING)
    freeze("2026-07-01 09:00")

    page = get(client, cast.officer(), "promises", state="late")

    assert page.context["counts"] == {"all": 1, "open": 1, "late": 1}
    assert "已逾期" in page.text


def test_workflow_page_shows_both_tables(client, cast):
    page = get(client, cast.lead.user, "workflow")

    assert "受理并编号" in page.text
    assert "提交会办意见" in page.text


def call_data(cast, **more):
    return {
        "kind": "suggestions", "region": cast.county.pk, "title": "七次会议议案建议征集",
        "topics": "乡村道路\n农村养老", "opens_on": "2026-03-01", "closes_on": "2026-03-20", **more,
    }  # fmt: skip


def test_call_is_published_told_and_answered(client, cast):
    client.force_login(cast.office)
    client.post(reverse("suggestions:new_call"), call_data(cast))
    call = Call.objects.get()
    client.force_login(cast.lead.user)

    page = client.get(reverse("suggestions:call", args=[call.pk]))
    form = client.get(reverse("suggestions:new"), {"call": call.pk}).context["form"]

    assert "农村养老" in page.text
    assert form.initial["call"] == call.pk
    assert Notice.objects.filter(user=cast.lead.user, key=f"call:{call.pk}").count() == 1


def test_topic_is_proposed_and_adopted(client, cast):
    client.force_login(cast.office)
    client.post(reverse("suggestions:new_call"), call_data(cast, kind="topics"))
    call = Call.objects.get()
    client.force_login(cast.lead.user)
    client.post(reverse("suggestions:call", args=[call.pk]), {"title": "监督乡村道路养护"})
    topic = TopicProposal.objects.get()
    address = reverse("suggestions:topic", args=[topic.pk])

    assert client.get(address).status_code == 403
    client.force_login(cast.office)
    refused = client.post(address, {"state": "dropped"})
    client.post(address, {"state": "adopted", "plan_year": "2027"})

    topic.refresh_from_db()
    assert "不采纳要写明理由。" in refused.text
    assert (topic.state, topic.plan_year) == ("adopted", 2027)


def test_messages_are_the_persons_own_and_lead_to_the_case(client, cast):
    item = flow.submitted(cast)
    notice = Notice.objects.get(user=cast.office)
    client.force_login(cast.lead.user)
    address = reverse("desk:open_notice", args=[notice.pk])

    assert client.post(address).status_code == 404
    client.force_login(cast.office)
    assert client.post(address).url == reverse("suggestions:detail", args=[item.pk])
    assert not Notice.objects.filter(user=cast.office).unread().exists()


def test_the_years_report_is_found_from_the_board_by_who_may_read_it(client, cast):
    link = reverse("suggestions:paper_year", args=["pdf"])
    flow.accepted(cast)
    client.force_login(cast.office)
    page = client.get(reverse("suggestions:board")).text
    assert f'href="{link}?year=' in page
    assert client.get(link).status_code == 200
