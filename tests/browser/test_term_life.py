"""A seat is given up and filled again: the warning, the case, the vacancy, the by-election."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from activities.models import Attendance
from congress_portal.core.enums import Role
from deputies.models import Mandate
from tests.browser.axe import serious_faults
from tests.browser.steps import DESKTOP, PHONE, account, fits, press
from tests.factories.activities import ActivityFactory
from tests.factories.core import TownFactory
from tests.factories.deputies import DeputyFactory, DistrictFactory, MandateFactory, TermFactory
from tests.factories.evaluations import WarningRuleFactory

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = dt.date.today()


@pytest.fixture
def seat():
    town = TownFactory(name="青溪镇")
    year = dt.timedelta(days=365)
    term = TermFactory(begins_on=TODAY - 2 * year, ends_on=TODAY + 2 * year)
    deputy = DeputyFactory(name="赵不来", town=town)
    activity = ActivityFactory(held_on=TODAY - dt.timedelta(days=10))
    Attendance.objects.create(activity=activity, deputy=deputy, presence="absent")
    WarningRuleFactory(name="出席率")
    district = DistrictFactory(term=term, region=town, name="第三选区")
    return MandateFactory(deputy=deputy, term=term, district=district)


def say(page, action, **fields):
    page.get_by_role("link", name=action, exact=True).click()
    for label, words in {"情况": f"{action}的情况", **fields}.items():
        page.get_by_label(label, exact=True).fill(words)
    press(page, page.get_by_role("button", name=action, exact=True))


def test_from_a_hint_to_a_vacancy_to_a_new_deputy(open_page, seat):
    page = open_page(DESKTOP, account(Role.STAFF))
    page.get_by_role("link", name="代表", exact=True).first.click()
    page.get_by_role("link", name="届中退出").click()
    page.get_by_role("link", name="看预警表").click()
    page.get_by_label("期间").select_option(str((TODAY - dt.timedelta(days=10)).year))
    press(page, page.get_by_role("button", name="查询"))
    expect(page.get_by_text("出席率：0.0%（0/1），低于 50%")).to_be_visible()
    page.get_by_role("link", name="县：登记线索").click()
    page.get_by_label("线索从哪里来").fill("预警表")
    expect(page.get_by_label("线索内容")).to_have_value("出席率：0.0%（0/1），低于 50%")
    press(page, page.get_by_role("button", name="登记线索"))

    say(page, "核实")
    say(page, "约谈提醒")
    say(page, "主任会议研究")
    yesterday = (TODAY - dt.timedelta(days=1)).isoformat()
    say(page, "接受辞职", 代表职务到哪一天为止=yesterday)
    expect(page.get_by_role("heading", level=1)).to_contain_text("已结束职务")
    assert serious_faults(page) == []

    page.get_by_role("link", name="看缺额").click()
    page.get_by_role("link", name="开始补选").click()
    press(page, page.get_by_role("button", name="开始补选"))
    page.get_by_role("link", name="登记候选人").click()
    page.get_by_label("姓名", exact=True).fill("钱新来")
    page.get_by_label("性别").select_option("男")
    page.get_by_label("谁提名推荐").fill("选民十五人联名")
    press(page, page.get_by_role("button", name="登记候选人"))
    for _ in range(4):
        page.get_by_role("link", name="登记四关审核").click()
        page.get_by_label("通过", exact=True).check()
        page.get_by_label("审核单位").fill("县委组织部")
        page.get_by_label("审核意见").fill("同意")
        press(page, page.get_by_role("button", name="登记四关审核"))
    page.get_by_role("link", name="登记选举结果").click()
    page.get_by_label("登记选民数").fill("1000")
    page.get_by_label("参加投票人数").fill("800")
    page.get_by_label("钱新来得票").fill("700")
    press(page, page.get_by_role("button", name="登记选举结果"))
    expect(page.get_by_role("link", name="钱新来")).to_be_visible()
    assert serious_faults(page) == []

    new = Mandate.objects.get(deputy__name="钱新来")
    assert (new.begins_on, new.district) == (TODAY, seat.district)
    page.set_viewport_size(PHONE)
    assert fits(page)
    page.get_by_role("link", name="缺额和补选").click()
    assert fits(page)
    expect(page.get_by_text("本届没有届中空出、还没有补上的名额。")).to_be_visible()
