"""The public site on a narrow phone: nothing serious for axe, nothing scrolls sideways."""

import pytest
from django.urls import reverse

from stations.models import Station
from tests.browser.axe import open_everything, serious_faults
from tests.browser.steps import fits
from tests.factories.voices import ConsentTextFactory

pytestmark = pytest.mark.django_db(transaction=True)

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def county(cast):
    ConsentTextFactory()
    return cast


@pytest.fixture
def pages(county):
    number = county.row(Station, "a").number
    names = ("home", "stations", "deputies", "news", "rules", "suggestions", "figures", "open")
    return [
        *(reverse(f"public:{name}") for name in (*names, "write", "look_up")),
        reverse("public:station", args=[number]),
        reverse("public:write_station", args=[number]),
    ]


@pytest.mark.parametrize("zoom", [100, 200])
def test_public_pages_are_clean(browser, live_server, pages, zoom):
    context = browser.new_context(viewport=NARROW, locale="zh-CN")
    page, found = context.new_page(), []
    for address in pages:
        assert page.goto(f"{live_server.url}{address}").ok, address
        page.evaluate("size => { document.documentElement.style.fontSize = `${size}%` }", zoom)
        found += serious_faults(page)
        open_everything(page)
        found += serious_faults(page)
        assert fits(page), address
    context.close()

    assert found == []


def test_public_pages_work_without_scripts(browser, live_server, pages):
    context = browser.new_context(viewport=NARROW, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    for address in pages:
        assert page.goto(f"{live_server.url}{address}").ok, address
        assert page.get_by_role("heading", level=1).is_visible(), address
    context.close()
