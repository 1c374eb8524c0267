import datetime as dt

import pytest

from congress_portal.core.enums import Dictionary, Role
from deputies.enums import GroupRole
from deputies.models import Group, GroupMembership
from tests.factories.activities import ActivityFactory
from tests.factories.core import (
    CountyFactory,
    EntryFactory,
    TownFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.suggestions import SuggestionFactory, VoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _left(deputy, day=dt.date(2026, 3, 1)):
    return MandateFactory(deputy=deputy, term=TermFactory(), ends_on=day, end_kind="resigned")


def test_group_asks_for_adjustment_when_a_mandate_ended(client):
    deputy = DeputyFactory(name="辞职的")
    row = GroupMembershipFactory(deputy=deputy, deputy__seat=False)
    _left(deputy)
    client.force_login(staff())

    page = client.get(f"/registers/groups/{row.group_id}/").content.decode()

    assert "请及时调整小组" in page
    assert "2026年3月1日辞职被接受" in page
    assert "1 人已离任，请调整" in client.get("/registers/groups/").content.decode()


def test_leaving_keeps_the_old_membership(client):
    deputy = DeputyFactory(name="辞职的")
    row = GroupMembershipFactory(deputy=deputy, role=GroupRole.LEADER)
    _left(deputy)
    client.force_login(staff())

    response = client.post(
        f"/registers/groups/members/{row.pk}/", {"step": "leave", "on": "2026-03-01"}
    )
    page = client.get(response.url).content.decode()

    assert GroupMembership.objects.get().ends_on == dt.date(2026, 3, 1)
    assert "请及时调整小组" not in page
    assert "历史" in page
    assert "组长空缺" in page


def test_role_changes_from_a_day_and_the_old_one_stays(client):
    row = GroupMembershipFactory()
    client.force_login(staff())

    client.post(
        f"/registers/groups/members/{row.pk}/",
        {"step": "role", "role": "leader", "on": "2026-10-01"},
    )

    assert list(
        GroupMembership.objects.order_by("pk").values_list("role", "begins_on", "ends_on")
    ) == [
        ("member", None, dt.date(2026, 9, 30)),
        ("leader", dt.date(2026, 10, 1), None),
    ]


def test_wrong_date_is_said_in_words(client):
    row = GroupMembershipFactory()
    client.force_login(staff())

    page = client.post(
        f"/registers/groups/members/{row.pk}/", {"step": "leave", "on": "2027-01-01"}
    ).content.decode()

    assert "离开小组的日期不能晚于今天" in page


def test_professional_group_from_a_search(client):
    entry = EntryFactory(dictionary=Dictionary.EXPERTISE, name="城建城管")
    field = EntryFactory(dictionary=Dictionary.FIELD, name="市政设施")
    chosen = [DeputyFactory(seat=True), DeputyFactory(seat=True)]
    for deputy in chosen:
        deputy.expertise.add(entry)
    client.force_login(staff())
    found = client.get("/registers/deputies/persons/", {"q": "城管"}).context["page"]
    keys = [deputy.pk for deputy in found]

    asked = client.get("/registers/groups/new/", {"deputy": keys})
    everyone = client.get("/registers/groups/new/", {"q": "城管", "all": "1"})
    made = client.post(
        "/registers/groups/new/",
        {
            "name": "文明创建专业代表小组", "kind": "professional", "field": field.pk,
            "region": CountyFactory().pk, "on": "2026-10-08", "members": keys,
        },
    )  # fmt: skip

    group = Group.objects.get()
    assert asked.context["chosen"] == keys
    assert sorted(everyone.context["chosen"]) == sorted(keys)
    assert made.url == f"/registers/groups/{group.pk}/"
    assert group.memberships.count() == 2


def test_group_page_lists_own_activities_and_its_fields_issues(client):
    field = EntryFactory(name="市政设施")
    group = GroupFactory(kind="professional", field=field)
    ActivityFactory(title="小组看路灯", group=group)
    ActivityFactory(title="别组的活动")
    SuggestionFactory(title="关于路灯的建议", field=field)
    VoiceFactory(matter="路灯坏了半年", field=field)
    VoiceFactory(matter="别的领域")
    client.force_login(staff())

    response = client.get(f"/registers/groups/{group.pk}/")

    page = response.content.decode()
    for words in ("小组看路灯", "关于路灯的建议", "路灯坏了半年"):
        assert words in page
    for words in ("别组的活动", "别的领域"):
        assert words not in page
    for figure in response.context["work"].figures:
        assert client.get(figure.url).context["page"].paginator.count == figure.value == 1


def test_joining_needs_an_office(client):
    group, deputy = GroupFactory(), DeputyFactory(name="新代表", seat=True)
    client.force_login(staff())

    client.post(
        f"/registers/groups/{group.pk}/join/",
        {"deputy": deputy.pk, "role": "member", "on": "2026-10-08"},
    )
    refused = client.post(
        f"/registers/groups/{group.pk}/join/",
        {"deputy": DeputyFactory().pk, "role": "member", "on": "2026-10-08"},
    )

    assert [row.deputy.name for row in group.memberships.all()] == ["新代表"]
    assert refused.status_code == 200


def test_scope_of_groups(client):
    town, other = TownFactory(), TownFactory()
    mine = GroupMembershipFactory(group=GroupFactory(region=town))
    theirs = GroupMembershipFactory(group=GroupFactory(name="外镇小组", region=other))
    client.force_login(town_clerk(town))

    assert "外镇小组" not in client.get("/registers/groups/").content.decode()
    assert client.get(f"/registers/groups/{theirs.group_id}/").status_code == 404
    assert client.get(f"/registers/groups/members/{theirs.pk}/").status_code == 404
    assert client.post(f"/registers/groups/{theirs.group_id}/join/").status_code == 404
    assert client.get(f"/registers/groups/members/{mine.pk}/").status_code == 200


def test_reader_without_the_right_to_write_gets_403(client):
    row = GroupMembershipFactory()
    client.force_login(UserFactory(role=Role.LEADER))

    assert client.get(f"/registers/groups/{row.group_id}/").status_code == 200
    assert client.get(f"/registers/groups/members/{row.pk}/").status_code == 403
    assert client.get("/registers/groups/new/").status_code == 403


def test_deputy_sees_the_own_group(client):
    deputy = DeputyFactory(seat=True, user=UserFactory(role=Role.DEPUTY))
    row = GroupMembershipFactory(deputy=deputy)
    other = GroupMembershipFactory()
    client.force_login(deputy.user)

    assert client.get(f"/registers/groups/{row.group_id}/").status_code == 200
    assert client.get(f"/registers/groups/{other.group_id}/").status_code == 404
    assert client.get("/registers/groups/").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, size, django_assert_num_queries):
    group = GroupFactory()
    for _ in range(size):
        GroupMembershipFactory(group=group)
        GroupMembershipFactory()
    client.force_login(staff())

    with django_assert_num_queries(6):
        client.get("/registers/groups/")
    with django_assert_num_queries(12):
        client.get(f"/registers/groups/{group.pk}/")
