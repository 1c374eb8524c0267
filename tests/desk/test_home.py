import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from activities.models import (
    Circular,
    CircularReceipt,
    FixedVoter,
    GoodDeed,
    Invitation,
    NotebookEntry,
)
from congress_portal.core.enums import Dictionary, Role
from congress_portal.core.figures import Rate
from congress_portal.desk.selectors.waiting import waiting_for_staff
from deputies.models import CommitteeMember, Pairing, Term
from tests.factories.activities import ActivityFactory, VisitFactory
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, GroupMembershipFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationFactory,
)
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyClassFactory,
    ReplyFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(freeze):
    freeze("2026-10-20 09:00")
    return UserFactory(role=Role.LEADER, role__region=CountyFactory())


def desk_of(client, user, role_template):
    client.force_login(user)
    response = client.get(reverse("desk:home"))
    assert response.status_code == 200
    return next(b.data for b in response.context["blocks"] if b.template == role_template)


def test_leader_sees_activity_by_town_over_eight_quarters(client, leader):
    town = TownFactory(name="云溪镇")
    ActivityFactory(region=town, held_on=dt.date(2026, 9, 30))
    ActivityFactory(region=town, held_on=dt.date(2024, 10, 1))
    ActivityFactory(region=town, held_on=dt.date(2026, 10, 1))
    ActivityFactory(region=town, held_on=dt.date(2026, 8, 1), verification="pending")

    data = desk_of(client, leader, "desk/_leader.html")

    assert [line.town for line in data["towns"]] == [town]
    assert [bar.count for bar in data["towns"][0].bars] == [1, 0, 0, 0, 0, 0, 0, 1]


def test_leader_sees_what_is_stuck_oldest_first(client, leader):
    slow, slower = UnitFactory(name="县教育局"), UnitFactory(name="县公安局")
    for unit, handed_over in ((slow, dt.date(2026, 6, 20)), (slower, dt.date(2026, 5, 1))):
        suggestion = SuggestionFactory(submitted_on=handed_over, handed_over_on=handed_over)
        HandlingFactory(suggestion=suggestion, unit=unit)
    answered = SuggestionFactory(
        submitted_on=dt.date(2026, 1, 1), handed_over_on=dt.date(2026, 1, 5)
    )
    ReplyFactory(handling=HandlingFactory(suggestion=answered, unit=slow))
    OpinionFactory(reception=ReceptionFactory(held_on=dt.date(2026, 9, 1)))

    stuck = desk_of(client, leader, "desk/_leader.html")["stuck"]

    assert [(unit.name, unit.overdue, unit.voices, unit.days) for unit in stuck] == [
        ("县公安局", 1, 0, 80),
        ("县教育局", 1, 0, 30),
        ("各家站（没有转给单位）", 0, 1, 19),
    ]


def test_leader_sees_four_rates_with_their_denominators(client, leader):
    handed_over = dt.date(2026, 5, 10)  # due 10 August
    for rating in ("satisfied", "unsatisfied", None):
        suggestion = SuggestionFactory(submitted_on=handed_over, handed_over_on=handed_over)
        handling = HandlingFactory(suggestion=suggestion)
        if rating:
            result = ReplyClassFactory() if rating == "satisfied" else None
            ReplyFactory(handling=handling, rating=rating, reply_class=result)
    reception = ReceptionFactory(held_on=dt.date(2026, 7, 15))
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 9, 30))
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 10, 1))

    lines = desk_of(client, leader, "desk/_leader.html")["lines"]

    assert [(line.name, line.now) for line in lines] == [
        ("答复率", Rate(2, 3)),
        ("办结率", Rate(1, 2)),
        ("解决率", Rate(1, 2)),
        ("满意率", Rate(1, 2)),
    ]


