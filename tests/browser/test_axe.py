"""Nothing serious for axe on the pages of deputies, staff and suggestions, before and after clicks."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Activity, CorrectionRequest, Invitation, Visit
from congress_portal.core.enums import Dictionary
from deputies.models import Deputy
from suggestions.models import Suggestion, Voice
from tests.browser.axe import open_everything, serious_faults
from tests.browser.steps import DESKTOP, PHONE, fits, with_password
from tests.factories.activities import ActivityFactory, VisitFactory
from tests.factories.core import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county(cast):
    """The cast, with something waiting for each of them."""
    deputy = cast.row(Deputy, "a")
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    VisitFactory(deputy=deputy, entered_by=deputy.user, verification="pending")
    coming = ActivityFactory(
        region=cast.town_a, state="notified", verification="pending",
        held_on=dt.date.today() + dt.timedelta(days=9),
    )  # fmt: skip
    Invitation.objects.create(activity=coming, deputy=deputy, sent_at=timezone.now())
    CorrectionRequest.objects.create(
        deputy=deputy, kind="wrong", text="人次不对", row=cast.row(Visit, "a")
    )
    for person in cast.people.values():
        with_password(person)
    return cast


def deputy_pages(county):
    deputy, today = county.row(Deputy, "a"), dt.date.today()
    return [
        reverse("desk:home"),
        reverse("activities:log_visit"),
        reverse("activities:log_activity"),
        reverse("suggestions:log_voice"),
        reverse("activities:visit_list"),
        reverse("activities:visit_detail", args=[county.row(Visit, "a").pk]),
        reverse("activities:list"),
        reverse("activities:detail", args=[county.row(Activity, "a").pk]),
        reverse("activities:invitations"),
        reverse("activities:invitation", args=[Invitation.objects.get().pk]),
        reverse("activities:notebook"),
        reverse("activities:corrections"),
        f"{reverse('activities:ask_correction')}?about=activities.visit.{county.row(Visit, 'a').pk}",
        reverse("activities:correction", args=[CorrectionRequest.objects.get().pk]),
        reverse("desk:my_contacts"),
        f"{reverse('desk:year', args=[deputy.pk])}?year=2026&month=7",
        f"{reverse('desk:year', args=[deputy.pk])}?year={today.year}",
        reverse("desk:duty_file", args=[deputy.pk]),
        reverse("desk:notices"),
        reverse("desk:offline"),
        reverse("activities:voters"),
        reverse("activities:own_habits"),
        reverse("activities:own_pairs"),
        reverse("activities:opinions"),
        reverse("activities:raise_opinion"),
        reverse("activities:circulars"),
        reverse("activities:campaigns"),
        reverse("activities:ballots"),
        reverse("activities:ask_interview"),
        reverse("activities:deeds"),
        reverse("activities:new_deed"),
        reverse("activities:exchange"),
        reverse("activities:new_post"),
    ]


def suggestion_pages(county):
    return [
        reverse("suggestions:list"),
        reverse("suggestions:mine"),
        reverse("suggestions:new"),
        reverse("suggestions:detail", args=[county.row(Suggestion, "a").pk]),
        reverse("suggestions:voice_list"),
    ]


def office_pages(county):
    return [
        reverse("desk:home"),
        f"{reverse('activities:verify')}?kind=visit",
        reverse("activities:corrections"),
        reverse("activities:correction", args=[CorrectionRequest.objects.get().pk]),
        reverse("activities:log_visit"),
        reverse("suggestions:list"),
        reverse("suggestions:inbox"),
        reverse("suggestions:detail", args=[county.row(Suggestion, "a").pk]),
        reverse("suggestions:voice_detail", args=[county.row(Voice, "a").pk]),
        reverse("desk:registers"),
        reverse("desk:levels"),
        reverse("deputies:list"),
        reverse("activities:matrix"),
        reverse("activities:coverage"),
        reverse("activities:habit_board"),
        reverse("activities:voter_board"),
        reverse("activities:pair_board"),
        reverse("activities:findings"),
        reverse("activities:reporting"),
        reverse("activities:reporting_missing"),
        reverse("activities:opinion_meetings"),
        reverse("activities:projects"),
    ]


def walk(page, live_server, addresses):
    """Faults on every page as it opens, and again with everything unfolded."""
    found = []
    for address in addresses:
        assert page.goto(f"{live_server.url}{address}").ok, address
        found += serious_faults(page)
        open_everything(page)
        found += serious_faults(page)
        assert fits(page), address
    return found


@pytest.mark.parametrize("elder", [False, True])
def test_deputys_pages_are_clean(open_page, live_server, county, elder):
    page = open_page(PHONE, county["deputy"])
    if elder:
        page.get_by_role("main").get_by_role("button", name="长辈版").click()

    found = walk(page, live_server, [*deputy_pages(county), *suggestion_pages(county)])

    assert found == []
    assert page.faults == []


@pytest.mark.parametrize("person", ["staff", "clerk_a"])
def test_offices_pages_are_clean(open_page, live_server, county, person):
    page = open_page(DESKTOP, county[person])

    assert walk(page, live_server, office_pages(county)) == []
    assert page.faults == []


@pytest.mark.parametrize("person", ["leader", "officer", "unit_officer", "inspector", "auditor"])
def test_first_pages_of_the_others_are_clean(open_page, live_server, county, person):
    page = open_page(DESKTOP, county[person])

    assert walk(page, live_server, [reverse("desk:home"), reverse("desk:notices")]) == []


def test_forms_are_clean_after_a_fault(open_page, live_server, county):
    page = open_page(PHONE, county["deputy"])
    found = []
    for name in ("activities:log_visit", "activities:log_activity", "suggestions:log_voice"):
        page.goto(f"{live_server.url}{reverse(name)}")
        page.locator("main form.entry").evaluate("form => { form.noValidate = true; }")
        page.locator("main form.entry .button-main").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found += serious_faults(page)

    assert found == []


def test_sign_in_page_is_clean(open_page):
    page = open_page(PHONE)

    assert serious_faults(page) == []


def test_a_serious_fault_would_be_found(open_page):
    page = open_page(PHONE)
    page.locator("main label").first.evaluate("label => label.remove()")

    assert any("label" in fault for fault in serious_faults(page))
