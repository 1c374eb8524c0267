"""Who may take which paper; each download is in the trail."""

import io
import zipfile

import pytest
from django.urls import reverse

from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry
from suggestions import services
from suggestions.models import (
    ReplyDraft,
)
from suggestions.selectors.papers import paper_links
from tests.factories.core import UserFactory
from tests.factories.papers import (
    opinion_given,
    paper_case,
    paper_cast,
    sheet_of,
    supervised,
    word_text,
)
from tests.factories.workflow import (
    accepted,
    handed_over,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return paper_cast()


@pytest.fixture
def case(cast):
    return paper_case(cast)


def paths(cast, case):
    """Every paper of the case, by a short name."""
    sheet = sheet_of(case, cast.lead)
    record = supervised(cast, case)
    pending = ReplyDraft.objects.latest("pk")
    return {
        "form": ("paper_form", case.pk, "docx"),
        "letter": ("paper_letter", sheet.pk, "docx"),
        "sheet": ("paper_sheet", sheet.pk, "docx"),
        "draft": ("paper_draft", pending.pk, "docx"),
        "supervision": ("paper_supervision", record.pk, "docx"),
        "hand_over": ("paper_hand_over", "docx"),
        "year": ("paper_year", "docx"),
        "open": ("paper_open_list", "docx"),
        "blank": ("paper_blank", "docx"),
    }


ALL_SEE = {"open", "blank"}
PARTY = {"form", "supervision"} | ALL_SEE
WHO = {
    "office": {"form", "letter", "sheet", "supervision", "hand_over", "year"} | ALL_SEE,
    "leader": {"form", "letter", "sheet", "supervision", "hand_over", "year"} | ALL_SEE,
    "lead": PARTY | {"letter", "sheet"},
    "mate": PARTY,
    "officer": PARTY | {"letter", "sheet", "draft"},
    "other unit": ALL_SEE,
    "deputy": ALL_SEE,
    "stranger": ALL_SEE,
}


@pytest.mark.parametrize("who", WHO)
def test_who_may_take_which_paper(cast, case, client, who):
    services.publish_suggestion(pk=case.pk, actor=cast.office)
    people = {
        "office": cast.office,
        "leader": UserFactory(role=Role.LEADER, role__region=cast.county),
        "lead": cast.lead.user,
        "mate": cast.mate.user,
        "officer": cast.officer(),
        "other unit": cast.officer(1),
        "deputy": cast.stranger.user,
        "stranger": UserFactory(),
    }
    client.force_login(people[who])

    found = {}
    for name, (view, *args) in paths(cast, case).items():
        found[name] = client.get(reverse(f"suggestions:{view}", args=args)).status_code

    assert {name for name, status in found.items() if status == 200} == WHO[who]
    assert set(found.values()) <= {200, 404}


def test_letters_hold_only_the_readers_own_copies(cast, case, client):
    reply = sheet_of(case, cast.mate).reply

    def copies(user):
        client.force_login(user)
        response = client.get(reverse("suggestions:paper_letters", args=[reply.pk]))
        return zipfile.ZipFile(io.BytesIO(response.content)).namelist()

    assert copies(cast.officer()) == ["01-张三.pdf", "02-李四.pdf"]
    assert copies(cast.mate.user) == ["01-李四.pdf"]
    for user in (cast.officer(1), cast.stranger.user):
        client.force_login(user)
        assert client.get(reverse("suggestions:paper_letters", args=[reply.pk])).status_code == 404


def test_opinion_is_for_office_and_units(cast, client):
    part = opinion_given(cast)
    address = reverse("suggestions:paper_opinion", args=[part.pk, "docx"])
    people = (cast.office, cast.officer(0), cast.officer(1), cast.officer(2), cast.lead.user)

    statuses = []
    for user in people:
        client.force_login(user)
        statuses.append(client.get(address).status_code)

    assert statuses == [200, 200, 200, 404, 404]


def test_awaiting_list_is_the_offices_and_names_the_wished_units(cast, client):
    item = accepted(cast)
    item.proposed_units.add(cast.units[0])
    handed_over(cast)
    address = reverse("suggestions:paper_awaiting", args=["docx"])

    statuses = {}
    for name, user in (
        ("office", cast.office),
        ("leader", UserFactory(role=Role.LEADER, role__region=cast.county)),
        ("lead", cast.lead.user),
        ("unit", cast.officer()),
    ):
        client.force_login(user)
        response = client.get(address)
        statuses[name] = response.status_code
        if name == "office":
            text = word_text(response.content)

    assert statuses == {"office": 200, "leader": 404, "lead": 404, "unit": 404}
    assert "共1件，供交办会研究" in text
    unit = cast.units[0]
    assert {item.number, unit.short_name or unit.name} <= set(text.splitlines())


def test_reminder_is_the_offices(cast, client):
    address = reverse("suggestions:paper_reminder", args=[handed_over(cast).pk, "docx"])

    statuses = []
    for user in (cast.office, cast.officer(), cast.lead.user):
        client.force_login(user)
        statuses.append(client.get(address).status_code)

    assert statuses == [200, 404, 404]


@pytest.mark.parametrize("query", ["?year=二〇二六", "?year=20266", "?region=99"])
def test_unreadable_question_is_no_paper(cast, case, client, query):
    client.force_login(cast.office)

    assert client.get(reverse("suggestions:paper_year", args=["docx"]) + query).status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "x", "2026-01-01"])
def test_hand_over_list_needs_a_day_of_hand_over(cast, case, client, day):
    client.force_login(cast.office)
    address = reverse("suggestions:paper_hand_over", args=["docx"])

    assert client.get(f"{address}?day={day}").status_code == 404


def test_each_download_is_in_the_trail(cast, case, client):
    client.force_login(cast.office)

    response = client.get(reverse("suggestions:paper_form", args=[case.pk, "docx"]))

    entry = AuditEntry.objects.filter(action=AuditAction.EXPORT).get()
    assert (entry.actor, entry.object_key) == (cast.office, str(case.pk))
    assert entry.changes == {"format": "docx"}
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''")


def test_links_lead_to_papers_the_reader_gets(cast, case, client):
    supervised(cast, case)
    for user in (cast.office, cast.lead.user, cast.mate.user, cast.officer()):
        client.force_login(user)
        links = paper_links(user, case)
        assert links[0].title == "建议表"
        for link in links:
            address = reverse(link.name, args=[link.key, "docx"])
            assert client.get(address).status_code == 200, link
    assert paper_links(cast.stranger.user, case) == []
