"""A town's clerk keeps the town's registers in a browser; the leader finds the own areas."""

import pytest
from django.utils import timezone

from activities.models.support import Expense, PlanItem, TownSession
from congress_portal.core.enums import Role
from tests.browser.steps import DESKTOP, PHONE, fits, sign_in, with_password
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, town_clerk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_user(browser, live_server):
    """Signed in at a size; script errors and refused resources are collected in ``faults``."""
    contexts = []

    def make(user, size):
        context = browser.new_context(viewport=size, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
        page.goto(f"{live_server.url}/login/")
        sign_in(page, with_password(user).username)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_clerk_keeps_plan_session_and_funds(as_user, size):
    town = TownFactory(name="云溪镇")
    today = timezone.localdate()
    plan = homes.WorkPlanFactory(region=town, year=today.year, title="云溪镇人大工作要点")
    homes.BudgetFactory(region=town, year=today.year, title="代表活动经费", amount=1000)
    homes.ExpenseKindFactory(name="学习培训")
    page = as_user(town_clerk(town), size)
    if size == PHONE:
        page.get_by_text("菜单", exact=True).click()
    page.get_by_role("link", name="镇街", exact=True).locator("visible=true").click()
    assert fits(page)

    page.get_by_role("link", name="年度计划").click()
    page.get_by_role("link", name=plan.title).click()
    page.get_by_role("link", name="加一项").click()
    page.get_by_label("工作内容").fill("组织代表视察")
    page.get_by_role("button", name="保存").dblclick()
    page.get_by_role("link", name="第 1 项登记完成").click()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("1/1").wait_for()
    assert fits(page)
    assert [(row.state, row.done_on) for row in PlanItem.objects.all()] == [("done", today)]

    page.get_by_role("link", name="年度计划").first.click()
    page.get_by_role("link", name="镇人代会").click()
    page.get_by_role("link", name="登记一次会议").click()
    page.get_by_label("第几次会议").fill("7")
    page.get_by_label("开始日期").fill(today.isoformat())
    page.get_by_label("结束日期").fill(today.isoformat())
    page.get_by_label("应到代表").fill("60")
    page.get_by_label("实到代表").fill("61")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("alert").get_by_text("多于应到").first.wait_for()
    page.get_by_label("实到代表").fill("55")
    page.get_by_role("button", name="保存").dblclick()
    page.get_by_text("合法有效").wait_for()
    assert fits(page)
    assert TownSession.objects.get().present == 55

    page.get_by_role("link", name="镇人代会").first.click()
    page.get_by_role("link", name="经费", exact=True).click()
    page.get_by_role("link", name="代表活动经费").click()
    page.get_by_role("link", name="登记支出").click()
    page.get_by_label("日期").fill(today.isoformat())
    page.get_by_label("金额（元）").fill("1200")
    page.get_by_label("用途").fill("培训资料")
    page.get_by_role("button", name="保存").dblclick()
    page.get_by_role("alert").get_by_text("超支 200.00 元").wait_for()
    assert fits(page)
    assert Expense.objects.count() == 1
    assert page.faults == []


def test_a_leader_finds_the_unvisited_town_and_logs_a_visit(as_user):
    leader = UserFactory(role=Role.LEADER, role__region=CountyFactory())
    town = TownFactory(name="云溪镇")
    homes.AreaPairingFactory(region=town, user=leader, leader="李副主任", visits_a_year=1)
    page = as_user(leader, PHONE)

    page.get_by_role("link", name="我联系的镇（街道）").click()
    assert fits(page)
    page.get_by_role("link", name="云溪镇").first.click()
    page.get_by_role("link", name="登记一次联系指导").click()
    page.get_by_label("内容").fill("看代表家站")
    page.get_by_label("发现、反映的问题").fill("没有经费")
    page.get_by_role("button", name="保存").dblclick()
    page.get_by_role("heading", name="联系指导记录").wait_for()
    page.get_by_role("link", name="首页").first.click()

    page.get_by_text("都去过了").wait_for()
    assert page.faults == []
