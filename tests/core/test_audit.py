"""The chained trail: an edit, a deletion and a cut tail are found (DESIGN §6.3)."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from congress_portal.core.actor import acting
from congress_portal.core.audit import (
    delete_recorded,
    difference,
    record,
    save_recorded,
    snapshot,
    verify,
)
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import AuditEntry, AuditHead, Unit
from tests.factories.core import UnitFactory, UserFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail():
    """Four entries."""
    return [record(AuditAction.UPDATE, label=f"第{n}条") for n in range(1, 5)]


def _sql(statement, *values):
    """What somebody with the database in hand would do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _faults():
    return [(fault.sequence, fault.reason) for fault in verify()]


def test_a_sound_trail_has_no_faults(trail):
    assert _faults() == []


def test_an_empty_trail_has_no_faults():
    assert _faults() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("label", "别的"),
        ("actor_name", "别人"),
        ("reason", "补写的理由"),
        ("changes", json.dumps({"x": 1})),
        ("at", "2020-01-01 00:00:00"),
        ("object_key", "7"),
    ],
)
def test_an_edited_entry_is_found(trail, column, value):
    _sql(f"UPDATE core_auditentry SET {column} = %s WHERE sequence = 2", value)

    assert _faults() == [(2, "第 2 条的内容被改动")]


def test_a_deleted_entry_is_found(trail):
    _sql("DELETE FROM core_auditentry WHERE sequence = 2")

    assert _faults() == [(2, "第 2 条起缺少 1 条")]


def test_a_cut_tail_is_found(trail):
    _sql("DELETE FROM core_auditentry WHERE sequence >= 3")

    assert _faults() == [(2, "末尾缺少 2 条")]


def test_a_cut_tail_with_a_forged_head_is_found(trail):
    _sql("DELETE FROM core_auditentry WHERE sequence >= 3")
    _sql("UPDATE core_audithead SET sequence = 2, digest = %s", trail[1].digest)

    assert _faults() == [(2, "链尾的签名不对")]
    _sql("UPDATE core_audithead SET signature = ''")
    assert _faults() == [(2, "链尾的签名不对")]


def test_a_wiped_trail_is_found(trail):
    _sql("DELETE FROM core_auditentry")

    assert _faults() == [(0, "末尾缺少 4 条")]


def test_a_trail_without_its_head_is_found(trail):
    _sql("DELETE FROM core_audithead")

    assert _faults() == [(4, "链尾记录不见了")]


def test_verify_audit_exits_with_one(trail):
    call_command("verify_audit", stdout=StringIO())
    _sql("UPDATE core_auditentry SET label = 'x' WHERE sequence = 3")

    with pytest.raises(CommandError, match="发现 1 处问题") as stop:
        call_command("verify_audit", stdout=StringIO(), stderr=StringIO())

    assert stop.value.returncode == 1


@pytest.mark.parametrize("change", ["save", "delete", "update", "bulk"])
def test_the_trail_is_only_appended_to(trail, change):
    entry = AuditEntry.objects.first()
    acts = {
        "save": entry.save,
        "delete": entry.delete,
        "update": lambda: AuditEntry.objects.update(label="x"),
        "bulk": lambda: AuditEntry.objects.all().delete(),
    }

    with pytest.raises(TypeError):
        acts[change]()

    assert _faults() == []


def test_an_entry_names_who_and_from_where():
    user = UserFactory(name="王某")

    with acting(user, "10.0.0.8"):
        entry = record(AuditAction.EXPORT, label="导出代表", reason="核对名册")

    assert (entry.actor, entry.actor_name, entry.address) == (user, "王某", "10.0.0.8")
    assert AuditHead.objects.get().sequence == 1


def test_what_nobody_did_is_put_down_to_the_system():
    assert record(AuditAction.UPDATE).actor_name == "系统"


def test_saving_records_old_and_new():
    unit = UnitFactory(name="县交通局")
    unit.name = "县交通运输局"

    save_recorded(unit, reason="机构改革")

    entry = AuditEntry.objects.get()
    assert entry.changes == {"name": ["县交通局", "县交通运输局"]}
    assert (entry.action, entry.reason) == ("update", "机构改革")


def test_saving_without_a_change_leaves_no_entry():
    save_recorded(UnitFactory())

    assert AuditEntry.objects.count() == 0


def test_deleting_records_what_was_there():
    unit = UnitFactory(name="县档案局")

    delete_recorded(unit)

    assert AuditEntry.objects.get().changes["name"] == "县档案局"
    assert Unit.objects.count() == 0


def test_what_is_personal_never_enters_the_trail():
    deputy = DeputyFactory(identity_number="421299198001010015", phone="13900001111")
    before = snapshot(deputy)

    deputy.phone = "13900002222"
    after = snapshot(deputy)

    assert "421299198001010015" not in json.dumps(before)
    assert "13900001111" not in json.dumps(before)
    assert list(difference(before, after)) == ["phone"]


def test_a_password_never_enters_the_trail():
    user = UserFactory(password="pbkdf2$made-up-hash")

    assert "made-up-hash" not in json.dumps(snapshot(user))


def test_difference_names_only_what_differs():
    assert difference({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == {"b": [2, 3], "c": [None, 4]}
