"""Another county's files: other headers and orders, old and Chinese encodings, namesakes."""

import datetime as dt

import pytest

from activities.models import Activity, Visit
from congress_portal.core.enums import Level
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.importing.reader import SourceFile
from congress_portal.core.models import HeaderSynonym, Region
from deputies.models import Deputy, GroupMembership, Mandate, Term
from stations.models import Posting, Station
from suggestions.models import Reply, Suggestion, Voice
from tests.factories.sheets import SAMPLE, csv_file, fates, only_sheet, refusals, workbook

REGIONS = [
    ["区划编码", "区划名称", "常住人口数", "层级"],
    ["530199000000", "盘龙区", "90", "区"],
    ["530199101000", "青云街道", "30", "街道办事处"],
    ["530199102000", "滇源镇", "30", "乡镇"],
    ["530199103000", "松华乡", "30", "乡镇"],
    ["530199101001", "席子营社区", "9", "居委会"],
    ["530199102001", "老坝村", "9", "村委会"],
    ["530199103001", "老坝村", "9", "村委会"],
    ["530199104000", "华侨农场", "9", "农场"],
]


def identity(number, born="19800101", sex=1):
    stem = f"530199{born}{number:02d}{sex}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(a) * b for a, b in zip(stem, weights, strict=True)) % 11
    return stem + "10X98765432"[rest]


COUNTY = [
    ["", "盤龍區第五屆人民代表大會代表名冊"],
    [],
    ["", "說明：本表由區人大常委會填報"],
    [],
    ["", "", "基本情况", "", "", "", "聯絡"],
    [
        "",
        "公民身份号码",
        "代表姓名",
        "性别",
        "出生日期",
        "选举单位",
        "聯繫電話",
        "乡镇（街道）",
        "党派",
    ],
    [
        "",
        identity(1),
        "张　伟",
        "男",
        "１９８０年１月１日",
        "滇源镇第一选区",
        13800000001,
        "滇源镇",
        "中共",
    ],
    ["", identity(2), "张伟", "男", "1980-01", "松华乡第二选区", "138 0000 0002", "松华乡", "民盟"],
    ["", identity(3, sex=2).lower(), "李　娜", "", "", "青云街道第三选区", "", "青云街道", ""],
    ["", "小计", "3人", "", "", "", "", "", ""],
]


def county_roster(**options):
    return workbook("名册.xlsx", {"Sheet1": COUNTY}, merges=[("Sheet1", 4, 2, 4, 5)], **options)


@pytest.fixture
def regions(db):
    apply([csv_file("区划.csv", REGIONS, "gb18030")])


@pytest.fixture
def deputies(regions):
    report = apply([county_roster()])
    assert refusals(only_sheet(report)) == []


STATION = [
    ["站点名称", "家站编号", "所属乡镇", "所在村", "进站代表", "建成时间", "有组织", "面积"],
    ["滇源镇代表之家", "A-1", "滇源镇", "老坝村", "张伟", "2020年5月", "√", "60平方米"],
    ["盘龙区代表联络服务中心", "A-2", "盘龙区", "", "李娜", "", "无", ""],
]


@pytest.fixture
def station(deputies):
    report = apply([workbook("家站.xlsx", {"家站": STATION})])
    assert refusals(only_sheet(report)) == []


def test_regions_in_other_words(regions):
    levels = dict(Region.objects.values_list("name", "level"))
    assert levels["盘龙区"] == "county"
    assert (levels["松华乡"], levels["青云街道"], levels["华侨农场"]) == (
        "town",
        "subdistrict",
        "farm",
    )
    assert Region.objects.get(code="530199102001").parent.name == "滇源镇"
    assert Region.objects.get(name="盘龙区").parent is None


def test_roster_in_traditional_characters_under_two_header_rows(deputies):
    names = sorted(Deputy.objects.values_list("name", "town__name", "sex", "phone"))
    assert names == [
        ("张伟", "松华乡", "male", "13800000002"),
        ("张伟", "滇源镇", "male", "13800000001"),
        ("李娜", "青云街道", "female", ""),
    ]
    term = Term.objects.get(level=Level.COUNTY)
    assert (term.name, term.region.name) == ("第五届", "盘龙区")
    assert Deputy.objects.get(name="李娜").identity_number == identity(3, sex=2)


