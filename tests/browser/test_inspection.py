"""A quarter's inspection in a real browser: three teams, no signal, an objection, the lock."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarYear
from stations import guards
from stations.models import (
    Assignment,
    InspectionCampaign,
    InspectionMark,
    InspectionSheet,
    SheetLine,
)
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff
from tests.factories.stations import OfficerFactory, StationFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "芦花-8812-Qm"
PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}
TOWNS = ("云溪镇", "滨湖镇", "竹坪镇")
WORDS = "一二三"
#: What the team takes off at each station of a town, and what is left of 100 by hand.
LOST = {"云溪镇": ("设施", "1.25", "98.75"), "滨湖镇": ("台账", "10.5", "89.50")}


@pytest.fixture(autouse=True)
def emptied(transactional_db):
    """The tables are emptied after the test, locked sheets and all; ``flush`` lays them anew."""
    yield
    guards.remove()


@pytest.fixture
def county():
    """Three towns with two stations each, an inspector of each town, the office, an officer."""
    year = timezone.localdate().year
    for each in (year, year + 1):
        CalendarYear.objects.get_or_create(year=each)
    county = CountyFactory()
    standard = homes.InspectionStandardFactory(name="家站季度考评")
    for number, (name, points) in enumerate((("设施", 40), ("台账", 60)), start=1):
        homes.PointsItemFactory(standard=standard, number=number, name=name, points=points)
    for number, (word, name) in enumerate(zip(WORDS, TOWNS, strict=True), start=1):
        town = TownFactory(name=name, code=f"4212991{number:02d}000", parent=county)
        for place in ("代表之家", "联络站"):
            StationFactory(name=f"{name}{place}", region=town)
        UserFactory(
            username=f"insp{number}", name=f"组长{word}", role=Role.INSPECTOR, role__region=county
        )
    return county


class Play:
    def __init__(self, browser, address):
        self.browser, self.address = browser, address
        self.faults = []
        self.contexts = []

    def enter(self, user, size=DESKTOP):
        user.set_password(PASSWORD)
        user.save()
        context = self.browser.new_context(viewport=size, locale="zh-CN")
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{self.address}/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        return page

    def go(self, page, path):
        page.goto(f"{self.address}{path}")
        assert fits(page)
        return page


@pytest.fixture
def play(browser, live_server, county):
    found = Play(browser, live_server.url)
    yield found
    for context in found.contexts:
        context.close()


def fits(page):
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def said(page, words):
    expect(page.locator("main [role=status]:not(#outbox)").first).to_contain_text(words)


def organise(play, page, county):
    """Calendar, three teams with a member of a town each, the automatic assignment, the start."""
    today = timezone.localdate()
    play.go(page, "/inspection/new/")
    page.get_by_label("考评开始").fill((today - dt.timedelta(days=3)).isoformat())
    page.get_by_label("打分截止").fill(today.isoformat())
    page.get_by_label("异议期").fill("2")
    page.get_by_label("整改期限").fill((today + dt.timedelta(days=30)).isoformat())
    page.get_by_role("button", name="保存").click()
    said(page, "日程已保存")
    campaign = InspectionCampaign.objects.get()
    for number, word in enumerate(WORDS, start=1):
        play.go(page, f"/inspection/{campaign.pk}/teams/new/")
        page.get_by_label("组别").fill(f"第{word}考评组")
        page.get_by_role("button", name="建立").click()
        page.get_by_label("成员", exact=True).select_option(label=f"组长{word}")
        page.get_by_label("来自哪个镇").select_option(label=TOWNS[number - 1])
        page.get_by_label("组长", exact=True).check()
        page.get_by_role("button", name="加入").click()
        said(page, "已加入")
    return campaign


def refuse_crossing(page):
    """The last team is of the last town: its stations are refused by the form."""
    page.get_by_label("考评哪里").select_option(label=f"{TOWNS[2]}联络站")
    page.get_by_role("button", name="安排").click()
    expect(page.get_by_role("alert")).to_contain_text("不能考评本地的家站")
    assert not Assignment.objects.exists()


def share_out(play, page, campaign):
    play.go(page, f"/inspection/{campaign.pk}/propose/")
    page.get_by_role("button", name="分工").click()
    said(page, "新安排 6 处：第一考评组 2 处，第二考评组 2 处，第三考评组 2 处")
    rows = Assignment.objects.select_related("region", "team")
    crossed = [row for row in rows if row.team.members.filter(home=row.region).exists()]
    assert crossed == []
    step(page, "开始考评", "考评已经开始")


def step(page, label, told):
    page.get_by_role("link", name=label).click()
    page.get_by_role("button", name=label).click()
    said(page, told)


def score(play, page, sheet, *, offline):
    """On the phone; without signal the page is even opened anew, and sends itself afterwards."""
    item, points, _ = LOST.get(sheet.assignment.region.name, ("", "", ""))
    path = f"/inspection/sheets/{sheet.pk}/score/"
    play.go(page, path)
    if offline:
        page.context.set_offline(True)
        page.reload()
    page.get_by_label("考评日期").fill(timezone.localdate().isoformat())
    if item:
        page.get_by_label(f"扣分（{item}）").fill(points)
        page.get_by_label(f"扣分原因（{item}）").fill("记录不全")
    else:
        page.get_by_label("各项都看过，都没有扣分").check()
    expect(page.locator("#kept")).to_contain_text("已保存在本机")
    assert fits(page)
    page.get_by_role("button", name="提交").click()
    if offline:
        expect(page.locator("#kept")).to_contain_text("没有信号")
        assert InspectionSheet.objects.get(pk=sheet.pk).edition == 0
        page.reload()
        expect(page.locator("#kept")).to_contain_text("没有信号")
        page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("打分表")
    assert InspectionSheet.objects.get(pk=sheet.pk).state == "submitted"


def score_all(play, campaign):
    for number in range(3):
        user = campaign.teams.order_by("order")[number].members.get().user
        page = play.enter(user, PHONE)
        play.go(page, f"/inspection/{campaign.pk}/")
        expect(page.locator("#taken")).to_contain_text("已备好 2 张打分表")
        rows = InspectionSheet.objects.filter(assignment__team__members__user=user)
        for count, sheet in enumerate(rows.order_by("pk")):
            score(play, page, sheet, offline=number == 0 and count == 0)


def object_and_answer(play, office, officer, campaign):
    """The officer says that the books were there; the office takes 10.5 down to 2.5."""
    page = play.enter(officer, PHONE)
    play.go(page, f"/inspection/{campaign.pk}/")
    page.get_by_role("link", name="已提交").click()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_label("对哪一项").select_option(index=2)
    page.get_by_label("异议和理由").fill("台账放在镇里备查")
    page.get_by_role("button", name="提出异议").click()
    said(page, "异议已交人大机关")
    play.go(office, f"/inspection/{campaign.pk}/")
    office.get_by_role("link", name="滨湖镇联络站：台账").click()
    office.get_by_label("异议成立，改分").check()
    office.get_by_label("改后扣几分").fill("2.5")
    office.get_by_label("答复").fill("经核实台账基本齐全")
    office.get_by_role("button", name="答复").click()
    said(office, "已答复")


def test_a_quarter_with_three_teams(play, county):
    office_user, officer = staff(name="周静"), UserFactory(role=Role.STATION_OFFICER)
    station = county.children.get(name="滨湖镇").stations.get(name="滨湖镇联络站")
    OfficerFactory(station=station, user=officer)
    office = play.enter(office_user)
    campaign = organise(play, office, county)
    refuse_crossing(office)
    share_out(play, office, campaign)
    score_all(play, campaign)
    play.go(office, f"/inspection/{campaign.pk}/")
    step(office, "公开评分", "评分已经公开")
    object_and_answer(play, office, officer, campaign)
    InspectionCampaign.objects.update(  # the working days pass
        closes_on=timezone.localdate() - dt.timedelta(days=2),
        objections_until=timezone.localdate() - dt.timedelta(days=1),
    )
    play.go(office, f"/inspection/{campaign.pk}/")
    step(office, "锁定考评", "考评已经锁定")

    marks = {row.station.name: row.score for row in InspectionMark.objects.all()}
    assert marks == {
        "云溪镇代表之家": Decimal("9.88"),  # of 98.75, on the scale of ten
        "云溪镇联络站": Decimal("9.88"),
        "滨湖镇代表之家": Decimal("8.95"),
        "滨湖镇联络站": Decimal("9.75"),  # 100 − 2.5
        "竹坪镇代表之家": Decimal("10.00"),
        "竹坪镇联络站": Decimal("10.00"),
    }
    play.go(office, f"/inspection/{campaign.pk}/results/")
    towns = office.get_by_role("table").first.get_by_role("row").all_inner_texts()[1:]
    assert [line.split() for line in towns] == [
        ["1", "竹坪镇", "2", "100.00"],
        ["2", "云溪镇", "2", "98.75"],
        ["3", "滨湖镇", "2", "93.50"],  # (89.50 + 97.50) / 2
    ]
    assert SheetLine.objects.filter(deduction__gt=0).count() == 4
    assert play.faults == []
