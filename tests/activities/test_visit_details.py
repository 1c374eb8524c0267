"""Grid, tags and fixed voters of a visit: asked only where there is something to choose."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.forms.entries import VisitForm
from activities.models import FixedVoter, Tag, TagAxis, Visit
from congress_portal.core.enums import Dictionary, Role
from congress_portal.core.models import AuditEntry, Region
from tests.factories.core import EntryFactory, TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


def region(code, name, level, parent):
    return Region.objects.create(code=code, name=name, level=level, parent=parent)


@pytest.fixture
def town():
    return TownFactory(name="云溪镇", code="421299101000")


@pytest.fixture
def village(town):
    return region("421299101001", "柳林村", "village", town)


@pytest.fixture
def grid(village):
    return region("421299101001001", "第一网格", "grid", village)


@pytest.fixture
def deputy(town, village):
    return DeputyFactory(town=town, village=village, user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def tag():
    axis = TagAxis.objects.create(name="场所类型", for_visits=True)
    other = TagAxis.objects.create(name="五进", for_visits=False)
    Tag.objects.create(axis=other, name="进企业")
    return Tag.objects.create(axis=axis, name="田间地头")


@pytest.fixture
def voter(deputy, village):
    return FixedVoter.objects.create(
        deputy=deputy, name="王建国", village=village, begins_on=dt.date(2026, 1, 1)
    )


@pytest.fixture
def data():
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return {"key": uuid.uuid4(), "held_on": "2026-09-03", "channel": channel.pk, "people": 4}


def test_a_question_without_choices_is_not_put(deputy):
    form = VisitForm(deputy=deputy)

    assert [field.name for field in form.folded] == ["organised", "photo"]
    assert [field.name for field in form.shown] == [
        "held_on", "village", "channel", "people", "matter",
    ]  # fmt: skip


def test_visit_keeps_grid_tags_and_fixed_voters(client, deputy, village, grid, tag, voter, data):
    client.force_login(deputy.user)

    client.post(
        reverse("activities:log_visit"),
        data | {"spot": grid.pk, "tags": [tag.pk], "fixed_voters": [voter.pk]},
    )

    visit = Visit.objects.get()
    assert (visit.village, visit.spot, visit.self_initiated) == (village, grid, True)
    assert (list(visit.tags.all()), list(visit.fixed_voters.all())) == ([tag], [voter])
    entry = AuditEntry.objects.get(model="activities.Visit", action="update")
    assert entry.changes == {"tags": [[], [tag.pk]], "fixed_voters": [[], [voter.pk]]}


def test_edit_without_a_change_leaves_no_trace(client, deputy, tag, voter, grid, data):
    client.force_login(deputy.user)
    client.post(
        reverse("activities:log_visit"), data | {"tags": [tag.pk], "fixed_voters": [voter.pk]}
    )
    visit = Visit.objects.get()
    before = AuditEntry.objects.count()
    page = client.get(reverse("activities:edit_visit", args=[visit.pk]))
    stored = page.context["form"].initial

    client.post(
        reverse("activities:edit_visit", args=[visit.pk]),
        data | {"seen": stored["seen"], "tags": [tag.pk], "fixed_voters": [voter.pk]},
    )

    assert [row.pk for row in stored["tags"]] == [tag.pk]
    assert AuditEntry.objects.count() == before


def test_grid_of_another_village_is_refused(client, town, deputy, grid, data):
    other = region("421299101002", "桃园村", "village", town)
    client.force_login(deputy.user)

    response = client.post(
        reverse("activities:log_visit"), data | {"village": other.pk, "spot": grid.pk}
    )

    assert "这个网格不在桃园村" in response.text
    assert Visit.objects.count() == 0


def test_foreign_voters_and_other_tags_are_no_choices(client, deputy, tag, voter, data):
    foreign = FixedVoter.objects.create(
        deputy=DeputyFactory(), name="李四", begins_on=dt.date(2026, 1, 1)
    )
    client.force_login(deputy.user)
    address = reverse("activities:log_visit")

    client.post(address, data | {"fixed_voters": [foreign.pk]})
    client.post(address, data | {"tags": [Tag.objects.get(name="进企业").pk]})

    assert Visit.objects.count() == 0


def test_voters_are_named_in_full_to_their_deputy_alone(client, town, deputy, voter, data):
    client.force_login(deputy.user)
    own = client.get(reverse("activities:log_visit"))
    client.force_login(town_clerk(town))
    on_behalf = client.get(f"{reverse('activities:log_visit')}?deputy={deputy.pk}")

    assert "王建国（柳林村）" in own.text
    assert "王**（柳林村）" in on_behalf.text
    assert "王建国" not in on_behalf.text


def test_organised_visit_is_marked(client, deputy, data):
    client.force_login(deputy.user)

    client.post(reverse("activities:log_visit"), data | {"organised": "on"})

    assert Visit.objects.get().self_initiated is False
