"""The journeys of issue 1, in a real browser: what a person sees, taps and reads."""

import datetime as dt

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from activities.models import Activity, Visit
from congress_portal.core.enums import Dictionary, Role
from congress_portal.core.periods import quarter_of
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from tests.browser.steps import DESKTOP, PHONE, account, fits, sign_in
from tests.factories.activities import ActivityFormFactory
from tests.factories.core import CountyFactory, EntryFactory, TownFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import HandlingFactory, SuggestionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_deputy_logs_a_visit_on_a_phone(open_page):
    user = account(Role.DEPUTY)
    DeputyFactory(user=user)
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    page = open_page(PHONE, user)

    page.get_by_role("link", name="联系走访").click()
    page.get_by_label("走访", exact=True).check()
    page.get_by_label("联系了多少人次").fill("4")
    assert fits(page)
    page.get_by_role("button", name="保存这次走访").dblclick()

    expect(page.get_by_role("status")).to_contain_text("已记下")
    visit = Visit.objects.get()
    assert (visit.people, visit.verification) == (4, "pending")
    assert fits(page)
    assert page.faults == []


def test_deputy_logs_an_activity_on_a_phone(open_page):
    user = account(Role.DEPUTY)
    DeputyFactory(user=user)
    ActivityFormFactory()
    page = open_page(PHONE, user)

    page.get_by_role("link", name="参加活动").click()
    page.get_by_label("什么活动").fill("视察农村公路")
    page.get_by_label("活动形式").select_option(label="视察")
    page.get_by_role("button", name="保存这次活动").click()

    expect(page.get_by_role("heading", name="视察农村公路")).to_be_visible()
    assert Activity.objects.get().attendances.count() == 1
    assert page.faults == []


def test_fault_stands_at_the_top_and_at_the_field(open_page):
    user = account(Role.DEPUTY)
    DeputyFactory(user=user)
    EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    page = open_page(PHONE, user)
    page.get_by_role("link", name="联系走访").click()
    page.get_by_label("反映了什么").fill("灌溉用水不足")
    page.locator("main form").evaluate("form => form.noValidate = true")

    page.get_by_role("button", name="保存这次走访").click()

    expect(page.get_by_role("alert")).to_contain_text("联系了多少人次")
    expect(page.get_by_label("反映了什么")).to_have_value("灌溉用水不足")


def test_leader_opens_a_figure_of_the_desk(open_page):
    TownFactory(name="云溪镇")
    day = dt.date.today() - dt.timedelta(days=200)
    suggestion = SuggestionFactory(submitted_on=day, handed_over_on=day, year=day.year)
    handling = HandlingFactory(suggestion=suggestion)
    page = open_page(DESKTOP, account(Role.LEADER, role__region=CountyFactory()))

    for question in ("谁在做", "卡在哪", "好不好", "可信吗"):
        expect(page.get_by_role("region", name=question)).to_be_visible()
    row = page.get_by_role("row", name=handling.unit.name)
    row.get_by_role("link").first.click()

    expect(page.get_by_role("row", name=suggestion.title)).to_be_visible()
    assert page.faults == []


def test_leader_downloads_the_bulletin_of_the_last_quarter(open_page, tmp_path):
    leader = account(Role.LEADER, role__region=CountyFactory())
    StationFactory()
    scheme = SchemeFactory(name="家站季度考评", subject_type="station", ranks=True)
    IndicatorFactory(scheme=scheme)
    period = quarter_of(dt.date.today()).previous()
    publish_sheet(sheet=compute_sheet(scheme=scheme, period=period, actor=None), actor=None)
    page = open_page(DESKTOP, leader)

    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"下载{period.label}家站季度考评通报").click()

    assert waiting.value.suggested_filename == f"家站季度考评-{period.label}-通报.pdf"
    paper = PdfReader(waiting.value.path())
    assert "家站" in paper.pages[0].extract_text()


def test_staff_finds_the_admin_home(open_page):
    page = open_page(DESKTOP, account(Role.STAFF, role__region=CountyFactory()))

    page.get_by_role("link", name="后台管理").first.click()

    for group in ("代表", "家站", "履职", "建议", "考评", "系统"):
        expect(page.get_by_role("heading", name=group, exact=True)).to_be_visible()
    assert page.faults == []


def test_five_wrong_passwords_lock_the_account(open_page):
    user = account(Role.DEPUTY)
    page = open_page(PHONE)

    for _ in range(5):
        sign_in(page, user.username, "wrong")

    expect(page.get_by_role("heading", name="账号暂时锁定")).to_be_visible()
    expect(page.get_by_text("等 15 分钟再登录")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_elder_mode_works_without_scripts(open_page, scripts):
    user = account(Role.DEPUTY)
    DeputyFactory(user=user)
    page = open_page(PHONE, user, java_script_enabled=scripts)

    page.get_by_role("main").get_by_role("button", name="长辈版").click()

    heights = [box["height"] for box in map(_box, page.locator(".large a, .masthead button").all())]
    assert min(heights) >= 60
    expect(page.locator("body")).to_have_css("font-size", "24px")
    expect(page.get_by_role("main").get_by_role("button", name="标准版")).to_be_visible()


def _box(locator):
    return locator.bounding_box()


def test_keyboard_reaches_the_main_part_first(open_page):
    page = open_page(DESKTOP, account(Role.STAFF, role__region=CountyFactory()))
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
