"""Who owes a requirement in a period, and on which of its days."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from congress_portal.core.enums import TOWN_LEVELS, Level
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.core.scope import scope_of
from congress_portal.evaluations.duties.figures import MODELS
from congress_portal.evaluations.duties.spans import Span, within
from congress_portal.evaluations.enums import DutySubject, OwedBy
from congress_portal.evaluations.models import Exemption, Requirement
from deputies.models import CommitteeMember, Deputy, Group, GroupMembership, Mandate
from deputies.selectors import seats_in
from stations.models import Station, Unavailability

_MOST = dt.date.max


@dataclass(frozen=True)
class Owing:
    """One who owes: ``spans`` are the days of the period on which they were there."""

    pk: int
    label: str
    place: str
    place_code: str
    spans: tuple[Span, ...]
    station_type: int | None = None


def visible(kind: str, user: User | None) -> QuerySet[Any]:
    """Those of a kind whose standing the person may read."""
    return _scoped(kind, user, "reads")


def reachable(kind: str, user: User | None) -> QuerySet[Any]:
    """Those to whom the person may send a word."""
    return _scoped(kind, user, "writes")


def _scoped(kind: str, user: User | None, right: str) -> QuerySet[Any]:
    rows = MODELS[kind]._default_manager.all()
    if kind == DutySubject.TOWN:
        rows = rows.filter(level__in=TOWN_LEVELS)
    if user is None:
        return rows
    if kind not in (DutySubject.TOWN, DutySubject.MEMBER):
        return rows.visible_to(user) if right == "reads" else rows.editable_by(user)  # type: ignore[attr-defined,no-any-return]
    scope = scope_of(user)
    prefixes = scope.read_prefixes if right == "reads" else scope.write_prefixes
    path = "code" if kind == DutySubject.TOWN else "region__code"
    rule = Q(pk__in=())
    for prefix in prefixes:
        rule |= Q(**{f"{path}__startswith": prefix})
    if kind == DutySubject.MEMBER and right == "reads" and scope.user_id:
        own = CommitteeMember.objects.held_by(scope.user_id).values("pk")
        rule |= Q(pk__in=own)
    return rows.filter(rule)


def owing_rows(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    """Of ``base``, those whom the requirement binds in the period, in the order of the board."""
    return _ROWS[requirement.subject_kind](requirement, period, base)


def _deputies(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    seats = Mandate.objects.in_force(period)
    if level := _level(requirement):
        seats = seats.filter(level=level)
    rows = base.filter(pk__in=seats.values("deputy")).select_related("town")
    return _of_place(rows, "town", requirement).order_by("town__code", "pk")


def _stations(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    built = Q(established_on__isnull=True) | Q(established_on__lte=period.last)
    rows = base.filter(built, is_active=True).select_related("region")
    return _of_place(rows, "region", requirement).order_by("region__code", "number")


def _groups(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    """Without those whose first member joined later; ``since`` is the first day, where known."""
    members = GroupMembership.objects.filter(group=OuterRef("pk"))
    first = members.order_by("begins_on").values("begins_on")[:1]
    is_old = Exists(members.filter(begins_on__isnull=True))
    rows = base.filter(is_active=True).annotate(is_old=is_old, since=Subquery(first))
    rows = rows.filter(Q(is_old=True) | Q(since__isnull=True) | Q(since__lte=period.last))
    rows = rows.select_related("region")
    return _of_place(rows, "region", requirement).order_by("region__code", "pk")


def _towns(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    levels = [requirement.owed_by] if requirement.owed_by else list(TOWN_LEVELS)
    rows = base.filter(level__in=levels)
    region = requirement.region
    return (rows.filter(code__startswith=region.prefix) if region else rows).order_by("code")


def _members(requirement: Requirement, period: Period, base: QuerySet[Any]) -> QuerySet[Any]:
    not_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=period.first)
    rows = base.filter(not_ended, begins_on__lte=period.last)
    rows = rows.select_related("deputy", "region")
    return _of_place(rows, "region", requirement).order_by("serial", "pk")


_ROWS: dict[str, Callable[[Requirement, Period, QuerySet[Any]], QuerySet[Any]]] = {
    DutySubject.DEPUTY: _deputies,
    DutySubject.STATION: _stations,
    DutySubject.GROUP: _groups,
    DutySubject.TOWN: _towns,
    DutySubject.MEMBER: _members,
}


def _of_place(rows: QuerySet[Any], path: str, requirement: Requirement) -> QuerySet[Any]:
    region = requirement.region
    return rows.filter(**{f"{path}__code__startswith": region.prefix}) if region else rows


def _level(requirement: Requirement) -> str:
    return {OwedBy.COUNTY: Level.COUNTY, OwedBy.TOWN: Level.TOWN}.get(requirement.owed_by, "")  # type: ignore[call-overload,no-any-return]


def owing_of(requirement: Requirement, period: Period, rows: QuerySet[Any]) -> list[Owing]:
    """The rows with the days on which each was there; two queries for deputies, else one."""
    kind = requirement.subject_kind
    seats = seats_in(period, _level(requirement)) if kind == DutySubject.DEPUTY else {}
    asked = (requirement.active_from or dt.date.min, requirement.active_to or _MOST)
    found = []
    for row in rows:
        spans = within(seats.get(row.pk, [_there(kind, row)]), period)
        spans = [(max(a, asked[0]), min(b, asked[1])) for a, b in spans]
        label, place = _named(kind, row)
        found.append(
            Owing(
                pk=row.pk,
                label=label,
                place=place.name,
                place_code=place.code,
                spans=tuple((a, b) for a, b in spans if a <= b),
                station_type=getattr(row, "type_id", None),
            )
        )
    return found


def _there(kind: str, row: Any) -> Span:
    """From when to when a subject without mandates has been there."""
    if kind == DutySubject.STATION:
        return row.established_on or dt.date.min, _MOST
    if kind == DutySubject.MEMBER:
        return row.begins_on, row.ends_on or _MOST
    if kind == DutySubject.GROUP and not row.is_old and row.since:
        return row.since, _MOST
    return dt.date.min, _MOST


def _named(kind: str, row: Deputy | Station | Group | Region | CommitteeMember) -> tuple[str, Any]:
    if isinstance(row, Deputy):
        return row.name, row.town
    if isinstance(row, CommitteeMember):
        return row.deputy.name, row.region
    return row.name, row if isinstance(row, Region) else row.region


@dataclass(frozen=True)
class Leave:
    """Days on which somebody owes nothing, and why; without dates it is for good."""

    span: Span
    reason: str


def leaves_of(kind: str, period: Period) -> dict[int, list[tuple[int | None, Leave]]]:
    """By subject: (requirement or None for all, leave) of the period; two queries at most."""
    begun = Q(begins_on__isnull=True) | Q(begins_on__lte=period.last)
    not_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=period.first)
    rows = Exemption.objects.filter(begun, not_ended, **{f"{kind}__isnull": False}).order_by("pk")
    found: dict[int, list[tuple[int | None, Leave]]] = {}
    columns = (f"{kind}_id", "requirement_id", "begins_on", "ends_on", "reason")
    for subject, requirement, begins, ends, reason in rows.values_list(*columns):
        span = (begins or dt.date.min, ends or _MOST)
        found.setdefault(subject, []).append((requirement, Leave(span, reason)))
    if kind == DutySubject.DEPUTY:
        # nobody excuses themselves: only what somebody else has entered counts
        away = (
            Unavailability.objects.filter(first_on__lte=period.last, last_on__gte=period.first)
            .filter(Q(entered_by__isnull=True) | ~Q(entered_by=F("deputy__user")))
            .order_by("first_on", "pk")
        )
        for subject, first, last in away.values_list("deputy", "first_on", "last_on"):
            leave = Leave((first, last), "办公室登记的不便履职的日子")
            found.setdefault(subject, []).append((None, leave))
    return found