def test_roster_again_under_other_order_and_csv_changes_nothing(deputies):
    header, *rows = (row[1:] for row in COUNTY[5:9])
    order = [4, 1, 6, 0, 3, 2, 5, 7]
    shuffled = [[row[i] for i in order] for row in (header, *rows)]
    title = [["盘龙区第5届人民代表大会代表名册"], *shuffled]
    sheet = only_sheet(preview([csv_file("x.csv", title, "gb18030")]))
    assert (sheet.kind, set(fates(sheet).values())) == ("县代表花名册", {"未变"})


def test_town_roster_of_an_old_xls_and_the_town_in_its_title(db):
    apply([SourceFile.from_path(SAMPLE / "行政区划.csv")])
    report = apply([SourceFile.from_path(SAMPLE / "镇人大代表名册.xls")])
    assert report.refused_rows == 0
    assert Mandate.objects.filter(level=Level.TOWN, region__name="茶岭镇").count() == 59


@pytest.mark.parametrize(
    ("title", "sheet", "kind"),
    [
        ("滇源镇第二届人大代表花名册", "Sheet1", "镇代表名册"),
        ("盘龙区滇源镇人民代表大会代表名单", "Sheet1", "镇代表名册"),
        ("", "滇源镇", "镇代表名册"),
        ("滇源镇代表花名册（区人大代表）", "Sheet1", "县代表花名册"),
        ("盘龙区人大代表名册", "滇源镇", "县代表花名册"),
        ("青云街道人大代表名册", "青云街道", "县代表花名册"),
    ],
)
def test_town_and_county_rosters_are_told_apart(regions, title, sheet, kind):
    rows = [
        [title],
        ["姓名", "性别", "身份证号", "选区"],
        ["王五", "男", identity(9), "滇源镇1选区"],
    ]
    assert only_sheet(preview([workbook("x.xlsx", {sheet: rows})])).kind == kind


def test_where_rosters_differ_the_county_wins_and_the_report_says_so(deputies):
    rows = [
        ["滇源镇第二届人大代表名册"],
        ["姓名", "性别", "民族", "身份证号", "选区", "联系方式", "备注"],
        ["张伟", "男", "汉", identity(1), "第1选区", "13900000009", "补选"],
    ]
    report = only_sheet(apply([workbook("滇源镇.xlsx", {"滇源镇": rows})]))
    assert [note for note in report.notes if "以县代表花名册为准" in note] == [
        "张伟：联系方式与另一名册不同，以县代表花名册为准。"
    ]
    deputy = Deputy.objects.get(identity_hash__isnull=False, town__name="滇源镇")
    assert (deputy.phone, deputy.ethnicity) == ("13800000001", "汉")
    town = deputy.mandates.get(level=Level.TOWN)
    assert (town.term.name, town.begin_kind, town.district.name) == (
        "第二届",
        "by_election",
        "第1选区",
    )
    assert deputy.mandates.get(level=Level.COUNTY).begin_kind == "general"
    again = only_sheet(preview([workbook("滇源镇.xlsx", {"滇源镇": rows})]))
    assert set(fates(again).values()) == {"未变"}


def test_namesake_is_narrowed_by_station_then_town(station):
    rows = [
        ["日期", "活动标题", "形式", "家站编号", "组织单位", "参与代表"],
        [dt.date(2026, 3, 1), "看水利", "视察", "A-1", "", "张伟"],
        ["2026.3.2", "看水利", "视察", "", "松华乡", "张　伟 李娜"],
        ["2026.3.3", "看水利", "视察", "A-2", "盘龙区", "李娜、张伟"],
    ]
    report = only_sheet(apply([workbook("活动.xlsx", {"活动登记": rows})], partial=True))
    assert refusals(report) == [(4, "参与代表", "同名，无法确定")]
    first, second = Activity.objects.order_by("held_on")
    assert [d.town.name for d in first.deputies.all()] == ["滇源镇"]
    assert [d.town.name for d in second.deputies.order_by("attendances__serial")] == [
        "松华乡", "青云街道",
    ]  # fmt: skip


