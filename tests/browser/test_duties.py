"""From the board of a requirement to the deputy's first page, as the office and a deputy do it."""

import pytest
from playwright.sync_api import expect

from congress_portal.core.enums import Level, Role
from tests.browser.steps import DESKTOP, PHONE, account, fits, with_password
from tests.factories.activities import ActivityFormFactory
from tests.factories.core import CountyFactory, UserFactory
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.requirements import PartFactory, RequirementFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_office_reminds_and_the_deputy_sees_it(open_page):
    county = CountyFactory()
    term = TermFactory(level=Level.COUNTY, region=county, ends_on="2199-11-30")
    user = with_password(UserFactory(username="zhang", role=Role.DEPUTY))
    deputy = DeputyFactory(name="张伟", user=user)
    MandateFactory(deputy=deputy, term=term)
    requirement = RequirementFactory(name="每季度视察一次")
    PartFactory(requirement=requirement, name="视察", forms=[ActivityFormFactory()])

    page = open_page(DESKTOP, account(Role.STAFF, role__region=county))
    page.get_by_role("link", name="谁还没有完成").click()
    page.get_by_role("link", name="每季度视察一次").click()
    page.get_by_role("link", name="提醒没有完成的").click()
    expect(page.get_by_label("张伟")).to_be_checked()
    page.get_by_role("button", name="发出提醒").click()
    expect(page.get_by_text("已提醒 1 个")).to_be_visible()
    assert fits(page)

    phone = open_page(PHONE, user)
    phone.get_by_role("link", name="每季度视察一次：还缺视察").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("张伟：每季度视察一次")
    expect(phone.get_by_text("发过的提醒")).to_be_visible()
    assert fits(phone)
    assert page.faults + phone.faults == []
