"""How fast a county's files come in: 10,000 deputies and 100,000 activities.

Run: ``python tests/bench/bench_import.py [deputies] [activities]``. Prints rows per second and peak
memory of the first import and of the second (all unchanged), beside two peers measured in the
same run: import-export's own row-by-row import of a sample, and bare ``executemany`` of the
finished rows into tables of the same make. Works in a scratch SQLite database; rates are by
processor time, so that neighbours on the machine do not change them.
"""

import csv
import datetime as dt
import io
import os
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
_FOLDER = tempfile.TemporaryDirectory(prefix="bench-import-")
os.environ.update(
    DEBUG="1",
    DATABASE_URL=f"sqlite:///{_FOLDER.name}/bench.sqlite3",
    DJANGO_SETTINGS_MODULE="congress_portal.settings",
)

import django  # noqa: E402 - the environment comes first

django.setup()

import tablib  # noqa: E402
from django.core.management import call_command  # noqa: E402
from import_export import resources  # noqa: E402
from stdnum.iso7064 import mod_11_2  # noqa: E402

from activities.models import Activity, ActivityForm, Attendance  # noqa: E402
from congress_portal.core.importing.engine import apply  # noqa: E402
from congress_portal.core.importing.reader import SourceFile  # noqa: E402
from congress_portal.core.importing.report import Fate, ImportReport  # noqa: E402
from congress_portal.core.models import Region  # noqa: E402
from deputies.models import Deputy, Mandate, Term  # noqa: E402

_TOWNS = 20
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
_GIVEN = [
    a + b for a in "国建文志海明玉秀春永德福" for b in "华平军强辉英芳兰宁涛波鑫杰浩宇凯飞成龙林"
]
_SAMPLE = 300


def _csv(name: str, header: list[str], rows: list[list[object]]) -> SourceFile:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows(rows)
    return SourceFile(name, buffer.getvalue().encode("gb18030"))


def _regions() -> SourceFile:
    rows: list[list[object]] = [["429900000000", "试验县", "县", 1, 1]]
    rows += [[f"4299001{t:02d}000", f"第{t}试验镇", "镇", 1, 1] for t in range(_TOWNS)]
    return _csv("区划.csv", ["区划代码", "名称", "级别", "户籍人口", "常住人口"], rows)