def test_figures_of_the_leader_open_into_as_many_records(client, leader):
    handed_over = dt.date(2026, 5, 10)
    for _ in range(3):
        HandlingFactory(
            suggestion=SuggestionFactory(submitted_on=handed_over, handed_over_on=handed_over)
        )
    OpinionFactory(reception=ReceptionFactory(held_on=dt.date(2026, 7, 15)))

    lines = desk_of(client, leader, "desk/_leader.html")["lines"]

    for line in lines[:2]:
        page = client.get(line.address).context["page"]
        assert page.paginator.count == line.now.whole


def test_leader_may_look_at_an_earlier_quarter_only(client, leader):
    client.force_login(leader)

    def shown(period):
        blocks = client.get(reverse("desk:home"), {"period": period}).context["blocks"]
        return blocks[0].data["period"].code

    asked = ["2026Q1", "2026Q4", "2027Q1", "2026", "x"]
    assert [shown(each) for each in asked] == ["2026Q1", "2026Q4", "2026Q3", "2026Q3", "2026Q3"]


@pytest.mark.parametrize("towns", [1, 3])
def test_desks_ask_a_fixed_number_of_queries(client, django_assert_max_num_queries, leader, towns):
    for _ in range(towns):
        ActivityFactory(region=TownFactory())
        HandlingFactory(
            suggestion=SuggestionFactory(
                submitted_on=dt.date(2026, 5, 1), handed_over_on=dt.date(2026, 5, 1)
            )
        )
    client.force_login(leader)

    with django_assert_max_num_queries(40):
        client.get(reverse("desk:home"))


def test_town_clerk_sees_only_the_own_town(client, freeze):
    freeze("2026-09-03 09:00")
    town = TownFactory(name="云溪镇")
    VisitFactory(deputy=DeputyFactory(town=town), verification="pending")
    VisitFactory(verification="pending")

    data = desk_of(client, town_clerk(town), "desk/_staff.html")

    assert [line.town for line in data["towns"]] == [town]
    assert [(kind.name, kind.count) for kind in data["waiting"]] == [("待核实的联系走访", 1)]


def test_what_waits_opens_into_as_many_rows(client, freeze):
    freeze("2026-09-03 09:00")
    VisitFactory(verification="pending")
    VisitFactory()
    ActivityFactory.create_batch(2, verification="pending")
    StationFactory()
    OpinionFactory(reception=ReceptionFactory(held_on=dt.date(2026, 7, 1)))
    for day in (dt.date(2026, 5, 1), dt.date(2026, 6, 10)):
        SuggestionFactory(submitted_on=day, handed_over_on=day)
    SuggestionFactory()
    DeputyFactory(seat=True)
    Term.objects.update(dates_assumed=True)

    kinds = desk_of(client, staff(), "desk/_staff.html")["waiting"]

    counts = {kind.name: kind.count for kind in kinds}
    assert counts == {
        "待核实的活动": 2,
        "待核实的联系走访": 1,
        "逾期的建议（含重新办理）": 1,
        "将到期的建议（含重新办理）": 1,
        "建议：待交办": 1,
        "超过30天未办结的群众意见": 1,
        "没有站长、联络员的家站": 2,
        "届次日期待核对": 1,
    }
    for kind in kinds:
        context = client.get(kind.address).context
        listed = context["cl"].result_count if "cl" in context else context["page"].paginator.count
        assert (kind.name, listed) == (kind.name, kind.count)


