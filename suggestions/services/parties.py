"""Who somebody is, seen from one suggestion or one unit's part: the tables' role predicates."""

from django.db.models import QuerySet

from congress_portal.core.enums import Role
from congress_portal.core.models import User
from deputies.enums import GroupKind
from deputies.models import Group
from suggestions.enums import CoSignerState, Party
from suggestions.models import Handling, HandlingRule, Suggestion

_UNIT_PARTY = {Role.UNIT_OFFICER: Party.UNIT, Role.UNIT_LEADER: Party.UNIT_LEADER}


def parties_of(user: User | None, suggestion: Suggestion) -> frozenset[Party]:
    """Every part the person has in the suggestion; None is the system itself."""
    if user is None:
        return frozenset({Party.SYSTEM})
    scope = user.scope
    found: set[Party] = set()
    if scope.may_write_code(suggestion.region.code):
        found.add(Party.OFFICE)
    if scope.deputy_user_id:
        found |= _as_deputy(user, suggestion)
    if suggestion.leading_member_id == user.pk:
        found.add(Party.LEADING)
    rule = HandlingRule.objects.all().of(suggestion.region)
    if rule.government_unit_id in scope.unit_ids and suggestion.passed_on_on:
        found.add(Party.GOVERNMENT)
    return frozenset(found)


def handling_parties_of(user: User | None, handling: Handling) -> frozenset[Party]:
    """As ``parties_of``, and the unit's own people for their part."""
    found = set(parties_of(user, handling.suggestion))
    if user is not None:
        for row in user.assignments:
            if row.unit_id == handling.unit_id and row.role in _UNIT_PARTY:
                found.add(_UNIT_PARTY[Role(row.role)])
    return frozenset(found)


def _as_deputy(user: User, suggestion: Suggestion) -> set[Party]:
    if suggestion.lead.user_id == user.pk:
        return {Party.LEAD, Party.PROPOSER}
    found: set[Party] = set()
    signed = suggestion.cosignatures.filter(
        deputy__user=user, state=CoSignerState.CONFIRMED
    ).exists()
    if signed:
        found.add(Party.PROPOSER)
    if specialist_groups(user, suggestion).exists():
        found.add(Party.GROUP)
    return found


def specialist_groups(user: User, suggestion: Suggestion) -> QuerySet[Group]:
    """The person's specialist groups whose field the suggestion has (M131)."""
    if suggestion.field_id is None:
        return Group.objects.none()
    return Group.objects.filter(
        kind=GroupKind.PROFESSIONAL,
        is_active=True,
        field=suggestion.field_id,
        memberships__deputy__user=user,
        memberships__ends_on__isnull=True,
    ).distinct()
