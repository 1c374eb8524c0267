"""The public pages of this door at 320 px, in large type and for axe; a complaint to its end."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from congress_portal.public.models import AbuseReport
from tests.browser.axe import open_everything, serious_faults
from tests.browser.steps import DESKTOP, PHONE, fits, press, with_password
from tests.factories.core import VillageFactory, staff
from tests.factories.deputies import DeputyFactory
from tests.factories.public import AbuseReportFactory, PublishedNewsFactory
from tests.factories.stations import PostingFactory, StationFactory
from tests.factories.suggestions import SuggestionFactory, VoiceFactory
from tests.factories.voices import (
    ConsentTextFactory,
    DeedFactory,
    VoiceCaseFactory,
    WishClaimFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def rows(settings):
    settings.NOTICE_EMAIL = True
    today = timezone.localdate()
    station = StationFactory(number="JZ779")
    VillageFactory(parent=station.region, name="东村")
    ConsentTextFactory(in_force_on=today - dt.timedelta(days=1))
    deputy = DeputyFactory(town=station.region, seat=True)
    PostingFactory(deputy=deputy, station=station)
    suggestion = SuggestionFactory(
        state="handling", submitted_on=dt.date(2026, 7, 1), handed_over_on=dt.date(2026, 7, 2),
        consents_to_publication=True, published_on=dt.date(2026, 9, 1),
    )  # fmt: skip
    news = PublishedNewsFactory(published_on=today)
    voice = VoiceFactory(
        station=station, region=station.region, raised_on=today, has_consent=True,
        visitor_email="a@example.com", told_by="email",
    )  # fmt: skip
    WishClaimFactory(wish__state="fulfilled", result="送去一盏", fulfilled_on=today)
    DeedFactory(verification="verified", is_published=True, amount=3500, beneficiaries=120)
    return {
        "news": news,
        "pages": [
            reverse("public:deputy", args=[deputy.pk]),
            reverse("public:write_deputy", args=[deputy.pk]),
            reverse("public:write_station", args=[station.number]),
            reverse("public:write"),
            reverse("public:voice", args=[VoiceCaseFactory(voice=voice).token]),
            reverse("public:suggestion", args=[suggestion.pk]),
            reverse("public:report", args=["suggestion", suggestion.pk]),
            reverse("public:report_answer", args=[AbuseReportFactory().token]),
            reverse("public:open"),
            reverse("public:wishes"),
            reverse("public:write_wish"),
            reverse("public:deeds"),
        ],
    }


@pytest.mark.parametrize("elder", [False, True])
def test_public_pages_fit_320_and_satisfy_axe_without_scripts(open_page, live_server, rows, elder):
    page = open_page(NARROW)
    if elder:
        page.get_by_role("button", name="长辈版").click()
        page.wait_for_load_state()

    for address in rows["pages"]:
        page.goto(f"{live_server.url}{address}")
        assert page.locator("script").count() == 0, address
        assert fits(page), address
        open_everything(page)
        assert fits(page), address
        assert serious_faults(page) == []
    assert page.faults == []


def test_complaint_is_made_decided_and_answered(open_page, live_server, rows):
    office = with_password(staff())
    voter = open_page(PHONE, java_script_enabled=False)
    voter.goto(f"{live_server.url}/site/news/{rows['news'].pk}/")
    press(voter, voter.get_by_role("link", name="举报不当信息"))
    voter.get_by_label("泄露个人信息").check()
    voter.get_by_label("说明").fill("写了我家的门牌")
    press(voter, voter.get_by_role("button", name="发出举报"))
    expect(voter.get_by_role("heading", level=1)).to_have_text("待处理")
    report = AbuseReport.objects.get(target=rows["news"].pk, words="写了我家的门牌")

    page = open_page(DESKTOP, office)
    for address in (reverse("public:abuse_list"), reverse("suggestions:voice_inbox")):
        page.goto(f"{live_server.url}{address}")
        assert fits(page)
        assert serious_faults(page) == []
    page.goto(f"{live_server.url}{reverse('public:abuse_report', args=[report.pk])}")
    assert serious_faults(page) == []
    page.get_by_label("停止公开", exact=True).check()
    page.get_by_label("处理说明").fill("已核实，停止公开。")
    press(page, page.get_by_role("button", name="保存处理"))
    expect(page.get_by_text("已停止公开。")).to_be_visible()

    voter.reload()
    expect(voter.get_by_text("已核实，停止公开。")).to_be_visible()
    gone = voter.goto(f"{live_server.url}/site/news/{rows['news'].pk}/")
    assert gone.status == 404
