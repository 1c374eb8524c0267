"""长辈版: whatever opens or does something on the deputy's first pages is 60 px high or more."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import ActivityFile, Invitation
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from suggestions.models import CoSigner
from tests.browser.steps import DESKTOP, PHONE, account, fits
from tests.factories.activities import ActivityFactory, VisitFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.suggestions import SuggestionFactory

pytestmark = pytest.mark.django_db(transaction=True)

# All links, buttons, folds and fields of the page, with the label a tick box stands in.
_SMALL = """() => [...document.querySelectorAll(
    'a, button, summary, select, textarea, label:has(input), ' +
    'input:not([type=hidden], [type=checkbox], [type=radio])')]
    .filter((each) => each.checkVisibility() && each.getClientRects().length)
    .filter((each) => !each.matches('.skip'))
    .map((each) => [each.textContent.trim().slice(0, 20), each.getBoundingClientRect().height])
    .filter(([, height]) => height < 59.5)"""


@pytest.fixture
def deputy():
    """With one of everything that the first page can show."""
    row = DeputyFactory(name="张伟", user=account(Role.DEPUTY), seat=True)
    VisitFactory(deputy=row, held_on=timezone.localdate(), verification="pending")
    for title, read_at in (("述职会通知", None), ("建议已答复", timezone.now())):
        Notice.objects.create(
            user=row.user, key=title, title=title, body="请在本周内看一看。", link="/notices/",
            is_urgent=read_at is None, read_at=read_at,
        )  # fmt: skip
    draft = SuggestionFactory(state="draft", number="", submitted_on=None, lead__name="李静")
    CoSigner.objects.create(suggestion=draft, deputy=row, state="invited")
    return row


@pytest.fixture
def invitations(deputy):
    """One that waits, one that is answered, one of the past."""
    made = []
    for days, answer, state in ((9, "waiting", "notified"), (5, "accepted", "notified"),
                                (-9, "accepted", "held")):  # fmt: skip
        activity = ActivityFactory(
            title=f"视察农村公路{days}", region=deputy.town, state=state, verification="pending",
            held_on=timezone.localdate() + dt.timedelta(days=days),
        )  # fmt: skip
        ActivityFile.objects.create(activity=activity, title="议程", file="agenda.pdf")
        made.append(
            Invitation.objects.create(
                activity=activity, deputy=deputy, answer=answer, sent_at=timezone.now()
            )
        )
    return made


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["360", "1280"])
def test_every_target_of_home_and_invitations_is_60_px_high(
    open_page, live_server, deputy, invitations, size
):
    page = open_page(size, deputy.user)
    page.get_by_role("main").get_by_role("button", name="长辈版").click()
    expect(page.locator("body")).to_have_css("font-size", "24px")
    addresses = [
        reverse("desk:home"),
        reverse("desk:notices"),
        reverse("activities:invitations"),
        *(reverse("activities:invitation", args=[row.pk]) for row in invitations),
        reverse("activities:calendar_feed"),
    ]

    small = {}
    for address in addresses:
        page.goto(live_server.url + address)
        for fold in page.locator("main details:not([open]) > summary").all():
            fold.click()
        if found := page.evaluate(_SMALL):
            small[address] = found
        assert fits(page), address
    assert small == {}
    assert page.faults == []


def test_a_small_link_would_be_found(open_page, deputy):
    page = open_page(PHONE, deputy.user)

    assert "我的履职档案" in [name for name, _ in page.evaluate(_SMALL)]
