"""The import page: upload, look, confirm once, result."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities.models import NewsItem
from congress_portal.core.models import AuditEntry, HeaderSynonym, ImportBatch, ImportRun
from congress_portal.desk.imports import services, tasks
from congress_portal.desk.imports.preview import from_text
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk

pytestmark = pytest.mark.django_db

FAULTY = Path(__file__).parents[1] / "data" / "check"
NEWS = "日期,报送单位,标题,刊用级别\n{rows}"
UPLOAD = "/import/"


@pytest.fixture
def towns():
    county = CountyFactory()
    return [
        TownFactory(name="云溪镇", code="421299101000", parent=county),
        TownFactory(name="石门镇", code="421299102000", parent=county),
    ]


@pytest.fixture
def as_staff(client, towns):
    client.force_login(staff())
    return client


def news(*rows, name="信息.csv", head="日期,报送单位,标题,刊用级别"):
    text = "\n".join([head, *rows])
    return SimpleUploadedFile(name, text.encode())


def upload(client, *files):
    response = client.post(UPLOAD, {"files": list(files)})
    assert response.status_code == 302, response.context["form"].errors
    return ImportBatch.objects.get(token=response.url.split("/")[2])


def page(batch, name="batch"):
    return reverse(f"imports:{name}", args=[batch.token])


def counts(batch):
    batch.refresh_from_db()
    return [file["counts"] for file in from_text(batch.preview)["files"]]


def faults(response):
    return response.context["form"].errors.get("files", [])


def test_looking_saves_nothing_and_confirming_saves(as_staff):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))

    assert counts(batch) == [{"退回": 0, "更新": 0, "新增": 1, "未变": 0}]
    assert "防汛动员" in as_staff.get(page(batch)).content.decode()
    assert NewsItem.objects.count() == 0

    as_staff.post(page(batch, "confirm"))

    assert NewsItem.objects.get().title == "防汛动员"
    assert "✓ 已导入" in as_staff.get(page(batch)).content.decode()
    run = batch.runs.get()
    assert (run.state, run.actor.username) == ("saved", batch.actor.username)
    assert AuditEntry.objects.filter(action="import", actor=batch.actor).exists()


def test_confirming_twice_imports_once(as_staff):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))

    first = as_staff.post(page(batch, "confirm"))
    second = as_staff.post(page(batch, "confirm"))

    assert first.url == second.url == page(batch)
    assert NewsItem.objects.count() == 1
    assert ImportRun.objects.count() == 1


def test_the_same_file_again_changes_nothing(as_staff):
    rows = ("2026-07-01,云溪镇,防汛动员,县级", "2026-07-02,石门镇,换届培训,县级")
    as_staff.post(page(upload(as_staff, news(*rows)), "confirm"))

    again = upload(as_staff, news(*rows))

    assert counts(again) == [{"退回": 0, "更新": 0, "新增": 0, "未变": 2}]


def test_faulty_rows_are_named_and_come_back_as_a_file(as_staff):
    rows = ("2026-07-01,云溪镇,防汛动员,县级", "2026-02-30,云溪镇,不存在的一天,县级")
    batch = upload(as_staff, news(*rows))
    text = as_staff.get(page(batch)).content.decode()
    assert "不存在的日期" in text
    assert "2026-02-30" in text

    as_staff.post(page(batch, "confirm"), {"partial": "no"})

    assert NewsItem.objects.count() == 0
    run = batch.runs.get()
    response = as_staff.get(reverse("imports:refused", args=[run.pk]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    lines = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert lines[-1][-2] == 3
    assert "不存在的日期" in lines[-1][-1]


def test_the_good_rows_alone_are_saved_when_asked(as_staff):
    rows = ("2026-07-01,云溪镇,防汛动员,县级", "2026-02-30,云溪镇,不存在的一天,县级")
    batch = upload(as_staff, news(*rows))

    as_staff.post(page(batch, "confirm"), {"partial": "yes"})

    assert [row.title for row in NewsItem.objects.all()] == ["防汛动员"]
    assert batch.runs.get().refused_file


def test_a_row_of_another_town_is_refused_for_a_clerk(client, towns):
    client.force_login(town_clerk(towns[0]))

    batch = upload(client, news("2026-07-01,云溪镇,本镇,县级", "2026-07-02,石门镇,外镇,县级"))
    client.post(page(batch, "confirm"), {"partial": "yes"})

    assert [row.title for row in NewsItem.objects.all()] == ["本镇"]
    assert batch.runs.get().sheets.get().refused[0]["reason"] == "不属于您的范围"


def test_an_unknown_header_is_mapped_and_remembered(as_staff):
    head = "哪天的事,报送单位,写了什么,刊用级别"
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级", head=head))
    assert as_staff.get(page(batch)).content.decode().count("没有认出是哪种表") == 1

    as_staff.post(page(batch, "mapping"), {"f0s0-kind": "信息报送"})
    data = {
        "f0s0-kind": "信息报送", "f0s0-h0": "日期", "f0s0-h1": "报送单位", "f0s0-h2": "标题",
        "f0s0-h3": "刊用级别", "keep_synonyms": "1",
    }  # fmt: skip
    as_staff.post(page(batch, "mapping"), data)

    assert counts(batch) == [{"退回": 0, "更新": 0, "新增": 1, "未变": 0}]
    assert set(HeaderSynonym.objects.values_list("synonym", "column")) >= {
        ("哪天的事", "日期"),
        ("写了什么", "标题"),
    }
    later = upload(as_staff, news("2026-07-02,云溪镇,再一条,县级", head=head, name="又一份.csv"))
    assert counts(later)[0]["新增"] == 1


def test_a_clerk_cannot_teach_headers_to_everybody(client, towns):
    client.force_login(town_clerk(towns[0]))
    batch = upload(
        client, news("2026-07-01,云溪镇,防汛动员,县级", head="日期,报送单位,写了什么,刊用级别")
    )

    client.post(page(batch, "mapping"), {"f0s0-kind": "信息报送", "keep_synonyms": "1"})
    client.post(
        page(batch, "mapping"),
        {"f0s0-kind": "信息报送", "f0s0-h2": "标题", "keep_synonyms": "1"},
    )

    assert HeaderSynonym.objects.filter(synonym="写了什么").count() == 0


def _bomb():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 * 1024 * 1024))
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"%PDF-1.7", "只能导入 .xlsx、.xls 和 .csv"),
        ("a.xlsx", b"%PDF-1.7", "内容与扩展名 .xlsx 不符"),
        ("a.csv", b"", "是空文件"),
        ("a.xlsx", b"PK\x03\x04broken", "已损坏"),
        ("a.xlsx", _bomb(), "压缩"),
        ("a.xls", b"<html><table></table></html>", "其实是网页"),
        ("\x00../../a.xlsx", b"\x00\x01", "不符"),
    ],
)
def test_a_bad_file_is_told_and_nothing_is_kept(as_staff, name, content, told):
    response = as_staff.post(UPLOAD, {"files": [SimpleUploadedFile(name, content)]})

    assert response.status_code == 200
    assert told in "".join(faults(response))
    assert ImportBatch.objects.count() == ImportRun.objects.count() == 0


def test_a_file_that_is_too_large_is_told(as_staff, settings):
    settings.IMPORT_MAX_BYTES = 1024 * 1024

    response = as_staff.post(
        UPLOAD, {"files": [SimpleUploadedFile("a.csv", b"x" * (1024 * 1024 + 1))]}
    )

    assert faults(response) == ["「a.csv」超过 1 MB，请拆成几个文件再上传。"]


def test_two_files_of_one_name_are_told(as_staff):
    response = as_staff.post(UPLOAD, {"files": [news(), news()]})

    assert "有两个文件都叫「信息.csv」" in "".join(faults(response))


def test_no_file_is_told(as_staff):
    assert faults(as_staff.post(UPLOAD, {})) == ["请选择要导入的文件。"]


def test_a_stored_file_is_encrypted_and_a_changed_one_is_not_imported(as_staff):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))
    run = batch.runs.get()
    assert "防汛".encode() not in Path(run.file.path).read_bytes()
    Path(run.file.path).write_bytes(b"something else")

    as_staff.post(page(batch, "confirm"))

    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "改动" in as_staff.get(page(batch)).content.decode()
    assert NewsItem.objects.count() == 0


def test_a_file_changed_to_another_readable_one_is_not_imported(as_staff):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))
    ImportRun.objects.update(sha256="0" * 64)

    as_staff.post(page(batch, "confirm"))

    batch.refresh_from_db()
    assert "在核对之后被改动过" in batch.message


def test_an_upload_is_its_uploader_s_own(as_staff, client, towns):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))
    client.force_login(town_clerk(towns[0]))

    assert client.get(page(batch)).status_code == 404
    assert client.post(page(batch, "confirm")).status_code == 404
    assert client.get(reverse("imports:run", args=[batch.runs.get().pk])).status_code == 404
    assert client.get(reverse("imports:file", args=[batch.runs.get().pk])).status_code == 404


@pytest.mark.parametrize("role", ["deputy", "leader", "auditor", "admin", ""])
def test_only_those_who_write_records_import(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(UPLOAD).status_code == 403


def test_downloading_the_original_is_recorded(as_staff):
    batch = upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))

    response = as_staff.get(reverse("imports:file", args=[batch.runs.get().pk]))

    assert "防汛动员".encode() in b"".join(response.streaming_content)
    assert AuditEntry.objects.get(action="export").label == "原文件：信息.csv"


@pytest.fixture
def queued(as_staff, monkeypatch):
    monkeypatch.setattr(tasks, "IN_REQUEST_BYTES", 0)
    return upload(as_staff, news("2026-07-01,云溪镇,防汛动员,县级"))


def test_a_large_upload_waits_in_the_queue_and_its_page_refreshes(as_staff, queued):
    response = as_staff.get(page(queued))

    assert queued.state == "waiting"
    assert 'http-equiv="refresh"' in response.content.decode()

    assert tasks.work_on_batch.func(queued.pk)

    assert counts(queued)[0]["新增"] == 1


def test_work_is_done_by_whoever_claims_it_first(queued):
    assert services.run_batch(queued.pk)
    assert not services.run_batch(queued.pk)


def test_where_no_worker_listens_the_server_takes_over(as_staff, queued, freeze, monkeypatch):
    taken = []
    monkeypatch.setattr(tasks, "take_over", taken.append)
    freeze("2099-01-01 09:00")
    as_staff.force_login(queued.actor)

    as_staff.get(page(queued))

    assert taken == [queued]


def test_interrupted_work_is_begun_again(as_staff, queued, freeze):
    ImportBatch.objects.update(state="running")
    as_staff.post(page(queued, "again"))
    queued.refresh_from_db()
    assert queued.state == "running"  # not yet: it may still be going on
    freeze("2099-01-01 09:00")
    as_staff.force_login(queued.actor)

    text = as_staff.get(page(queued)).content.decode()
    as_staff.post(page(queued, "again"))

    assert "处理好像中断了" in text
    assert services.run_batch(queued.pk)
    assert counts(queued)[0]["新增"] == 1


@pytest.mark.parametrize("name", ["有错误的登记.xlsx", "有错误的花名册.xlsx"])
def test_the_faulty_files_of_the_sample_are_shown_without_an_error(as_staff, name):
    content = (FAULTY / name).read_bytes()

    batch = upload(as_staff, SimpleUploadedFile(name, content))

    assert as_staff.get(page(batch)).status_code == 200
