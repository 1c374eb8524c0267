"""Order, atomicity, scope and query counts of the engine."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tablib
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from congress_portal.core.enums import Role
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.models import AuditEntry, ImportRun, Unit, User
from congress_portal.core.resources import UnitResource
from deputies.models import Deputy
from stations.models import Station
from tests.factories.core import CountyFactory, TownFactory
from tests.factories.sheets import (
    SAMPLE,
    csv_file,
    fates,
    only_file,
    only_sheet,
    refusals,
    workbook,
)
from tests.test_import_other_county import COUNTY, REGIONS

STATIONS = [
    ["编号", "名称", "类型", "所属镇（街道）", "进站代表"],
    ["A-1", "滇源镇代表之家", "代表之家", "滇源镇", "张伟"],
]
GROUPS = [["小组名称", "组长", "成员"], ["滇源镇代表小组", "", "李娜"]]
UNITS = [["单位全称", "简称"], ["区审计局", "审计局"]]


def by_name(report):
    return {file.name: file for file in report.files}


@pytest.mark.django_db
def test_files_that_need_one_another_are_saved_together_in_the_order_of_kinds():
    """Regions and stations in one file, the roster between them in the other."""
    files = [
        workbook("甲.xlsx", {"家站台账": STATIONS, "行政区划": REGIONS}),
        workbook("乙.xlsx", {"名册": COUNTY}),
    ]
    report = apply(files)
    assert (report.exit_code, Deputy.objects.count(), Station.objects.count()) == (0, 3, 1)


@pytest.mark.django_db
def test_the_audit_trail_tells_that_a_phone_changed_but_not_which():
    changed = [["13900002222" if cell == 13800000001 else cell for cell in row] for row in COUNTY]
    apply([workbook("区划.xlsx", {"行政区划": REGIONS}), workbook("名册.xlsx", {"名册": COUNTY})])

    apply([workbook("名册.xlsx", {"名册": changed})])

    told = json.dumps(list(AuditEntry.objects.values_list("changes", flat=True)))
    assert '"phone"' in told
    assert "13800000001" not in told
    assert "13900002222" not in told


@pytest.mark.django_db
def test_a_refused_file_is_left_out_and_the_rest_of_its_bundle_saved():
    files = [
        workbook("甲.xlsx", {"行政区划": REGIONS, "家站台账": STATIONS}),
        workbook("乙.xlsx", {"名册": COUNTY}),
        workbook("丙.xlsx", {"行政区划": [REGIONS[0], ["abc", "坏县", "", "县"]], "小组": GROUPS}),
    ]
    found = by_name(apply(files))
    assert [found[name].saved for name in ("甲.xlsx", "乙.xlsx", "丙.xlsx")] == [True, True, False]
    assert refusals(found["丙.xlsx"].sheets[0]) == [(2, "区划编码", "区划代码不是数字")]
    assert Deputy.objects.count() == 3


@pytest.mark.django_db
def test_one_bad_sheet_keeps_the_whole_file_out():
    bad = [REGIONS[0], ["abc", "坏县", "", "县"]]
    file = only_file(apply([workbook("甲.xlsx", {"单位": UNITS, "行政区划": bad})]))
    assert (file.saved, Unit.objects.count()) == (False, 0)
    assert [sheet["created"] for sheet in file.as_json()["sheets"]] == [0, 0]
    assert ImportRun.objects.get().state == "refused"


@pytest.mark.django_db
def test_a_file_of_no_known_sheet_is_told():
    report = apply([csv_file("备忘.csv", [["记得", "买菜"], ["是", "否"]])])
    assert (only_sheet(report).kind, report.exit_code) == (None, 1)


@pytest.mark.django_db
def test_the_same_row_twice_in_a_numbered_sheet_is_refused_only_if_it_differs():
    rows = [*UNITS, ["区审计局", "审计局"], ["区审计局", "审计处"]]
    sheet = only_sheet(preview([csv_file("单位.csv", rows)]))
    assert fates(sheet) == {2: "新增", 3: "未变", 4: "退回"}
    assert refusals(sheet) == [(4, "单位全称", "与第2行重复")]


@pytest.fixture
def clerk(db):
    town = TownFactory(
        code="530199102000", name="滇源镇", parent=CountyFactory(code="530199000000")
    )
    user = User.objects.create_user("clerk", "x")
    user.role_assignments.create(role=Role.TOWN_STAFF, region=town)
    return user


def test_a_town_clerk_imports_the_own_town_only(clerk):
    apply([csv_file("区划.csv", REGIONS), workbook("名册.xlsx", {"名册": COUNTY})])
    rows = [
        ["日期", "代表姓名", "镇（街道）", "人次", "联系方式"],
        ["2026.3.1", "张伟", "滇源镇", 1, "走访"],
        ["2026.3.1", "张伟", "松华乡", 1, "走访"],
    ]
    sheet = only_sheet(apply([workbook("走访.xlsx", {"走访": rows})], clerk, partial=True))
    assert fates(sheet) == {2: "新增", 3: "退回"}
    assert refusals(sheet) == [(3, "镇（街道）", "不属于您的范围")]


def test_a_town_clerk_changes_neither_units_nor_the_county_roster(clerk):
    apply([csv_file("区划.csv", REGIONS), csv_file("单位.csv", UNITS)])
    units = csv_file("单位.csv", [UNITS[0], ["区审计局", "改名"]])
    roster = workbook("名册.xlsx", {"名册": COUNTY})
    report = by_name(apply([units, roster], clerk, partial=True))
    assert {r[2] for r in refusals(report["单位.csv"].sheets[0])} == {"不属于您的范围"}
    assert {r[2] for r in refusals(report["名册.xlsx"].sheets[0])} == {"不属于您的范围"}
    assert (Unit.objects.get().short_name, Deputy.objects.count()) == ("审计局", 0)


def visits(count):
    rows = [["日期", "代表姓名", "镇（街道）", "人次", "联系方式", "反映情况"]]
    rows += [["2026.3.1", "李娜", "青云街道", n, "走访", f"第{n}件"] for n in range(count)]
    return [workbook("走访.xlsx", {"走访": rows})]


@pytest.mark.django_db
def test_query_count_does_not_grow_with_rows():
    apply([csv_file("区划.csv", REGIONS), workbook("名册.xlsx", {"名册": COUNTY})])
    counts = []
    for count in (1, 300):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            report = preview(visits(count))
        assert len(only_sheet(report).rows) == count
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_progress_is_told():
    told = []
    apply(
        [csv_file("区划.csv", REGIONS)],
        progress=lambda done, total, label: told.append((done, total)),
    )
    assert told[-1] == (8, 8)


MANAGE = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]


def environment_with(database):
    return {**os.environ, "DEBUG": "1", "DATABASE_URL": f"sqlite:///{database}"}


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory):
    database = tmp_path_factory.mktemp("killed") / "empty.sqlite3"
    subprocess.run([*MANAGE, "migrate", "-v0"], env=environment_with(database), check=True)
    return database


@pytest.mark.parametrize("delay", [2.5, 4.0])
def test_killing_an_import_leaves_whole_files_and_the_next_run_completes_them(
    empty_database, tmp_path, delay
):
    database = tmp_path / "db.sqlite3"
    shutil.copy(empty_database, database)
    environment, manage = environment_with(database), MANAGE
    command = [*manage, "import_records", str(SAMPLE)]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    time.sleep(delay)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert {table: count(database, table) for table in WHOLE} == {
        table: count(database, table) if count(database, table) in (0, whole) else "torn"
        for table, whole in WHOLE.items()
    }
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert {table: count(database, table) for table in WHOLE} == WHOLE


WHOLE = {
    "core_region": 97,
    "core_unit": 14,
    "stations_station": 64,
    "activities_activity": 366,
    "activities_visit": 953,
    "suggestions_voice": 1013,
    "suggestions_suggestion": 96,
}


def count(database, table):
    link = sqlite3.connect(database)
    try:
        return link.execute(f"select count(*) from {table}").fetchone()[0]
    finally:
        link.close()


@pytest.mark.django_db
def test_import_export_finds_the_engine_behind_its_own_method():
    good = tablib.Dataset(["区审计局", "审计局"], headers=["单位全称", "简称"])
    assert UnitResource().import_data(good, dry_run=True).totals["new"] == 1
    assert Unit.objects.count() == 0
    assert UnitResource().import_data(good).totals["new"] == 1
    bad = tablib.Dataset(["=1+1", ""], headers=["单位全称", "简称"])
    result = UnitResource().import_data(bad)
    assert [str(e.error) for row in result.rows for e in row.errors] == ["单位全称：像公式的名称"]
    assert Unit.objects.count() == 1
