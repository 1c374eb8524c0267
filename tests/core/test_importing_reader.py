import io
import zipfile

import pytest

from congress_portal.core.importing.errors import ImportFileError
from congress_portal.core.importing.reader import SourceFile, find_files, read_sheets
from tests.factories.sheets import CHECK, SAMPLE, csv_file, workbook

HEADER = ["区划代码", "名称"]


def read_error(name, data):
    with pytest.raises(ImportFileError) as caught:
        read_sheets(SourceFile(name, data))
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding(encoding):
    (sheet,) = read_sheets(csv_file("区划.csv", [HEADER, ["421299000000", "㛃䶮县"]], encoding))
    assert sheet.rows == [HEADER, ["421299000000", "㛃䶮县"]]


def test_csv_keeps_the_rows_that_the_spreadsheet_shows():
    data = '区划代码,名称\n\n"42\n1",甲\n'.encode()
    (sheet,) = read_sheets(SourceFile("a.csv", data))
    assert sheet.rows == [HEADER, ["", ""], ["42\n1", "甲"]]


def test_csv_may_be_separated_by_tabs_and_quote_numbers_as_text():
    data = '区划代码\t名称\n="0421"\t甲\n'.encode()
    (sheet,) = read_sheets(SourceFile("a.csv", data))
    assert sheet.rows[1] == ["0421", "甲"]


def test_old_xls_is_read_with_all_its_sheets():
    sheets = read_sheets(SourceFile.from_path(SAMPLE / "镇人大代表名册.xls"))
    assert [sheet.name for sheet in sheets] == [
        "云溪镇",
        "石门镇",
        "白沙镇",
        "官渡镇",
        "双河镇",
        "茶岭镇",
    ]


def test_xlsx_under_the_old_suffix_is_read():
    source = workbook("区划.xlsx", {"甲": [HEADER]})
    assert read_sheets(SourceFile("区划.xls", source.data))[0].rows == [HEADER]


def test_empty_file_is_refused():
    assert read_error("a.xlsx", b"") == "「a.xlsx」是空文件（0 字节）。"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("a.xls", "\ufeff<!DOCTYPE html><p>".encode(), "网页"),
        ("a.xlsx", b"%PDF-1.7 ...", "不符"),
        ("a.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "已损坏"),
        ("a.xlsx", "就是文字".encode(), "不符"),
        ("a.csv", b"PK\x03\x04", "扩展名"),
        ("a.docx", b"PK\x03\x04", "只能导入"),
        ("a.csv", b"  \n ", "没有内容"),
    ],
)
def test_wrong_content_gets_a_clear_message(name, data, words):
    assert words in read_error(name, data)


def test_other_zip_is_no_workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "Word" in read_error("a.xlsx", buffer.getvalue())


def test_zip_bomb_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    assert "压缩" in read_error("a.xlsx", buffer.getvalue())


def test_sheet_that_spans_billions_of_cells_is_refused():
    source = workbook("a.xlsx", {"甲": [HEADER]})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source.data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                data = data.replace(b"</sheetData>", far)
            new.writestr(name, data)
    assert "很远的单元格" in read_error("a.xlsx", buffer.getvalue())


def test_folder_gives_its_own_files_only(tmp_path):
    for name in ("b.csv", "a.xlsx", "~$a.xlsx", ".hidden.csv", "memo.docx", "a-退回.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.csv").write_bytes(b"x")
    assert [path.name for path in find_files([tmp_path])] == ["a.xlsx", "b.csv"]


def test_named_file_is_taken_as_it_is():
    path = CHECK / "有错误的登记.xlsx"
    assert list(find_files([path])) == [path]
