"""What a second county's files brought to light: one row each that was lost, doubled or misnamed."""

import pytest

from activities.models import Visit
from congress_portal.core.enums import Level
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.models import Region
from deputies.models import Deputy, Mandate
from stations.models import Reception
from suggestions.models import Voice
from tests.factories.sheets import csv_file, fates, only_file, only_sheet, refusals, workbook
from tests.test_import_other_county import COUNTY, REGIONS, STATION, identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    apply([csv_file("区划.csv", REGIONS), workbook("名册.xlsx", {"名册": COUNTY})])
    apply([workbook("家站.xlsx", {"家站": STATION})])


def roster(*rows, title="滇源镇第二届人大代表名册", header=("姓名", "性别", "身份证号")):
    return workbook("镇.xlsx", {"Sheet1": [[title], list(header), *rows]})


@pytest.mark.parametrize(
    ("cell", "born", "reason"),
    [
        ("1975.1", "19751003", None),
        ("1975.1", "19750103", None),
        ("1975.10", "19750103", "出生年月与身份证号不符"),
        ("1975.1", "19750203", "出生年月与身份证号不符"),
        ("1975.1.3", "19751003", "出生年月与身份证号不符"),
    ],
)
def test_the_identity_number_tells_january_from_a_clipped_october(county, cell, born, reason):
    rows = [
        ["盘龙区人大代表名册"],
        ["姓名", "出生年月", "所在镇", "身份证号"],
        ["测试十", cell, "滇源镇", identity(8, born)],
    ]
    sheet = only_sheet(preview([csv_file("名册.csv", rows)]))
    assert [fault[2] for fault in refusals(sheet)] == ([reason] if reason else [])


VISITS = ["日期", "代表姓名", "镇（街道）", "人次", "联系方式", "反映情况"]
VISIT = ["2026-09-11", "李娜", "青云街道", 5, "走访", "无"]


@pytest.mark.parametrize("sheets", [{"一": 1, "二": 1}, {"一": 2, "二": 1}, {"一": 3}])
def test_equal_rows_count_through_all_sheets_of_a_file(county, sheets):
    rows = {name: [VISITS, *[VISIT] * count] for name, count in sheets.items()}
    source = workbook("走访.xlsx", rows)
    apply([source])
    assert Visit.objects.count() == sum(sheets.values())
    for again in (source, workbook("另一份.xlsx", rows)):
        file = only_file(apply([again]))
        assert {fate for sheet in file.sheets for fate in fates(sheet).values()} == {"未变"}
    assert Visit.objects.count() == sum(sheets.values())


def test_equal_rows_of_two_files_stay_one_record(county):
    files = [workbook(name, {"走访": [VISITS, VISIT]}) for name in ("甲.xlsx", "乙.xlsx")]
    apply(files)
    assert Visit.objects.count() == 1


RECEPTIONS = [
    "接待日期", "家站编号", "接待代表", "选民姓名", "联系电话", "反映问题", "处理方式", "办结日期",
]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        ["13900001111", "", "", ""],
        ["", "", "当场答复", ""],
        ["", "", "", "2026-09-18"],
    ],
)
def test_a_voter_without_a_matter_is_refused_not_swallowed(county, told):
    row = ["2026-09-17", "A-1", "张伟", "", *told]
    sheet = only_sheet(preview([workbook("接待.xlsx", {"接待": [RECEPTIONS, row]})]))
    assert refusals(sheet) == [(2, "反映问题", "反映问题为空")]


def test_a_row_without_anything_about_a_voter_is_a_reception_to_which_nobody_came(county):
    row = ["2026-09-17", "A-1", "张伟", "", "", "", "", ""]
    apply([workbook("接待.xlsx", {"接待": [RECEPTIONS, row]})])
    assert (Reception.objects.count(), Voice.objects.count()) == (1, 0)


def test_a_fault_names_a_column_that_the_sheet_has(county):
    rows = [["王五", "男"], ["王五", "女"]]
    sheet = only_sheet(preview([roster(*rows, header=("姓名", "性别"))]))
    assert refusals(sheet) == [(4, "姓名", "与第3行重复")]
    nowhere = roster(["王五", "男"], title="某地人大代表名册", header=("姓名", "性别"))
    assert [fault[1] for fault in refusals(only_sheet(preview([nowhere])))] == ["姓名"]


def test_a_village_whose_town_is_unknown_is_taken_and_told(county):
    rows = [REGIONS[0], ["530199992200", "孤村", "", "村"], ["999999100200", "远村", "", "村"]]
    sheet = only_sheet(apply([csv_file("区划.csv", rows)]))
    assert fates(sheet) == {2: "新增", 3: "新增"}
    assert "行政区划里没有孤村、远村所在的镇（街道），请核对区划代码或补上。" in sheet.notes
    assert Region.objects.get(name="孤村").parent.name == "盘龙区"
    assert Region.objects.get(name="远村").parent is None


def test_a_farm_has_a_roster_of_its_own(county):
    sheet = only_sheet(apply([roster(["王五", "男", identity(9)], title="华侨农场人大代表名册")]))
    assert (sheet.kind, fates(sheet)) == ("镇代表名册", {3: "新增"})
    assert Mandate.objects.get(level=Level.TOWN).region.name == "华侨农场"


def test_namesakes_of_one_town_are_two_persons_and_told(county):
    rows = [["王五", "男", identity(21)], ["王五", "男", identity(22)]]
    sheet = only_sheet(apply([roster(*rows)]))
    assert fates(sheet) == {3: "新增", 4: "新增"}
    assert Deputy.objects.filter(name="王五").count() == 2
    assert (
        "滇源镇有 2 位代表叫“王五”，按不同的人登记；统计结果里后登记的写作“王五@滇源镇#2”。"
    ) in sheet.notes