def test_village_without_its_town_belongs_to_the_row_or_names_both(deputies):
    rows = [
        ["走访日期", "代表", "乡镇", "走访村（社区）", "走访方式", "走访人数", "群众反映"],
        ["2026/3/1", "张伟", "滇源镇", "老坝村", "入户走访", "3人", "路坏了"],
        ["2026/3/1", "张伟", "滇源镇", "老坝村", "入户走访", "3人", "路坏了"],
        ["2026/3/2", "李娜", "", "松华乡老坝村", "电话", 2, ""],
        ["2026/3/3", "李娜", "", "老坝村", "电话", 2, ""],
        ["2026/3/4", "李娜", "青云街道", "老坝村", "电话", 2, ""],
        ["合计", "", "", "", "", 12, ""],
    ]
    source = workbook("联系选民.xlsx", {"走访": rows})
    sheet = only_sheet(apply([source], partial=True))
    assert refusals(sheet) == [
        (5, "走访村（社区）", "不止一个镇有这个村（社区）"),
        (6, "走访村（社区）", "没有这个村（社区）"),
    ]
    found = Visit.objects.order_by("held_on").values_list("village__code", "people")
    assert list(found) == [("530199102001", 3)] * 2 + [("530199103001", 2)]
    assert set(fates(only_sheet(apply([source], partial=True))).values()) == {"未变", "退回"}


def test_reception_with_merged_cells_and_a_day_to_which_nobody_came(station):
    rows = [
        ["接待时间", "地点", "值班代表", "来访人", "电话", "村", "问题", "处理情况", "办结时间"],
        [
            "2026.4.1",
            "滇源镇代表之家",
            "张伟",
            "钱一",
            "13800000011",
            "老坝村",
            "修路",
            "现场答复",
            "",
        ],
        ["", "", "", "孙二", "", "", "修桥", "转交承办单位", "2026年4月9日"],
        ["2026.4.2", "滇源镇代表之家", "张伟", "", "", "", "", "", ""],
    ]
    merges = [("接待", 1, 0, 2, 0), ("接待", 1, 1, 2, 1), ("接待", 1, 2, 2, 2)]
    source = workbook("接待.xlsx", {"接待": rows}, merges=merges)
    assert refusals(only_sheet(apply([source]))) == []
    station = Station.objects.get(number="A-1")
    assert [r.voices.count() for r in station.receptions.order_by("held_on")] == [2, 0]
    assert set(fates(only_sheet(apply([source]))).values()) == {"未变"}


def test_a_later_file_closes_the_matter_instead_of_doubling_it(station):
    header = ["接待日期", "家站编号", "接待代表", "选民姓名", "反映问题", "办结日期", "选民评价"]
    row = ["2026-04-01", "A-1", "张伟", "钱一", "修路", "", ""]
    apply([workbook("接待.xlsx", {"接待登记": [header, row]})])
    later = [*row[:5], "2026-04-20", "满意"]
    sheet = only_sheet(apply([workbook("接待.xlsx", {"接待登记": [header, later]})]))
    assert set(fates(sheet).values()) == {"更新"}
    voice = Voice.objects.get()
    assert (voice.closed_on, voice.rating) == (dt.date(2026, 4, 20), "satisfied")
    old = only_sheet(apply([workbook("接待.xlsx", {"接待登记": [header, row]})]))
    assert set(fates(old).values()) == {"未变"}