def _name(number: int) -> str:
    """No name twice in a town."""
    index = number // _TOWNS
    return _SURNAMES[index % 20] + _GIVEN[index // 20 % len(_GIVEN)]


def _deputies(count: int) -> SourceFile:
    header = (
        "序号 姓名 性别 民族 出生年月 文化程度 政治面貌 工作单位及职务 代表构成 所在选区 代表团 "
        "所在镇（街道） 手机号码 身份证号码 备注"
    )
    rows = []
    for number in range(count):
        born = dt.date(1960, 1, 1) + dt.timedelta(days=number % 14_000)
        stem = f"429900{born:%Y%m%d}{number // 14_000:02d}1"
        town = f"第{number % _TOWNS}试验镇"
        rows.append([
            number + 1, _name(number), "男", "汉族", f"{born:%Y.%m}", "大专", "群众",
            f"{town}农技站",
            "农民", f"{town}第{number % 40 + 1}选区", f"{town}代表团", town,
            f"138{number:08d}", stem + mod_11_2.calc_check_digit(stem), "连任",
        ])  # fmt: skip
    return _csv("试验县第十八届人大代表花名册.csv", header.split(), rows)


def _activities(count: int, deputies: int) -> SourceFile:
    header = "活动日期 活动名称 活动形式 主题 领域 组织单位 参加代表 学时 收集意见数"
    rows = []
    for number in range(count):
        town = number % _TOWNS
        day = dt.date(2022, 1, 1) + dt.timedelta(days=number % 1_700)
        present = {
            (number * 7 + step * 13) % (deputies // _TOWNS) * _TOWNS + town for step in range(5)
        }
        rows.append([
            f"{day:%Y年%m月%d日}", f"第{number}次活动", "视察", "五进促五共", "道路交通",
            f"第{town}试验镇",
            "、".join(_name(pk) for pk in present), "", number % 6,
        ])  # fmt: skip
    return _csv("活动登记.csv", header.split(), rows)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(label: str, source: SourceFile, rows: int, fate: Fate) -> float:
    start = time.process_time()
    report: ImportReport = apply([source])
    seconds = time.process_time() - start
    sheet = report.files[0].sheets[0]
    if sheet.count(fate) != rows:
        raise SystemExit(
            f"{label}: {sheet.count(fate)} of {rows} rows are {fate}: {sheet.refused[:3]}"
        )
    print(
        f"{label:<38}{rows / seconds:>10,.0f} rows/s{seconds:>8.1f} s   peak {_megabytes():,.0f} MB"
    )
    return rows / seconds


class _PlainDeputies(resources.ModelResource):
    class Meta:
        model = Deputy
        fields = ("name", "sex", "ethnicity", "education", "party", "employer", "town", "phone")
        import_id_fields = ("name", "phone")
        skip_unchanged = True

    def after_save_instance(self, instance: Deputy, row: dict[str, str], **kwargs: object) -> None:
        term = Term.objects.first()
        Mandate.objects.get_or_create(deputy=instance, term=term, level=term.level)


class _PlainActivities(resources.ModelResource):
    class Meta:
        model = Activity
        fields = ("held_on", "title", "form", "region", "organiser", "deputies")
        import_id_fields = ("held_on", "title")
        skip_unchanged = True


def _plain(resource_class: type[resources.ModelResource], dataset: tablib.Dataset) -> float:
    start = time.process_time()
    result = resource_class().import_data(dataset, raise_errors=True)
    seconds = time.process_time() - start
    if result.totals["new"] != len(dataset):
        raise SystemExit(f"plain import made {result.totals}")
    return len(dataset) / seconds


def _plain_deputies() -> float:
    town = Region.objects.towns().first()
    header = ["name", "sex", "ethnicity", "education", "party", "employer", "town", "phone"]
    rows = [
        [f"样本{n}", "male", "汉族", "大专", "群众", "农技站", town.pk, f"139{n:08d}"]
        for n in range(_SAMPLE)
    ]
    return _plain(_PlainDeputies, tablib.Dataset(*rows, headers=header))


def _plain_activities() -> float:
    town, form = Region.objects.towns().first(), ActivityForm.objects.first()
    present = ",".join(str(pk) for pk in Deputy.objects.values_list("pk", flat=True)[:5])

    class ThroughDeputies(_PlainActivities):
        def save_m2m(self, instance: Activity, row: dict[str, str], **kwargs: object) -> None:
            for pk in row["deputies"].split(","):
                Attendance.objects.get_or_create(activity=instance, deputy_id=int(pk))

    header = ["held_on", "title", "form", "region", "organiser", "deputies"]
    rows = [["2026-01-05", f"样本{n}", form.pk, town.pk, "镇", present] for n in range(_SAMPLE)]
    return _plain(ThroughDeputies, tablib.Dataset(*rows, headers=header))


def _executemany(*tables: str) -> float:
    """The imported rows once more, as they are, into empty tables of the same make."""
    source = sqlite3.connect(f"{_FOLDER.name}/bench.sqlite3")
    with tempfile.NamedTemporaryFile(suffix=".sqlite3") as file:
        link = sqlite3.connect(file.name)
        held = []
        for table in tables:
            made = "select sql from sqlite_master where tbl_name = ? and sql is not null"
            for (sql,) in source.execute(made, [table]):
                link.execute(sql)
            held.append((table, source.execute(f"select * from {table}").fetchall()))
        link.commit()
        start = time.process_time()
        for table, rows in held:
            marks = ",".join("?" * len(rows[0]))
            link.executemany(f"insert into {table} values ({marks})", rows)
        link.commit()
        return len(held[0][1]) / (time.process_time() - start)


def _compare(label: str, first: float, second: float, plain: float, limit: float) -> None:
    print(f"{label}: row by row {plain:,.0f} rows/s, executemany {limit:,.0f} rows/s")
    to_limit = f"{first / limit:.2f} × limit (aim ≥ 0.1)"
    print(f"  first import {first / plain:.1f} × row by row (aim ≥ 10), {to_limit}")
    print(f"  second import {second / plain:.1f} × row by row (aim ≥ 10)")


def main(deputies: int = 10_000, activities: int = 100_000) -> None:
    call_command("migrate", verbosity=0)
    apply([_regions()])
    print(f"before: peak {_megabytes():,.0f} MB")
    roster, register = _deputies(deputies), _activities(activities, deputies)
    print(f"files written: peak {_megabytes():,.0f} MB")
    people = _timed(f"{deputies:,} deputies", roster, deputies, Fate.NEW)
    people_again = _timed("  the same file again", roster, deputies, Fate.SAME)
    events = _timed(f"{activities:,} activities (5 deputies each)", register, activities, Fate.NEW)
    events_again = _timed("  the same file again", register, activities, Fate.SAME)
    limit = _executemany("deputies_deputy", "deputies_mandate")
    _compare("deputies", people, people_again, _plain_deputies(), limit)
    limit = _executemany("activities_activity", "activities_attendance")
    _compare("activities", events, events_again, _plain_activities(), limit)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
