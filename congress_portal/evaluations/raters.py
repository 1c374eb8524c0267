"""Who rates whom: oneself, the group's officers, the town, the committee's office."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.models import Region, RoleAssignment, User
from congress_portal.evaluations.enums import INPUT_STATES, Rater, SubjectType
from congress_portal.evaluations.marks import ADJUSTMENT, RATING
from congress_portal.evaluations.models import Rating, ScoreSheet
from congress_portal.evaluations.selectors import subject_rows
from deputies.enums import LEADING
from deputies.models import GroupMembership
from stations.models import StationOfficer


def rated_indicators(sheet: ScoreSheet) -> list[Mapping[str, Any]]:
    wanted = (RATING, ADJUSTMENT)
    rows = sheet.scheme_data.get("indicators", ())  # none before the scheme has any
    return [each for each in rows if each["metric"] in wanted]


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


def _rules(user: User, kind: str) -> dict[str, Q]:
    """As which rater the person may rate which subjects of a kind; COUNTY rates all."""
    places = _town_of(user).values("region")
    if kind == SubjectType.DEPUTY:
        groups = _groups_led_by(user)
        members = GroupMembership.objects.on(timezone.localdate()).filter(
            group__in=groups.values("group")
        )
        others = ~Q(user=user)
        rules: dict[str, Q] = {
            Rater.SELF: Q(user=user),
            Rater.GROUP: Q(pk__in=members.values("deputy")) & others,
            Rater.TOWN: Q(town__in=places) & others,
        }
    elif kind == SubjectType.STATION:
        kept = StationOfficer.objects.on(timezone.localdate()).filter(user=user)
        own = Q(pk__in=kept.values("station"))
        rules = {Rater.SELF: own, Rater.TOWN: Q(region__in=places) & ~own}
    elif kind == SubjectType.GROUP:
        own = Q(pk__in=_groups_led_by(user).values("group"))
        rules = {Rater.SELF: own, Rater.TOWN: Q(region__in=places) & ~own}
    elif kind == SubjectType.TOWN:
        rules = {Rater.SELF: Q(pk__in=places)}
    else:
        rules = {Rater.SELF: Q(pk__in=user.scope.unit_ids)}
    if "staff" in user.scope.roles:
        rules[Rater.COUNTY] = ~rules[Rater.SELF]
    return rules


def subjects_to_rate(user: User, sheet: ScoreSheet) -> QuerySet[Any]:
    """Subjects that the person may have to rate: the own one, group members, the own town's,
    all for the committee's office."""
    kind = sheet.scheme_data["subject_type"]
    rows = subject_rows(kind, sheet.period)
    if not rated_indicators(sheet):
        return rows.none()
    if "staff" in user.scope.roles:
        return rows
    rule = Q(pk__in=[])
    for each in _rules(user, kind).values():
        rule |= each
    return rows.filter(rule)


@dataclass(frozen=True)
class OpenMarks:
    """A period in which the person has still ``missing`` of ``asked`` marks to give."""

    sheet: ScoreSheet
    asked: int
    missing: int


def marks_to_give(user: User) -> list[OpenMarks]:
    """Periods that take marks now, in which the person is asked for some and has not given all."""
    rows = ScoreSheet.objects.filter(state__in=INPUT_STATES).select_related("scheme")
    found = (_open_marks(user, sheet) for sheet in rows.order_by("last_day", "pk"))
    return [each for each in found if each.missing]


def _open_marks(user: User, sheet: ScoreSheet) -> OpenMarks:
    asked: Counter[str] = Counter()
    for data in rated_indicators(sheet):
        if data["metric"] == RATING:
            asked.update(list(data.get("raters") or [Rater.COUNTY]))
    if not asked:
        return OpenMarks(sheet, 0, 0)
    kind = sheet.scheme_data["subject_type"]
    rows = subject_rows(kind, sheet.period)
    rules = {rater: rule for rater, rule in _rules(user, kind).items() if rater in asked}
    whole = sum(asked[rater] * rows.filter(rule).count() for rater, rule in rules.items())
    given = Rating.objects.filter(
        scheme__name=sheet.scheme_data["name"], period_code=sheet.period_code, author=user,
        rater__in=list(rules),
    )  # fmt: skip
    return OpenMarks(sheet, whole, max(whole - given.count(), 0) if whole else 0)


def ratings_of(user: User, sheet: ScoreSheet, subject: Any) -> QuerySet[Rating]:
    """The person's own marks of a subject in this period."""
    return Rating.objects.filter(
        scheme__name=sheet.scheme_data["name"],
        period_code=sheet.period_code,
        author=user,
        **{sheet.scheme_data["subject_type"]: subject},
    ).order_by("pk")


def with_own_marks(user: User, sheet: ScoreSheet, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Annotates ``own_marks``: how many marks the person gave the subject in this period."""
    kind = sheet.scheme_data["subject_type"]
    given = Rating.objects.filter(
        scheme__name=sheet.scheme_data["name"], period_code=sheet.period_code, author=user,
        **{kind: OuterRef("pk")},
    ).exclude(rater=Rater.ADJUST)  # fmt: skip
    counted = given.order_by().values(kind).annotate(n=Count("pk")).values("n")
    return rows.annotate(own_marks=Coalesce(Subquery(counted), 0))


def marks_address(user: User, sheet: ScoreSheet) -> str:
    """Straight to the subject where there is one only."""
    keys = list(subjects_to_rate(user, sheet).values_list("pk", flat=True)[:2])
    if len(keys) == 1:
        return reverse("evaluations:mark", args=[sheet.pk, keys[0]])
    return reverse("evaluations:marks", args=[sheet.pk])
