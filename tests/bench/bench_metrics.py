"""A quarter over 1,000,000 attendance rows, 2,000 deputies and 500 stations.

Run: ``python tests/bench/bench_metrics.py`` (SQLite, a scratch file that is thrown away, or kept
and used again with BENCH_KEEP=path) or ``BENCH_SERVER=1 .ci/postgres python
tests/bench/bench_metrics.py``, which fills the database of DATABASE_URL. Absolute times mean little
on shared machines: the aim is a ratio to the bare indexed count of the quarter's attendance rows,
taken in the same run (at most 45 on SQLite, 35 on PostgreSQL), and four queries a kind of subject.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
_FOLDER = tempfile.TemporaryDirectory(prefix="bench-metrics-")
_FILE = os.environ.get("BENCH_KEEP", f"{_FOLDER.name}/bench.sqlite3")
os.environ.update(DEBUG="1", DJANGO_SETTINGS_MODULE="congress_portal.settings")
if not os.environ.get("BENCH_SERVER"):
    os.environ["DATABASE_URL"] = f"sqlite:///{_FILE}"

import django  # noqa: E402 - the environment comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from activities.models import Activity, ActivityForm, Attendance, DutyReport, Visit  # noqa: E402
from congress_portal.core.enums import Level  # noqa: E402
from congress_portal.core.metrics import measure  # noqa: E402
from congress_portal.core.models import DictionaryEntry, Region  # noqa: E402
from congress_portal.core.periods import quarter  # noqa: E402
from congress_portal.core.reference import load_reference  # noqa: E402
from congress_portal.evaluations.registry import metrics_for  # noqa: E402
from congress_portal.evaluations.selectors import metrics_report, subject_rows  # noqa: E402
from deputies.models import Deputy, Mandate, Term  # noqa: E402
from stations.models import Posting, Reception, ReceptionDuty, Station, StationType  # noqa: E402
from suggestions.models import Suggestion, Voice  # noqa: E402

ATTENDANCES, PER_ACTIVITY, QUARTERS = 1_000_000, 20, 20
DEPUTIES, STATIONS, TOWNS = 2_000, 500, 40
PERIOD = quarter(2026, 3)
FIRST = dt.date(2022, 1, 1)
BATCH = 2_000
ROUNDS = 7


def fill() -> None:
    """Twenty quarters, the same number of records in each; always the same rows."""
    load_reference()
    county = Region.objects.create(code="421299000000", name="安澜县", level="county")
    towns = Region.objects.bulk_create(
        Region(code=f"421299{n + 100:03d}000", name=f"第{n}镇", level="town", parent=county)
        for n in range(TOWNS)
    )
    term = Term.objects.create(
        level=Level.COUNTY, region=county, name="第十八届", begins_on=FIRST,
        ends_on=dt.date(2026, 12, 31),
    )  # fmt: skip
    people = Deputy.objects.bulk_create(
        Deputy(name=f"代表{n}", town=towns[n % TOWNS]) for n in range(DEPUTIES)
    )
    Mandate.objects.bulk_create(
        Mandate(deputy=one, term=term, level=Level.COUNTY, region=county) for one in people
    )
    kind = StationType.objects.create(name="联络站")
    places = Station.objects.bulk_create(
        Station(number=f"JZ{n:04d}", name=f"第{n}站", type=kind, region=towns[n % TOWNS])
        for n in range(STATIONS)
    )
    Posting.objects.bulk_create(
        Posting(station=places[n % STATIONS], deputy=people[(n * 7 + n // 500) % DEPUTIES])
        for n in range(STATIONS * 12)
    )
    _fill_activities(towns, people, places)
    _fill_rest(county, towns, people, places)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _day(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n * 37 % (QUARTERS * 91))


def _fill_activities(towns: Any, people: Any, places: Any) -> None:
    forms = list(ActivityForm.objects.all())
    number = ATTENDANCES // PER_ACTIVITY
    for start in range(0, number, BATCH):
        Activity.objects.bulk_create(
            Activity(
                title=f"活动{n}", held_on=_day(n), form=forms[n % len(forms)], hours=4,
                region=towns[n % TOWNS], station=places[n % STATIONS], verification="verified",
            )
            for n in range(start, min(start + BATCH, number))
        )  # fmt: skip
    with connection.cursor() as cursor:  # a million objects would take minutes
        cursor.execute(
            f"INSERT INTO activities_attendance (activity_id, deputy_id, presence, serial) "
            f"SELECT id, {people[0].pk} + (id * 37 + n * 97) % {DEPUTIES}, 'present', n "
            f"FROM activities_activity CROSS JOIN ({_numbers(PER_ACTIVITY)}) AS places"
        )


def _numbers(count: int) -> str:
    """Rows 0 … count − 1 in a column n, on either engine."""
    return " UNION ALL ".join(f"SELECT {n} AS n" for n in range(count))


def _fill_rest(county: Any, towns: Any, people: Any, places: Any) -> None:
    channel = DictionaryEntry.objects.filter(dictionary="channel").first()
    Visit.objects.bulk_create(
        (
            Visit(deputy=people[n % DEPUTIES], held_on=_day(n), region=towns[n % TOWNS],
                  channel=channel, people=n % 5 + 1, verification="verified")
            for n in range(100_000)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    days = [(n % STATIONS, FIRST + dt.timedelta(days=30 * (n // STATIONS))) for n in range(30_000)]
    held = Reception.objects.bulk_create(
        (Reception(station=places[s], held_on=day, verification="verified") for s, day in days),
        batch_size=BATCH,
    )
    ReceptionDuty.objects.bulk_create(
        (
            ReceptionDuty(reception=one, deputy=people[(n * 3 + k) % DEPUTIES])
            for n, one in enumerate(held)
            for k in range(2)
        ),
        batch_size=BATCH,
    )
    Voice.objects.bulk_create(
        (
            Voice(source="reception", reception=one, raised_on=one.held_on,
                  region_id=towns[n % TOWNS].pk, matter="路不平",
                  closed_on=one.held_on if n % 2 else None)
            for n, one in enumerate(held)
            for _ in range(2)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    DutyReport.objects.bulk_create(
        DutyReport(deputy=people[n % DEPUTIES], held_on=_day(n), verification="verified")
        for n in range(2_000)
    )
    Suggestion.objects.bulk_create(
        Suggestion(year=2026, number=f"{n}", title=f"建议{n}", region=county,
                   lead=people[n % DEPUTIES], submitted_on=_day(n))
        for n in range(5_000)
    )  # fmt: skip


def best(work: Callable[[], Any]) -> float:
    """Milliseconds of the fastest round."""
    times = []
    for _ in range(ROUNDS):
        reset_queries()
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times) * 1000


def bare() -> int:
    """The count that any figure over the quarter's attendance rows must at least do."""
    return Attendance.objects.filter(
        activity__held_on__range=(PERIOD.first, PERIOD.last), presence="present"
    ).count()