def test_deputy_sees_sent_back_records_and_the_own_year(client, freeze):
    freeze("2026-09-03 09:00")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    visit = VisitFactory(
        deputy=deputy, entered_by=user, verification="refused", refusal_reason="人次不对"
    )
    ActivityFactory(held_on=dt.date(2026, 3, 31), deputies=[deputy])
    ActivityFactory(held_on=dt.date(2026, 3, 31))

    data = desk_of(client, user, "desk/_deputy.html")["desk"]

    assert [(task.note, task.address) for task in data.tasks] == [
        ("人次不对", reverse("activities:edit_visit", args=[visit.pk]))
    ]
    assert [month.count for month in data.months] == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_unit_officer_sees_the_own_units_by_due_date(client, freeze):
    freeze("2026-08-01 09:00")
    unit = UnitFactory()
    later, sooner = dt.date(2026, 7, 20), dt.date(2026, 7, 2)
    for day in (later, sooner):
        suggestion = SuggestionFactory(submitted_on=day, handed_over_on=day)
        HandlingFactory(suggestion=suggestion, unit=unit, due_on=day + dt.timedelta(days=92))
    HandlingFactory(suggestion=SuggestionFactory(handed_over_on=later))

    data = desk_of(client, UserFactory(role=Role.UNIT_OFFICER, role__unit=unit), "desk/_unit.html")

    rows = data["desk"].todo
    assert [row.part.suggestion.handed_over_on for row in rows] == [sooner, later]
    counts = {each.code: len(each.rows) for each in data["desk"].buckets}
    assert counts["sign"] == 2


@pytest.mark.parametrize("role", [Role.STATION_OFFICER, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN])
def test_every_role_has_a_desk_in_an_empty_county(client, role):
    client.force_login(UserFactory(role=role))

    response = client.get(reverse("desk:home"))

    assert len(response.context["blocks"]) == 1


def test_person_with_two_roles_sees_both_desks(client):
    user = UserFactory(role=Role.DEPUTY)
    DeputyFactory(user=user)
    user.role_assignments.create(role=Role.INSPECTOR, region=CountyFactory())
    client.force_login(user)

    blocks = client.get(reverse("desk:home")).context["blocks"]

    assert [block.template for block in blocks] == ["desk/_deputy.html", "desk/_inspector.html"]


def test_account_without_a_role_is_told_whom_to_ask(client):
    client.force_login(UserFactory())

    assert "请联系本级人大常委会办公室的系统管理员" in client.get(reverse("desk:home")).text


def test_year_of_a_stranger_is_not_found(client):
    deputy = DeputyFactory()
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse("desk:year", args=[deputy.pk])).status_code == 404


def test_year_narrows_to_a_month(client):
    deputy = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    VisitFactory(deputy=deputy, held_on=dt.date(2025, 4, 1))
    VisitFactory(deputy=deputy, held_on=dt.date(2025, 5, 1))
    client.force_login(deputy.user)

    response = client.get(reverse("desk:year", args=[deputy.pk]), {"year": "2025", "month": "5"})

    assert [entry.day for entry in response.context["entries"]] == [dt.date(2025, 5, 1)]


def test_search_finds_by_initials_within_the_scope(client):
    town = TownFactory()
    mine = [DeputyFactory(name=name, town=town) for name in ("张伟", "赵薇")]
    DeputyFactory(name="周文")
    StationFactory(region=town, name="张家坝联络站")
    client.force_login(town_clerk(town))

    found = client.get(reverse("desk:search"), {"q": "zw"}).context["found"]

    assert [[hit.text for hit in group.rows] for group in found] == [[each.name for each in mine]]


def test_search_finds_who_is_good_at_it(client):
    """M13: «医疗» finds the doctors, by the word or its synonym, within the scope."""
    town = TownFactory()
    word = EntryFactory(dictionary=Dictionary.EXPERTISE, name="医疗卫生", synonyms="看病、就医")
    doctors = DeputyFactory.create_batch(2, town=town)
    for doctor in doctors:
        doctor.expertise.add(word)
    farmer = DeputyFactory(town=town)
    farmer.expertise.add(EntryFactory(dictionary=Dictionary.EXPERTISE, name="种植"))
    DeputyFactory().expertise.add(word)
    client.force_login(town_clerk(town))

    for words in ("医疗", "看病"):
        [group] = client.get(reverse("desk:search"), {"q": words}).context["found"]
        assert group.name == "有这项专长的代表"
        assert {hit.text for hit in group.rows} == {doctor.name for doctor in doctors}
        assert "医疗卫生" in group.rows[0].note


