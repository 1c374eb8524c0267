"""The office's inbox over 10,000 suggestions: 2,000 wait for review, 8,000 are closed.

Run: ``python tests/bench/bench_inbox.py`` (a scratch SQLite file that is thrown away). Absolute
times mean little on shared machines; what counts is that queries and time do not grow with what
waits: the script prints both for a tenth of the rows and for all of them.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
_FOLDER = tempfile.TemporaryDirectory(prefix="bench-inbox-")
os.environ.update(
    DEBUG="1",
    DJANGO_SETTINGS_MODULE="congress_portal.settings",
    DATABASE_URL=f"sqlite:///{_FOLDER.name}/bench.sqlite3",
)

import django  # noqa: E402 - the environment comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402

from congress_portal.core.enums import Role  # noqa: E402
from congress_portal.core.models import Region, RoleAssignment, User  # noqa: E402
from deputies.models import Deputy  # noqa: E402
from suggestions.enums import State  # noqa: E402
from suggestions.models import Suggestion  # noqa: E402

DAY = dt.date(2026, 3, 2)


def add(county: Region, lead: Deputy, first: int, count: int) -> None:
    rows = []
    for n in range(first, first + count):
        waits = n % 5 == 0
        rows.append(
            Suggestion(
                year=2026, region=county, lead=lead, title=f"关于第{n}条村道的建议",
                number="" if waits else f"{n:05d}",
                state=State.SUBMITTED if waits else State.CLOSED,
                submitted_on=DAY, handed_over_on=None if waits else DAY,
            )
        )  # fmt: skip
    Suggestion.objects.bulk_create(rows, batch_size=1000)


def measure(user: User, label: str) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    client.get("/suggestions/inbox/?kind=review")  # warm
    with CaptureQueriesContext(connection) as queries:
        begun = time.perf_counter()
        page = client.get("/suggestions/inbox/?kind=review&page=40")
        took = time.perf_counter() - begun
    shown = len(page.context["items"])
    print(f"{label}: {len(queries)} queries, {took * 1000:.0f} ms, {shown} rows shown")


def main() -> None:
    setup_test_environment()
    call_command("migrate", verbosity=0)
    county = Region.objects.create(code="421299000000", name="安澜县", level="county")
    town = Region.objects.create(code="421299100000", name="云溪镇", level="town", parent=county)
    lead = Deputy.objects.create(name="张伟", town=town)
    user = User.objects.create(username="office", name="代表工委")
    RoleAssignment.objects.create(user=user, role=Role.STAFF, region=county)
    add(county, lead, 0, 1_000)
    measure(user, "1,000 suggestions")
    add(county, lead, 1_000, 9_000)
    measure(user, "10,000 suggestions")


if __name__ == "__main__":
    main()
