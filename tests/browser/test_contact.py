"""Voters, notebook, pairs and opinions in the browser: on the phone, in 长辈版, and for axe."""

import uuid

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from activities.models import FixedVoter, MemberContact, NotebookEntry, Visit
from congress_portal.core.enums import Dictionary
from deputies.models import Deputy
from tests.browser.axe import open_everything, serious_faults
from tests.browser.steps import DESKTOP, PHONE, fits, with_password
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    FixedVoterFactory,
    NotebookEntryFactory,
    PairingFactory,
    WorkOpinionFactory,
)
from tests.factories.core import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = 60_000


@pytest.fixture
def county(cast):
    """The cast; the leader sits on the committee and is in touch with deputy A."""
    deputy = cast.row(Deputy, "a")
    EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")
    FixedVoterFactory(deputy=deputy, name="欧阳䶮", note="种粮大户")
    NotebookEntryFactory(deputy=deputy, follow_up_on="2026-07-09", idempotency_key=uuid.uuid4())
    office = CommitteeOfficeFactory(region=cast.county, name="监察和法制工作委员会")
    member = CommitteeMemberFactory(
        region=cast.county, office=office, user=cast.people["leader"], deputy=cast.row(Deputy, "c")
    )
    PairingFactory(member=member, deputy=deputy)
    WorkOpinionFactory(deputy=deputy, region=cast.county, office=office)
    for person in ("deputy", "staff", "leader"):
        with_password(cast.people[person])
    return cast


def deputy_pages(county):
    deputy, voter = county.row(Deputy, "a"), FixedVoter.objects.get()
    return [
        reverse("activities:voters_of", args=[deputy.pk]),
        reverse("activities:add_voter", args=[deputy.pk]),
        reverse("activities:contact_voters", args=[deputy.pk]),
        reverse("activities:change_voter", args=[voter.pk]),
        reverse("activities:end_voter", args=[voter.pk]),
        reverse("activities:notebook"),
        reverse("activities:change_note", args=[NotebookEntry.objects.get().pk]),
        reverse("activities:habits_of", args=[deputy.pk]),
        reverse("activities:channels"),
        reverse("activities:own_pairs"),
        reverse("activities:opinions"),
        reverse("activities:raise_opinion"),
        reverse("activities:committee"),
    ]


def office_pages(county):
    deputy = county.row(Deputy, "a")
    return [
        reverse("activities:voter_board"),
        reverse("activities:voters_of", args=[deputy.pk]),
        reverse("activities:reveal_voter", args=[FixedVoter.objects.get().pk]),
        reverse("activities:coverage"),
        reverse("activities:town_coverage", args=[county.town_a.pk]),
        reverse("activities:habit_board"),
        reverse("activities:pair_board"),
        reverse("activities:make_pairs"),
        reverse("activities:opinions"),
        reverse("activities:opinion", args=[deputy.work_opinions.get().pk]),
        reverse("activities:raise_opinion"),
    ]


def walk(page, live_server, addresses):
    found = []
    for address in addresses:
        assert page.goto(f"{live_server.url}{address}").ok, address
        open_everything(page)
        found += serious_faults(page)
        assert fits(page), address
    return found


@pytest.mark.parametrize("elder", [False, True])
def test_deputys_pages_are_clean(open_page, live_server, county, elder):
    page = open_page(PHONE, county["deputy"])
    if elder:
        page.get_by_role("main").get_by_role("button", name="长辈版").click()

    assert walk(page, live_server, deputy_pages(county)) == []
    assert page.faults == []


def test_offices_pages_are_clean(open_page, live_server, county):
    page = open_page(DESKTOP, county["staff"])

    assert walk(page, live_server, office_pages(county)) == []
    assert page.faults == []


def test_a_note_takes_less_than_a_minute(open_page, live_server, county):
    page = open_page(PHONE, county["deputy"])
    page.set_default_timeout(MINUTE)

    page.get_by_role("link", name="记事簿").click()
    page.get_by_label("记点什么").fill("水渠又漏了")
    page.get_by_role("button", name="记下").click()

    expect(page.get_by_role("main")).to_contain_text("水渠又漏了")
    assert NotebookEntry.objects.filter(text="水渠又漏了").count() == 1


def test_a_contact_with_a_fixed_voter_is_ticked(open_page, live_server, county):
    page = open_page(PHONE, county["deputy"])
    page.goto(f"{live_server.url}{reverse('activities:voters')}")

    page.get_by_role("link", name="今天联系了").click()
    page.get_by_label("欧阳䶮").check()
    page.get_by_label("电话", exact=True).check()
    page.get_by_role("button", name="保存这次联系").dblclick()

    expect(page.get_by_role("status")).to_contain_text("已记下联系 1 位固定选民")
    assert Visit.objects.filter(fixed_voters__name="欧阳䶮").count() == 1


def test_a_member_logs_a_contact_from_the_first_page(open_page, live_server, county):
    page = open_page(PHONE, county["leader"])

    page.get_by_role("link", name="记一次联系").click()
    page.get_by_label("张伟").check()
    page.get_by_label("电话", exact=True).check()
    page.get_by_role("button", name="保存这次联系").click()

    expect(page.get_by_role("status")).to_contain_text("已记下与张伟代表的联系")
    assert MemberContact.objects.count() == 1
