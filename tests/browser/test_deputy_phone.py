"""What a deputy does on a phone of 360 px, as it is and in 长辈版: each within a minute (issue 4)."""

import datetime as dt
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Invitation, Visit
from congress_portal.core.enums import Dictionary, Role
from suggestions.models import CoSigner
from tests.browser.steps import PHONE, account, fits
from tests.factories.activities import ActivityFactory
from tests.factories.core import EntryFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.suggestions import SuggestionFactory

pytestmark = pytest.mark.django_db(transaction=True)

A_MINUTE = 60
# What one taps: buttons, fields, folds, tick boxes with their labels; links in running text are not
_TARGETS = """() => [...document.querySelectorAll(
    'main button, main .button, main select, main textarea, main summary, main .months a, ' +
    'main input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), ' +
    'main label:has(input), .masthead button, .menu summary')]
    .filter((each) => each.checkVisibility() && each.getClientRects().length)
    .map((each) => [each.textContent.trim().slice(0, 20) || each.name, each.getBoundingClientRect().height])
    .filter(([, height]) => height < 59.5)"""


@pytest.fixture
def deputy():
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return DeputyFactory(name="张伟", user=account(Role.DEPUTY), seat=True)


@pytest.fixture
def invitation(deputy):
    activity = ActivityFactory(
        title="视察农村公路", region=deputy.town, state="notified", verification="pending",
        held_on=timezone.localdate() + dt.timedelta(days=9),
    )  # fmt: skip
    return Invitation.objects.create(activity=activity, deputy=deputy, sent_at=timezone.now())


@pytest.fixture(params=["standard", "elder"])
def phone(request, open_page, deputy):
    """The deputy's phone, signed in; looks at every page it comes to."""

    class Phone:
        def __init__(self):
            self.page = open_page(PHONE, deputy.user)
            self.is_elder = request.param == "elder"
            self.since = time.monotonic()
            if self.is_elder:
                self.page.get_by_role("main").get_by_role("button", name="长辈版").click()
                expect(self.page.locator("body")).to_have_css("font-size", "24px")
            self.look()

        def look(self):
            self.page.wait_for_load_state()
            assert fits(self.page), self.page.url
            if self.is_elder:
                assert self.page.evaluate(_TARGETS) == [], self.page.url

        def tap(self, name, role="button"):
            self.page.get_by_role("main").get_by_role(role, name=name).first.click()
            self.look()

        def done(self):
            self.look()
            assert time.monotonic() - self.since <= A_MINUTE
            assert self.page.faults == []

    return Phone()


def test_log_a_visit(phone):
    phone.tap("联系走访", "link")
    phone.page.get_by_label("走访", exact=True).check()
    phone.page.get_by_label("联系了多少人次").fill("4")
    phone.tap("保存这次走访")

    expect(phone.page.get_by_text("已记下。")).to_be_visible()
    assert Visit.objects.get().people == 4
    phone.done()


@pytest.mark.usefixtures("invitation")
class TestInvitation:
    def test_accept_an_invitation(self, phone):
        phone.page.reload()
        phone.tap("「视察农村公路」", "link")
        phone.tap("能参加")

        expect(phone.page.get_by_text("已回执：能参加")).to_be_visible()
        assert Invitation.objects.get().answer == "accepted"
        phone.done()

    def test_ask_for_leave(self, phone):
        phone.page.reload()
        phone.tap("「视察农村公路」", "link")
        phone.page.get_by_text("我要请假").click()
        phone.look()
        leave = phone.page.get_by_label("请假类别").or_(phone.page.get_by_label("因病"))
        if leave.first.evaluate("field => field.tagName") == "SELECT":
            leave.first.select_option(label="因病")
        else:
            phone.page.get_by_label("因病").check()
        phone.tap("请假")

        expect(phone.page.get_by_text("已请假，等组织者批假")).to_be_visible()
        assert Invitation.objects.get().answer == "leave_asked"
        phone.done()


def test_confirm_a_cosignature(phone, deputy):
    draft = SuggestionFactory(
        title="关于修复通村公路的建议", state="draft", number="", submitted_on=None,
        lead__name="李静", situation="路面破损三处。",
    )  # fmt: skip
    CoSigner.objects.create(suggestion=draft, deputy=deputy, state="invited")
    phone.page.reload()

    phone.tap("李静邀请您附议", "link")
    phone.tap("同意附议")

    expect(phone.page.get_by_role("status").first).to_be_visible()
    assert CoSigner.objects.get().state == "confirmed"
    phone.done()


def test_open_my_file(phone):
    phone.tap("我的履职档案", "link")

    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("履职档案")
    phone.done()


def test_a_small_target_would_be_found(open_page, deputy):
    page = open_page(PHONE, deputy.user)

    assert "长辈版" in [name for name, _ in page.evaluate(_TARGETS)]