def of(subject_type: str) -> Any:
    metrics = [each for each in metrics_for(subject_type) if each.reported]
    return measure(metrics, PERIOD, subject_rows(subject_type, PERIOD))


def queries_of(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def main() -> None:
    call_command("migrate", verbosity=0)
    if Attendance.objects.count() != ATTENDANCES:
        begun = time.perf_counter()
        fill()
        print(f"filled in {time.perf_counter() - begun:.0f} s")
    connection.force_debug_cursor = False
    rows, count = bare(), best(bare)
    aim = 45 if connection.vendor == "sqlite" else 35
    lines = [f"{connection.vendor}: {rows} attendance rows of the quarter, of {ATTENDANCES}"]
    lines.append(f"bare indexed count        {count:8.1f} ms")
    for title, kind in (
        ("12 figures, 2,000 deputies", "deputy"),
        ("12 figures, 500 stations", "station"),
    ):
        work = lambda kind=kind: of(kind)  # noqa: E731
        spent = best(work)
        lines.append(
            f"{title:26}{spent:8.1f} ms  {spent / count:5.1f} × bare, {queries_of(work)} queries"
        )
    both = best(lambda: (of("deputy"), of("station")))
    lines.append(
        f"both                      {both:8.1f} ms  {both / count:5.1f} × bare (aim {aim})"
    )
    whole = best(lambda: metrics_report(PERIOD))
    lines.append(
        f"the whole report          {whole:8.1f} ms  {whole / count:5.1f} × bare, "
        f"{queries_of(lambda: metrics_report(PERIOD))} queries"
    )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
