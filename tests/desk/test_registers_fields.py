"""By field: each number opens as many records; renamed and closed entries keep theirs (M134)."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from tests.factories.activities import ActivityFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.suggestions import SuggestionFactory, VoiceFactory
from tests.factories.voices import DeedFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 1)
PAGE = reverse("desk:fields")


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def town():
    TownFactory()
    return TownFactory()


def records(town, field):
    ActivityFactory(field=field, region=town, held_on=DAY, verification="verified")
    ActivityFactory(field=field, region=town, held_on=DAY, verification="pending")
    VoiceFactory(field=field, region=town, raised_on=DAY)
    SuggestionFactory(field=field, submitted_on=DAY, lead__town=town)
    DeedFactory(category=field, region=town, finished_on=DAY, verification="verified")


@pytest.mark.parametrize("query", ["", "period=2026Q3", "town={town}"])
def test_every_number_opens_as_many_records(client, town, query):
    field = EntryFactory(dictionary="field", name="养老服务", code="elderly")
    records(town, field)
    VoiceFactory(region=town, raised_on=DAY)
    field.name, field.is_active = "医疗养老", False
    field.save()
    client.force_login(staff())
    page = client.get(f"{PAGE}?{query.format(town=town.pk)}")

    line = next(each for each in page.context["lines"] if each.name == "医疗养老")
    assert [cell.count for cell in line.cells] == [1, 1, 1, 1]
    for cell in line.cells:
        opened = client.get(cell.address).context
        assert opened["form"].is_valid()
        assert opened["page"].paginator.count == 1
    assert "（没有分）" in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_for_one_and_three(client, town, rows, django_assert_num_queries):
    for number in range(rows):
        records(town, EntryFactory(dictionary="field", name=f"领域{number}", code=f"f{number}"))
    client.force_login(staff())
    with django_assert_num_queries(10):
        client.get(PAGE)


def test_a_town_counts_its_own_and_others_find_nothing(client, town):
    records(town, EntryFactory(dictionary="field", name="养老服务", code="elderly"))
    client.force_login(town_clerk(TownFactory()))
    assert client.get(PAGE).context["lines"] == []
    for user in (UserFactory(), UserFactory(role=Role.DEPUTY)):
        client.force_login(user)
        assert client.get(PAGE).status_code in (403, 404)
    client.force_login(staff())
    assert "2026Q9" in client.get(PAGE, {"period": "2026Q9"}).text
