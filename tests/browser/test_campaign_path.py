"""A campaign from its start to the figures, as staff, town and deputy walk it (M44–M60)."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import Campaign, CircularReceipt
from congress_portal.core.enums import Role
from tests.browser.axe import serious_faults
from tests.browser.steps import DESKTOP, PHONE, account, fits, with_password
from tests.factories.activities import ActivityFactory
from tests.factories.campaigns import TagAxisFactory, TagFactory
from tests.factories.core import CountyFactory, TownFactory, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    return CountyFactory()


@pytest.fixture
def town(county):
    return TownFactory(parent=county, name="石门镇")


@pytest.fixture
def deputy(town):
    row = DeputyFactory(name="张伟", town=town, user=account(Role.DEPUTY))
    MandateFactory(deputy=row, ends_on=timezone.localdate().replace(month=12, day=31))
    return row


@pytest.fixture
def tags():
    into, together = TagAxisFactory(name="五进"), TagAxisFactory(name="五共")
    return TagFactory(axis=into, name="进企业"), TagFactory(axis=together, name="共谋")


def _look(page):
    page.wait_for_load_state()
    assert fits(page), page.url
    assert serious_faults(page) == []
    assert page.faults == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "360"])
def test_from_the_theme_to_the_matrix(open_page, live_server, county, town, deputy, tags, size):
    today = timezone.localdate().isoformat()
    office = open_page(size, account(Role.STAFF, role__region=county))
    main = office.get_by_role("main")

    office.goto(live_server.url + reverse("activities:new_campaign"))
    office.get_by_label("行动名称").fill("代表在行动")
    office.get_by_label("开始日期").fill(today)
    main.get_by_role("button", name="保存").click()
    expect(office.get_by_role("heading", name="代表在行动")).to_be_visible()
    main.get_by_role("link", name="记一步").click()
    office.get_by_label("同研究").check()
    office.get_by_label("做了什么").fill("研究行动方案。")
    main.get_by_role("button", name="记下").click()
    expect(office.get_by_text("研究行动方案。")).to_be_visible()
    _look(office)

    clerk = open_page(size, with_password(town_clerk(town)))
    clerk.goto(live_server.url + reverse("activities:new_campaign"))
    clerk.get_by_label("行动名称").fill("进企业问需求")
    clerk.get_by_label("属于哪个主题").select_option(label="代表在行动")
    clerk.get_by_label("开始日期").fill(today)
    clerk.get_by_role("main").get_by_role("button", name="保存").click()
    expect(clerk.get_by_role("heading", name="进企业问需求")).to_be_visible()
    _look(clerk)

    sub = Campaign.objects.get(title="进企业问需求")
    activity = ActivityFactory(
        title="走访机械厂", region=town, deputies=[deputy], campaign=sub,
        held_on=timezone.localdate(),
    )  # fmt: skip
    activity.tags.set(tags)
    office.goto(live_server.url + reverse("activities:campaign", args=[sub.parent_id]))
    expect(main.get_by_role("link", name="1 次活动")).to_be_visible()
    expect(main.get_by_role("link", name="进企业问需求")).to_be_visible()
    office.goto(live_server.url + reverse("activities:matrix"))
    _look(office)
    main.get_by_role("table").first.get_by_role("link", name="1", exact=True).first.click()
    expect(office.get_by_role("link", name="走访机械厂")).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["1280", "360"])
def test_from_the_appeal_to_the_answers(open_page, live_server, county, deputy, size):
    office = open_page(size, account(Role.STAFF, role__region=county))
    main = office.get_by_role("main")
    office.goto(live_server.url + reverse("activities:new_circular"))
    office.get_by_label("倡议书").check()
    office.get_by_label("标题").fill("致全县代表的倡议书")
    office.get_by_label("正文").fill("每季度进一次网格。")
    office.get_by_label("请代表写一句回应").check()
    main.get_by_role("button", name="保存").click()
    main.get_by_role("button", name="发出").click()
    expect(office.get_by_text("已读 0.0%（0/1）")).to_be_visible()
    _look(office)

    phone = open_page(PHONE, deputy.user)
    phone.get_by_role("main").get_by_text("致全县代表的倡议书").first.click()
    phone.get_by_role("main").get_by_label("回应").fill("我响应，每季度去一次。")
    phone.get_by_role("main").get_by_role("button", name="回应").click()
    expect(phone.get_by_text("您的回应已收到。")).to_be_visible()
    _look(phone)

    office.reload()
    main.get_by_role("link", name="回应了的").click()
    expect(office.get_by_text("我响应，每季度去一次。")).to_be_visible()
    main.get_by_role("link", name="还没有读的").click()
    expect(office.get_by_text("我响应，每季度去一次。")).to_have_count(0)
    _look(office)
    assert CircularReceipt.objects.get().responded_at is not None
