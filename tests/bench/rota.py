"""Twelve months of reception days for 8 homes and 48 stations (issue 5: under 10 s).

Run: ``python tests/bench/rota.py``: a scratch SQLite file that is thrown away. Homes receive each
Wednesday with two deputies, one of the county; a third of the stations each market day (every
fifth day), a third each month, a third on the 15th of odd months. Every tenth deputy is away for
two months. Prints the seconds and what came out: days, duties, empty seats and, at the homes, the
least and the most duties of a deputy.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
_FOLDER = tempfile.TemporaryDirectory(prefix="bench-rota-")
os.environ.update(
    DEBUG="1",
    DJANGO_SETTINGS_MODULE="congress_portal.settings",
    DATABASE_URL=f"sqlite:///{_FOLDER.name}/bench.sqlite3",
)

import django  # noqa: E402 - the environment comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Sum  # noqa: E402

from congress_portal.core.enums import Level  # noqa: E402
from congress_portal.core.models import Region  # noqa: E402
from congress_portal.core.workdays import seed_calendar  # noqa: E402
from deputies.models import Deputy, Mandate, Term  # noqa: E402
from stations.enums import HolidayShift, MonthPattern, RulePattern, Weekday  # noqa: E402
from stations.models import (  # noqa: E402
    Posting,
    RotaDuty,
    RotaRule,
    RotaSlot,
    Station,
    StationType,
    Unavailability,
)
from stations.selectors.rota import loads_of  # noqa: E402
from stations.services.rota import draw_up  # noqa: E402

TOWNS, STATIONS_EACH, DEPUTIES_EACH, COUNTY_EACH = 8, 6, 45, 12
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def fill() -> list[Region]:
    seed_calendar(2026)
    county = Region.objects.create(code="421299000000", name="安澜县", level="county")
    home, point = (StationType.objects.create(name=name) for name in ("代表之家", "代表联络站"))
    term = Term.objects.create(
        level=Level.COUNTY, region=county, begins_on=dt.date(2021, 10, 1),
        ends_on=dt.date(2027, 12, 31), name="第十八届",
    )  # fmt: skip
    towns = []
    for n in range(TOWNS):
        town = Region.objects.create(
            code=f"421299{n + 100:03d}000", name=f"第{n}镇", level="town", parent=county
        )
        _furnish(town, term, [home] + [point] * STATIONS_EACH)
        towns.append(town)
    return towns


def _furnish(town: Region, term: Term, kinds: list[StationType]) -> None:
    people = [
        Deputy.objects.create(name=f"{town.name}代表{n}", town=town) for n in range(DEPUTIES_EACH)
    ]
    Mandate.objects.bulk_create(
        Mandate(
            deputy=each, term=term, region=term.region,
            level=Level.COUNTY if n < COUNTY_EACH else Level.TOWN,
        )
        for n, each in enumerate(people)
    )  # fmt: skip
    for each in people[::10]:
        Unavailability.objects.create(
            deputy=each, first_on=dt.date(2026, 3, 1), last_on=dt.date(2026, 4, 30)
        )
    for n, kind in enumerate(kinds):
        station = Station.objects.create(
            number=f"{town.code[6:9]}-{n}", name=f"{town.name}{n}号", type=kind, region=town
        )
        posted = people if n == 0 else people[n - 1 :: STATIONS_EACH]
        Posting.objects.bulk_create(Posting(station=station, deputy=each) for each in posted)
        RotaRule.objects.create(station=station, begins_on=FIRST, **_rule(n))


def _rule(n: int) -> dict[str, object]:
    if n == 0:
        return {
            "pattern": RulePattern.WEEKLY, "weekday": Weekday.WEDNESDAY,
            "deputies_needed": 2, "level_needed": Level.COUNTY,
        }  # fmt: skip
    if n % 3 == 0:
        return {
            "pattern": RulePattern.CYCLE, "interval": 5, "holiday_shift": HolidayShift.KEEP,
        }  # fmt: skip
    months = MonthPattern.EVERY if n % 3 == 1 else MonthPattern.ODD
    return {"pattern": RulePattern.MONTHLY, "day_of_month": 15, "months": months}


def main() -> None:
    call_command("migrate", verbosity=0)
    towns = fill()
    started = time.perf_counter()
    rotas = [draw_up(actor=None, region=town, first_on=FIRST, last_on=LAST) for town in towns]
    seconds = time.perf_counter() - started
    seats = RotaSlot.objects.aggregate(all=Sum("deputies_needed"))["all"]
    duties = RotaDuty.objects.count()
    times = [row.times for row in loads_of(rotas[0])]
    print(f"{Station.objects.count()} 个家站，{RotaSlot.objects.count()} 个接待日，{duties} 人次")
    print(f"空缺 {seats - duties} 人次；{towns[0]}每名代表 {min(times)} 至 {max(times)} 天")
    print(f"用时 {seconds:.2f} 秒")


if __name__ == "__main__":
    main()
