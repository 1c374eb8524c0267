import datetime as dt

import pytest

from congress_portal.core.enums import Role
from congress_portal.core.models import (
    AuditHead,
    Batch,
    Delivery,
    DictionaryEntry,
    HeaderSynonym,
    Notice,
    Region,
    RetentionRule,
    RoleAssignment,
)
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.batches import BatchFactory, BatchItemFactory
from tests.factories.core import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db


def _role(**fields):
    return RoleAssignment.objects.create(user=UserFactory(), **fields)


_OPEN = {"kind": "steered", "title": "一批", "order": "0" * 64}


def _delivery(**fields):
    notice = Notice.objects.create(user=UserFactory(), key="a", title="开会")
    return twice(Delivery.objects.create, notice=notice, channel="sms", **fields)()


BROKEN = {
    "delivery_outside_once": lambda: twice(
        Delivery.objects.create, outside="voice-1-1", channel="sms"
    )(),
    "delivery_is_of_one": lambda: Delivery.objects.create(channel="sms"),
    "retention_some_time": lambda: RetentionRule.objects.create(kind="a", name="甲", months=0),
    "batch_order_once_open": lambda: twice(Batch.objects.create, actor=UserFactory(), **_OPEN)(),
    "batch_done_has_result": lambda: BatchFactory(state="done"),
    "batch_item_serial_unique": lambda: twice(BatchItemFactory, batch=BatchFactory(), serial=1)(),
    "batch_item_key_unique": lambda: twice(BatchItemFactory, batch=BatchFactory(), key="1")(),
    "batch_item_lease_while_running": lambda: BatchItemFactory(state="running"),
    "batch_item_failure_has_reason": lambda: BatchItemFactory(state="failed"),
    "delivery_once": _delivery,
    "delivery_sent_is_stamped": lambda: _delivery(state="sent"),
    "audit_head_single": lambda: AuditHead.objects.create(id=2),
    "dictionary_entry_name_unique": twice(
        DictionaryEntry.objects.create, dictionary="field", name="交通"
    ),
    "header_synonym_unique": twice(
        HeaderSynonym.objects.create, kind="活动登记", synonym="哪天", column="日期"
    ),
    "region_level_known": lambda: Region.objects.create(
        code="421299000000", name="县", level="planet"
    ),
    "unit_short_name_unique": twice(UnitFactory, short_name="交通局"),
    "notice_once": lambda: twice(
        Notice.objects.create, user=UserFactory(), key="step:1", title="交办"
    )(),
    "role_assignment_town_staff_has_region": lambda: _role(role=Role.TOWN_STAFF),
    "role_assignment_unit_officer_has_unit": lambda: _role(role=Role.UNIT_OFFICER),
    "role_assignment_dates_ordered": lambda: _role(
        role=Role.STAFF, begins_on=dt.date(2026, 2, 1), ends_on=dt.date(2026, 1, 1)
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("core")


def test_units_without_a_short_name_do_not_collide():
    UnitFactory.create_batch(2, short_name="")
