"""A closed voice goes into the ledger, is verified, and stands on the public page."""

import re

import pytest
from django.utils import timezone

from tests.browser.steps import DESKTOP, PHONE, press, sign_in, with_password
from tests.browser.test_wishes import _looked_at
from tests.factories.core import EntryFactory, staff
from tests.factories.suggestions import VoiceFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_closed_voice_becomes_a_thing_done(open_page, live_server, size):
    today = timezone.localdate()
    EntryFactory(dictionary="field", name="道路交通甲")
    voice = VoiceFactory(raised_on=today, closed_on=today)
    page, address = open_page(size), f"/voices/{voice.pk}/"
    page.goto(f"{live_server.url}{address}")
    sign_in(page, with_password(staff()).username)
    page.wait_for_url(re.compile(re.escape(address)))

    press(page, page.get_by_role("link", name="记入办实事"))
    page.get_by_label("办了什么事").fill("东街口装了路灯")
    page.get_by_label("类别").select_option(label="道路交通甲")
    page.get_by_label("受益人数").fill("120")
    page.get_by_label("凭据和经过").fill("村里验收，路灯都亮。")
    _looked_at(page, "deed-new")
    press(page, page.get_by_role("button", name="记入台账"))
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("在公开网页列出").check()
    _looked_at(page, "deed")
    press(page, page.get_by_role("button", name="登记核实结果"))
    page.goto(f"{live_server.url}/done-for-people/")
    _looked_at(page, "deeds")
    page.goto(f"{live_server.url}/site/deeds/")
    _looked_at(page, "deeds-public")

    assert "为群众办实事 1 件" in page.content()
    assert page.faults == []
