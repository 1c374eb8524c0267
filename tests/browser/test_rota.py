"""The rota and the reception desk in a browser, as clerk, deputies and officer use them."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from congress_portal.core.enums import Level, Role
from congress_portal.core.models import CalendarYear
from congress_portal.core.workdays import CalendarMissingError, seed_calendar
from stations.models import Reception, Rota, RotaDuty
from suggestions.models import Voice
from tests.factories import homes
from tests.factories.core import TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import OfficerFactory, PostingFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "芦花-8812-Qm"
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


@pytest.fixture
def as_user(browser: Browser, live_server):
    """Signed in at a size; script errors and refused resources are collected in ``faults``."""
    contexts = []

    def make(user, size) -> Page:
        user.set_password(PASSWORD)
        user.save()
        context = browser.new_context(viewport=size, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        return page

    yield make
    for context in contexts:
        context.close()


def fits(page):
    """Nothing scrolls sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def town_with(people):
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        _known(year)
    town = TownFactory(name="云溪镇")
    station = StationFactory(region=town, name="云溪代表之家")
    term = TermFactory(
        level=Level.TOWN, begins_on=dt.date(2020, 1, 1), ends_on=dt.date(today.year + 2, 1, 1)
    )
    deputies = []
    for n in range(people):
        user = UserFactory(username=f"deputy-{n}", role=Role.DEPUTY)
        deputy = DeputyFactory(town=town, user=user)
        MandateFactory(deputy=deputy, term=term, level=Level.TOWN)
        PostingFactory(station=station, deputy=deputy)
        deputies.append(deputy)
    homes.RotaRuleFactory(station=station, day_of_month=15, begins_on=today)
    return town, station, deputies


def _known(year):
    """The year's holidays, or none where they are not published yet."""
    try:
        seed_calendar(year)
    except CalendarMissingError:
        CalendarYear.objects.create(year=year)


def test_a_rota_is_drawn_up_released_and_swapped_with_consent(as_user):
    town, _, (first, second) = town_with(2)
    clerk = as_user(town_clerk(town), DESKTOP)

    clerk.get_by_role("link", name="轮值", exact=True).click()
    clerk.get_by_role("link", name="编排轮值表").click()
    clerk.get_by_role("button", name="编排").click()
    expect(clerk.get_by_role("heading", name="每位代表几次")).to_be_visible()
    clerk.get_by_role("link", name="核对并发布").click()
    clerk.get_by_role("button", name="发布").dblclick()
    expect(clerk.get_by_role("status").first).to_contain_text("已发布")
    assert Rota.objects.get().state == "released"
    assert RotaDuty.objects.count() == 12

    asking = as_user(first.user, PHONE)
    asking.get_by_role("link", name="我的值班").click()
    assert fits(asking)
    asking.get_by_role("link", name="请人换班").first.click()
    asking.get_by_label("请谁").select_option(value=str(second.pk))
    asking.get_by_label("原因").fill("出差")
    asking.get_by_role("button", name="提出").click()
    expect(asking.get_by_role("status")).to_contain_text("同意之后才算换好")
    assert fits(asking)

    asked = as_user(second.user, PHONE)
    asked.get_by_role("link", name="我的值班").click()
    asked.get_by_role("link", name=f"{first.name}请您替").click()
    asked.get_by_role("button", name="同意换班").click()
    expect(asked.get_by_role("status")).to_contain_text("已换好")
    assert RotaDuty.objects.all().standing().filter(deputy=second).count() == 7
    assert clerk.faults + asking.faults + asked.faults == []


def test_an_officer_receives_on_the_phone(as_user):
    _, station, deputies = town_with(1)
    today = timezone.localdate()
    slot = homes.RotaSlotFactory(rota=None, station=station, held_on=today)
    homes.RotaDutyFactory(slot=slot, deputy=deputies[0])
    officer = UserFactory(username="officer", role=Role.STATION_OFFICER)
    OfficerFactory(station=station, user=officer)
    page = as_user(officer, PHONE)

    page.get_by_role("link", name="接待台：登记来访选民").click()
    page.get_by_role("link", name="登记到岗代表").click()
    page.get_by_role("button", name="登记到岗情况").click()
    for matter in ("路灯不亮", "水渠堵了"):
        page.get_by_label("反映什么").fill(matter)
        page.get_by_role("button", name="登记这一位").dblclick()
        expect(page.get_by_role("status")).to_contain_text("可以接着登记下一位")
        assert fits(page)

    expect(page.get_by_role("heading", name="已登记 2 位")).to_be_visible()
    assert Voice.objects.count() == 2
    assert [each.deputy for each in Reception.objects.get().duties.all()] == deputies
    assert page.faults == []
