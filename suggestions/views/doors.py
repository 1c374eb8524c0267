"""The buttons of a page: what the tables allow, each with the page that does it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.models import User
from suggestions.enums import CoSignerState, HandlingState, NominationState, Party, State
from suggestions.models import Appraisal, Handling, HandlingRule, Suggestion
from suggestions.selectors import (
    Button,
    actions_for,
    concludes_by_tracking,
    handling_actions_for,
    parties_of,
)
from suggestions.workflow import Action, HandlingAction

_ON_REVIEW = {Action.ACCEPT, Action.RETURN, Action.REFUSE, Action.MERGE}
# Not a button of their own: they follow from another step, or stand on another page.
_SILENT = {Action.ANSWER, Action.REOPEN, Action.APPRAISE}


@dataclass(frozen=True)
class Door:
    """One button; ``note`` says what comes then."""

    label: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class Doors:
    """The one next action of this reader (if it is theirs), and everything else."""

    main: Door | None
    others: tuple[Door, ...]


# What comes first when several things can be done; the rest stays behind «其他操作».
_FIRST = (
    HandlingAction.SIGN,
    HandlingAction.APPROVE,
    "cosign",
    "write",
    Action.SUBMIT,
    "review",
    Action.HAND_OVER,
    Action.FORWARD,
    HandlingAction.GRANT_RETURN,
    Action.EXTEND,
    "reassign_first",
    HandlingAction.DRAFT_REPLY,
    HandlingAction.LOG_CONTACT,
    HandlingAction.GIVE_OPINION,
    "appraise",
    HandlingAction.REPORT_PROMISE,
    Action.SETTLE_PROMISE,
    Action.TRACK,
    Action.CLOSE,
    Action.LOOK_BACK,
)


def doors_of(request: HttpRequest, suggestion: Suggestion) -> Doors:
    """Every step the reader may take now, on the whole and on the parts."""
    user = request.user
    found = [
        *_writing(user, suggestion),
        *_of_case(user, suggestion),
        *_of_sheets(user, suggestion),
    ]
    for part in suggestion.handlings.all():
        part.suggestion = suggestion
        found += _of_part(user, part)
    return _sorted(found)


def _sorted(found: Iterable[tuple[str, Door]]) -> Doors:
    order = {str(code): place for place, code in enumerate(_FIRST)}
    rows = sorted(found, key=lambda each: order.get(each[0], len(order)))
    if rows and rows[0][0] in order:
        return Doors(rows[0][1], tuple(door for _, door in rows[1:]))
    return Doors(None, tuple(door for _, door in rows))


def _writing(user: User, suggestion: Suggestion) -> list[tuple[str, Door]]:
    parties = parties_of(user, suggestion)
    pk = suggestion.pk
    if not suggestion.is_open_to_edit:
        return []
    asked = suggestion.cosignatures.filter(deputy__user=user, state=CoSignerState.INVITED)
    found = []
    if asked.exists():
        found.append(("cosign", Door("答复附议邀请", reverse("suggestions:cosign", args=[pk]))))
    writes = Party.LEAD in parties or (Party.OFFICE in parties and suggestion.entered_on_behalf)
    if writes:
        found += [
            ("write", Door("接着写", reverse("suggestions:write", args=[pk]))),
            ("invite", Door("邀请附议", reverse("suggestions:cosigners", args=[pk]))),
        ]
        if suggestion.state == State.DRAFT:
            found.append(("drop", Door("删除草稿", reverse("suggestions:discard", args=[pk]))))
    return found


def _of_case(user: User, suggestion: Suggestion) -> list[tuple[str, Door]]:
    buttons = actions_for(user, suggestion)
    codes = {button.action for button in buttons}
    found = []
    if suggestion.state == State.SUBMITTED and Action.ACCEPT in codes:
        address = reverse("suggestions:review", args=[suggestion.pk])
        found.append(("review", Door("审核", address, "受理编号、退回修改、不予受理或并案")))
        buttons = [button for button in buttons if button.action not in _ON_REVIEW]
    open_ones = [b for b in buttons if b.action not in _SILENT and not _idle(b, suggestion)]
    return found + [(_rank(b, suggestion), _door(b, suggestion)) for b in open_ones]


def _idle(button: Button, suggestion: Suggestion) -> bool:
    """Allowed by the table, but there is nothing to do it to."""
    rule = HandlingRule.objects.all().of(suggestion.region)
    if button.action in (Action.TRACK, Action.CLOSE) and suggestion.state == State.ANSWERED:
        tracks = concludes_by_tracking(suggestion, rule.followed_codes)
        return tracks == (button.action == Action.CLOSE) or _in_time(suggestion)
    if button.action == Action.SETTLE_PROMISE:
        return not suggestion.promises.all().open().exists()
    if button.action == Action.CLOSE:
        return suggestion.promises.all().open().exists()
    if button.action == Action.HONOUR:
        return not suggestion.nominations.filter(state=NominationState.PENDING).exists()
    return False


def _in_time(suggestion: Suggestion) -> bool:
    """Whether proposers may still rate; until then the office does not conclude."""
    sheets = Appraisal.objects.filter(
        reply__handling__suggestion=suggestion, appraised_on__isnull=True
    )
    today = timezone.localdate()
    return any(not sheet.is_late(today) for sheet in sheets)


def _rank(button: Button, suggestion: Suggestion) -> str:
    """Some things come first only when their time has come; until then among the others."""
    if button.action == Action.SETTLE_PROMISE:
        claimed = suggestion.promises.all().open().filter(reports__claims_done=True)
        return button.action if claimed.exists() else "settle_later"
    if button.action == Action.LOOK_BACK and suggestion.state == State.ANSWERED:
        return "look_back_later"
    in_hand = suggestion.handlings.all().in_hand().filter(share="lead")
    if button.action == Action.REASSIGN and not in_hand.exists():
        return "reassign_first"
    return button.action


def _door(button: Button, suggestion: Suggestion) -> Door:
    if button.action == Action.SUBMIT:
        return Door("核对并提交", reverse("suggestions:check", args=[suggestion.pk]))
    address = reverse("suggestions:step", args=[suggestion.pk, button.action])
    return Door(button.label, address, button.next_step)


def _of_sheets(user: User, suggestion: Suggestion) -> list[tuple[str, Door]]:
    """Sheets not yet given: the own one first; the office may enter those given on paper."""
    rows = Appraisal.objects.editable_by(user).filter(
        Q(reply__handling__suggestion=suggestion) | Q(suggestion=suggestion),
        appraised_on__isnull=True,
    )
    found = []
    for sheet in rows.select_related("deputy").order_by("-reply__round", "pk"):
        address = reverse("suggestions:appraise", args=[sheet.pk])
        if sheet.deputy.user_id == user.pk:
            found.append(("appraise", Door("评价答复", address)))
        else:
            found.append(("sheet", Door(f"代录{sheet.deputy.name}的评价", address)))
    return found


def _of_part(user: User, part: Handling) -> list[tuple[str, Door]]:
    found = []
    several = part.suggestion.handlings.count() > 1
    for button in handling_actions_for(user, part):
        label = button.label
        if several and part.unit_id not in user.scope.unit_ids:
            label += f"（{part.unit}）"
        address = reverse("suggestions:part_step", args=[part.pk, button.action])
        found.append((_part_rank(button, part), Door(label, address, button.next_step)))
    return found


def _part_rank(button: Button, part: Handling) -> str:
    """First the talk, then the reply; what was answered needs no more contacts."""
    if button.action == HandlingAction.LOG_CONTACT and part.state != HandlingState.UNDERWAY:
        return "contact_again"
    if button.action == HandlingAction.DRAFT_REPLY:
        rule = HandlingRule.objects.all().of(part.suggestion.region)
        talked = part.contacts.filter(round=part.round).exists()
        return button.action if talked or not rule.contact_required else "reply_later"
    if button.action == HandlingAction.LOG_CONTACT and part.share != "lead":
        return "contact_again"
    return button.action
