"""Batches: started once, worked on with leases, finished once, served to one, expired."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from congress_portal.core.batches import files, own_worker, registry, services, tasks
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import AuditEntry, Batch, BatchItem, Notice
from tests.factories.batches import Steered, order
from tests.factories.core import UserFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    steered = Steered()
    registry.register_kind(steered)
    yield steered
    registry._kinds.pop("steered")


@pytest.fixture
def office():
    return staff()


def started(office, *keys, **kwargs):
    return services.start(actor=office, order=order(*keys, **kwargs))[0]


def content_of(batch):
    batch.refresh_from_db()
    return files.load(batch.result.name)


def opened(batch):
    archive = zipfile.ZipFile(io.BytesIO(content_of(batch)))
    return {name: archive.read(name) for name in archive.namelist()}


def states(batch):
    return list(batch.items.order_by("serial").values_list("state", flat=True))


def kill_worker_at(batch, serial):
    """As if a worker had claimed the item and was killed: the lease stands, nobody works."""
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(state="running", moved_at=now)
    BatchItem.objects.filter(batch=batch, serial=serial).update(
        state="running", worker="dead", lease_until=now + services.LEASE, attempts=1
    )


def test_papers_become_one_zip_with_their_names(kind, office):
    batch = started(office, "1", "2")

    assert services.work(batch.pk) is False

    assert opened(batch) == {"镇/1.pdf": b"paper 1", "镇/2.pdf": b"paper 2"}
    assert (batch.state, batch.result_name) == ("done", "试做.zip")
    assert batch.expires_on == timezone.localdate() + dt.timedelta(days=7)


def test_a_single_paper_is_the_download_itself(kind, office):
    batch = started(office, "1")

    services.work(batch.pk)

    assert content_of(batch) == b"paper 1"
    assert batch.result_name == "试做.pdf"


def test_papers_of_one_name_are_both_there(kind, office):
    same = {"1": "镇/张三.pdf", "2": "镇/张三.pdf"}
    batch = started(office, "1", "2", names=same)

    services.work(batch.pk)

    assert opened(batch) == {"镇/张三.pdf": b"paper 1", "镇/张三(2).pdf": b"paper 2"}


def test_what_is_kept_is_encrypted_and_only_the_result_stays(kind, office, media_root):
    batch = started(office, "1", "2")

    services.work(batch.pk)

    kept = list((Path(media_root) / files.folder_of(batch)).iterdir())
    assert len(kept) == 1
    assert b"paper" not in kept[0].read_bytes()
    assert kept[0].read_bytes()[:2] != b"PK"


def test_the_same_order_under_way_is_the_same_batch(kind, office):
    first, is_new = services.start(actor=office, order=order("1", "2"))
    again, again_new = services.start(actor=office, order=order("1", "2"))
    other, other_new = services.start(actor=staff(), order=order("1", "2"))

    assert (again, is_new, again_new, other_new) == (first, True, False, True)
    assert other != first
    services.work(first.pk)
    assert services.start(actor=office, order=order("1", "2"))[1]


def test_the_same_form_is_the_same_batch_also_when_it_is_done(kind, office):
    key = "6f0a4bb8-6d6f-4ac5-a9a4-2f3ad5f3a4a1"
    first, _ = services.start(actor=office, order=order("1"), key=key)
    services.work(first.pk)

    again, is_new = services.start(actor=office, order=order("1"), key=key)

    assert (again, is_new) == (first, False)


def test_an_order_for_nothing_is_refused(kind, office):
    with pytest.raises(services.BatchError, match="没有要做的文件"):
        services.start(actor=office, order=order())


def test_a_refused_paper_stops_no_other_and_is_told(kind, office):
    batch = started(office, "1", "bad", "3")

    services.work(batch.pk)

    assert states(batch) == ["done", "failed", "done"]
    assert batch.items.get(key="bad").error == "这一份没有记录。"
    found = opened(batch)
    assert sorted(found) == ["没有做成的.txt", "镇/1.pdf", "镇/3.pdf"]
    assert found["没有做成的.txt"].decode("utf-8-sig") == "第bad份：这一份没有记录。"


def test_where_nothing_was_made_the_batch_failed(kind, office):
    batch = started(office, "bad")

    services.work(batch.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.message, batch.result.name) == ("failed", "这一份没有记录。", "")


def test_a_broken_paper_is_marked_and_the_next_turn_goes_on(kind, office):
    batch = started(office, "bug", "2")

    with pytest.raises(ZeroDivisionError):
        tasks.work_on_batch.func(batch.pk)
    assert DBTaskResult.objects.ready().count() == 1
    services.work(batch.pk)

    assert states(batch) == ["failed", "done"]
    assert batch.items.get(key="bug").error.startswith("程序出错")


def test_work_is_done_in_turns(kind, office):
    batch = started(office, "1", "2")

    assert services.work(batch.pk, seconds=0) is True
    assert states(batch) == ["done", "waiting"]
    assert services.work(batch.pk, seconds=0) is True
    assert services.work(batch.pk, seconds=0) is False

    assert kind.made == ["1", "2"]
    assert len(opened(batch)) == 2


def test_a_killed_worker_s_paper_is_made_again_once(kind, office, freeze):
    freeze("2026-10-08 09:00")
    batch = started(office, "1", "2", "3")
    kill_worker_at(batch, 2)

    services.work(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == ("running", ["done", "running", "done"])
    freeze("2026-10-08 09:04")
    services.work(batch.pk)
    services.work(batch.pk)

    assert kind.made == ["1", "3", "2"]
    assert list(opened(batch).values()) == [b"paper 1", b"paper 2", b"paper 3"]


def test_a_worker_that_comes_too_late_hands_nothing_in(kind, office, freeze):
    """Its lease ran out while it was busy; another one made the paper meanwhile."""
    freeze("2026-10-08 09:00")
    batch = started(office, "1")

    def overtaken(item):
        kind.before = lambda item: None
        freeze("2026-10-08 09:10")
        services.work(batch.pk)

    kind.before = overtaken
    services.work(batch.pk)

    assert kind.made == ["1", "1"]
    assert content_of(batch) == b"paper 1"
    assert Notice.objects.count() == 1
    assert batch.items.get().attempts == 2


def test_a_paper_that_kills_every_worker_is_given_up(kind, office, freeze):
    batch = started(office, "1", "2")
    BatchItem.objects.filter(serial=1).update(attempts=services.MOST_ATTEMPTS)

    services.work(batch.pk)

    assert states(batch) == ["failed", "done"]
    assert "中断" in batch.items.get(serial=1).error
    assert kind.made == ["2"]


def test_a_worker_killed_while_putting_together_is_replaced(kind, office, freeze):
    freeze("2026-10-08 09:00")
    batch = started(office, "1", "2")
    services.work(batch.pk, seconds=0)
    services.work(batch.pk, seconds=0)
    ends = timezone.now() + services.LEASE
    Batch.objects.update(worker="dead", lease_until=ends)

    services.work(batch.pk)
    assert Batch.objects.get().state == "running"
    freeze("2026-10-08 09:04")
    services.work(batch.pk)

    assert len(opened(batch)) == 2


def test_the_watch_calls_a_worker_after_one_was_killed(kind, office, freeze):
    freeze("2026-10-08 09:00")
    batch = started(office, "1")
    tasks.dispatch(batch)
    kill_worker_at(batch, 1)
    DBTaskResult.objects.update(status="RUNNING")
    freeze("2026-10-08 09:04")

    tasks.watch_batch.func(batch.pk)

    assert [row.task_path.rpartition(".")[2] for row in DBTaskResult.objects.ready()] == [
        "work_on_batch"
    ]
    services.work(batch.pk)
    DBTaskResult.objects.all().delete()
    tasks.watch_batch.func(batch.pk)
    assert DBTaskResult.objects.count() == 0


def test_a_large_batch_is_shared_by_two_workers(kind, office):
    for keys, shares in ((("1",), 1), (("1", "2", "3"), 2)):
        DBTaskResult.objects.all().delete()
        tasks.dispatch(started(office, *keys))
        assert DBTaskResult.objects.ready().count() == shares


@pytest.mark.django_db(transaction=True)  # the worker gives its connection back
def test_the_queue_is_emptied_by_the_own_worker(kind, office):
    batch = started(office, "1", "2")
    tasks.dispatch(batch)

    call_command("db_worker", batch=True, reload=False, startup_delay=False, verbosity=0)

    assert len(opened(batch)) == 2


def test_the_end_is_told_to_who_asked(kind, office):
    batch = started(office, "1", "bad")

    services.work(batch.pk)

    notice = Notice.objects.get()
    assert (notice.user, notice.title) == (office, "试做的文件已经做好，可以下载")
    assert notice.body == "做好 1 份，1 份没有做成。"
    assert str(batch.token) in notice.link


def test_taking_it_away_stands_in_the_trail(kind, office):
    batch = started(office, "1", "2")
    services.work(batch.pk)
    batch.refresh_from_db()

    services.take(batch=batch, user=office)

    entry = AuditEntry.objects.get(action=AuditAction.EXPORT)
    assert (entry.label, entry.changes) == ("试做.zip", {"rows": 2})


def test_who_lost_the_right_gets_nothing(kind, office):
    batch = started(office, "1")
    services.work(batch.pk)
    batch.refresh_from_db()
    kind.is_allowed = False

    with pytest.raises(services.BatchError, match="权限"):
        services.take(batch=batch, user=office)
    assert not AuditEntry.objects.filter(action=AuditAction.EXPORT).exists()


def test_batches_are_their_owner_s_own(kind, office):
    batch = started(office, "1")
    others = [UserFactory(is_superuser=True), staff(), UserFactory()]

    for rows in (Batch.objects, BatchItem.objects):
        assert rows.visible_to(office).count() == 1
        assert [rows.visible_to(user).count() for user in others] == [0, 0, 0]
        assert [rows.editable_by(user).count() for user in others] == [0, 0, 0]
    assert batch.is_open


def test_expired_results_go_and_the_row_stays(kind, office, freeze, media_root):
    freeze("2026-10-08 09:00")
    batch = started(office, "1")
    services.work(batch.pk)
    freeze("2026-10-15 23:59")
    call_command("clean_up")
    assert content_of(batch) == b"paper 1"

    freeze("2026-10-16 00:01")
    batch.refresh_from_db()
    with pytest.raises(services.BatchError, match="过期"):
        services.take(batch=batch, user=office)
    call_command("clean_up")
    call_command("clean_up")

    batch.refresh_from_db()
    assert (batch.state, batch.result.name) == ("expired", "")
    assert not (Path(media_root) / files.folder_of(batch)).exists()
    assert AuditEntry.objects.filter(action=AuditAction.DELETE).count() == 1


def test_clean_up_goes_on_with_a_stalled_batch_and_gives_up_a_lost_one(kind, office, freeze):
    freeze("2026-10-08 09:00")
    batch = started(office, "1")
    kill_worker_at(batch, 1)

    call_command("clean_up")
    assert DBTaskResult.objects.count() == 0
    freeze("2026-10-08 09:10")
    call_command("clean_up")
    assert DBTaskResult.objects.ready().count() == 1
    freeze("2026-10-11 09:00")
    call_command("clean_up")

    batch.refresh_from_db()
    assert batch.state == "expired"


class Started:
    """Stands for the operating system: no process is started in tests."""

    commands: list = []

    def __init__(self, command, **kwargs):
        self.commands.append(command[-1])

    def wait(self):
        return 0


@pytest.fixture
def processes(settings, monkeypatch):
    settings.BACKGROUND_WORKER = False
    Started.commands = []
    monkeypatch.setattr(own_worker.subprocess, "Popen", Started)
    monkeypatch.setattr(own_worker, "_started", [])
    return Started.commands


def test_a_page_that_waits_in_vain_starts_one_worker(kind, office, processes, freeze):
    freeze("2026-10-08 09:00:00")
    batch = started(office, "1")
    tasks.see_to_it(batch)
    assert processes == []

    freeze("2026-10-08 09:00:05")
    tasks.see_to_it(batch)
    tasks.see_to_it(batch)

    assert processes == ["run_queue"]


def test_no_second_worker_beside_a_running_one(processes):
    with own_worker.alone() as is_first:
        assert is_first
        assert own_worker.start_own_worker() is False
    assert processes == []


def test_no_own_worker_where_workers_are_run_separately(processes, settings):
    settings.BACKGROUND_WORKER = True

    assert own_worker.start_own_worker() is False
    assert processes == []


def test_two_run_queue_at_once_are_one(capsys):
    with own_worker.alone():
        call_command("run_queue")

    assert "已有一个在处理" in capsys.readouterr().out
