"""A town's year: plans, sessions, party meetings, and the first page of the towns (M123–M125)."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.models.support import PartyMeeting, PlanItem, SessionPaper, TownSession, WorkPlan
from activities.services.keeping import KeepingError
from activities.services.town_work import add_item, settle_item
from congress_portal.core.enums import Role
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.uploads import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]
DAY = dt.date(2026, 10, 8)


@pytest.fixture
def october(time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))


@pytest.fixture
def town():
    return TownFactory(name="云溪镇", code="421299101000")


@pytest.fixture
def clerk(town):
    return town_clerk(town)


def to(name, *args):
    return reverse(f"activities:{name}", args=args)


def blank(client, address):
    return client.get(address).context["form"].initial["key"]


def test_eight_of_ten_items_are_done_and_dropped_ones_do_not_count(client, town, clerk):
    plan = homes.WorkPlanFactory(region=town)
    homes.PlanItemFactory.create_batch(8, plan=plan, state="done", done_on=DAY)
    homes.PlanItemFactory(plan=plan, due_on=dt.date(2026, 9, 30))
    homes.PlanItemFactory(plan=plan)
    homes.PlanItemFactory(plan=plan, state="dropped", result="并入县里的视察")
    client.force_login(clerk)

    [(row, rate)] = client.get(to("work_plans")).context["lines"]

    assert (row, str(rate), row.late) == (plan, "80.0%（8/10）", 1)
    shown = client.get(to("work_plan", plan.pk))
    assert "<strong>8/10</strong>" in shown.text
    assert "已逾期" in shown.text
    [line] = client.get(to("towns")).context["lines"]
    assert str(line.plan) == "80.0%（8/10）"
    assert [p for p, _ in client.get(to("work_plans"), {"state": "late"}).context["lines"]] == [
        plan
    ]


def test_items_are_added_once_and_numbered_in_turn(client, town, clerk):
    plan = homes.WorkPlanFactory(region=town)
    client.force_login(clerk)
    for content in ("开展视察", "组织述职"):
        key = blank(client, to("new_plan_item", plan.pk))
        for _ in range(2):
            data = {"key": key, "content": content}
            assert client.post(to("new_plan_item", plan.pk), data).status_code == 302

    found = PlanItem.objects.values_list("number", "content")
    assert list(found) == [(1, "开展视察"), (2, "组织述职")]


def test_an_item_is_ticked_once_and_a_stale_page_is_refused(town, clerk):
    item = homes.PlanItemFactory(plan__region=town)
    seen = fingerprint(item)
    tick = {"actor": clerk, "pk": item.pk, "state": "done", "done_on": DAY, "seen": seen}

    settle_item(**tick)
    settle_item(**tick)  # a double tap

    with pytest.raises(StaleRecordError):
        settle_item(**{**tick, "state": "open"})
    with pytest.raises(KeepingError, match="写明原因"):
        settle_item(**{**tick, "state": "dropped", "seen": fingerprint(PlanItem.objects.get())})
    assert PlanItem.objects.get().done_on == DAY


def test_a_done_item_needs_its_day_and_an_open_one_has_none(client, town, clerk):
    item = homes.PlanItemFactory(plan__region=town)
    client.force_login(clerk)
    address = to("settle_plan_item", item.pk)
    seen = client.get(address).context["form"].initial["seen"]

    assert "请填写完成日期" in client.post(address, {"state": "done", "seen": seen}).text
    late = {"state": "done", "done_on": "2026-10-09", "seen": seen}
    assert "不能晚于今天" in client.post(address, late).text
    ok = {"state": "done", "done_on": "2026-10-08", "seen": seen}
    assert client.post(address, ok).status_code == 302


def test_an_officer_keeps_the_plan_of_the_own_station_only(client, town):
    officer = UserFactory(role=Role.STATION_OFFICER)
    station = OfficerFactory(station=StationFactory(region=town), user=officer).station
    other = StationFactory(region=town)
    client.force_login(officer)
    data = {
        "key": blank(client, to("new_work_plan")), "title": "家站计划", "year": 2026,
        "region": town.pk, "station": station.pk,
    }  # fmt: skip

    assert client.post(to("new_work_plan"), {**data, "station": other.pk}).status_code == 200
    assert client.post(to("new_work_plan"), {**data, "station": ""}).status_code == 200
    assert client.post(to("new_work_plan"), data).status_code == 302
    assert [plan.station for plan in WorkPlan.objects.all()] == [station]


def test_a_second_plan_of_the_year_is_refused_in_words(client, town, clerk):
    homes.WorkPlanFactory(region=town)
    client.force_login(clerk)
    data = {"title": "又一份", "year": 2026, "region": town.pk}

    assert "这一年的计划已经登记" in client.post(to("new_work_plan"), data).text


SESSION = {
    "number": 7,
    "begins_on": "2026-09-03",
    "ends_on": "2026-09-04",
    "due": 60,
    "present": 39,
}


def test_a_session_is_logged_once_with_papers_and_its_quorum(client, town, clerk):
    client.force_login(clerk)
    data = {**SESSION, "key": blank(client, to("new_town_session")), "region": town.pk}
    for _ in range(2):
        answer = client.post(to("new_town_session"), data)
        assert answer.status_code == 302, answer.context["form"].errors
    session = TownSession.objects.get()
    paper = SimpleUploadedFile("决议.pdf", PDF, "application/pdf")
    key = blank(client, to("new_session_paper", session.pk))
    client.post(to("new_session_paper", session.pk), {"key": key, "title": "决议", "file": paper})

    shown = client.get(to("session", session.pk))

    assert "不足法定人数" in shown.text  # 39 of 60: a third is missing
    stored = SessionPaper.objects.get()
    assert b"".join(client.get(to("session_paper", stored.pk)).streaming_content) == PDF
    client.force_login(town_clerk(TownFactory()))
    assert client.get(to("session_paper", stored.pk)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"present": 61}, "多于应到"),
        ({"ends_on": "2026-09-02"}, "结束日期不能早于开始日期"),
        ({"begins_on": "2026-10-09", "ends_on": "2026-10-09"}, "不能晚于今天"),
        ({"due": 0, "present": 0}, "应到代表至少 1 名"),
    ],
)
def test_impossible_sessions_are_refused_in_words(client, town, clerk, changed, words):
    client.force_login(clerk)

    answer = client.post(to("new_town_session"), {**SESSION, **changed, "region": town.pk})

    assert words in answer.text
    assert not TownSession.objects.exists()


def test_a_town_under_the_laws_number_is_flagged_by_year(client, town, clerk):
    TownFactory(name="城关街道", code="421299102000", level="subdistrict")
    for day in (dt.date(2025, 1, 9), dt.date(2026, 1, 9), dt.date(2026, 8, 3)):
        homes.TownSessionFactory(region=town, begins_on=day, ends_on=day)
    client.force_login(staff())

    page = client.get(to("sessions"))

    [line] = page.context["table"]  # subdistricts hold none
    cells = [(cell.year, cell.times, cell.lacking, cell.is_over) for cell in line.cells[:3]]
    assert cells == [(2026, 2, 0, False), (2025, 1, 1, True), (2024, 0, 2, True)]
    assert "地方组织法第十四条" in page.text
    assert "云溪镇（2025年 1 次）" in client.get(to("towns")).text


def test_the_countys_own_number_of_sessions_decides(client, town, clerk):
    homes.OrganRuleFactory(
        region=CountyFactory(code="421299000000"), sessions_a_year=1, sessions_source="县里规定"
    )
    homes.TownSessionFactory(region=town, begins_on=DAY, ends_on=DAY)
    client.force_login(clerk)

    page = client.get(to("sessions"))

    assert page.context["table"][0].cells[0].lacking == 0
    assert "县里规定" in page.text


def test_party_meetings_stand_in_a_table_of_years(client, town, clerk):
    client.force_login(clerk)
    data = {
        "key": blank(client, to("new_party_meeting")), "region": town.pk,
        "held_on": "2026-03-05", "topic": "研究人大工作",
    }  # fmt: skip
    for _ in range(2):
        client.post(to("new_party_meeting"), data)

    page = client.get(to("party_meetings"))

    assert PartyMeeting.objects.count() == 1
    assert [cell.times for cell in page.context["table"][0].cells] == [1, 0, 0, 0, 0]
    narrowed = client.get(to("party_meetings"), {"period": "2025"})
    assert list(narrowed.context["page"].object_list) == []


def test_strangers_find_nothing_and_readers_write_nothing(client, town, clerk):
    plan = homes.WorkPlanFactory(region=town)
    item = homes.PlanItemFactory(plan=plan)
    session = homes.TownSessionFactory(region=town)
    meeting = homes.PartyMeetingFactory(region=town)
    own = [
        ("work_plan", plan), ("edit_work_plan", plan), ("new_plan_item", plan),
        ("edit_plan_item", item), ("settle_plan_item", item), ("session", session),
        ("edit_town_session", session), ("new_session_paper", session), ("edit_party_meeting", meeting),
    ]  # fmt: skip

    client.force_login(town_clerk(TownFactory()))
    assert {client.get(to(name, row.pk)).status_code for name, row in own} == {404}
    client.force_login(UserFactory(role=Role.LEADER, role__region=CountyFactory()))
    seen = {name: client.post(to(name, row.pk)).status_code for name, row in own}
    assert {n for n, code in seen.items() if code == 403} == {
        name for name, _ in own if name not in ("work_plan", "session")
    }
    client.force_login(UserFactory(role=Role.DEPUTY))
    for name in ("towns", "sessions", "party_meetings", "posts"):
        assert client.get(to(name)).status_code == 404


def test_another_towns_row_is_not_made(town):
    plan = homes.WorkPlanFactory(region=town)

    with pytest.raises(KeepingError, match="不归您管"):
        add_item(actor=town_clerk(TownFactory()), plan_pk=plan.pk, values={"content": "视察"})
    assert not PlanItem.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [("towns", 14), ("work_plans", 7), ("sessions", 10), ("party_meetings", 10)],
)
def test_lists_ask_a_fixed_number_of_questions(
    client, count, name, queries, django_assert_num_queries
):
    towns = [TownFactory(code=f"42129910{n}000") for n in range(3)]
    for town in towns[:count]:
        plan = homes.WorkPlanFactory(region=town)
        homes.PlanItemFactory(plan=plan)
        homes.TownSessionFactory(region=town)
        homes.PartyMeetingFactory(region=town)
        homes.StaffPostFactory(region=town)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        client.get(to(name))


def test_the_same_session_of_a_term_is_not_counted_twice(client, town, clerk):
    client.force_login(clerk)
    for day in ("2026-03-03", "2026-09-03"):
        data = {**SESSION, "begins_on": day, "ends_on": day, "region": town.pk}
        data["key"] = blank(client, to("new_town_session"))
        told = client.post(to("new_town_session"), data)

    assert "第 7 次会议已经登记" in told.text
    assert TownSession.objects.count() == 1


def test_an_item_is_not_done_before_its_plans_year(client, town, clerk):
    item = homes.PlanItemFactory(plan__region=town, plan__year=2026)
    with pytest.raises(KeepingError, match="不能早于2026年"):
        settle_item(
            actor=clerk, pk=item.pk, state="done", done_on=dt.date(2020, 1, 1),
            seen=fingerprint(item),
        )  # fmt: skip


@pytest.mark.parametrize("name", ["new_work_plan", "new_budget"])
@pytest.mark.parametrize("year", [1900, 2099])
def test_a_slip_in_the_year_is_named(client, town, clerk, name, year):
    client.force_login(clerk)
    data = {"title": "计划", "year": year, "region": town.pk, "amount": "100", "source": "财政"}
    assert "请填写2000到2027之间的年份" in client.post(to(name), data).text
