"""Who somebody is, seen from one suggestion or one unit's part: the tables' role predicates."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from congress_portal.core.enums import Role
from congress_portal.core.models import User
from deputies.enums import GroupKind
from deputies.models import Group
from suggestions.enums import CoSignerState, Decision, HandlingState, Party, Share, State
from suggestions.models import Extension, Handling, HandlingRule, Suggestion
from suggestions.workflow import (
    HANDLING_TABLE,
    SUGGESTION_TABLE,
    Action,
    HandlingAction,
    Transition,
    available_actions,
    available_handling_actions,
)

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


@dataclass(frozen=True)
class Button:
    """One thing the reader may do now; ``action`` is its code, ``needs_comment`` asks why."""

    action: str
    label: str
    next_step: str
    needs_comment: bool


def actions_for(user: User, suggestion: Suggestion) -> list[Button]:
    """What the reader may do to the suggestion, by the table and the region's rule."""
    parties = parties_of(user, suggestion)
    rule = HandlingRule.objects.all().of(suggestion.region)
    allowed = available_actions(State(suggestion.state), parties)
    return [
        _button(action, SUGGESTION_TABLE[action])
        for action in allowed
        if not _out_of_place(action, suggestion, parties, rule)
    ]


def _out_of_place(
    action: Action, suggestion: Suggestion, parties: frozenset[Party], rule: HandlingRule
) -> bool:
    """What the services would refuse whatever the form says."""
    if action == Action.PASS_ON:
        return not rule.has_government_step
    if action == Action.SUBMIT:
        return Party.LEAD not in parties and not suggestion.entered_on_behalf
    if action in (Action.SUSPEND, Action.RESUME):
        paused = suggestion.suspensions.filter(ends_on__isnull=True).exists()
        return paused == (action == Action.SUSPEND)
    if action in (Action.EXTEND, Action.DENY_EXTENSION):
        return not Extension.objects.filter(
            handling__suggestion=suggestion, decision=Decision.PENDING
        ).exists()
    return action == Action.PUBLISH and not suggestion.consents_to_publication


def handling_actions_for(user: User, handling: Handling) -> list[Button]:
    """What the reader may do to one unit's part."""
    parties = handling_parties_of(user, handling)
    is_lead = handling.share == Share.LEAD
    only_lead = (HandlingAction.DRAFT_REPLY, HandlingAction.ASK_EXTENSION)
    no_lead = (HandlingAction.GIVE_OPINION, HandlingAction.RELEASE)  # a lead unit is replaced
    allowed = available_handling_actions(HandlingState(handling.state), parties)
    return [
        _button(action, HANDLING_TABLE[action])
        for action in allowed
        if not (action in only_lead and not is_lead)
        and not (action in no_lead and is_lead)
        and not (
            action == HandlingAction.REPORT_PROMISE
            and not (is_lead and handling.suggestion.promises.all().open().exists())
        )
    ]


def _button(action: str, row: Transition[Any]) -> Button:
    return Button(str(action), row.label, row.next_step, row.needs_comment)
