"""The two faulty files: each row named, nothing saved; ``--partial`` keeps the good ones."""

import io
import json
import shutil

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from activities.models import Visit
from congress_portal.core.importing.engine import apply
from congress_portal.core.models import ImportRun, ImportSheet
from deputies.models import Deputy
from suggestions.models import Suggestion, Voice
from tests.factories.sheets import CHECK, from_paths, import_sample

FAULTY = json.loads((CHECK / "expected.json").read_text(encoding="utf-8"))["faulty"]
MODELS = (Deputy, Voice, Visit, Suggestion)


@pytest.fixture(scope="module")
def imported(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        import_sample()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def county(imported, db):
    return {model: model.objects.count() for model in MODELS}


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(CHECK, tmp_path / "check")
    return tmp_path / "check"


def run(folder, target, **options):
    with pytest.raises(CommandError) as caught:
        call_command("import_records", str(folder), json=target, stdout=io.StringIO(), **options)
    report = json.loads(target.read_text(encoding="utf-8"))
    return caught.value.returncode, {file["file"]: file["sheets"] for file in report["files"]}


def without_values(refused):
    return [{key: fault[key] for key in ("row", "column", "reason")} for fault in refused]


@pytest.mark.parametrize("partial", [False, True])
def test_exactly_the_faulty_rows_are_refused(county, folder, tmp_path, partial):
    code, files = run(folder, tmp_path / "out.json", partial=partial)
    assert code == 3
    for name, sheets in FAULTY.items():
        found = {sheet["sheet"]: sheet for sheet in files[name]}
        assert set(found) == set(sheets)
        for sheet, told in sheets.items():
            assert without_values(found[sheet]["refused"]) == told["refused"]
            good = len(told["good"])
            assert found[sheet]["rows"] == good + len(told["refused"])
            assert found[sheet]["created"] == (good if partial else 0)


def test_by_default_nothing_of_a_faulty_file_is_saved(county, folder, tmp_path):
    run(folder, tmp_path / "out.json")
    assert county == {model: model.objects.count() for model in MODELS}
    states = ImportRun.objects.order_by("-pk").values_list("file_name", "state")[:2]
    assert set(states) == {("有错误的登记.xlsx", "refused"), ("有错误的花名册.xlsx", "refused")}
    assert not list(folder.glob("*退回*"))


def test_partial_saves_the_good_rows(county, folder, tmp_path):
    run(folder, tmp_path / "out.json", partial=True)
    added = {model: model.objects.count() - before for model, before in county.items()}
    assert added == {Deputy: 2, Voice: 1, Visit: 1, Suggestion: 1}


def test_dry_run_saves_nothing_even_with_partial(county, folder, tmp_path):
    runs = ImportRun.objects.count()
    run(folder, tmp_path / "out.json", partial=True, dry_run=True)
    assert county == {model: model.objects.count() for model in MODELS}
    assert ImportRun.objects.count() == runs
    assert not list(folder.glob("*退回*"))


def test_refused_rows_come_back_with_number_and_reason(county, folder, tmp_path):
    run(folder, tmp_path / "out.json", partial=True)
    book = openpyxl.load_workbook(folder / "有错误的登记-退回.xlsx")
    assert book.sheetnames == ["接待登记", "联系走访", "建议目录"]
    page = list(book["联系走访"].values)
    assert page[2] == (
        "日期", "代表姓名", "镇（街道）", "村（社区）", "联系方式", "人次", "反映情况", "行号",
        "原因",
    )  # fmt: skip
    assert [row[7] for row in page[3:]] == [5, 6, 7, 8]
    assert page[5][8] == "人次：不是数字"


def test_corrected_rows_can_be_imported_again(county, folder, tmp_path):
    run(folder, tmp_path / "out.json", partial=True)
    path = folder / "有错误的登记-退回.xlsx"
    book = openpyxl.load_workbook(path)
    page = book["联系走访"]
    page["C4"], page["D5"], page["F6"], page["F7"] = "石门镇", "竹山村", 3, 3
    del book["接待登记"], book["建议目录"]
    book.save(path)
    (file,) = apply(from_paths(path)).files
    assert file.saved
    assert [row.fate.value for row in file.sheets[0].rows] == ["新增"] * 4
    assert Visit.objects.filter(held_on="2026-09-22", matter="无").count() == 5
    (again,) = apply(from_paths(path)).files
    assert [row.fate.value for row in again.sheets[0].rows] == ["未变"] * 4


def test_formula_in_a_name_stays_text_in_the_returned_file(county, folder, tmp_path):
    run(folder, tmp_path / "out.json", partial=True)
    page = openpyxl.load_workbook(folder / "有错误的花名册-退回.xlsx")["县代表"]
    cell = next(c for row in page.iter_rows() for c in row if str(c.value).startswith("=HYPER"))
    assert cell.data_type == "s"


def test_personal_values_are_masked_where_they_are_kept(county, folder, tmp_path):
    run(folder, tmp_path / "out.json")
    kept = ImportSheet.objects.filter(name="县代表").order_by("-pk").first().refused
    by_column = {fault["column"]: fault["value"] for fault in kept}
    assert by_column["手机号码"] == "*****"
    assert set(by_column["身份证号码"]) == {"*"}


def test_returned_file_goes_to_the_current_folder_where_its_own_cannot_be_written(
    county, folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    blocker = folder / "有错误的花名册-退回.xlsx"
    blocker.mkdir()  # stands in for a folder without the right to write
    run(folder / "有错误的花名册.xlsx", tmp_path / "out.json", partial=True)
    assert (tmp_path / "有错误的花名册-退回.xlsx").is_file()


def test_a_missing_path_is_a_usage_error(db):
    with pytest.raises(CommandError, match="找不到"):
        call_command("import_records", "/no/such/file.xlsx")


def test_an_unreadable_file_is_told_and_the_others_are_saved(county, tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "单位.csv").write_text("单位全称,简称\n县审计局,审计局\n", encoding="gb18030")
    code, files = run(tmp_path, tmp_path / "out.json")
    assert (code, files["坏.xlsx"], files["单位.csv"][0]["created"]) == (1, [], 1)
