"""Uploads that nobody confirmed go after some days; confirmed ones stay."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from congress_portal.core.enums import AuditAction
from congress_portal.core.importing.leftovers import forget_unconfirmed
from congress_portal.core.models import AuditEntry, ImportBatch, ImportRun
from congress_portal.desk.imports import files
from tests.factories.core import staff

pytestmark = pytest.mark.django_db


def upload(**fields):
    batch = ImportBatch.objects.create(actor=staff(), **fields)
    run = ImportRun(batch=batch, actor=batch.actor, file_name="花名册.csv", sha256="0" * 64)
    files.store(run, b"secret roster")
    run.save()
    return batch, Path(run.file.path)


@pytest.mark.parametrize("state", ["previewed", "failed", "waiting", "running"])
def test_what_was_never_confirmed_goes_with_its_file(freeze, state):
    freeze("2026-10-01 09:00")
    _, path = upload(state=state, work="preview", started_at=timezone.now())
    freeze("2026-10-08 08:59")
    assert forget_unconfirmed(timezone.now()) == 0
    assert path.exists()

    freeze("2026-10-08 09:01")
    assert forget_unconfirmed(timezone.now()) == 1

    assert ImportBatch.objects.count() == ImportRun.objects.count() == 0
    assert not path.exists()
    entry = AuditEntry.objects.get(action=AuditAction.DELETE)
    assert entry.label == "未确认的上传：花名册.csv"


def test_a_second_run_finds_nothing_to_do(freeze, capsys):
    freeze("2026-10-01 09:00")
    upload(state="previewed")
    freeze("2026-10-09 09:00")

    call_command("clean_up")
    call_command("clean_up")

    assert ["未确认的导入 1 个" in line for line in capsys.readouterr().out.splitlines()] == [
        True,
        False,
    ]
    assert AuditEntry.objects.filter(action=AuditAction.DELETE).count() == 1


@pytest.mark.parametrize("state", ["done", "failed", "waiting", "running"])
def test_what_was_confirmed_stays(freeze, state):
    freeze("2026-10-01 09:00")
    _, path = upload(state=state, work="apply")
    freeze("2026-12-01 09:00")

    assert forget_unconfirmed(timezone.now()) == 0
    assert path.exists()


def test_what_is_looked_at_just_now_stays(freeze):
    freeze("2026-10-01 09:00")
    _, path = upload(state="running", work="preview")
    freeze("2026-12-01 09:00")
    ImportBatch.objects.update(started_at=timezone.now() - dt.timedelta(minutes=1))

    assert forget_unconfirmed(timezone.now()) == 0
    assert path.exists()


def test_a_file_that_is_gone_already_stops_nothing(freeze):
    freeze("2026-10-01 09:00")
    _, path = upload(state="previewed")
    path.unlink()
    freeze("2026-12-01 09:00")

    assert forget_unconfirmed(timezone.now()) == 1
