"""The year-end review from a town's recommendation to the honour in the deputy's file."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarYear
from congress_portal.evaluations.models import YearReview
from tests.browser.steps import DESKTOP, PHONE, account, fits, press, with_password
from tests.factories.core import CountyFactory, UserFactory
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _deputy(county):
    user = with_password(UserFactory(username="zhang", role=Role.DEPUTY))
    deputy = DeputyFactory(name="张伟", user=user)
    MandateFactory(deputy=deputy, term=TermFactory(region=county, ends_on="2199-11-30"))
    return deputy


def test_a_town_recommends_the_office_issues_and_the_deputy_reads(open_page):
    _lay_down_the_calendar()
    county = CountyFactory()
    deputy = _deputy(county)
    staff = account(Role.STAFF, role__region=county)
    clerk = account(Role.TOWN_STAFF, role__region=deputy.town)

    office = open_page(DESKTOP, staff)
    press(office, office.get_by_role("link", name="年底评优"))
    press(office, office.get_by_role("link", name="新建评优"))
    office.get_by_label("年度", exact=True).fill("2026")
    office.get_by_label("称号和名额").fill("优秀人大代表 1")
    assert fits(office)
    press(office, office.get_by_role("button", name="保存"))
    address = office.url

    town = open_page(PHONE, clerk)
    town.goto(address)
    press(town, town.get_by_role("link", name="推荐候选人"))
    town.get_by_label("优秀人大代表").check()
    town.get_by_label("代表", exact=True).fill("张伟")
    town.get_by_label("推荐理由").fill("接待日从不缺席")
    assert fits(town)
    press(town, town.get_by_role("button", name="推荐"))
    expect(town.get_by_text("接待日从不缺席")).to_be_visible()

    office.reload()
    press(office, office.get_by_role("link", name="确定候选人"))
    office.get_by_label("不投票，由会议研究确定").check()
    press(office, office.get_by_role("button", name="确定候选人"))
    press(office, office.get_by_role("link", name="公示", exact=True))
    office.get_by_label("张伟").check()
    office.get_by_label("确定的依据").fill("经主任会议研究确定")
    press(office, office.get_by_role("button", name="公示"))
    expect(office.get_by_text("期满才能颁发").first).to_be_visible()
    expect(office.get_by_role("link", name="颁发")).to_have_count(0)

    _let_the_publicity_pass()
    office.reload()
    press(office, office.get_by_role("link", name="颁发"))
    press(office, office.get_by_role("button", name="颁发"))
    expect(office.get_by_text("✓ 已表彰")).to_be_visible()
    assert fits(office)

    phone = open_page(PHONE, deputy.user)
    phone.goto(address)
    expect(phone.get_by_text("✓ 已表彰")).to_be_visible()
    assert fits(phone)
    press(phone, phone.get_by_role("link", name="张伟").first)
    expect(phone.get_by_text("2026年度优秀人大代表").first).to_be_visible()
    assert office.faults + town.faults + phone.faults == []


def _lay_down_the_calendar():
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        CalendarYear.objects.get_or_create(year=year)


def _let_the_publicity_pass():
    """The last day was yesterday; the browser's clock cannot be moved."""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    YearReview.objects.update(publicised_on=yesterday, public_until=yesterday)