def test_suggestions_follow_their_number_and_change_in_place(station):
    units = [["单位名称", "单位简称"], ["区交通局", "交通局"], ["区水务局", "水务局"]]
    apply([csv_file("承办单位.csv", units)])
    header = ["建议编号", "案由", "领衔人", "附议人", "提交日期", "交办时间", "承办单位", "协办单位",
              "答复时间", "答复类别", "满意度"]  # fmt: skip
    row = [1.0, "关于修路", "李娜", "", "2026.1.8", "2026.1.20", "交通局", "", "", "", ""]
    apply([workbook("2026年建议.xlsx", {"建议": [header, row]})])
    replied = ["001", "关于修路", "李娜", "", "2026.1.8", "2026.1.20", "盘龙区水务局", "区交通局",
               "2026.3.1", "A", "满意"]  # fmt: skip
    sheet = only_sheet(apply([workbook("2026年建议.xlsx", {"建议": [header, replied]})]))
    assert (fates(sheet), refusals(sheet)) == ({2: "更新"}, [])
    suggestion = Suggestion.objects.get()
    shares = suggestion.handlings.order_by("-share").values_list("unit__name", "share")
    assert list(shares) == [("区水务局", "lead"), ("区交通局", "assist")]
    assert Reply.objects.get().reply_class.code == "A"


def test_group_officer_who_is_no_listed_member_joins(deputies):
    rows = [["名称", "组长", "联络员", "小组成员"], ["滇源镇代表小组", "张伟", "", "李 娜"]]
    assert refusals(only_sheet(apply([workbook("组.xlsx", {"代表小组": rows})]))) == []
    members = GroupMembership.objects.order_by("serial")
    assert [(m.deputy.town.name, m.role) for m in members] == [
        ("滇源镇", "leader"), ("青云街道", "member"),
    ]  # fmt: skip


def test_station_that_loses_a_deputy_ends_the_posting(station):
    rows = [["编号", "名称", "类型", "所属镇（街道）", "进站代表"],
            ["A-1", "滇源镇代表之家", "代表之家", "滇源镇", "李娜"]]  # fmt: skip
    sheet = only_sheet(apply([workbook("家站.xlsx", {"家站台账": rows})]))
    assert fates(sheet) == {2: "更新"}
    postings = Posting.objects.filter(station__number="A-1").order_by("pk")
    assert [(p.deputy.name, p.ends_on is None) for p in postings] == [
        ("张伟", False),
        ("李娜", True),
    ]
    assert Station.objects.get(number="A-1").area == 60  # a column that the file lacks stays


def test_office_synonym_makes_a_header_known(deputies):
    rows = [["哪天", "代表姓名", "人次", "联系方式"], ["2026.3.1", "李娜", 2, "电话"]]
    source = workbook("x.xlsx", {"联系走访": rows})
    assert only_sheet(preview([source])).kind is None
    HeaderSynonym.objects.create(kind="联系走访", column="日期", synonym="哪 天")
    assert fates(only_sheet(preview([source]))) == {2: "新增"}


def test_clerk_maps_a_header_by_hand(deputies):
    rows = [["哪天", "代表姓名", "人次", "联系方式"], ["2026.3.1", "李娜", 2, "电话"]]
    chosen = {"x.xlsx": {"表": {"kind": "联系走访", "columns": {"哪天": "日期", "联系方式": ""}}}}
    sheet = only_sheet(preview([workbook("x.xlsx", {"表": rows})], mapping=chosen))
    assert (sheet.kind, fates(sheet)) == ("联系走访", {2: "新增"})
    assert sheet.columns == {"哪天": "日期", "代表姓名": "代表姓名", "人次": "人次", "联系方式": ""}


def test_unknown_words_are_added_and_closed_words_refused(deputies):
    rows = [
        ["日期", "代表姓名", "人次", "联系方式"],
        ["2026.3.1", "李娜", 2, "托人带话"],
    ]
    sheet = only_sheet(apply([workbook("x.xlsx", {"联系走访": rows})]))
    assert "字典「联系方式」新增「托人带话」。" in sheet.notes
    rows = [["活动日期", "活动名称", "活动形式", "参加代表"], ["2026.3.1", "爬山", "团建", "李娜"]]
    sheet = only_sheet(preview([workbook("y.xlsx", {"活动登记": rows})]))
    assert refusals(sheet) == [(2, "活动形式", "没有这个活动形式")]
