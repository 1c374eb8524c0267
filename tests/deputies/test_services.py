import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from congress_portal.core.enums import Dictionary, Level
from congress_portal.core.models import AuditEntry
from deputies.enums import BeginKind, EndKind, GroupKind, GroupRole
from deputies.models import Group, GroupMembership, Mandate
from deputies.services import (
    GroupError,
    MandateError,
    begin_mandate,
    change_role,
    create_group,
    end_mandate,
    join_group,
    leave_group,
)
from tests.factories.core import CountyFactory, EntryFactory, TownFactory, staff, town_clerk
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def test_create_group_dates_its_first_members_and_leaves_a_trail():
    members = [DeputyFactory(seat=True), DeputyFactory(seat=True)]

    group = create_group(
        actor=staff(), name=" 城管专业小组 ", kind=GroupKind.PROFESSIONAL, region=CountyFactory(),
        members=members, on=TODAY, field=EntryFactory(dictionary=Dictionary.FIELD),
    )  # fmt: skip

    assert group.name == "城管专业小组"
    assert list(group.memberships.values_list("deputy", "serial", "begins_on")) == [
        (members[0].pk, 1, TODAY), (members[1].pk, 2, TODAY),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(model="deputies.Group").count() == 1
    assert AuditEntry.objects.filter(model="deputies.GroupMembership").count() == 2


def test_create_group_is_whole_or_not_at_all():
    members = [DeputyFactory(seat=True), DeputyFactory()]

    with pytest.raises(GroupError, match="没有代表职务"):
        create_group(
            actor=staff(), name="小组", kind=GroupKind.REGIONAL, region=CountyFactory(),
            members=members, on=TODAY,
        )  # fmt: skip

    assert not Group.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"members": []}, "至少选一位"), ({"kind": GroupKind.PROFESSIONAL}, "选一个领域")],
)
def test_create_group_refuses(change, words):
    given = {
        "actor": staff(), "name": "小组", "kind": GroupKind.REGIONAL, "region": CountyFactory(),
        "members": [DeputyFactory(seat=True)], "on": TODAY,
    }  # fmt: skip

    with pytest.raises(GroupError, match=words):
        create_group(**{**given, **change})


def test_create_group_refuses_a_name_that_is_taken():
    GroupFactory(name="小组")

    with pytest.raises(ValidationError):
        create_group(
            actor=staff(), name="小组", kind=GroupKind.REGIONAL, region=CountyFactory(),
            members=[DeputyFactory(seat=True)], on=TODAY,
        )  # fmt: skip


def test_town_clerk_founds_groups_only_in_the_own_town():
    town = TownFactory()

    with pytest.raises(GroupError, match="您不能"):
        create_group(
            actor=town_clerk(town), name="小组", kind=GroupKind.REGIONAL, region=CountyFactory(),
            members=[DeputyFactory(seat=True)], on=TODAY,
        )  # fmt: skip


def test_join_group_goes_to_the_end_of_the_list():
    row = GroupMembershipFactory(serial=7)

    joined = join_group(
        actor=staff(), group_pk=row.group_id, deputy=DeputyFactory(seat=True), on=TODAY
    )

    assert (joined.serial, joined.begins_on, joined.role) == (8, TODAY, GroupRole.MEMBER)


def test_join_group_refuses_twice_second_leaders_and_strangers():
    leader = GroupMembershipFactory(role=GroupRole.LEADER)
    given = {"group_pk": leader.group_id, "on": TODAY}

    with pytest.raises(GroupError, match="已在"):
        join_group(actor=staff(), deputy=leader.deputy, **given)
    with pytest.raises(GroupError, match="已有组长"):
        join_group(actor=staff(), deputy=DeputyFactory(seat=True), role=GroupRole.LEADER, **given)
    with pytest.raises(GroupError, match="没有这个小组"):
        join_group(actor=town_clerk(TownFactory()), deputy=DeputyFactory(seat=True), **given)


