"""联系选民名单: imported with the checks of every sheet, and exported in the same columns."""

import datetime as dt

import openpyxl
import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from activities.models import FixedVoter
from activities.resources import FixedVoterResource
from congress_portal.core.importing.engine import apply, preview
from congress_portal.core.models import AuditEntry
from tests.factories.contact import FixedVoterFactory
from tests.factories.core import CountyFactory, TownFactory, VillageFactory, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.sheets import fates, only_sheet, refusals, workbook

HEADER = [
    "代表姓名",
    "镇（街道）",
    "选民姓名",
    "联系电话",
    "村（社区）",
    "按户联系",
    "开始日期",
    "备注",
]


@pytest.fixture
def deputy(db, freeze):
    freeze("2026-10-08 10:00")
    town = TownFactory(name="石门镇", parent=CountyFactory())
    VillageFactory(name="白鹤村", parent=town)
    return DeputyFactory(name="梁飞天", town=town, seat=True)


def _book(*rows, header=HEADER):
    return workbook("名单.xlsx", {"联系选民名单": [header, *rows]})


ROW = ["梁飞天", "石门镇", "王建国", "13812345678", "白鹤村", "是", "2026-03-01", "退伍军人"]


def test_list_is_imported_once_and_again_changes_nothing(deputy):
    first = only_sheet(apply([_book(ROW)]))
    again = only_sheet(apply([_book(ROW)]))

    voter = FixedVoter.objects.get()
    assert (first.kind, list(fates(first).values()), list(fates(again).values())) == (
        "联系选民名单", ["新增"], ["未变"],
    )  # fmt: skip
    assert (voter.deputy, voter.name, voter.phone, voter.village.name) == (
        deputy, "王建国", "13812345678", "白鹤村",
    )  # fmt: skip
    assert (voter.is_household, voter.begins_on) == (True, dt.date(2026, 3, 1))


def test_without_a_day_it_begins_today_and_keeps_its_day(deputy):
    row = [*ROW[:6], "", ROW[7]]
    apply([_book(row)])
    FixedVoter.objects.update(begins_on=dt.date(2026, 5, 1))

    sheet = only_sheet(apply([_book([*row[:3], "13900000000", *row[4:]])]))

    voter = FixedVoter.objects.get()
    assert list(fates(sheet).values()) == ["更新"]
    assert (voter.phone, voter.begins_on) == ("13900000000", dt.date(2026, 5, 1))


@pytest.mark.parametrize(
    ("place", "cell", "reason"),
    [
        (0, "没有人", "没有这位代表"),
        (1, "没有镇", "不存在的镇"),
        (2, "", "选民姓名为空"),
        (3, "138", "电话位数不对"),
        (4, "没有村", "没有这个村"),
        (6, "2020-01-01", "早于代表任职的第一天"),
        (6, "2027-01-01", "日期"),
    ],
)
def test_a_faulty_row_is_refused_with_its_reason(deputy, place, cell, reason):
    row = [*ROW]
    row[place] = cell

    sheet = only_sheet(preview([_book(row, [*ROW[:2], "李四", *ROW[3:]])]))

    (fault,) = refusals(sheet)
    assert reason in fault[2]
    assert list(fates(sheet).values())[1] == "新增"


def test_namesakes_need_the_town(deputy):
    DeputyFactory(name="梁飞天", town=TownFactory(name="云溪镇", parent=deputy.town.parent))

    with_town = only_sheet(preview([_book(ROW)]))
    without = only_sheet(preview([_book([ROW[0], "", *ROW[2:4], "", *ROW[5:]])]))

    assert refusals(with_town) == []
    assert refusals(without)[0][2] == "同名，无法确定"


def test_clerk_imports_only_for_the_own_town(deputy):
    other = town_clerk(TownFactory(name="云溪镇", parent=deputy.town.parent))

    sheet = only_sheet(apply([_book(ROW)], user=other))

    assert [fault[2] for fault in refusals(sheet)] == ["不属于您的范围"]
    assert not FixedVoter.objects.exists()


def test_who_was_taken_off_and_comes_again_is_a_new_row(deputy):
    apply([_book(ROW)])
    FixedVoter.objects.update(ends_on=dt.date(2026, 9, 1))

    apply([_book([*ROW[:6], "2026-09-10", ROW[7]])])

    assert FixedVoter.objects.filter(ends_on=None).count() == 1
    assert FixedVoter.objects.count() == 2


def test_export_imported_again_changes_nothing(deputy):
    apply([_book(ROW, ["梁飞天", "石门镇", "李四", "", "", "", "2026-04-01", ""])])
    FixedVoterFactory(deputy=deputy, ends_on=dt.date(2026, 9, 1))

    exported = FixedVoterResource().export(FixedVoter.objects.all())
    sheet = only_sheet(preview([_book(*map(list, exported), header=exported.headers)]))

    assert exported.headers == HEADER
    assert list(fates(sheet).values()) == ["未变", "未变"]


def test_staff_export_with_a_reason_only(client, deputy, tmp_path):
    apply([_book(ROW)])
    client.force_login(town_clerk(deputy.town))
    page = reverse("admin:activities_fixedvoter_changelist")
    data = {"action": "export_selected", ACTION_CHECKBOX_NAME: [FixedVoter.objects.get().pk]}

    asked = client.post(page, data)
    sent = client.post(page, data | {"reason": "核对名单"})

    assert "请写明用途" in asked.text
    (tmp_path / "a.xlsx").write_bytes(sent.content)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[sheet.max_row]][2] == "王建国"
    assert AuditEntry.objects.filter(reason="核对名单").exists()
