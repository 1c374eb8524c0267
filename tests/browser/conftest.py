import threading
import time

import pytest
from django.core.signals import request_finished, request_started
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
    _answered()
    guards.remove()


_asking: set[int] = set()  # threads of the live server that are answering


def _begins(**_):
    _asking.add(threading.get_ident())


def _ends(**_):
    _asking.discard(threading.get_ident())


request_started.connect(_begins)
request_finished.connect(_ends)


def _answered() -> None:
    """Wait for what the closed pages had asked for: its locks and the emptying would deadlock."""
    for _ in range(600):  # half a minute; the clock may stand still
        if _asking <= {threading.get_ident()}:
            return
        time.sleep(0.05)
