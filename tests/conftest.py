import tests.environment  # noqa: F401  # isort: skip  (settings are read here)

import os
import shutil
import sys
import unittest
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine as clock
from django.conf import settings as django_settings
from django.db import connection
from django.db.backends.signals import connection_created
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from congress_portal import bootstrap
from tests.cast import Cast, build_cast

SHANGHAI = ZoneInfo("Asia/Shanghai")

# a shared machine may be slow at any moment; how fast an example is made is no fault of ours
hypothesis.settings.register_profile(
    "shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared")
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class UndefinedVariable(str):
    """Stands for an undefined template variable: fails the test if the template is ours."""

    __slots__ = ()

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, variable: object) -> str:
        origin = _rendered_template()
        if origin.startswith(f"{django_settings.BASE_DIR}{os.sep}"):
            is_installed = f"{os.sep}site-packages{os.sep}" in origin
            if not is_installed:
                pytest.fail(f"undefined template variable {variable} in {origin}")
        return ""


def _rendered_template() -> str:
    """The file of the template node that is being rendered, found on the stack."""
    frame = sys._getframe(2)
    while frame is not None:
        origin = getattr(frame.f_locals.get("self"), "origin", None)
        if origin is not None and frame.f_code.co_name.startswith("render"):
            return str(origin.name)
        frame = frame.f_back
    return ""


def _reverse_unordered(connection: Any, **_: Any) -> None:
    """Unordered rows come back in reverse, so that no test leans on an accidental order."""
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA reverse_unordered_selects = ON")


def pytest_configure(config: pytest.Config) -> None:
    django_settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns else
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection_created.connect(_reverse_unordered)
    config.addinivalue_line("markers", "postgresql: needs PostgreSQL (races, row locks, pg_trgm)")


_DATABASE = frozenset({"db", "transactional_db", "live_server"})


def _opens_database(item: pytest.Item) -> bool:
    """By its mark, by a fixture that it or another fixture asks for, or as a Django test case."""
    asked = set(getattr(item, "fixturenames", ()))
    made_by = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    unblocks = any(
        "django_db_blocker" in found[-1].argnames
        for name, found in made_by.items()
        if not name.startswith("_django")  # a module's own data, made once for all its tests
    )
    is_case = getattr(item, "cls", None) is not None and issubclass(item.cls, unittest.TestCase)  # type: ignore[attr-defined]
    is_opened = is_case or unblocks or bool(asked & _DATABASE)
    return is_opened or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if connection.vendor == "postgresql":
        same = pytest.mark.skip(reason="opens no database: the same on both, run on SQLite")
        for item in items:
            if not _opens_database(item):
                item.add_marker(same)
        return
    skip = pytest.mark.skip(reason="needs PostgreSQL: .ci/postgres python3 manage.py test")
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Uploads of tests stay in pytest's own folder."""
    folder = tmp_path_factory.getbasetemp() / "media"
    settings.MEDIA_ROOT = str(folder)
    return folder


@pytest.fixture
def cast(db: None) -> Cast:
    """Twelve people, two towns and a row of each kind in each; see tests/cast.py."""
    return build_cast()


@pytest.fixture
def freeze() -> Iterator[Callable[[str], datetime]]:
    """Stop the clock: ``freeze("2026-03-31 23:59")`` in Shanghai's time; may be called again."""
    travellers = []

    def stop(moment: str) -> datetime:
        at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        traveller = clock.travel(at, tick=False)
        traveller.start()
        travellers.append(traveller)
        return at

    yield stop
    for traveller in reversed(travellers):
        traveller.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, the system's or Playwright's own; without one the test is skipped."""
    if missing := [need for need in bootstrap.BROWSER_NEEDS if not need.is_there()]:
        pytest.skip(bootstrap.missing_line(missing))
    names = ("chromium", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop running
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite's test database in a file: threads of the live server each open their own.

    One in memory is one connection for all threads, on which two requests at once can lock up.
    """
    if connection.vendor == "sqlite":
        settings = connection.settings_dict
        settings["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        pragmas = settings["OPTIONS"]["init_command"].replace("FULL", "OFF")
        settings["OPTIONS"]["init_command"] = pragmas


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End the sessions that race tests' threads left behind, so that the database can go."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: LiveServer) -> LiveServer:
    """Started when the test database is known.

    Before that it looks like one in memory, and all threads of the server get the test's own
    connection: whoever closes it first ends the others in the middle of a statement.
    """
    return live_server
