"""A town clerk finds a station without a head, registers one, mends the hours, prints the board."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pypdf import PdfReader

from stations.enums import OfficerKind
from stations.models import Station, StationOfficer
from tests.browser.axe import open_everything, serious_faults
from tests.browser.steps import DESKTOP, PHONE, fits, with_password
from tests.factories import homes
from tests.factories.core import TownFactory, staff, town_clerk
from tests.factories.stations import OfficerFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_clerk_fills_a_vacancy_and_prints_the_board(open_page, tmp_path):
    town = TownFactory(name="云溪镇")
    station = StationFactory(region=town, name="云溪代表之家")
    OfficerFactory(station=station, kind=OfficerKind.LIAISON, name="李联络")
    page = open_page(PHONE, with_password(town_clerk(town)))

    page.get_by_text("菜单").click()
    page.get_by_role("link", name="家站", exact=True).last.click()
    page.get_by_role("link", name="人员空缺").click()
    assert fits(page)
    page.get_by_role("link", name="云溪代表之家").click()
    page.get_by_role("link", name="现在登记").click()
    page.get_by_label("职务").select_option("head")
    page.get_by_label("姓名").fill("何站长")
    page.get_by_role("button", name="登记").dblclick()
    expect(page.get_by_role("status").filter(has_text="已登记何站长")).to_be_visible()
    assert StationOfficer.objects.filter(kind="head").count() == 1
    assert fits(page)

    page.get_by_role("link", name="修改地址和开放时间").click()
    page.get_by_label("开放时间").fill("每周三 9:00—11:00")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已修改")).to_be_visible()
    assert Station.objects.get().opening_hours == "每周三 9:00—11:00"

    with page.expect_download() as waiting:
        page.get_by_role("link", name="A4").first.click()
    waiting.value.save_as(tmp_path / "board.pdf")
    assert "每周三" in PdfReader(tmp_path / "board.pdf").pages[0].extract_text()
    assert page.faults == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_network_is_read_without_scripts(open_page, live_server, size):
    town = TownFactory(name="云溪镇")
    home = StationFactory(region=town, name="云溪代表之家")
    homes.RegionOutlineFactory(region=town)
    StationFactory.create_batch(3, region=TownFactory(name="石门镇"))
    homes.ModelStationFactory(station=home, begins_on=dt.date(2020, 1, 1))
    page = open_page(size, with_password(staff()), java_script_enabled=False)

    page.goto(f"{live_server.url}/registers/network/")
    assert page.locator(".network-map .mark").count() >= 4
    page.get_by_role("link", name="石门镇：3 个家站").click()
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text("共 3 个")
    page.get_by_role("link", name="示范家站").click()
    page.get_by_role("link", name="云溪代表之家").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("云溪代表之家")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_pages_are_clean_for_people_with_aids(open_page, live_server, size):
    figure = homes.FeatureFigureFactory()
    station = figure.profile.station
    homes.FixtureFactory(station=station)
    station.tags.add(homes.ServiceTagFactory())
    homes.RegionOutlineFactory(region=station.region)
    StationFactory.create_batch(3)
    term = homes.ModelStationFactory(begins_on=dt.date(2020, 1, 1))
    homes.ExchangeFactory(host=term.station).materials.add(
        homes.MaterialFactory(station=term.station)
    )
    page = open_page(size, with_password(staff()))
    names = ("list", "features", "spread")
    of_station = ("detail", "edit", "add_officer", "compare")
    addresses = [
        *(reverse(f"stations:{name}") for name in names),
        *(reverse(f"stations:{name}", args=[station.pk]) for name in of_station),
        reverse("desk:network"),
        reverse("desk:network_station", args=[station.pk]),
        reverse("desk:models"),
        reverse("desk:model", args=[term.pk]),
    ]

    found = []
    for address in addresses:
        assert page.goto(f"{live_server.url}{address}").ok, address
        open_everything(page)
        found += serious_faults(page)
        assert fits(page), address

    assert found == []
    assert page.faults == []
