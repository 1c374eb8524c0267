"""Who opens which page of the workflow: strangers 404, readers without the right 403."""

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from suggestions.enums import HandlingState, State
from suggestions.models import Suggestion
from suggestions.services.taking import seen_of
from suggestions.workflow import Action, HandlingAction
from tests.factories import workflow as flow
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return flow.make_cast()


def people_of(cast):
    return {
        "office": cast.office,
        "lead": cast.lead.user,
        "mate": cast.mate.user,
        "officer": cast.officer(),
        "boss": cast.leader(),
        "leader": UserFactory(role=Role.LEADER, role__region=cast.county),
    }


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_detail_opens_in_every_state_for_who_takes_part(client, cast, state):
    if state == State.AT_GOVERNMENT:
        flow.with_government(cast)
    item = flow.in_state(cast, state)

    seen = {}
    for name, user in people_of(cast).items():
        client.force_login(user)
        seen[name] = client.get(reverse("suggestions:detail", args=[item.pk])).status_code

    handed = Suggestion.objects.visible_to(cast.officer()).filter(pk=item.pk).exists()
    assert seen == {
        "office": 200,
        "lead": 200,
        "mate": 404,
        "officer": 200 if handed else 404,
        "boss": 200 if handed else 404,
        "leader": 200,
    }


def test_a_draft_is_the_deputys_alone(client, cast):
    item = flow.draft(cast)

    def status(user, name):
        client.force_login(user)
        return client.get(reverse(name, args=[item.pk])).status_code

    pages = ("suggestions:detail", "suggestions:write", "suggestions:check")
    assert [status(cast.lead.user, page) for page in pages] == [200, 200, 200]
    assert [status(cast.office, page) for page in pages] == [404, 404, 404]
    assert [status(cast.mate.user, page) for page in pages] == [404, 404, 404]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.HANDLING, State.ANSWERED, State.TRACKING])
def test_every_button_of_the_page_opens(client, cast, state):
    item = flow.in_state(cast, state)
    for user in people_of(cast).values():
        client.force_login(user)
        page = client.get(reverse("suggestions:detail", args=[item.pk]))
        if page.status_code == 404:
            continue
        doors = page.context["doors"]
        shown = [*filter(None, [doors.main]), *doors.others]

        assert {d.label: client.get(d.address).status_code for d in shown} == {
            d.label: 200 for d in shown
        }


@pytest.mark.parametrize("state", HandlingState)
def test_every_button_of_a_part_opens(client, cast, state):
    part = flow.part_in_state(cast, state)
    for user in (cast.office, cast.officer(), cast.leader()):
        client.force_login(user)
        page = client.get(reverse("suggestions:detail", args=[part.suggestion_id]))
        if page.status_code == 404:
            continue
        doors = page.context["doors"]
        shown = [*filter(None, [doors.main]), *doors.others]

        assert [(d.label, client.get(d.address).status_code) for d in shown] == [
            (d.label, 200) for d in shown
        ]


@pytest.mark.parametrize("action", [a for a in Action if a not in ("answer", "appraise", "reopen")])
def test_a_direct_post_by_the_wrong_person_changes_nothing(client, cast, action):
    item = flow.handed_over(cast)
    before = Suggestion.objects.filter(pk=item.pk).values().get()
    steps = item.log.count()
    address = reverse("suggestions:step", args=[item.pk, action])

    def status(user):
        client.force_login(user)
        return client.post(address, {"comment": "硬来", "seen": seen_of(item)}).status_code

    assert status(cast.stranger.user) == 404
    assert status(cast.officer()) in (403, 404)
    assert Suggestion.objects.filter(pk=item.pk).values().get() == before
    assert item.log.count() == steps


@pytest.mark.parametrize("action", HandlingAction)
def test_another_units_part_is_not_there(client, cast, action):
    part = flow.signed(cast)
    client.force_login(cast.officer(1))

    address = reverse("suggestions:part_step", args=[part.pk, action])

    assert client.get(address).status_code == 404
    assert client.post(address, {"comment": "硬来"}).status_code == 404


def test_pages_of_the_office_are_not_there_for_others(client, cast):
    names = ("inbox", "hand_over", "board", "league", "key")
    for user, found in ((cast.office, 200), (cast.lead.user, 404), (cast.officer(), 404)):
        client.force_login(user)

        statuses = {n: client.get(reverse(f"suggestions:{n}")).status_code for n in names}

        assert statuses == dict.fromkeys(names, found)


def test_steps_need_the_token_of_the_form(cast):
    from django.test import Client  # noqa: PLC0415 - only this test checks CSRF

    item = flow.submitted(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.office)

    answer = client.post(
        reverse("suggestions:step", args=[item.pk, "accept"]), {"on": "2026-03-02"}
    )

    assert answer.status_code == 403
    assert Suggestion.objects.get(pk=item.pk).state == State.SUBMITTED
