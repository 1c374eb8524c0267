"""«-退回» files: never overwritten, never mixed up, told about; what the command says."""

import io
import json

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from congress_portal.core.importing.reader import find_files, find_returned, returned_from
from congress_portal.core.models import Unit
from tests.factories.sheets import csv_file, workbook

HEADER = ["单位全称", "简称"]
BAD = ["=坏局", "坏"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def put(folder, source):
    (folder / source.name).write_bytes(source.data)
    return folder / source.name


def units(name, *rows):
    return workbook(name, {"单位": [HEADER, *rows]})


def run(*paths, code=3, **options):
    out, ended = io.StringIO(), 0
    try:
        call_command("import_records", *map(str, paths), stdout=out, **options)
    except CommandError as error:
        ended = error.returncode
    assert ended == code
    return out.getvalue()


def names_in(path):
    return [row[0] for row in openpyxl.load_workbook(path).worksheets[0].values][1:]


def test_a_corrected_returned_file_is_neither_read_with_its_folder_nor_overwritten(folder):
    put(folder, units("单位.xlsx", ["县审计局", "审计局"], BAD))
    run(folder, partial=True)
    returned = folder / "单位-退回.xlsx"
    book = openpyxl.load_workbook(returned)
    book.worksheets[0]["A2"] = "好局"
    book.save(returned)
    corrected = returned.read_bytes()

    told = run(folder, partial=True, json=folder / "out.json")

    assert returned.read_bytes() == corrected
    assert names_in(folder / "单位-退回-2.xlsx") == ["=坏局"]
    assert f"跳过退回文件 {returned}：改正后请单独导入，不随文件夹导入。" in told
    report = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [file["file"] for file in report["files"]] == ["单位.xlsx"]
    assert report["passed_over"] == ["单位-退回.xlsx"]
    run(returned, code=0)
    assert sorted(Unit.objects.values_list("name", flat=True)) == ["县审计局", "好局"]


def test_the_same_rows_given_back_again_need_no_second_file(folder):
    put(folder, units("单位.xlsx", BAD))
    run(folder, partial=True)
    run(folder, partial=True)
    assert [path.name for path in find_returned([folder])] == ["单位-退回.xlsx"]


def test_two_files_of_one_stem_get_a_returned_file_each(folder):
    put(folder, units("单位.xlsx", BAD))
    put(folder, csv_file("单位.csv", [HEADER, ["=差局", "差"]]))
    run(folder, partial=True)
    assert names_in(folder / "单位（xlsx）-退回.xlsx") == ["=坏局"]
    assert names_in(folder / "单位（csv）-退回.xlsx") == ["=差局"]
    assert [path.name for path in find_files([folder])] == ["单位.csv", "单位.xlsx"]


def test_a_folder_of_returned_files_only_is_told(folder):
    put(folder, units("单位-退回.xlsx", ["好局", "好"]))
    with pytest.raises(CommandError, match="文件夹里只有退回文件"):
        call_command("import_records", str(folder))


@pytest.mark.parametrize(
    ("stem", "sources"),
    [
        ("信息", []),
        ("信息-退回", ["信息.xlsx", "信息.xls", "信息.csv"]),
        ("信息-退回-2", ["信息.xlsx", "信息.xls", "信息.csv"]),
        ("信息（csv）-退回", ["信息.csv"]),
        ("信息-退回情况", []),
    ],
)
def test_which_file_a_returned_file_came_from(stem, sources):
    assert returned_from(stem) == sources


def test_a_file_sent_back_whole_is_not_told_as_saved(folder):
    told = run(put(folder, units("单位.xlsx", ["县审计局", "审计局"], BAD)))
    assert "共 2 行，合格 1 行（未保存），退回 1" in told
    assert "新增" not in told


def test_a_sheet_of_headers_only_has_no_rows_and_is_no_fault(folder):
    path = put(folder, units("单位.xlsx"))
    told = run(path, code=0, json=folder / "out.json")
    (file,) = json.loads((folder / "out.json").read_text(encoding="utf-8"))["files"]
    assert [(sheet["kind"], sheet["rows"]) for sheet in file["sheets"]] == [("承办单位", 0)]
    assert "共 0 行" in told
