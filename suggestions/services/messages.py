"""Who hears of which step. The table is the whole rule; a step not in it is told to nobody."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from congress_portal.core.enums import Role
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people, unit_people
from suggestions.enums import NOT_IN_HAND, CoSignerState, Share
from suggestions.models import Handling, HandlingRule, Suggestion, TransitionLog
from suggestions.workflow import Action, HandlingAction


class Audience(StrEnum):
    LEAD = "lead"
    PROPOSERS = "proposers"
    OFFICE = "office"
    GOVERNMENT = "government"
    UNITS = "units"
    LEAD_UNIT = "lead_unit"
    THIS_UNIT = "this_unit"
    THIS_OFFICER = "this_officer"
    THIS_LEADER = "this_leader"
    LEADING_MEMBER = "leading_member"


_A = Audience
HEARERS: Mapping[Action, tuple[Audience, ...]] = {
    Action.SUBMIT: (_A.OFFICE, _A.PROPOSERS),
    Action.WITHDRAW: (_A.OFFICE, _A.PROPOSERS),
    Action.RETURN: (_A.LEAD,),
    Action.REFUSE: (_A.PROPOSERS,),
    Action.MERGE: (_A.PROPOSERS,),
    Action.CONVERT: (_A.PROPOSERS,),
    Action.ACCEPT: (_A.PROPOSERS,),
    Action.PASS_ON: (_A.GOVERNMENT,),
    Action.HAND_BACK: (_A.OFFICE,),
    Action.HAND_OVER: (_A.UNITS, _A.PROPOSERS),
    Action.FORWARD: (_A.UNITS, _A.PROPOSERS, _A.OFFICE),
    Action.REASSIGN: (_A.UNITS,),
    Action.EXTEND: (_A.LEAD_UNIT, _A.PROPOSERS),
    Action.DENY_EXTENSION: (_A.LEAD_UNIT,),
    Action.SUSPEND: (_A.UNITS, _A.PROPOSERS),
    Action.RESUME: (_A.UNITS, _A.PROPOSERS),
    Action.ANSWER: (_A.PROPOSERS, _A.OFFICE),
    Action.REDO: (_A.LEAD_UNIT, _A.OFFICE),
    Action.TRACK: (_A.PROPOSERS, _A.LEAD_UNIT),
    Action.RECLASSIFY: (_A.PROPOSERS, _A.LEAD_UNIT),
    Action.CLOSE: (_A.PROPOSERS, _A.LEAD_UNIT),
    Action.REOPEN: (_A.LEAD_UNIT, _A.OFFICE, _A.PROPOSERS),
    Action.MARK_KEY: (_A.LEADING_MEMBER, _A.UNITS),
    Action.SUPERVISE: (_A.UNITS, _A.PROPOSERS),
    Action.GROUP_FOLLOW: (_A.LEAD_UNIT, _A.OFFICE),
    Action.SETTLE_PROMISE: (_A.LEAD_UNIT, _A.PROPOSERS),
    Action.LOOK_BACK: (_A.LEAD_UNIT, _A.OFFICE),
    Action.CONSENT: (_A.OFFICE, _A.LEAD),
    Action.PUBLISH: (_A.PROPOSERS,),
    Action.NOMINATE: (_A.OFFICE,),
    Action.HONOUR: (_A.PROPOSERS,),
}
PART_HEARERS: Mapping[HandlingAction, tuple[Audience, ...]] = {
    HandlingAction.ASK_RETURN: (_A.OFFICE, _A.GOVERNMENT),
    HandlingAction.GRANT_RETURN: (_A.THIS_UNIT,),
    HandlingAction.DENY_RETURN: (_A.THIS_UNIT,),
    HandlingAction.ASK_EXTENSION: (_A.OFFICE,),
    HandlingAction.GIVE_OPINION: (_A.LEAD_UNIT,),
    HandlingAction.DRAFT_REPLY: (_A.THIS_LEADER,),
    HandlingAction.SEND_BACK: (_A.THIS_OFFICER,),
    HandlingAction.REPORT_PROMISE: (_A.OFFICE,),
    HandlingAction.RELEASE: (_A.THIS_UNIT,),
}


UNIT_DESK = "/suggestions/desk/"


def page_of(suggestion: Suggestion) -> str:
    return f"/suggestions/{suggestion.pk}/"


def name_of(suggestion: Suggestion) -> str:
    number = f"第{suggestion.number}号" if suggestion.number else ""
    return f"{number}《{suggestion.title or '未命名'}》"


def proposers(suggestion: Suggestion) -> list[User]:
    """Accounts of the lead deputy and the confirmed co-signers, and of those merged into it."""
    items = [suggestion, *suggestion.merged.select_related("lead__user")]
    return [user for item in items for user in signers(item)]


def signers(item: Suggestion) -> list[User]:
    """Accounts of one item's lead deputy and confirmed co-signers."""
    signed = item.cosignatures.filter(state=CoSignerState.CONFIRMED)
    people = [item.lead.user, *(row.deputy.user for row in signed.select_related("deputy__user"))]
    return [user for user in people if user is not None]


