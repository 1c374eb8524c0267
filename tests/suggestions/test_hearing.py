import uuid

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from suggestions import services
from suggestions.models import Voice
from tests.factories.activities import VisitFactory
from tests.factories.core import TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db
PAGE = "suggestions:log_voice"


@pytest.fixture
def deputy():
    return DeputyFactory(name="张伟", user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def data():
    return {"key": uuid.uuid4(), "raised_on": "2026-09-03", "matter": "村口路灯坏了"}


NAMED = {"has_consent": "on", "visitor_name": "王建国", "visitor_phone": "13812345678"}


def test_deputy_enters_what_a_voter_said(client, deputy, data):
    clerk = town_clerk(deputy.town)
    client.force_login(deputy.user)

    response = client.post(reverse(PAGE), data | NAMED, follow=True)

    voice = Voice.objects.get()
    assert (voice.source, voice.deputy, voice.region) == ("visit", deputy, deputy.town)
    assert "已记下" in response.text
    assert Notice.objects.get(user=clerk).title == "张伟代表转来一件群众意见"


def test_name_and_phone_are_masked_everywhere_afterwards(client, deputy, data):
    town_clerk(deputy.town)
    client.force_login(deputy.user)

    page = client.post(reverse(PAGE), data | NAMED, follow=True).text
    listed = client.get(reverse("suggestions:voice_list")).text

    assert "王**" in page
    assert "138****5678" in page
    trail = "".join(str(entry.changes) + entry.label for entry in AuditEntry.objects.all())
    for text in (page, listed, trail, Notice.objects.get().body):
        assert "王建国" not in text
        assert "13812345678" not in text


def test_no_name_without_consent(client, deputy, data):
    client.force_login(deputy.user)

    response = client.post(reverse(PAGE), data | NAMED | {"has_consent": ""})

    assert "选民同意，才能留下姓名和电话" in response.text
    assert Voice.objects.count() == 0
    with pytest.raises(services.ConsentError):
        services.log_voice(
            actor=deputy.user,
            deputy=deputy,
            raised_on="2026-09-03",
            matter="路灯",
            visitor_name="王",
        )


def test_double_tap_makes_one_voice(client, deputy, data):
    client.force_login(deputy.user)

    for _ in range(2):
        client.post(reverse(PAGE), data)

    assert Voice.objects.count() == 1


def test_voice_of_a_visit_takes_its_day_and_place(client, deputy, data):
    visit = VisitFactory(deputy=deputy)
    client.force_login(deputy.user)

    form = client.get(reverse(PAGE), {"visit": visit.pk}).context["form"]
    client.post(f"{reverse(PAGE)}?visit={visit.pk}", data | {"visit": visit.pk})

    assert (form.initial["visit"], form.initial["raised_on"]) == (visit.pk, visit.held_on)
    assert Voice.objects.get().visit == visit


def test_foreign_visit_is_not_found_and_no_choice(client, deputy, data):
    foreign = VisitFactory()
    client.force_login(deputy.user)

    assert client.get(reverse(PAGE), {"visit": foreign.pk}).status_code == 404
    assert client.get(reverse(PAGE), {"visit": "x"}).status_code == 404
    client.post(reverse(PAGE), data | {"visit": foreign.pk})

    assert Voice.objects.count() == 0


def test_the_deputy_reads_the_own_voice_and_a_stranger_does_not(client, deputy, data):
    client.force_login(deputy.user)
    client.post(reverse(PAGE), data)
    address = reverse("suggestions:voice_detail", args=[Voice.objects.get().pk])

    assert client.get(address).status_code == 200
    for stranger in (UserFactory(role=Role.DEPUTY), town_clerk(TownFactory()), UserFactory()):
        client.force_login(stranger)
        assert client.get(address).status_code == 404


def test_clerk_enters_on_behalf_only_for_own_deputies(client, deputy, data):
    client.force_login(town_clerk(deputy.town))
    response = client.post(f"{reverse(PAGE)}?deputy={deputy.pk}", data, follow=True)
    client.force_login(town_clerk(TownFactory()))

    assert "（代录）" in response.text
    assert client.get(f"{reverse(PAGE)}?deputy={deputy.pk}").status_code == 404
    assert list(client.get(reverse(PAGE)).context["page"].object_list) == []
    client.force_login(UserFactory(role=Role.LEADER))
    assert client.get(reverse(PAGE)).status_code == 403


def test_clerk_chooses_the_deputy_first(client, deputy):
    client.force_login(town_clerk(deputy.town))

    assert f"{reverse(PAGE)}?deputy={deputy.pk}" in client.get(reverse(PAGE)).text


def test_bad_phone_is_told_at_the_field(client, deputy, data):
    client.force_login(deputy.user)

    response = client.post(reverse(PAGE), data | NAMED | {"visitor_phone": "abc"})

    assert "请填写电话号码，只用数字。" in response.text
