"""Whose account is told about a subject: the person, keepers, leaders, the town's office."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.models import RoleAssignment, User
from congress_portal.evaluations.enums import DutySubject
from deputies.enums import LEADING, GroupRole
from deputies.models import CommitteeMember, Deputy, GroupMembership
from stations.models import StationOfficer

_LEADING = (*LEADING, GroupRole.LIAISON)


def accounts_of(kind: str, subjects: Iterable[int]) -> dict[int, list[User]]:
    """Active accounts by subject; two queries for any number of subjects."""
    keys, today = list(subjects), timezone.localdate()
    pairs = set(_PAIRS[kind](keys, today))
    users = User.objects.filter(is_active=True, pk__in={user for _, user in pairs}).in_bulk()
    found: dict[int, list[User]] = {}
    for subject, user in sorted(pairs):
        if user in users:
            found.setdefault(subject, []).append(users[user])
    return found


def _deputies(keys: list[int], today: dt.date) -> Iterable[Any]:
    rows = Deputy.objects.filter(pk__in=keys, user__isnull=False).order_by()
    return rows.values_list("pk", "user")


def _stations(keys: list[int], today: dt.date) -> Iterable[Any]:
    rows = StationOfficer.objects.on(today).filter(station__in=keys, user__isnull=False)
    return rows.order_by().values_list("station", "user")


def _groups(keys: list[int], today: dt.date) -> Iterable[Any]:
    rows = GroupMembership.objects.on(today).filter(
        group__in=keys, role__in=_LEADING, deputy__user__isnull=False
    )
    return rows.order_by().values_list("group", "deputy__user")


def _towns(keys: list[int], today: dt.date) -> Iterable[Any]:
    rows = RoleAssignment.objects.in_force(today).filter(role=Role.TOWN_STAFF, region__in=keys)
    return rows.order_by().values_list("region", "user")


def _members(keys: list[int], today: dt.date) -> Iterable[Any]:
    rows = CommitteeMember.objects.filter(
        Q(user__isnull=False) | Q(deputy__user__isnull=False), pk__in=keys
    )
    for pk, own, deputys in rows.order_by().values_list("pk", "user", "deputy__user"):
        yield pk, own or deputys


_PAIRS: Mapping[str, Any] = {
    DutySubject.DEPUTY: _deputies,
    DutySubject.STATION: _stations,
    DutySubject.GROUP: _groups,
    DutySubject.TOWN: _towns,
    DutySubject.MEMBER: _members,
}