def hearers(suggestion: Suggestion, audience: Audience, handling: Handling | None) -> list[User]:
    if audience == _A.LEAD:
        return [suggestion.lead.user] if suggestion.lead.user else []
    if audience == _A.PROPOSERS:
        return proposers(suggestion)
    if audience == _A.OFFICE:
        return office_people(suggestion.region)
    if audience == _A.LEADING_MEMBER:
        return [suggestion.leading_member] if suggestion.leading_member else []
    if audience == _A.GOVERNMENT:
        unit = HandlingRule.objects.all().of(suggestion.region).government_unit
        return unit_people(unit) if unit and suggestion.passed_on_on else []
    return _unit_hearers(suggestion, audience, handling)


def _unit_hearers(
    suggestion: Suggestion, audience: Audience, handling: Handling | None
) -> list[User]:
    if audience in (_A.UNITS, _A.LEAD_UNIT):
        parts = suggestion.handlings.all().in_hand().order_by("pk")
        if audience == _A.LEAD_UNIT:
            parts = parts.filter(share=Share.LEAD)
        return [user for part in parts for user in unit_people(part.unit_id)]
    if handling is None:
        return []
    roles = {_A.THIS_OFFICER: (Role.UNIT_OFFICER,), _A.THIS_LEADER: (Role.UNIT_LEADER,)}
    return unit_people(handling.unit_id, *roles.get(audience, ()))


def tell(
    log: TransitionLog,
    audiences: Iterable[Audience],
    *,
    next_step: str,
    actor: User | None,
) -> None:
    """One notice for each hearer but the actor; the key is the step's own."""
    suggestion, handling = log.suggestion, log.handling
    people = {
        user.pk: user
        for audience in audiences
        for user in hearers(suggestion, audience, handling)
        if actor is None or user.pk != actor.pk
    }
    pages: dict[str, list[User]] = {}
    own = _own_pages(suggestion, handling)
    for user in people.values():
        pages.setdefault(own.get(user.pk, page_of(suggestion)), []).append(user)
    said = f"{log.actor_name}：{log.comment.rstrip('。')}。" if log.comment else ""
    parts = [said, f"下一步：{next_step}。"]
    for page, readers in pages.items():
        notify(
            readers,
            Message(
                key=f"step:{log.pk}",
                title=f"{log.label}：{name_of(suggestion)}",
                body="".join(filter(None, parts)),
                link=page,
            ),
        )


def _own_pages(suggestion: Suggestion, handling: Handling | None) -> dict[int, str]:
    """Who does not read the case itself: proposers of a merged item, a unit that lost its part."""
    found: dict[int, str] = {}
    for item in suggestion.merged.select_related("lead__user"):
        found |= {user.pk: page_of(item) for user in signers(item)}
    for user in signers(suggestion):
        found.pop(user.pk, None)
    if handling is not None and handling.state in NOT_IN_HAND:
        found |= {user.pk: UNIT_DESK for user in unit_people(handling.unit_id)}
    return found
