"""What a deputy wrote survives an expired session and a second device (issue 3)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from congress_portal.core.models import CalendarYear
from suggestions.models import Suggestion
from tests.factories import workflow as flow

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "Zhong-9-Ren-7-Da"
TITLE = "关于修复白鹤村通村公路的建议"


@pytest.fixture
def cast():
    year = timezone.localdate().year
    for each in (year, year + 1):
        CalendarYear.objects.get_or_create(year=each)
    found = flow.make_cast(units=1, years=())
    found.lead.user.set_password(PASSWORD)
    found.lead.user.save()
    return found


@pytest.fixture
def enter(browser, live_server, cast):
    contexts = []

    def sign_in(page):
        page.get_by_label("用户名").fill(cast.lead.user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()

    def start():
        context = browser.new_context(locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}/login/?next=/suggestions/new/")
        sign_in(page)
        expect(page.get_by_label("题目")).to_be_visible()
        return page

    start.sign_in = sign_in
    yield start
    for context in contexts:
        context.close()


def test_text_is_offered_back_after_signing_in_again(enter):
    page = enter()
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("题目").fill(TITLE)
    page.get_by_label("情况", exact=True).fill("没有保存上的情况。")
    expect(page.locator("#saved")).to_contain_text("文字已留在这台设备上", timeout=10_000)

    page.get_by_role("button", name="保存草稿").click()
    enter.sign_in(page)
    expect(page.locator("#kept")).to_contain_text("没保存上的文字")
    expect(page.get_by_label("题目")).to_have_value("")
    page.get_by_role("button", name="找回来").click()
    expect(page.get_by_label("情况", exact=True)).to_have_value("没有保存上的情况。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#kept")).to_be_hidden()
    expect(page.get_by_label("情况", exact=True)).to_have_value("没有保存上的情况。")
    assert [row.situation for row in Suggestion.objects.all()] == ["没有保存上的情况。"]

    page.goto(page.url.split("/suggestions/")[0] + "/suggestions/new/")
    expect(page.get_by_label("题目")).to_have_value("")
    expect(page.locator("#kept")).to_be_hidden()


def test_two_devices_see_both_texts(enter, live_server, cast):
    item = flow.draft(cast)
    address = f"{live_server.url}/suggestions/{item.pk}/write/"
    phone, desk = enter(), enter()
    phone.goto(address)
    desk.goto(address)
    phone.get_by_label("情况", exact=True).fill("手机上写的情况。")
    expect(phone.locator("#saved")).to_contain_text("已自动保存", timeout=10_000)

    desk.get_by_label("情况", exact=True).fill("电脑上写的情况。")
    expect(desk.locator("#theirs")).to_contain_text("手机上写的情况。", timeout=10_000)
    expect(desk.get_by_label("情况", exact=True)).to_have_value("电脑上写的情况。")
    desk.get_by_role("button", name="保存草稿").click()

    expect(desk.get_by_label("情况", exact=True)).to_have_value("电脑上写的情况。")
    assert Suggestion.objects.get().situation == "电脑上写的情况。"