def test_leave_group_keeps_history_and_allows_a_return():
    row = GroupMembershipFactory()

    leave_group(actor=staff(), membership_pk=row.pk, on=TODAY - dt.timedelta(days=1))
    join_group(actor=staff(), group_pk=row.group_id, deputy=row.deputy, on=TODAY)

    assert list(GroupMembership.objects.order_by("pk").values_list("begins_on", "ends_on")) == [
        (None, dt.date(2026, 10, 7)),
        (TODAY, None),
    ]


def test_leave_group_refuses_wrong_days_and_second_leaving():
    row = GroupMembershipFactory(begins_on=dt.date(2026, 9, 1))

    with pytest.raises(GroupError, match="不能晚于今天"):
        leave_group(actor=staff(), membership_pk=row.pk, on=TODAY + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="截止日期不能早于起始日期"):
        leave_group(actor=staff(), membership_pk=row.pk, on=dt.date(2026, 8, 31))
    leave_group(actor=staff(), membership_pk=row.pk, on=TODAY)
    with pytest.raises(GroupError, match="已经离开"):
        leave_group(actor=staff(), membership_pk=row.pk, on=TODAY)


def test_nobody_left_a_group_before_being_elected():
    row = GroupMembershipFactory()
    elected = row.deputy.mandates.get().term.begins_on

    with pytest.raises(GroupError, match="才当选代表"):
        leave_group(actor=staff(), membership_pk=row.pk, on=elected - dt.timedelta(days=1))


def test_change_role_to_the_same_role_changes_nothing():
    row = GroupMembershipFactory()

    assert change_role(actor=staff(), membership_pk=row.pk, role=row.role, on=TODAY) == row
    assert GroupMembership.objects.count() == 1


def test_change_role_must_come_after_joining():
    row = GroupMembershipFactory(begins_on=TODAY)

    with pytest.raises(GroupError, match="晚于编入"):
        change_role(actor=staff(), membership_pk=row.pk, role=GroupRole.LEADER, on=TODAY)


def test_begin_mandate_by_election():
    deputy, term = DeputyFactory(), TermFactory()

    mandate = begin_mandate(
        actor=staff(), deputy=deputy, term=term, on=TODAY, kind=BeginKind.BY_ELECTION
    )

    assert (mandate.level, mandate.region, mandate.first_day) == (Level.COUNTY, term.region, TODAY)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": BeginKind.BY_ELECTION, "on": None}, "补选要填"),
        ({"on": dt.date(2027, 1, 1)}, "之内"),
    ],
)
def test_begin_mandate_refuses(change, words):
    given = {"actor": staff(), "deputy": DeputyFactory(), "term": TermFactory(), "on": TODAY}

    with pytest.raises(MandateError, match=words):
        begin_mandate(**{**given, **change})


def test_one_seat_a_term():
    deputy = DeputyFactory(seat=True)

    with pytest.raises(ValidationError, match="已有任职"):
        begin_mandate(actor=staff(), deputy=deputy, term=TermFactory())


def test_end_mandate_leaves_the_group_alone():
    row = GroupMembershipFactory()
    mandate = row.deputy.mandates.get()

    ended = end_mandate(
        actor=staff(), mandate_pk=mandate.pk, on=TODAY, kind=EndKind.RESIGNED, reason="调离"
    )

    assert (ended.last_day, ended.end_reason) == (TODAY, "调离")
    assert GroupMembership.objects.get().ends_on is None


def test_end_mandate_refuses_twice_out_of_term_and_out_of_scope():
    mandate = MandateFactory()
    given = {"mandate_pk": mandate.pk, "kind": EndKind.RESIGNED}

    with pytest.raises(MandateError, match="任期之内"):
        end_mandate(actor=staff(), on=dt.date(2030, 1, 1), **given)
    with pytest.raises(MandateError, match="没有这项"):
        end_mandate(actor=town_clerk(mandate.deputy.town), on=TODAY, **given)
    end_mandate(actor=staff(), on=TODAY, **given)
    with pytest.raises(MandateError, match="已于2026年10月8日结束"):
        end_mandate(actor=staff(), on=TODAY, **given)
    assert Mandate.objects.get().ends_on == TODAY
