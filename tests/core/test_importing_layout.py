"""Which header feeds a column, and which rows are no data."""

import pytest

from congress_portal.core.importing.layout import recognise
from congress_portal.core.importing.reader import RawSheet
from congress_portal.core.importing.registry import kinds


def table(rows, kind, merges=()):
    found = recognise(RawSheet("表", rows, merges=list(merges)), kinds())
    assert found is not None
    assert found.kind == kind
    return found


def header_of(found, name):
    return found.places[name].header


SUGGESTION = ["标题", "领衔代表", "提出日期"]


@pytest.mark.parametrize(
    ("kind", "headers", "column", "header"),
    [
        ("建议目录", ["序号", "建议编号", *SUGGESTION], "number", "建议编号"),
        ("建议目录", ["建议编号", "序号", *SUGGESTION], "number", "建议编号"),
        ("建议目录", ["序号", "编号", *SUGGESTION], "number", "编号"),
        ("建议目录", ["序号", *SUGGESTION], "number", "序号"),
        ("信息报送", ["日期", "镇街", "内容", "信息标题", "级别"], "title", "信息标题"),
        ("信息报送", ["日期", "镇街", "内容", "级别"], "title", "内容"),
        (
            "接待登记",
            ["日期", "站点名称", "值班代表", "来访人", "内容", "反映的问题"],
            "matter",
            "反映的问题",
        ),
        ("述职评议", ["日期", "姓名", "选区", "测评日期", "满意"], "held_on", "测评日期"),
    ],
)
def test_of_two_headers_for_one_column_the_stronger_wins(kind, headers, column, header):
    assert header_of(table([headers], kind), column) == header


def test_parts_of_a_column_are_joined_but_its_own_name_holds_the_whole():
    person = ["姓名", "性别", "身份证号"]
    parts = table([[*person, "单位", "职务"]], "县代表花名册")
    assert parts.places["employer"].indexes == (3, 4)
    whole = table([[*person, "职务", "工作单位及职务"]], "县代表花名册")
    assert whole.places["employer"].indexes == (4,)


def test_upper_and_lower_header_name_a_column_together():
    rows = [
        ["接待时间", "接待地点", "接待代表", "选民情况", "", "", "反映的问题"],
        ["", "", "", "姓名", "电话", "住址", ""],
        ["2026.9.13", "双河镇人大代表之家", "李娜", "甲", "", "", "问"],
    ]
    found = table(rows, "接待登记", [((0, 3), (0, 5))])
    assert {name: place.indexes for name, place in found.places.items()} == {
        "held_on": (0,), "station_name": (1,), "on_duty": (2,), "visitor_name": (3,),
        "visitor_phone": (4,), "village_name": (5,), "matter": (6,),
    }  # fmt: skip
    again = table([found.headers, *rows[2:]], "接待登记")  # as a «-退回» file has them
    assert header_of(again, "visitor_name") == "选民姓名"


ROSTER = ["姓名", "性别", "出生年月", "身份证号"]
UNITS = ["单位全称", "简称", "联系电话"]
VISITS = ["日期", "代表姓名", "村（社区）", "联系方式", "人次"]
SUGGESTIONS = ["编号", *SUGGESTION]


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("镇代表名册", ROSTER, ["注：本表由镇人大填报"]),
        ("镇代表名册", ROSTER, ["合计：1人"]),
        ("镇代表名册", ROSTER, ["合计：1人", "男1人"]),
        ("镇代表名册", ROSTER, ["合计：男1人、女0人"]),
        ("镇代表名册", ROSTER, ["填表人：张三   审核人：李四"]),
        ("镇代表名册", ROSTER, ["填表人：", "张三", "审核人：", "李四"]),
        ("镇代表名册", ROSTER, ["共1件"]),
        ("镇代表名册", ROSTER, ["2026年10月8日"]),
        ("镇代表名册", ROSTER, ["双河镇第二届人大代表名册"]),
        ("镇代表名册", ROSTER, ROSTER),
        ("承办单位", UNITS, ["说明：垂管单位未列入"]),
        ("承办单位", UNITS, ["合计：1家"]),
        ("承办单位", UNITS, ["以上为县直单位"]),
        ("代表小组", ["小组名称", "组长", "成员"], ["共计1个小组"]),
        ("联系走访", VISITS, ["2026年10月8日"]),
        ("联系走访", VISITS, ["", "", "", "合计", 5]),
        ("建议目录", SUGGESTIONS, ["共1件"]),
        ("建议目录", SUGGESTIONS, ["一、道路交通类"]),
        ("建议目录", SUGGESTIONS, ["备注"]),
    ],
)
def test_row_that_is_no_data_is_passed_over(kind, header, row):
    rows = [["双河镇第二届人大代表名册"], header, ["甲"] * len(header), row]
    rows = [[*cells, *[""] * (len(header) - len(cells))] for cells in rows]
    found = table(rows, kind) if kind == "镇代表名册" else table(rows[1:], kind)
    numbers = [number for number, _ in found.rows()]
    assert (len(numbers), found.skipped) == (1, [numbers[0] + 1])


@pytest.mark.parametrize(
    "name", ["计算", "共青团县委", "附小", "注册会计师协会", "总工会", "石合计"]
)
def test_a_name_that_only_resembles_a_note_stays(name):
    found = table([UNITS, [name, "", ""], [name, "简", "0692-3456789"]], "承办单位")
    assert ([number for number, _ in found.rows()], found.skipped) == ([2, 3], [])


def test_title_and_header_repeated_further_down_are_passed_over():
    rows = [
        ["双河镇人大代表名册"],
        ROSTER,
        ["张三"],
        ["双河镇人大代表名册（续）"],
        [],
        ROSTER,
        ["李四"],
    ]
    found = table([[*cells, *[""] * (4 - len(cells))] for cells in rows], "镇代表名册")
    assert ([number for number, _ in found.rows()], found.skipped) == ([3, 7], [4, 6])


def test_a_name_alone_before_a_repeated_header_stays():
    found = table([ROSTER, ["欧阳建国", "", "", ""], ROSTER, ["李四", "", "", ""]], "县代表花名册")
    assert ([number for number, _ in found.rows()], found.skipped) == ([2, 4], [3])
