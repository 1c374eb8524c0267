"""From computing to the second version: the office, a deputy on the phone, another officer."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarYear
from congress_portal.core.periods import quarter_of
from congress_portal.evaluations.models import ScoreSheet
from tests.browser.steps import DESKTOP, PHONE, account, fits, with_password
from tests.factories.core import UserFactory
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def period():
    today = dt.date.today()
    for year in (today.year, today.year + 1):
        CalendarYear.objects.get_or_create(year=year)
    return quarter_of(today).previous()


def press(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status")).to_be_visible()


def test_an_objection_leads_to_the_second_version(open_page, period):
    deputy = DeputyFactory(name="李秀兰", user=account(Role.DEPUTY))
    MandateFactory(deputy=deputy)
    scheme = SchemeFactory(name="代表履职评价", subject_type="deputy", objection_days=5)
    IndicatorFactory(scheme=scheme, name="接待", target=1)
    scorer = account(Role.STAFF)
    other = with_password(UserFactory(username="staff-2", role=Role.STAFF))

    office = open_page(DESKTOP, scorer)
    office.get_by_role("link", name="考评", exact=True).click()
    office.get_by_role("button", name="计算", exact=True).click()
    press(office, "核对")
    press(office, "公示")

    phone = open_page(PHONE, deputy.user)
    phone.goto(_page(phone, ""))
    phone.get_by_role("link", name="代表履职评价").click()
    phone.get_by_role("link", name="李秀兰").click()
    assert fits(phone)
    phone.get_by_role("link", name="对这一项提异议").click()
    assert fits(phone)
    phone.get_by_label("请写明").fill("季度第一天的接待没有记")
    phone.get_by_role("button", name="提交").dblclick()
    expect(phone.get_by_role("status")).to_contain_text("异议已提交")
    assert fits(phone)

    second = open_page(DESKTOP, other)
    second.goto(_page(second, "appeals/"))
    second.get_by_role("link", name="李秀兰").click()
    second.get_by_label("成立：改正记录后另出新版本").check()
    second.get_by_label("答复").fill("查到了，补记")
    second.get_by_role("button", name="答复").click()
    expect(second.get_by_text("查到了，补记")).to_be_visible()

    ReceptionFactory(held_on=period.first, deputies=[deputy])
    ScoreSheet.objects.update(objections_until=dt.date.today() - dt.timedelta(days=1))
    second.goto(_page(second, f"{ScoreSheet.objects.get().pk}/"))
    press(second, "结束异议期")
    second.get_by_role("link", name="更正", exact=True).click()
    second.get_by_role("button", name="另算新版本").click()
    second.goto(_page(second, f"{ScoreSheet.objects.get(version=2).pk}/"))
    press(second, "核对")
    second.get_by_role("link", name="核对并发布").click()
    second.get_by_label("我已核对，同意发布").check()
    second.get_by_role("button", name="发布", exact=True).click()

    expect(second.get_by_text("已发布", exact=False).first).to_be_visible()
    assert list(ScoreSheet.objects.order_by("version").values_list("version", "state")) == [
        (1, "decided"), (2, "published"),
    ]  # fmt: skip
    assert [*office.faults, *phone.faults, *second.faults] == []


def _page(page, path):
    root = "/".join(page.url.split("/")[:3])
    return f"{root}/evaluations/{path}"
