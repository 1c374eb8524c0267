"""What a role may do in which app; the rows are the scope's business."""

import pytest

from congress_portal.core.enums import Role
from tests.factories.core import TownFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

PERMISSIONS = (
    "deputies.view_deputy", "deputies.change_deputy", "deputies.delete_deputy",
    "stations.view_station", "evaluations.view_scoresheet", "evaluations.change_scheme",
    "core.view_user", "core.change_user", "core.view_auditentry", "core.change_auditentry",
    "core.change_unit", "core.view_importrun", "core.delete_importrun", "core.view_region",
)  # fmt: skip

#        dep dep dep sta eva eva use use aud aud uni run run reg
#        v   c   d   v   v   c   v   c   v   c   c   v   d   v
ALLOWED = {
    Role.STAFF:           "+++++++-+-++-+",
    Role.TOWN_STAFF:      "+++++------+-+",
    Role.STATION_OFFICER: "--------------",
    Role.DEPUTY:          "--------------",
    Role.UNIT_OFFICER:    "--------------",
    Role.UNIT_LEADER:     "--------------",
    Role.LEADER:          "+--++---------",
    Role.INSPECTOR:       "---++---------",
    Role.AUDITOR:         "------+-+--+--",
    Role.ADMIN:           "------+++-++-+",
}  # fmt: skip


def _user(role):
    region = TownFactory() if role == Role.TOWN_STAFF else None
    unit = UnitFactory() if role in (Role.UNIT_OFFICER, Role.UNIT_LEADER) else None
    return UserFactory(role=role, role__region=region, role__unit=unit)


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_exactly_this(role):
    user = _user(role)

    assert "".join("+" if user.has_perm(name) else "-" for name in PERMISSIONS) == ALLOWED[role]


def test_a_stranger_may_do_nothing():
    user = UserFactory()

    assert [name for name in PERMISSIONS if user.has_perm(name)] == []
    assert not user.has_module_perms("deputies")


def test_an_account_that_is_switched_off_may_do_nothing():
    user = UserFactory(role=Role.STAFF, is_active=False)

    assert [name for name in PERMISSIONS if user.has_perm(name)] == []


@pytest.mark.parametrize("role", Role)
def test_the_admin_opens_for_those_who_work_there(role):
    works_there = {Role.STAFF, Role.TOWN_STAFF, Role.AUDITOR, Role.ADMIN}

    assert _user(role).is_staff is (role in works_there)


def test_two_roles_add_up():
    user = UserFactory(role=Role.AUDITOR)
    assert not user.has_perm("deputies.view_deputy")

    user.role_assignments.create(role=Role.LEADER)

    assert type(user).objects.get(pk=user.pk).has_perm("deputies.view_deputy")
