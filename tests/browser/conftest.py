import pytest
from playwright.sync_api import Browser, Page

from congress_portal.evaluations import guards
from tests.browser.steps import sign_in


@pytest.fixture
def open_page(browser: Browser, live_server):
    """A fresh browser context at a size; every script error or refused resource is collected."""
    contexts = []

    def make(size, user=None, **options) -> Page:
        context = browser.new_context(viewport=size, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and page.faults.append(m.text))
        page.goto(f"{live_server.url}/login/")
        if user:
            sign_in(page, user.username)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def scores_emptied(transactional_db):
    """Tables are emptied after the test, frozen scores and all; ``flush`` lays the guards anew."""
    yield
    guards.remove()
