"""Vacant seats, what a by-election still lacks, and where an exit case stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import Level
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from deputies.enums import ByElectionState, EndKind, ExitAction, Gate
from deputies.models import (
    ByElection,
    Candidate,
    District,
    ExitCase,
    ExitStep,
    GateCheck,
    Mandate,
    Term,
)

ELECTED_HERE = (Level.COUNTY, Level.TOWN)  # elected directly, in districts of this county


@dataclass(frozen=True)
class Vacancy:
    """A seat without its deputy; ``running`` is the by-election for it, if one is under way."""

    mandate: Mandate
    days: int
    running: ByElection | None


@dataclass(frozen=True)
class ShortDistrict:
    """A district with fewer deputies than seats for another reason than an ended mandate."""

    district: District
    seats: int
    held: int
    vacant: int

    @property
    def short(self) -> int:
        return self.seats - self.held - self.vacant


def terms_of(user: User) -> QuerySet[Term]:
    """Running terms whose by-elections the person may see."""
    today = timezone.localdate()
    rows = Term.objects.filter(
        begins_on__lte=today, ends_on__gte=today, level__in=ELECTED_HERE, region__isnull=False
    )
    rule = Q(pk__in=())
    for prefix in user.scope.read_prefixes:
        rule |= Q(region__code__startswith=prefix)
    may_see = user.scope.roles & {"staff", "town_staff", "leader"}
    return rows.filter(rule).select_related("region") if may_see else rows.none()


def vacancies(terms: Iterable[Term]) -> list[Vacancy]:
    """Seats that were given up before the term's end and are not filled, longest empty first."""
    today = timezone.localdate()
    filled = ByElection.objects.filter(state=ByElectionState.ELECTED, vacated__isnull=False)
    rows = (
        Mandate.objects.filter(term__in=terms, ends_on__lt=today)
        .filter(ends_on__lt=F("term__ends_on"))
        .exclude(end_kind=EndKind.TERM)
        .exclude(pk__in=filled.values("vacated"))
        .select_related("deputy__town", "term__region", "district")
        .prefetch_related(Prefetch("by_elections", ByElection.objects.running(), to_attr="running"))
    )
    return [
        Vacancy(
            row,
            (today - (row.ends_on or today)).days,
            row.running[0] if row.running else None,
        )
        for row in rows.order_by("ends_on", "pk")
    ]


def short_districts(terms: Iterable[Term], found: Iterable[Vacancy]) -> list[ShortDistrict]:
    """Districts whose seats are on record and not all taken, the vacancies above left out."""
    today = timezone.localdate()
    held: dict[int, int] = {}
    in_force = Mandate.objects.in_force(Period(today, today, ""))
    for key in in_force.filter(district__term__in=terms).values_list("district", flat=True):
        held[key] = held.get(key, 0) + 1
    vacant: dict[int, int] = {}
    for each in found:
        if each.mandate.district_id:
            key = each.mandate.district_id
            vacant[key] = vacant.get(key, 0) + 1
    rows = District.objects.filter(term__in=terms, seats__isnull=False).select_related(
        "term__region", "region"
    )
    counted = [
        ShortDistrict(row, row.seats or 0, held.get(row.pk, 0), vacant.get(row.pk, 0))
        for row in rows.order_by("term", "region__code", "pk")
    ]
    return [each for each in counted if each.short > 0]


def by_elections_of(user: User) -> QuerySet[ByElection]:
    rows = ByElection.objects.visible_to(user)
    return rows.select_related("term__region", "district", "vacated__deputy", "mandate__deputy")


def candidates_of(by_election: ByElection) -> list[Candidate]:
    checks = GateCheck.objects.select_related("author").order_by("pk")
    rows = by_election.candidates.select_related("deputy", "town").order_by("serial")
    return list(rows.prefetch_related(Prefetch("checks", checks)))


def missing_gates(candidate: Candidate) -> list[Gate]:
    """Of the four checks, those that nobody has recorded yet."""
    done = {check.gate for check in candidate.checks.all()}
    return [gate for gate in Gate if gate not in done]


def has_failed(candidate: Candidate) -> bool:
    return any(not check.passed for check in candidate.checks.all())


def cases_of(user: User) -> QuerySet[ExitCase]:
    rows = ExitCase.objects.visible_to(user)
    return rows.select_related("mandate__deputy__town", "mandate__term__region", "opened_by")


def steps_of(case: ExitCase) -> QuerySet[ExitStep]:
    return case.steps.select_related("author").order_by("held_on", "pk")


def was_heard(case: ExitCase) -> bool:
    return case.steps.filter(action=ExitAction.HEAR).exists()


def seats_to_ask_about(user: User) -> QuerySet[Mandate]:
    """Mandates in force of the congresses whose cases the person keeps."""
    today = timezone.localdate()
    if not ExitCase.objects.all().may_add(user):
        return Mandate.objects.none()
    inside = Q(pk__in=())
    for prefix in user.scope.write_prefixes:
        inside |= Q(region__code__startswith=prefix)
    rows = Mandate.objects.in_force(Period(today, today, "")).filter(inside)
    return rows.filter(level__in=ELECTED_HERE).select_related("deputy__town", "term__region")
