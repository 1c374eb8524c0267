"""Groups with their officers, their history and what asks for adjustment (MISSION M11, M12)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from congress_portal.core.models import User
from congress_portal.desk.registers.selectors.records import KINDS, Row, records_url
from congress_portal.desk.registers.selectors.terms import Figure
from deputies.enums import GroupRole
from deputies.models import Group, GroupMembership, Mandate

_LATEST = 10


@dataclass(frozen=True)
class Member:
    """``left_office`` is the last day of the last mandate, when none is in force any more."""

    membership: GroupMembership
    left_office: dt.date | None
    reason: str = ""


@dataclass(frozen=True)
class GroupState:
    group: Group
    officers: dict[str, list[Member]]
    members: tuple[Member, ...]
    former: tuple[GroupMembership, ...]

    @property
    def to_adjust(self) -> list[Member]:
        return [member for member in self.members if member.left_office]

    @property
    def has_leader(self) -> bool:
        return bool(self.officers[GroupRole.LEADER])


def states_of(groups: QuerySet[Group], today: dt.date) -> list[GroupState]:
    """With all memberships and mandates; three queries for any number of groups."""
    mandates = Mandate.objects.select_related("term").order_by("pk")
    memberships = (
        GroupMembership.objects.select_related("deputy__town")
        .prefetch_related(Prefetch("deputy__mandates", mandates))
        .order_by("serial", "pk")
    )
    rows = groups.select_related("region", "field", "partner").prefetch_related(
        Prefetch("memberships", memberships)
    )
    return [_state(group, today) for group in rows]


def _state(group: Group, today: dt.date) -> GroupState:
    rows = list(group.memberships.all())
    members = [_member(row, today) for row in rows if _is_in(row, today)]
    officers: dict[str, list[Member]] = {role: [] for role in GroupRole.values}
    for member in members:
        officers[member.membership.role].append(member)
    former = [row for row in rows if row.ends_on and row.ends_on < today]
    former.sort(key=lambda row: row.ends_on or today, reverse=True)
    return GroupState(group, officers, tuple(members), tuple(former))


def _is_in(row: GroupMembership, today: dt.date) -> bool:
    return (row.begins_on is None or row.begins_on <= today) and (
        row.ends_on is None or row.ends_on >= today
    )


def _member(row: GroupMembership, today: dt.date) -> Member:
    mandates: Iterable[Mandate] = row.deputy.mandates.all()
    if any(m.first_day <= today <= m.last_day for m in mandates):
        return Member(row, None)
    ended = max(mandates, key=lambda m: m.last_day, default=None)
    if ended is None:
        return Member(row, today, "没有登记代表职务")
    reason = ended.get_end_kind_display() or "任期届满"
    return Member(row, ended.last_day, reason)


@dataclass(frozen=True)
class GroupWork:
    """The group's own activities, and the suggestions and voices of its field."""

    activities: tuple[Row, ...]
    issues: tuple[Row, ...]
    figures: tuple[Figure, ...]


def work_of(group: Group, user: User) -> GroupWork:
    activities = KINDS["activities"].rows(user).filter(group=group)
    shown = tuple(map(KINDS["activities"].show, activities.order_by("-held_on", "-pk")[:_LATEST]))
    figures = [
        Figure("小组活动", activities.count(), "次", records_url("activities", group=group.pk))
    ]
    issues: list[Row] = []
    if group.field_id:
        for code in ("suggestions", "voices"):
            kind = KINDS[code]
            rows = kind.rows(user).filter(field=group.field_id)
            if code == "voices":
                rows = rows.filter(region__code__startswith=group.region.prefix)
            url = records_url(code, field=group.field_id, region=group.region)
            if code == "suggestions":
                url = records_url(code, field=group.field_id)
            figures.append(Figure(f"本领域{kind.title}", rows.count(), kind.unit, url))
            issues += map(kind.show, rows.order_by(f"-{kind.date}", "-pk")[:_LATEST])
    issues.sort(key=lambda row: row.on, reverse=True)
    return GroupWork(shown, tuple(issues[:_LATEST]), tuple(figures))
