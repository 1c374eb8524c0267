"""Writes about groups and mandates; history is kept, nothing is ended by itself (DESIGN §5)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.periods import Period
from deputies.enums import BeginKind, GroupKind, GroupRole
from deputies.models import Deputy, District, Group, GroupMembership, Mandate, Term

_ONE_DAY = dt.timedelta(days=1)


class GroupError(DomainError):
    """A group cannot be changed in this way."""


class MandateError(DomainError):
    """A mandate cannot begin or end in this way."""


@transaction.atomic
def create_group(
    *,
    actor: User,
    name: str,
    kind: str,
    region: Region,
    members: Iterable[Deputy],
    on: dt.date,
    field: DictionaryEntry | None = None,
    partner: Unit | None = None,
) -> Group:
    """Found a group with its first members, all from the day ``on`` (MISSION M12).

    Raises GroupError outside the actor's scope, without members or for somebody out of office;
    ValidationError for a name that is taken.
    """
    first = list(members)
    if not first:
        raise GroupError("请至少选一位代表。")
    if actor is not None and not actor.scope.may_write_code(region.code):
        raise GroupError(f"您不能在{region}建立小组。")
    if kind == GroupKind.PROFESSIONAL and field is None:
        raise GroupError("专业小组要选一个领域。")
    group = Group(name=name.strip(), kind=kind, region=region, field=field, partner=partner)
    save_recorded(group)
    for serial, deputy in enumerate(first, start=1):
        _add(group, deputy, on=on, role=GroupRole.MEMBER, serial=serial)
    return group


@transaction.atomic
def join_group(
    *,
    actor: User,
    group_pk: int,
    deputy: Deputy,
    on: dt.date,
    role: str = GroupRole.MEMBER,
) -> GroupMembership:
    """Let a deputy in office join from the day ``on``; raises GroupError."""
    group = Group.objects.editable_by(actor).select_for_update(of=("self",)).filter(pk=group_pk)
    found = group.first()
    if found is None:
        raise GroupError("没有这个小组，或者您不能调整它。")
    last = found.memberships.order_by("-serial").first()
    return _add(found, deputy, on=on, role=role, serial=last.serial + 1 if last else 1)


def _add(group: Group, deputy: Deputy, *, on: dt.date, role: str, serial: int) -> GroupMembership:
    if group.memberships.filter(deputy=deputy, ends_on__isnull=True).exists():
        raise GroupError(f"{deputy}已在{group}里。")
    if not Mandate.objects.in_force(Period(on, on, "")).filter(deputy=deputy).exists():
        raise GroupError(f"{deputy}在{on:%Y年%-m月%-d日}没有代表职务，不能编入小组。")
    _refuse_second_leader(group, role)
    membership = GroupMembership(group=group, deputy=deputy, role=role, serial=serial, begins_on=on)
    return save_recorded(membership)  # type: ignore[return-value]


def _refuse_second_leader(group: Group, role: str) -> None:
    if role != GroupRole.LEADER:
        return
    leader = group.memberships.filter(role=role, ends_on__isnull=True).first()
    if leader:
        raise GroupError(f"{group}已有组长{leader.deputy}，请先调整现任组长。")


@transaction.atomic
def leave_group(*, actor: User, membership_pk: int, on: dt.date) -> GroupMembership:
    """End a membership; ``on`` is the last day in the group and the row stays as history.

    Raises GroupError, and ValidationError for a day before the beginning.
    """
    membership = _membership(actor, membership_pk)
    if on > timezone.localdate():
        raise GroupError("离开小组的日期不能晚于今天。")
    mandates = membership.deputy.mandates.all()
    elected = mandates.aggregate(first=Min("term__begins_on"))["first"]
    if elected and on < elected:
        day = f"{elected.year}年{elected.month}月{elected.day}日"
        raise GroupError(f"{membership.deputy}{day}才当选代表，离开小组的日期不能更早。")
    membership.ends_on = on
    return save_recorded(membership)  # type: ignore[return-value]


@transaction.atomic
def change_role(*, actor: User, membership_pk: int, role: str, on: dt.date) -> GroupMembership:
    """Give a member another role from the day ``on``; the old role stays as history."""
    membership = _membership(actor, membership_pk)
    if membership.role == role:
        return membership
    _refuse_second_leader(membership.group, role)
    if membership.begins_on and membership.begins_on >= on:
        raise GroupError("改任职务的日期要晚于编入小组的日期。")
    membership.ends_on = on - _ONE_DAY
    save_recorded(membership)
    return _add(membership.group, membership.deputy, on=on, role=role, serial=membership.serial)


def _membership(actor: User, pk: int) -> GroupMembership:
    rows = GroupMembership.objects.editable_by(actor).select_for_update(of=("self",))
    membership = rows.filter(pk=pk).first()
    if membership is None:
        raise GroupError("没有这位组员，或者您不能调整这个小组。")
    if membership.ends_on is not None:
        raise GroupError(f"{membership.deputy}已经离开{membership.group}。")
    return membership


@transaction.atomic
def begin_mandate(
    *,
    actor: User,
    deputy: Deputy,
    term: Term,
    on: dt.date | None = None,
    kind: str = BeginKind.GENERAL,
    district: District | None = None,
) -> Mandate:
    """Give a person a seat in a term; a by-election names its day.

    Raises MandateError, and ValidationError for a second seat in one term.
    """
    if not Term.objects.editable_by(actor).filter(pk=term.pk).exists():
        raise MandateError("您不能登记这一级人大的代表职务。")
    if kind == BeginKind.BY_ELECTION and on is None:
        raise MandateError("补选要填任职起始日期。")
    if on and not term.begins_on <= on <= term.ends_on:
        raise MandateError(f"任职起始日期要在{term}之内。")
    mandate = Mandate(
        deputy=deputy, term=term, level=term.level, region=term.region, district=district,
        begins_on=on, begin_kind=kind,
    )  # fmt: skip
    return save_recorded(mandate)  # type: ignore[return-value]


@transaction.atomic
def end_mandate(
    *, actor: User, mandate_pk: int, on: dt.date, kind: str, reason: str = ""
) -> Mandate:
    """End a mandate on its last day ``on`` (代表法 §60–63).

    Groups and stations are left alone: their pages say that somebody has to be replaced.
    Raises MandateError, and ValidationError for a day before the beginning.
    """
    rows = Mandate.objects.editable_by(actor).select_for_update(of=("self",))
    mandate = rows.filter(pk=mandate_pk).first()
    if mandate is None:
        raise MandateError("没有这项代表职务，或者您不能修改它。")
    if mandate.ends_on is not None:
        raise MandateError(f"这项代表职务已于{mandate.ends_on:%Y年%-m月%-d日}结束。")
    if not mandate.first_day <= on <= mandate.term.ends_on:
        raise MandateError("任职截止日期要在任期之内。")
    mandate.ends_on, mandate.end_kind, mandate.end_reason = on, kind, reason.strip()
    return save_recorded(mandate)  # type: ignore[return-value]
