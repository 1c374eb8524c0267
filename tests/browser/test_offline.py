"""What was entered without network arrives once after it returns (issue 4)."""

import pytest
from playwright.sync_api import expect

from activities.models import NotebookEntry, Visit
from congress_portal.core.enums import Dictionary, Role
from suggestions.models import Voice
from tests.browser.steps import PHONE, account, fits
from tests.factories.core import EntryFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = """async () => Promise.all(['forms-1', 'static-1'].map(
    async (name) => (await (await caches.open(name)).keys()).length))"""


@pytest.fixture
def deputy():
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    return DeputyFactory(user=account(Role.DEPUTY))


@pytest.fixture
def home(open_page, deputy):
    """The first page, with the forms kept for the places without signal."""
    page = open_page(PHONE, deputy.user)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    for _ in range(100):
        if page.evaluate(KEPT) == [4, 4]:
            return page
        page.wait_for_timeout(100)
    raise AssertionError("the forms were not kept")


def fill_visit(page, people):
    page.get_by_label("走访", exact=True).check()
    page.get_by_label("联系了多少人次").fill(str(people))


def test_visit_made_without_network_arrives_once(home, live_server):
    home.get_by_role("link", name="联系走访").click()
    fill_visit(home, 4)
    home.context.set_offline(True)

    home.get_by_role("button", name="保存这次走访").dblclick()

    outbox = home.get_by_role("status", name="没有发出的记录")
    expect(outbox).to_contain_text("还没发出，有网后自动发送")
    assert fits(home)
    assert Visit.objects.count() == 0
    home.context.set_offline(False)
    expect(outbox).to_contain_text("已发出", timeout=15_000)
    assert Visit.objects.get().people == 4
    home.reload()
    expect(home.get_by_role("heading", name="记一次走访")).to_be_visible()
    assert Visit.objects.count() == 1


def test_two_entries_from_the_kept_form_are_two_records(home, live_server):
    home.context.set_offline(True)
    home.goto(f"{live_server.url}/visits/new/")
    for people in (2, 3):
        fill_visit(home, people)
        home.get_by_role("button", name="保存这次走访").click()
        expect(home.get_by_label("联系了多少人次")).to_have_value("")

    home.context.set_offline(False)

    outbox = home.get_by_role("status", name="没有发出的记录")
    expect(outbox.get_by_text("已发出")).to_have_count(2, timeout=15_000)
    assert sorted(Visit.objects.values_list("people", flat=True)) == [2, 3]


def test_kept_entry_is_sent_by_the_next_page_that_opens(home, live_server):
    home.get_by_role("link", name="选民反映").click()
    home.get_by_label("选民反映了什么").fill("村口路灯坏了")
    home.context.set_offline(True)
    home.get_by_role("button", name="保存").click()
    outbox = home.get_by_role("status", name="没有发出的记录")
    expect(outbox).to_contain_text("还没发出")

    home.goto("about:blank")
    home.context.set_offline(False)
    home.goto(live_server.url)

    expect(outbox).to_contain_text("已发出")
    assert Voice.objects.get().matter == "村口路灯坏了"


def test_entry_that_was_only_begun_is_still_there(home, live_server):
    home.get_by_role("link", name="联系走访").click()
    fill_visit(home, 7)
    home.get_by_label("反映了什么").fill("灌溉用水不足")
    home.wait_for_timeout(800)  # what is typed is kept after a short pause

    home.goto(live_server.url)
    home.get_by_role("link", name="接着记").click()

    expect(home.get_by_label("反映了什么")).to_have_value("灌溉用水不足")
    expect(home.get_by_label("联系了多少人次")).to_have_value("7")
    home.get_by_role("button", name="保存这次走访").click()
    expect(home.get_by_text("已记下。")).to_be_visible()
    home.goto(f"{live_server.url}/visits/new/")
    expect(home.get_by_label("反映了什么")).to_have_value("")


def test_fault_of_a_kept_entry_is_shown_where_it_can_be_mended(home, live_server, deputy):
    home.get_by_role("link", name="联系走访").click()
    fill_visit(home, 5)
    home.context.set_offline(True)
    home.get_by_role("button", name="保存这次走访").click()
    EntryFactory._meta.model.objects.all().update(is_active=False)  # the channel is gone meanwhile
    EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")
    home.context.set_offline(False)

    outbox = home.get_by_role("status", name="没有发出的记录")
    expect(outbox).to_contain_text("没有保存，要改正", timeout=15_000)
    home.goto(live_server.url)
    home.get_by_role("link", name="打开改正").click()

    expect(home.get_by_label("联系了多少人次")).to_have_value("5")
    home.get_by_label("电话", exact=True).check()
    home.get_by_role("button", name="保存这次走访").click()
    expect(home.get_by_text("已记下。")).to_be_visible()
    assert Visit.objects.get().people == 5


def test_page_that_is_not_kept_says_that_there_is_no_network(home, live_server):
    home.context.set_offline(True)

    home.goto(f"{live_server.url}/visits/")

    expect(home.get_by_role("heading", name="没有网络，打不开这一页")).to_be_visible()
    home.get_by_role("link", name="联系走访").click()
    expect(home.get_by_label("联系了多少人次")).to_be_visible()
    assert home.locator("body").evaluate("body => getComputedStyle(body).fontSize") == "18px"


def test_signing_out_empties_what_the_phone_kept(home, live_server):
    home.get_by_role("link", name="联系走访").click()
    fill_visit(home, 5)
    home.context.set_offline(True)
    home.get_by_role("button", name="保存这次走访").click()
    expect(home.get_by_text("还没发出")).to_be_visible()

    home.get_by_role("button", name="退出").click()
    expect(home.get_by_text("还有 1 条没有发出")).to_be_visible()
    home.context.unroute_all()
    home.context.route("**/visits/new/", lambda route: route.abort())  # not sent meanwhile
    home.context.set_offline(False)
    home.get_by_role("button", name="删掉并退出").click()

    expect(home.get_by_role("button", name="登录")).to_be_visible()
    kept = home.evaluate("async () => (await (await caches.open('forms-1')).keys()).length")
    assert kept == 0
    assert home.evaluate("localStorage.getItem('entries-user')") is None
    assert Visit.objects.count() == 0


def test_note_written_without_network_arrives_once(home, live_server):
    home.get_by_role("link", name="记事簿").click()
    home.get_by_label("记点什么").fill("回访王大爷")
    home.context.set_offline(True)
    home.get_by_role("button", name="记下").dblclick()
    outbox = home.get_by_role("status", name="没有发出的记录")
    expect(outbox).to_contain_text("记事")

    home.context.set_offline(False)

    expect(outbox).to_contain_text("已发出", timeout=15_000)
    assert NotebookEntry.objects.get().text == "回访王大爷"