def test_search_opens_the_only_hit(client):
    deputy = DeputyFactory(name="欧阳䶮")
    client.force_login(town_clerk(deputy.town))

    response = client.get(reverse("desk:search"), {"q": "欧阳"})

    assert response.url == reverse("deputies:detail", args=[deputy.pk])


def test_audit_list_is_for_auditors(client):
    client.force_login(UserFactory(role=Role.LEADER, role__region=CountyFactory()))
    refused = client.get(reverse("desk:audit"))
    client.force_login(UserFactory(role=Role.AUDITOR))
    listed = client.get(reverse("desk:audit"), {"action": "login"})

    assert refused.status_code == 404
    assert listed.context["page"].paginator.count == 2


def test_deputy_sees_at_most_five_things_the_most_urgent_first(client, freeze):
    freeze("2026-09-03 09:00")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    soon = ActivityFactory(
        title="视察水库", held_on=dt.date(2026, 9, 5), state="notified", verification="pending"
    )
    invitation = Invitation.objects.create(activity=soon, deputy=deputy)
    past = ActivityFactory(held_on=dt.date(2026, 9, 2), state="notified", verification="pending")
    Invitation.objects.create(activity=past, deputy=deputy)
    circular = Circular.objects.create(
        kind="appeal", title="倡议书", region=deputy.town, published_at=timezone.now()
    )
    CircularReceipt.objects.create(circular=circular, deputy=deputy)
    NotebookEntry.objects.create(
        deputy=deputy, noted_on=dt.date(2026, 9, 1), text="回访王大爷",
        follow_up_on=dt.date(2026, 9, 4),
    )  # fmt: skip
    for title in ("一", "二", "三"):
        SuggestionFactory(lead=deputy, title=title, state="draft", number="", submitted_on=None)

    tasks = desk_of(client, user, "desk/_deputy.html")["desk"].tasks

    assert [task.text for task in tasks[:3]] == [
        "记事：回访王大爷", "9月5日「视察水库」，请回执", "《倡议书》",
    ]  # fmt: skip
    assert len(tasks) == 5
    assert tasks[1].address == reverse("activities:invitation", args=[invitation.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_deputys_first_page_asks_a_fixed_number_of_queries(
    client, django_assert_num_queries, freeze, rows
):
    freeze("2026-09-03 09:00")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    for number in range(rows):
        VisitFactory(deputy=deputy, entered_by=user, verification="refused", refusal_reason="错")
        ActivityFactory(deputies=[deputy])
        activity = ActivityFactory(held_on=dt.date(2026, 9, 9 + number), state="notified",
                                   verification="pending")  # fmt: skip
        Invitation.objects.create(activity=activity, deputy=deputy)
        SuggestionFactory(lead=deputy, state="draft", number="", submitted_on=None)
        GoodDeed.objects.create(
            deputy=deputy, title="捐资", held_on=dt.date(2026, 2, 1),
            kind=EntryFactory(dictionary=Dictionary.DEED_KIND, name="捐资"),
        )  # fmt: skip
    client.force_login(user)

    with django_assert_num_queries(42):
        client.get(reverse("desk:home"))


def test_month_of_the_year_shows_its_days(client, freeze):
    freeze("2026-09-20 09:00")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    VisitFactory.create_batch(2, deputy=deputy, held_on=dt.date(2026, 9, 3))
    VisitFactory(deputy=deputy, held_on=dt.date(2026, 8, 31))
    client.force_login(user)
    address = reverse("desk:year", args=[deputy.pk])

    month = client.get(address, {"year": "2026", "month": "9"})
    weeks = month.context["weeks"]

    assert [(each.day.day, each.inside) for each in weeks[0][:2]] == [(31, False), (1, True)]
    assert [each.day for week in weeks for each in week if each.entries] == [dt.date(2026, 9, 3)]
    assert [each.day for week in weeks for each in week if each.is_today] == [dt.date(2026, 9, 20)]
    assert "9月3日 2 条" in month.text
    assert client.get(address, {"month": "13"}).context["weeks"] == []


def test_deputy_finds_the_own_contacts(client, freeze):
    freeze("2026-09-20 09:00")
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(user=user)
    FixedVoter.objects.create(deputy=deputy, name="王建国", begins_on=dt.date(2026, 1, 1))
    FixedVoter.objects.create(deputy=DeputyFactory(), name="李四", begins_on=dt.date(2026, 1, 1))
    group = GroupMembershipFactory(deputy=deputy, group__name="农业小组").group
    GroupMembershipFactory(group=group, deputy__name="赵六", role="leader")
    station = PostingFactory(deputy=deputy, station__name="云溪联络站").station
    OfficerFactory(station=station, name="钱站长", phone="13900000001")
    member = CommitteeMember.objects.create(
        region=CountyFactory(), deputy=DeputyFactory(name="周主任"), post="member",
        begins_on=dt.date(2022, 1, 1),
    )  # fmt: skip
    Pairing.objects.create(member=member, deputy=deputy, begins_on=dt.date(2022, 1, 1))
    client.force_login(user)

    page = client.get(reverse("desk:my_contacts")).text

    for words in ("王建国", "农业小组", "赵六（组长）", "云溪联络站", "钱站长", "周主任，委员"):
        assert words in page
    assert "李四" not in page
    assert 'href="tel:13900000001"' in page
    assert reverse("desk:group", args=[group.pk]) in page


def test_contacts_are_a_deputys_page(client):
    client.force_login(staff())

    assert client.get(reverse("desk:my_contacts")).status_code == 404


def test_pages_answer_who_only_asks_for_their_heads(client):
    """Uptime probes send HEAD."""
    assert client.head("/").status_code == client.get("/").status_code == 200
    client.force_login(staff())
    answer = client.head("/evaluations/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_what_is_only_planned_does_not_wait_to_be_verified(client, leader):
    for state in ("planned", "notified", "cancelled", "held"):
        ActivityFactory(region=TownFactory(), state=state, verification="pending")

    trust = desk_of(client, leader, "desk/_leader.html")["trust"]
    listed = client.get(reverse("activities:list"), {"verification": "pending"})

    assert trust.pending == 1
    assert listed.context["page"].paginator.count == 1


def test_a_group_with_a_member_who_left_waits_on_the_desk(client, freeze):
    freeze("2026-10-20 09:00")
    town = TownFactory()
    here, gone = (DeputyFactory(town=town, seat=True) for _ in range(2))
    gone.mandates.update(ends_on=dt.date(2026, 10, 1), end_kind="resigned")
    whole = GroupMembershipFactory(deputy=here, group__region=town).group
    short = GroupMembershipFactory(deputy=gone, group__region=town).group
    client.force_login(town_clerk(town))

    row = next(
        each for each in waiting_for_staff(town_clerk(town), dt.date(2026, 10, 20))
        if each.name == "有成员离任、要调整的小组"
    )  # fmt: skip
    listed = [each.group for each in client.get(row.address).context["states"]]

    assert (row.count, listed) == (1, [short])
    assert {each.group for each in client.get(reverse("desk:groups")).context["states"]} == {
        whole, short,
    }  # fmt: skip


@pytest.mark.parametrize(("today", "told"), [("2026-10-05", True), ("2026-09-30", False)])
def test_a_deputy_whose_mandate_has_ended_is_told_before_writing(client, freeze, today, told):
    freeze(f"{today} 09:00")
    deputy = DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY))
    deputy.mandates.update(ends_on=dt.date(2026, 9, 30), end_kind="resigned")
    client.force_login(deputy.user)

    page = client.get(reverse("desk:home")).text

    assert ("您的代表职务到2026年9月30日" in page) is told
