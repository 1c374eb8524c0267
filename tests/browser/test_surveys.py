"""A questionnaire from the clerk's lines to a problem that is followed."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from congress_portal.core.enums import Role
from suggestions.models import Survey, SurveyProblem
from tests.browser.axe import serious_faults
from tests.browser.steps import DESKTOP, PHONE, account, fits, press
from tests.factories.core import CountyFactory, TownFactory, UnitFactory
from tests.factories.deputies import DistrictFactory, TermFactory

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = dt.date.today()
QUESTIONS = """单选：您见过代表吗｜见过｜没见过
多选：怎样联系｜电话｜到家站
问答：还有什么意见"""


@pytest.fixture
def county():
    town, year = TownFactory(name="青溪镇"), dt.timedelta(days=365)
    term = TermFactory(begins_on=TODAY - year, ends_on=TODAY + year)
    for name in ("第一选区", "第二选区"):
        DistrictFactory(term=term, region=town, name=name)
    UnitFactory(name="县交通运输局")
    return CountyFactory()


def test_voters_answer_without_scripts_and_one_answer_is_followed(
    open_page, browser, live_server, county
):
    office = open_page(DESKTOP, account(Role.STAFF))
    office.goto(f"{live_server.url}/surveys/new/")
    office.get_by_label("问卷名称").fill("农村客运调查")
    office.get_by_label("为什么调查").fill("为听取报告作准备")
    office.get_by_label("截止日期").fill((TODAY + dt.timedelta(days=9)).isoformat())
    office.get_by_label("题目").fill(QUESTIONS)
    office.get_by_label("各选区调查多少人").fill("第一选区 2\n第二选区 1")
    press(office, office.get_by_role("main").get_by_role("button"))
    press(office, office.get_by_role("button", name="开始调查"))
    assert serious_faults(office) == []

    address = f"{live_server.url}/q/{Survey.objects.get().token}/"
    narrow = {"width": 320, "height": 640}
    context = browser.new_context(viewport=narrow, locale="zh-CN", java_script_enabled=False)
    voter = context.new_page()
    for choice in ("见过", "没见过"):
        voter.goto(address)
        assert fits(voter)
        voter.get_by_label("您在哪个选区").select_option("第一选区")
        voter.get_by_label(choice, exact=True).check()
        voter.get_by_label("电话").check()
        voter.get_by_label("还有什么意见").fill("班车太少" if choice == "见过" else "")
        voter.get_by_label("我看过上面的说明").check()
        press(voter, voter.get_by_role("button", name="交卷"))
        assert fits(voter)
    context.close()

    office.reload()
    expect(office.get_by_text("收回 2 份（计划 3 人）")).to_be_visible()
    expect(office.get_by_role("cell", name="100.0%（2/2）").first).to_be_visible()
    office.set_viewport_size(PHONE)
    assert fits(office)
    office.get_by_role("link", name="列入问题清单").click()
    assert fits(office)
    office.get_by_label("对策措施").fill("加开早班车")
    office.get_by_label("责任单位").select_option("县交通运输局")
    office.get_by_label("办理时限").fill((TODAY + dt.timedelta(days=30)).isoformat())
    press(office, office.get_by_role("main").get_by_role("button").last)

    assert SurveyProblem.objects.get().voice.matter == "班车太少"
