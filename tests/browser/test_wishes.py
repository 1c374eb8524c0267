"""A small wish from a voter's phone to the thanks: published, claimed, fulfilled with a photo."""

import datetime as dt
import os
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from congress_portal.core.workdays import seed_calendar
from suggestions.models import Wish
from tests.browser.steps import DESKTOP, PHONE, fits, press, sign_in, with_password
from tests.factories.core import VillageFactory, staff
from tests.factories.stations import StationFactory
from tests.factories.uploads import picture
from tests.factories.voices import ConsentTextFactory
from tests.factories.workflow import deputy_with_account

pytestmark = pytest.mark.django_db(transaction=True)


def _looked_at(page, name):
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)
    assert fits(page), name


def _open(page, live_server, user, address):
    page.goto(f"{live_server.url}{address}")
    sign_in(page, user.username)
    page.wait_for_url(re.compile(re.escape(address)))


@pytest.fixture
def town():
    seed_calendar(timezone.localdate().year)
    station = StationFactory(number="JZ880", name="东街联络站")
    VillageFactory(parent=station.region, name="东村")
    ConsentTextFactory(in_force_on=timezone.localdate() - dt.timedelta(days=1))
    return station


def test_a_wish_goes_from_the_phone_to_the_thanks(open_page, live_server, town):
    voter = open_page(PHONE, java_script_enabled=False)
    voter.goto(f"{live_server.url}/site/wishes/")
    press(voter, voter.get_by_role("link", name="许个心愿"))
    voter.get_by_label("什么心愿").fill("奶奶想要一盏亮一点的台灯")
    voter.get_by_label("在哪个村（社区）").select_option(label="东村")
    _looked_at(voter, "write")
    press(voter, voter.get_by_role("button", name="发出"))
    expect(voter.get_by_text("JZ880-")).to_be_visible()
    progress = voter.url

    office = open_page(DESKTOP)
    wish = Wish.objects.get()
    _open(office, live_server, with_password(staff()), f"/wishes/{wish.pk}/")
    press(office, office.get_by_role("link", name="公布", exact=True))
    office.get_by_label("公布的文字").fill("一盏亮一点的台灯")
    _looked_at(office, "publish")
    press(office, office.get_by_role("button", name="公布", exact=True))
    _looked_at(office, "published")

    deputy = deputy_with_account()
    phone = open_page(PHONE)
    _open(phone, live_server, with_password(deputy.user), "/wishes/?state=open")
    _looked_at(phone, "wishes")
    press(phone, phone.get_by_role("link", name="一盏亮一点的台灯"))
    press(phone, phone.get_by_role("link", name="我来认领"))
    later = timezone.localdate() + dt.timedelta(days=7)
    phone.get_by_label("答应哪天以前实现").fill(later.isoformat())
    press(phone, phone.get_by_role("button", name="我来认领"))
    press(phone, phone.get_by_role("link", name="登记实现"))
    phone.get_by_label("怎样实现的").fill("送去一盏护眼台灯")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG")}
    phone.get_by_label("照片").set_input_files(photo)
    _looked_at(phone, "fulfil")
    press(phone, phone.get_by_role("button", name="登记实现"))
    _looked_at(phone, "fulfilled")

    voter.goto(progress)
    expect(voter.get_by_text("送去一盏护眼台灯").first).to_be_visible()
    voter.get_by_label("想说的话").fill("谢谢您")
    _looked_at(voter, "thank")
    press(voter, voter.get_by_role("button", name="谢谢"))
    expect(voter.get_by_text("您的谢意已经转达")).to_be_visible()
    voter.goto(f"{live_server.url}/site/wishes/")
    expect(voter.get_by_text("许愿人已致谢")).to_be_visible()
    expect(voter.get_by_alt_text("心愿实现的照片")).to_be_visible()
    assert "奶奶" not in voter.content()
    _looked_at(voter, "public")
    office.goto(f"{live_server.url}/site/wishes/")
    _looked_at(office, "public")
