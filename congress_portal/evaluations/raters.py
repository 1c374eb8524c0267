"""Who rates whom: oneself, the group's officers, the town, the committee's office."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.models import Region, RoleAssignment, User
from congress_portal.evaluations.enums import Rater, SubjectType
from congress_portal.evaluations.marks import ADJUSTMENT, RATING
from congress_portal.evaluations.models import Rating, ScoreSheet
from congress_portal.evaluations.selectors import subject_rows
from deputies.enums import LEADING
from deputies.models import GroupMembership
from stations.models import StationOfficer


def rated_indicators(sheet: ScoreSheet) -> list[Mapping[str, Any]]:
    wanted = (RATING, ADJUSTMENT)
    return [each for each in sheet.scheme_data["indicators"] if each["metric"] in wanted]


def raters_for(
    user: User, sheet: ScoreSheet, indicator: Mapping[str, Any], subject: Any
) -> list[str]:
    """As what the person may rate this subject. Nobody but oneself rates oneself."""
    if indicator["metric"] == ADJUSTMENT:
        is_own = _is_own(user, subject)
        return [Rater.ADJUST] if "staff" in user.scope.roles and not is_own else []
    asked = indicator.get("raters") or {Rater.COUNTY: 1}
    may = [Rater.SELF] if _is_own(user, subject) else _others(user, subject)
    return [rater for rater in may if rater in asked]


def _others(user: User, subject: Any) -> list[str]:
    may: list[str] = []
    if _leads_group_of(user, subject):
        may.append(Rater.GROUP)
    place = getattr(subject, "town_id", None) or getattr(subject, "region_id", None)
    if place and _town_of(user).filter(region=place).exists():
        may.append(Rater.TOWN)
    if "staff" in user.scope.roles:
        may.append(Rater.COUNTY)
    return may


def _is_own(user: User, subject: Any) -> bool:
    kind = subject._meta.model_name
    if kind == SubjectType.DEPUTY:
        return bool(subject.user_id == user.pk)
    if kind == SubjectType.STATION:
        officers = StationOfficer.objects.on(timezone.localdate())
        return officers.filter(station=subject.pk, user=user).exists()  # type: ignore[no-any-return]
    if kind == SubjectType.GROUP:
        return _groups_led_by(user).filter(group=subject).exists()
    if isinstance(subject, Region):
        return _town_of(user).filter(region=subject).exists()
    return subject.pk in user.scope.unit_ids


def _leads_group_of(user: User, subject: Any) -> bool:
    if subject._meta.model_name != SubjectType.DEPUTY:
        return False
    theirs = GroupMembership.objects.on(timezone.localdate()).filter(deputy=subject)
    return theirs.filter(group__in=_groups_led_by(user).values("group")).exists()  # type: ignore[no-any-return]


def _groups_led_by(user: User) -> QuerySet[GroupMembership]:
    rows = GroupMembership.objects.on(timezone.localdate())
    return rows.filter(deputy__user=user, role__in=LEADING)


def _town_of(user: User) -> QuerySet[RoleAssignment]:
    """The offices that the person holds as a town's clerk."""
    rows = RoleAssignment.objects.in_force(timezone.localdate())
    return rows.filter(user=user, role="town_staff")


def subjects_to_rate(user: User, sheet: ScoreSheet) -> QuerySet[Any]:
    """Subjects that the person may have to rate: the own one, group members, the own town's,
    all for the committee's office."""
    if not rated_indicators(sheet):
        return subject_rows(sheet.scheme_data["subject_type"], sheet.period).none()
    rows = subject_rows(sheet.scheme_data["subject_type"], sheet.period)
    if "staff" in user.scope.roles:
        return rows
    today = timezone.localdate()
    places = _town_of(user).values("region")
    kind = sheet.scheme_data["subject_type"]
    if kind == SubjectType.DEPUTY:
        groups = _groups_led_by(user)
        members = GroupMembership.objects.on(today).filter(group__in=groups.values("group"))
        rule = Q(user=user) | Q(pk__in=members.values("deputy")) | Q(town__in=places)
    elif kind == SubjectType.STATION:
        own = StationOfficer.objects.on(today).filter(user=user).values("station")
        rule = Q(pk__in=own) | Q(region__in=places)
    elif kind == SubjectType.GROUP:
        rule = Q(pk__in=_groups_led_by(user).values("group")) | Q(region__in=places)
    elif kind == SubjectType.TOWN:
        rule = Q(pk__in=places)
    else:
        rule = Q(pk__in=user.scope.unit_ids)
    return rows.filter(rule)


def ratings_of(user: User, sheet: ScoreSheet, subject: Any) -> QuerySet[Rating]:
    """The person's own marks of a subject in this period."""
    return Rating.objects.filter(
        scheme__name=sheet.scheme_data["name"],
        period_code=sheet.period_code,
        author=user,
        **{sheet.scheme_data["subject_type"]: subject},
    ).order_by("pk")
