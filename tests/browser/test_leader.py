"""The leader: from signing in to the downloaded bulletin, and the same figures everywhere."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from congress_portal.core.enums import Role
from congress_portal.core.periods import quarter_of
from congress_portal.evaluations.services import compute_sheet, publish_sheet
from tests.browser.steps import DESKTOP, PASSWORD, PHONE, account, fits
from tests.factories.core import CountyFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet():
    period = quarter_of(dt.date.today()).previous()
    first, second = StationFactory(name="甲村联络站"), StationFactory(name="乙村联络站")
    for station, days in ((first, 2), (second, 1)):
        for number in range(days):
            ReceptionFactory(station=station, held_on=period.first + dt.timedelta(number))
    scheme = SchemeFactory(name="家站季度考评", ranks=True)
    IndicatorFactory(scheme=scheme, name="接待", target=3)
    made = compute_sheet(scheme=scheme, period=period, actor=None)
    publish_sheet(sheet=made, actor=None)
    return made


def downloaded(page, click):
    with page.expect_download() as found:
        click()
    return Path(found.value.path()).read_bytes()


def test_a_leader_has_the_bulletin_in_three_clicks(open_page, sheet):
    leader = account(Role.LEADER, role__region=CountyFactory())
    page = open_page(DESKTOP)
    page.get_by_label("用户名").fill(leader.username)
    page.get_by_label("密码").fill(PASSWORD)

    page.get_by_role("main").get_by_role("button", name="登录").click()  # the first
    expect(page.get_by_role("heading", name="谁在做")).to_be_visible()
    link = page.get_by_role("link", name=f"下载{sheet.period.label}家站季度考评通报")
    paper = downloaded(page, link.click)  # the second
    page.get_by_role("link", name="考评", exact=True).click()
    page.get_by_role("link", name="家站季度考评").first.click()
    book = downloaded(page, page.get_by_role("link", name="Excel").click)

    words = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper)).pages)
    table = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    cells = [str(cell) for row in table.iter_rows(values_only=True) for cell in row]
    shown = page.get_by_role("main").inner_text()
    for total in ("6.67", "3.33"):
        assert total in words
        assert total in shown
        assert total in cells
    assert page.faults == []


def test_the_four_questions_and_statistics_fit_a_phone(open_page, sheet):
    leader = account(Role.LEADER, role__region=CountyFactory())
    page = open_page(PHONE, leader)
    for question in ("谁在做", "卡在哪", "好不好", "可信吗"):
        expect(page.get_by_role("heading", name=question)).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="各家站活动次数").click()
    expect(page.get_by_role("heading", name="统计：家站：活动次数")).to_be_visible()
    assert fits(page)
    page.goto(page.url.replace("station.activities", "station.reception_days"))
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.get_by_text("共 2 条可以查看")).to_be_visible()
    assert fits(page)
    assert page.faults == []
