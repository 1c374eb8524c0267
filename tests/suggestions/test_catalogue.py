"""A sheet of the catalogue over cases that live in the portal."""

import contextlib
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from congress_portal.core.enums import Role
from congress_portal.core.models import Unit
from suggestions import services
from suggestions.enums import HandlingState, Share, State
from suggestions.models import Handling, Suggestion, TransitionLog
from suggestions.resources import SuggestionResource
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "congress_portal/core/data/anlan"
SHEET = next(FOLDER.glob("*代表建议目录.xlsx"))


@pytest.fixture
def case():
    """An open suggestion of the sample whose lead unit gave it back; another one has it now."""
    call_command("load_reference", verbosity=0)
    call_command("import_records", str(FOLDER), verbosity=0)
    item = Suggestion.objects.filter(state=State.HANDLING).order_by("pk").first()
    old = item.handlings.get(share=Share.LEAD)
    office = UserFactory(role=Role.STAFF)
    taken = item.handlings.values("unit")
    services.reassign(
        pk=item.pk,
        actor=office,
        unit=Unit.objects.exclude(pk__in=taken).first(),
        comment="改派",
        instead_of=old.pk,
    )
    return item


def _import(path, capsys):
    capsys.readouterr()
    with contextlib.suppress(SystemExit, CommandError):
        call_command("import_records", str(path))
    return capsys.readouterr().out


def test_stale_sheet_cannot_undo_what_the_portal_did(case, capsys):
    steps = TransitionLog.objects.count()

    out = _import(SHEET, capsys)

    assert "已在平台上办理" in out
    assert TransitionLog.objects.count() == steps
    assert Handling.objects.filter(suggestion=case, state=HandlingState.RELEASED).count() == 1


def test_exported_sheet_changes_nothing(case, tmp_path, capsys):
    before = list(Handling.objects.order_by("pk").values())
    data = SuggestionResource().export(Suggestion.objects.all())
    book = openpyxl.Workbook()
    book.active.title = "建议目录"
    book.active.append(data.headers)
    for row in data:
        book.active.append([str(cell) if cell else None for cell in row])
    path = tmp_path / "建议目录.xlsx"
    book.save(path)

    out = _import(path, capsys)

    assert "新增 0，更新 0，未变 96，退回 0" in out
    assert list(Handling.objects.order_by("pk").values()) == before
