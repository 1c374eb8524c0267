"""At the station with a phone: ten items and a photo; the leader sees 8/10 and two findings."""

import io

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarYear
from stations.models import Rectification, StationCheck
from tests.browser.axe import serious_faults
from tests.browser.steps import fits, with_password
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff
from tests.factories.stations import OfficerFactory, StandardFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}
TEN = [
    f"有{word}"
    for word in ["组织", "场所", "牌子", "设施", "制度", "经费", "人员", "活动", "记录", "档案"]
]
LACKING = {"有经费": "无", "有人员": "部分"}


@pytest.fixture
def people():
    for year in (timezone.localdate().year, timezone.localdate().year + 1):
        CalendarYear.objects.get_or_create(year=year)
    county = CountyFactory()
    station = StationFactory(name="云溪镇联络站", region=TownFactory(name="云溪镇", parent=county))
    StandardFactory(name="十有", items=TEN)
    officer = UserFactory(username="officer", role=Role.STATION_OFFICER)
    OfficerFactory(station=station, user=officer)
    leader = UserFactory(username="leader", role=Role.LEADER, role__region=county)
    office = staff(role__region=county)
    for person in (officer, leader, office):
        with_password(person)
    return officer, office, leader


def _photo():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "JPEG")
    return {"name": "牌子.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_ten_items_with_a_photo_then_two_findings(people, open_page):
    officer, office, leader = people
    phone = open_page(PHONE, officer)
    phone.get_by_role("link", name="达标情况").first.click()
    phone.get_by_role("link", name="登记检查情况").click()
    for name in TEN:
        state = LACKING.get(name, "有")
        phone.get_by_role("group", name=name).get_by_label(state, exact=True).check()
    phone.get_by_text("说明、照片（有牌子）").click()
    phone.get_by_label("照片（有牌子）").set_input_files(_photo())
    assert fits(phone)
    assert serious_faults(phone) == []
    phone.get_by_role("button", name="登记检查情况").click()
    expect(phone.get_by_text("80.0%（8/10）")).to_be_visible()
    assert fits(phone)
    assert StationCheck.objects.get(item__name="有牌子").photo

    desk = open_page(DESKTOP, office)
    desk.goto(phone.url)
    desk.get_by_role("link", name="缺项转整改").click()
    desk.get_by_role("button", name="转整改").click()
    expect(desk.get_by_text("已转整改 2 项")).to_be_visible()

    seen = open_page(DESKTOP, leader)
    seen.goto(phone.url)
    expect(seen.get_by_text("80.0%（8/10）")).to_be_visible()
    expect(seen.get_by_role("link", name="十有：有经费")).to_be_visible()
    expect(seen.get_by_role("link", name="十有：有人员")).to_be_visible()
    expect(seen.get_by_role("link", name="登记检查情况")).to_have_count(0)
    assert serious_faults(seen) == []
    assert Rectification.objects.count() == 2
    assert [page.faults for page in (phone, desk, seen)] == [[], [], []]
