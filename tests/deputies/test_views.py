import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupMembershipFactory, MandateFactory

pytestmark = pytest.mark.django_db


def test_stranger_does_not_find_a_deputy(client):
    deputy = DeputyFactory()
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse("deputies:detail", args=[deputy.pk])).status_code == 404


def test_deputy_finds_only_the_own_page(client):
    deputy = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    other = DeputyFactory(town=deputy.town)
    client.force_login(deputy.user)

    pages = [client.get(reverse("deputies:detail", args=[each.pk])) for each in (deputy, other)]

    assert [page.status_code for page in pages] == [200, 404]


def test_phone_is_whole_only_for_who_may_edit(client):
    deputy = DeputyFactory(phone="13812345678")
    address = reverse("deputies:detail", args=[deputy.pk])

    client.force_login(UserFactory(role=Role.LEADER))
    read = client.get(address).text
    client.force_login(staff())
    kept = client.get(address).text

    assert ("13812345678" in read, "138****5678" in read) == (False, True)
    assert "13812345678" in kept


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        deputy = DeputyFactory()
        MandateFactory(deputy=deputy)
        GroupMembershipFactory(deputy=deputy)
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(9):
        client.get(reverse("deputies:list"))


def test_list_narrows_by_initials_town_and_level(client):
    deputy = DeputyFactory(name="欧阳䶮")
    MandateFactory(deputy=deputy)
    DeputyFactory(name="张伟")
    client.force_login(staff())

    def listed(**filters):
        page = client.get(reverse("deputies:list"), filters).context["page"]
        return list(page.object_list)

    assert listed(q="oy") == [deputy]
    assert listed(town=deputy.town_id) == [deputy]
    assert listed(level="county") == [deputy]
    assert listed(level="city") == []


def test_list_of_an_empty_county_says_what_to_do(client):
    client.force_login(staff())

    assert "代表花名册由常委会工作人员导入" in client.get(reverse("deputies:list")).text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999"])
def test_impossible_pages_give_a_page(client, page):
    client.force_login(staff())

    assert client.get(reverse("deputies:list"), {"page": page}).status_code == 200


def test_nul_bytes_are_told_not_thrown(client):
    client.force_login(staff())

    response = client.get(reverse("deputies:list"), {"q": "张\x00"})

    assert response.status_code == 200
    assert list(response.context["page"].object_list) == []
