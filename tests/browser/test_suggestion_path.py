"""One suggestion from the phone to the archive, in a real browser, by four roles (issue 3)."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from congress_portal.core.models import CalendarYear, Notice
from suggestions.models import Suggestion, TransitionLog
from suggestions.models.suggestion import months_later
from tests.factories import workflow as flow

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "芦花-8812-Qm"
PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}
TITLE = "关于修复白鹤村通村公路的建议"


class Play:
    """Each person in a browser of the own, all on the case's page."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.pages: dict[str, Page] = {}
        self.faults: list[str] = []
        self.case = 0

    def enter(self, name, user, size=DESKTOP):
        user.set_password(PASSWORD)
        user.save()
        page = self.browser.new_context(viewport=size, locale="zh-CN").new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        page.on("console", lambda m: m.type == "error" and self.faults.append(f"{name}: {m.text}"))
        page.goto(f"{self.address}/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        self.pages[name] = page
        return page

    def open(self, name):
        page = self.pages[name]
        page.goto(f"{self.address}/suggestions/{self.case}/")
        return page

    def step(self, name, label, said, **fields):
        """Open the case, press the button, fill the form (by labels), and read what was said."""
        page = self.open(name)
        link = page.get_by_role("link", name=label, exact=True)
        if not link.is_visible():
            page.get_by_text("其他操作").or_(page.get_by_text("可以办的事")).click()
        link.click()
        for field, value in fields.items():
            fill(page, field, value)
        assert fits(page)
        page.locator("main form .button-main").click()
        expect(page.get_by_role("status").first).to_contain_text(said)
        return page


def fill(page, label, value):
    if value is True:
        page.get_by_label(label, exact=True).check()
    elif isinstance(value, tuple):
        page.get_by_role("group", name=label).get_by_label(value[0], exact=True).check()
    elif isinstance(value, dt.date):
        page.get_by_label(label, exact=True).fill(value.isoformat())
    else:
        box = page.get_by_label(label)
        is_list = box.evaluate("box => box.tagName") == "SELECT"
        box.select_option(label=value) if is_list else box.fill(value)


def fits(page):
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def cast():
    """Four units; the calendars of this year and the next are laid down whatever the year is."""
    year = timezone.localdate().year
    for each in (year, year + 1):
        CalendarYear.objects.get_or_create(year=each)
    return flow.make_cast(units=4, years=())


@pytest.fixture
def play(browser, live_server, cast):
    found = Play(browser, live_server.url)
    found.enter("lead", cast.lead.user, PHONE)
    found.enter("mate", cast.mate.user, PHONE)
    found.enter("office", cast.office)
    for number in range(3):
        found.enter(f"unit{number}", cast.officer(number))
    found.enter("boss", cast.leader(0))
    yield found
    for page in found.pages.values():
        page.context.close()


def write_and_sign(play, cast):
    """On the phone: write, autosave, invite by initials, the colleague confirms, submit."""
    page = play.pages["lead"]
    page.get_by_role("link", name="写建议").first.click()
    page.get_by_label("题目").fill(TITLE)
    page.get_by_label("情况", exact=True).fill(flow.TEXT["situation"])
    expect(page.locator("#saved")).to_contain_text("已自动保存", timeout=10_000)
    page.get_by_label("分析", exact=True).fill(flow.TEXT["analysis"])
    page.get_by_label("具体建议", exact=True).fill(flow.TEXT["proposal"])
    page.get_by_label("类别").select_option(label=cast.field.name)
    page.get_by_label("一件建议只写了一个事项").check()
    assert fits(page)
    page.get_by_role("button", name="邀请附议").click()
    play.case = Suggestion.objects.get().pk
    page.get_by_label("姓名、拼音或首字母").fill(cast.mate.name)
    page.get_by_role("button", name="查找").click()
    page.get_by_label(cast.mate.name).first.check()
    page.get_by_role("button", name="邀请附议").click()
    play.open("mate").get_by_role("link", name="答复附议邀请").click()
    play.pages["mate"].get_by_role("button", name="同意附议").click()
    page = play.open("lead")
    page.get_by_text("其他操作").click()
    page.get_by_role("link", name="核对并提交").click()
    expect(page.get_by_text(f"{cast.mate.name}（已附议）")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status").first).to_contain_text("机关审核")


def hand_over(play, cast):
    """Reviewed and numbered; one lead and two assisting units; one gives it back."""
    page = play.open("office")
    page.get_by_role("link", name="审核", exact=True).click()
    page.get_by_role("button", name="受理并编号").click()
    expect(page.get_by_role("status").first).to_contain_text("已受理，编号")
    page.goto(f"{play.address}/suggestions/hand-over/")
    page.get_by_label("主办单位").select_option(label=str(cast.units[0]))
    page.get_by_text("会办单位").first.click()
    for unit in cast.units[1:3]:
        page.get_by_label(str(unit), exact=True).check()
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_role("heading", name="请核对：交办 1 件")).to_be_visible()
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已交办 1 件")
    for number in (0, 1):
        play.step(f"unit{number}", "签收", "已「签收」")
    play.step("unit2", "申请退办", "已「申请退办」", 退办理由="按职责应由水利部门会办")
    play.step("office", f"同意退办（{cast.units[2]}）", "已「同意退办」")
    office = {"代替哪家单位": f"{cast.units[2]}（会办，已退办）", "理由": "按职责改派"}
    play.step("office", "改派", "会办", 交给哪家单位=str(cast.units[3]), **office)


def reply(play, code, text, **more):
    play.step(
        "unit0",
        "登记沟通",
        "已「登记沟通」",
        方式=("面商",),
        与哪几位代表=(play.lead_name,),
        沟通内容="当面谈了修路方案",
    )
    told = {"联系人": "赵科长", "联系电话": "0700-1234567", "答复内容": text, **more}
    play.step("unit0", "提请审批", "已「提请审批」", 办理结果=(f"{code}类",), **told)
    play.step("boss", "签发答复", "已「签发答复」")


def rate(play, name, result, words, said):
    play.step(
        name,
        "评价答复",
        said,
        **CONTACTED,
        办理态度=("满意",),
        办理结果=(result,),
        意见=words,
    )


def test_from_a_draft_on_the_phone_to_the_archive(play, cast):
    play.lead_name = cast.lead.name
    write_and_sign(play, cast)
    hand_over(play, cast)
    until = months_later(timezone.localdate(), 5)
    play.step("unit0", "申请延期", "已「申请延期」", 申请延至=until, 理由="需要省级批复")
    play.step("office", "同意延期", "已「同意延期」")
    reply(play, "A", "已经修补坑槽。")
    rate(play, "lead", "满意", "", "等其他提出人评价")
    rate(play, "mate", "不满意", "路面仍然破损", "重新办理")
    reply(play, "B", "列入明年大修。", 承诺事项="明年六月底前完成大修")
    rate(play, "lead", "满意", "", "等其他提出人评价")
    rate(play, "mate", "基本满意", "", "转入承诺跟踪")
    play.step("unit0", "报告承诺进展", "已「报告承诺进展」", 进展情况="已完工", **DONE)
    play.step("mate", "回头看", "已「回头看」", 结论=("已解决",), 看到的情况="路已修好")
    play.step("office", "确认承诺兑现", "已「确认承诺兑现」", 核实情况="现场看过")

    assert Suggestion.objects.get().state == "closed"
    assert play.faults == []
    told_once_in_the_timeline(play)
    everybody_was_told_once(cast)


CONTACTED = {"答复前，承办单位联系过您吗": ("是",)}
DONE = {"已经兑现，请人大机关核对": True}


def told_once_in_the_timeline(play):
    """Every step of the log stands on the office's page, in its order."""
    page = play.open("office")
    story = page.locator(".story > li").all_inner_texts()
    labels = [row.label for row in TransitionLog.objects.order_by("at", "pk")]
    assert len(story) == len(labels)
    for line, label in zip(story, labels, strict=True):
        assert f"「{label}" in line


def everybody_was_told_once(cast):
    titles = Notice.objects.filter(user=cast.mate.user).order_by("pk")
    heard = [title.split("：")[0] for title in titles.values_list("title", flat=True)]
    assert heard == [
        "邀请您附议",
        "提交",
        "受理并编号",
        "交办",
        "同意延期",
        "送达答复",
        "送达答复",
        "转入承诺跟踪",
        "确认承诺兑现",
        "办结",
    ]
