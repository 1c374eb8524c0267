"""Duty files in the background, in a real browser: with scripts the page follows by itself."""

import zipfile

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from congress_portal.core.batches import services
from congress_portal.core.enums import Role
from congress_portal.core.models import Batch
from tests.browser.steps import DESKTOP, PHONE, account, fits
from tests.factories.core import CountyFactory, TownFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db(transaction=True)


def begin(page, live_server):
    page.goto(live_server.url + reverse("desk:duty_files"))
    assert fits(page)
    page.get_by_role("button", name="开始制作").dblclick()
    expect(page.get_by_text("共 2 份，已排队")).to_be_visible()
    assert fits(page)
    return Batch.objects.get()


@pytest.fixture
def office(db):
    town = TownFactory(name="云溪镇")
    for name in ("张伟", "李静"):
        DeputyFactory(name=name, town=town, seat=True)
    return account(Role.STAFF, role__region=CountyFactory())


def test_the_page_follows_the_work_and_offers_the_file(open_page, live_server, office, tmp_path):
    page = open_page(PHONE, office)
    batch = begin(page, live_server)

    services.work(batch.pk, seconds=0)
    expect(page.get_by_text("已做好 1 份")).to_be_visible()
    services.work(batch.pk)

    expect(page.get_by_text("下载（")).to_be_visible()
    assert fits(page)
    with page.expect_download() as download:
        page.get_by_text("下载（").click()
    download.value.save_as(tmp_path / "files.zip")
    assert len(zipfile.ZipFile(tmp_path / "files.zip").namelist()) == 2
    assert page.faults == []


def test_without_scripts_the_link_shows_the_newest_state(open_page, live_server, office):
    page = open_page(DESKTOP, office, java_script_enabled=False)
    batch = begin(page, live_server)
    services.work(batch.pk)

    page.get_by_role("link", name="看最新进度").click()

    expect(page.get_by_text("下载（")).to_be_visible()
