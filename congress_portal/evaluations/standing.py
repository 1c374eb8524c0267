"""Where a sheet stands in its life, who is scored on it, and who may object."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.models import RoleAssignment, User
from congress_portal.core.workdays import WorkCalendar
from congress_portal.evaluations.enums import INPUT_STATES, Rater, SheetState, SubjectType
from congress_portal.evaluations.models import Rating, Score, ScoreSheet, Unlock
from congress_portal.evaluations.workflow import Facts, SheetStep, available_steps
from deputies.enums import LEADING
from deputies.models import GroupMembership
from stations.models import StationOfficer


def facts_of(sheet: ScoreSheet) -> Facts:
    later = ScoreSheet.objects.filter(
        scheme__name=sheet.scheme.name, period_code=sheet.period_code, version__gt=sheet.version
    )
    earlier = ScoreSheet.objects.filter(
        scheme__name=sheet.scheme.name, period_code=sheet.period_code, version__lt=sheet.version
    )
    return Facts(
        state=sheet.state,
        has_window=sheet.scheme.objection_days > 0,
        is_correction=sheet.version > 1 and earlier.shown().exists(),
        has_later=later.exists(),
    )


def steps_for(sheet: ScoreSheet, user: User) -> list[SheetStep]:
    if not ScoreSheet.objects.editable_by(user).filter(pk=sheet.pk).exists():
        return []
    return available_steps(facts_of(sheet))


def window_from(sheet: ScoreSheet, day: dt.date) -> dt.date | None:
    """The last day of the window that begins on ``day``; none where the scheme has none."""
    days = sheet.scheme.objection_days
    return WorkCalendar().add_workdays(day, days) if days else None


def last_day_to_object(sheet: ScoreSheet) -> dt.date | None:
    """Until when scores of the sheet may be questioned, as it stands now."""
    if sheet.state == SheetState.DISCLOSED:
        return sheet.objections_until
    return sheet.appeals_until if sheet.state == SheetState.PUBLISHED else None


def scored_people(score: Score) -> list[User]:
    """Whose score it is: the deputy; those who lead the station, group, town or unit."""
    return list(people_of_scores([score]).get(score.pk, []))


def people_of_scores(scores: Iterable[Score]) -> dict[int, list[User]]:
    """Active accounts by score; one query for each kind of subject."""
    rows = list(scores)
    today = timezone.localdate()
    by: dict[str, dict[int, list[User]]] = {}
    for kind, pairs_of in _PEOPLE.items():
        keys = [key for row in rows if (key := getattr(row, f"{kind}_id")) is not None]
        by[kind] = {}
        for key, user in pairs_of(keys, today) if keys else ():
            by[kind].setdefault(key, []).append(user)
    return {row.pk: _of(row, by) for row in rows}


Pairs = Iterator[tuple[int, User]]


def _deputies(keys: list[int], today: dt.date) -> Pairs:
    users = User.objects.filter(is_active=True, deputy__in=keys)
    for user in users.select_related("deputy"):
        yield user.deputy.pk, user


def _stations(keys: list[int], today: dt.date) -> Pairs:
    officers = StationOfficer.objects.on(today).filter(station__in=keys, user__is_active=True)
    for officer in officers.select_related("user"):
        yield officer.station_id, officer.user


def _units(keys: list[int], today: dt.date) -> Pairs:
    holders = RoleAssignment.objects.in_force(today).filter(
        role__in=(Role.UNIT_OFFICER, Role.UNIT_LEADER), unit__in=keys, user__is_active=True
    )
    for holder in holders.select_related("user"):
        yield holder.unit_id, holder.user


def _groups(keys: list[int], today: dt.date) -> Pairs:
    leaders = GroupMembership.objects.on(today).filter(
        group__in=keys, role__in=LEADING, deputy__user__is_active=True
    )
    for leader in leaders.select_related("deputy__user"):
        yield leader.group_id, leader.deputy.user


def _towns(keys: list[int], today: dt.date) -> Pairs:
    clerks = RoleAssignment.objects.in_force(today).filter(
        role=Role.TOWN_STAFF, region__in=keys, user__is_active=True
    )
    for clerk in clerks.select_related("user"):
        yield clerk.region_id, clerk.user


_PEOPLE: dict[str, Callable[[list[int], dt.date], Pairs]] = {
    SubjectType.DEPUTY: _deputies,
    SubjectType.STATION: _stations,
    SubjectType.UNIT: _units,
    SubjectType.GROUP: _groups,
    SubjectType.TOWN: _towns,
}


def _of(row: Score, by: dict[str, dict[int, list[User]]]) -> list[User]:
    for kind, found in by.items():
        if (pk := getattr(row, f"{kind}_id")) is not None:
            return found.get(pk, [])
    return []


def speaks_for(user: User, score: Score) -> bool:
    """Whether the person is the one scored, or acts for the station or the unit scored.

    For a station its town's clerks speak too, unless they scored it (checked when deciding).
    """
    if any(person.pk == user.pk for person in scored_people(score)):
        return True
    if score.station_id is None:
        return False
    clerks = RoleAssignment.objects.in_force(timezone.localdate()).filter(
        role=Role.TOWN_STAFF, region=score.region_id, user=user
    )
    return clerks.exists()


def may_object(user: User, score: Score) -> bool:
    last = last_day_to_object(score.sheet)
    return last is not None and timezone.localdate() <= last and speaks_for(user, score)


def scorers_of(score: Score) -> set[int]:
    """Who computed or checked the sheet, and whose marks it counts: none of them decides."""
    sheet = score.sheet
    people = {sheet.computed_by_id, sheet.checked_by_id} - {None}
    kept = [line.evidence.get("evaluations.Rating", ()) for line in score.lines.all()]
    keys = {key for keys in kept for key in keys}
    others = Rating.objects.filter(pk__in=keys).exclude(rater=Rater.SELF)
    return {*people, *others.values_list("author", flat=True)}


def may_decide(user: User, appeal: Any) -> bool:
    rows = type(appeal).objects.editable_by(user).filter(pk=appeal.pk)
    return (
        rows.exists()
        and user.pk != appeal.raised_by_id
        and user.pk not in {*scorers_of(appeal.score), appeal.scored_by_id}
    )


def unlocks_of(sheet: ScoreSheet) -> QuerySet[Unlock]:
    return Unlock.objects.filter(sheet=sheet).select_related(
        "region", "station", "unit", "opened_by"
    )


def late_marks(sheet: ScoreSheet) -> int:
    """Marks given or changed after the sheet was computed, which it does not hold."""
    if sheet.computed_at is None:
        return 0
    rows = Rating.objects.filter(
        scheme__name=sheet.scheme_data["name"], period_code=sheet.period_code
    )
    return rows.filter(given_at__gt=sheet.computed_at).count()


def doubts_of(sheet: ScoreSheet) -> dict[str, Any]:
    """What a page says before a step: marks that came later, a period that still runs."""
    is_kept = not sheet.is_published
    return {
        "late": late_marks(sheet) if is_kept else 0,
        "is_running": is_kept and sheet.last_day >= timezone.localdate(),
    }


def takes_marks(sheet: ScoreSheet, subject: Any) -> bool:
    """Whether marks of this subject may be given now: before the check, or while its place is
    unlocked."""
    if sheet.state in INPUT_STATES:
        return True
    label = subject._meta.model_name
    places = {
        "deputy": Q(region=getattr(subject, "town_id", None)),
        "station": Q(station=subject.pk) | Q(region=getattr(subject, "region_id", None)),
        "unit": Q(unit=subject.pk),
        "group": Q(region=getattr(subject, "region_id", None)),
        "region": Q(region=subject.pk),
    }
    return Unlock.objects.filter(sheet=sheet).in_force().filter(places[label]).exists()
