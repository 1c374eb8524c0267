"""A voter's matter from the phone at the wall to its end, through every hand it passes."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from congress_portal.core.enums import Role
from congress_portal.core.workdays import CalendarMissingError, seed_calendar
from suggestions.enums import VoiceState
from suggestions.models import Suggestion, Voice
from suggestions.selectors.voice_states import state_of
from tests.browser.steps import PHONE, fits, press, with_password
from tests.factories.core import UnitFactory, UserFactory, VillageFactory, staff
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.voices import ConsentTextFactory, VoiceCaseFactory

pytestmark = pytest.mark.django_db(transaction=True)


def picture() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "gray").save(out, "JPEG")
    return {"name": "路灯.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def voter(browser: Browser):
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def place():
    today = timezone.localdate()
    for year in (today.year, today.year + 1):
        try:
            seed_calendar(year)
        except CalendarMissingError:
            from congress_portal.core.models import CalendarYear  # noqa: PLC0415 - rare year

            CalendarYear.objects.get_or_create(year=year, defaults={"source": "测试"})
    station = StationFactory(number="JZ001")
    VillageFactory(parent=station.region, name="东村")
    ConsentTextFactory(in_force_on=today - dt.timedelta(days=1))
    earlier = VoiceFactory(
        station=station, region=station.region, raised_on=today, matter="村口的路灯不亮了"
    )
    VoiceCaseFactory(voice=earlier)
    return station, earlier


def write(page: Page, url: str) -> None:
    page.goto(f"{url}/s/JZ001/write/")
    page.get_by_label("什么事").fill("村口的路灯不亮，晚上看不见路")
    page.get_by_label("在哪个村（社区）").select_option(label="东村")
    page.get_by_label("照片").set_input_files(picture())
    page.get_by_text("想让我们联系您").click()
    page.get_by_label("怎样称呼您").fill("记号王")
    page.get_by_label("联系电话").fill("13812345678")
    page.get_by_label("同意上面的说明").check()
    assert fits(page)
    press(page, page.get_by_role("button", name="发出"))
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记")
    expect(page.get_by_text("JZ001-")).to_be_visible()
    assert fits(page)


def take(page: Page, name: str, **fields: str) -> None:
    """Press a step's button on the voice's page, fill and send its form."""
    press(page, page.get_by_role("main").get_by_role("link", name=name, exact=True))
    for label, value in fields.items():
        field = page.get_by_label(label)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    assert fits(page)
    press(page, page.get_by_role("main").get_by_role("button", name=name, exact=True))


def test_voter_to_unit_and_back_to_a_suggestion(voter, open_page, live_server, place):
    station, earlier = place
    officer = OfficerFactory(station=station, user=UserFactory(role=Role.STATION_OFFICER)).user
    unit = UnitFactory(name="县住建局")
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    office, deputy = staff(), DeputyFactory(town=station.region, seat=True)
    write(voter, live_server.url)
    voice = Voice.objects.exclude(pk=earlier.pk).get()
    where = f"{live_server.url}/voices/{voice.pk}/"

    page = open_page(PHONE, with_password(officer))
    page.goto(f"{live_server.url}/voices/{earlier.pk}/")
    take(page, "受理")
    page.goto(where)
    expect(page.get_by_role("heading", name="很像的意见")).to_be_visible()
    assert "13812345678" not in page.content()
    page.goto(f"{live_server.url}/voices/{earlier.pk}/do/merge/")
    page.get_by_role("main").get_by_role("radio").first.check()
    press(page, page.get_by_role("main").get_by_role("button", name="合并"))
    assert state_of(earlier) == VoiceState.MERGED
    page.goto(where)
    take(page, "受理")
    take(page, "交单位办理", 主办单位="县住建局")

    page = open_page(PHONE, with_password(clerk))
    page.goto(where)
    assert "记号王" not in page.content()
    take(page, "答复", **{"答复（选民会看到）": "路灯已经换新"})
    assert {state_of(voice), state_of(earlier)} == {VoiceState.ANSWERED}

    voter.reload()
    expect(voter.get_by_text("路灯已经换新")).to_be_visible()
    voter.get_by_label("哪里没有解决").fill("昨晚又不亮了")
    press(voter, voter.get_by_role("button", name="没有解决，请重新办理"))
    assert state_of(voice) == VoiceState.REDO

    page = open_page(PHONE, with_password(office))
    page.goto(where)
    take(page, "转为建议", 由哪位代表提出=str(deputy))
    page.goto(where)
    take(page, "答复", **{"答复（选民会看到）": "建议有了答复，线路已经改好"})
    voter.reload()
    voter.get_by_label("满意", exact=True).check()
    press(voter, voter.get_by_role("button", name="解决了", exact=True))
    expect(voter.get_by_role("heading", level=1)).to_have_text("已办结")
    voter.goto(f"{live_server.url}/v/{earlier.case.token}/")  # who wrote first is told the same
    expect(voter.get_by_text("线路已经改好")).to_be_visible()
    assert "13812345678" not in voter.content()
    assert fits(voter)

    voice.refresh_from_db()
    assert voice.suggestion == Suggestion.objects.get()
    assert (voice.rating, state_of(voice)) == ("satisfied", VoiceState.CLOSED)
    assert str(officer) not in voter.content()
