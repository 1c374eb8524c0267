"""What may follow what in supervision: findings, votes, interviews. Tables only, no ORM."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import models

from activities.enums import BallotState, InterviewState, Recheck
from activities.workflow import NotYoursError, ReasonNeededError, TransitionNotAllowedError


class Side(models.TextChoices):
    """On which side of a matter a person stands."""

    OFFICE = "office", "组织这项工作的人大工作人员"
    UNIT = "unit", "责任单位"
    KEEPER = "keeper", "登记这次活动的代表"
    DEPUTY = "deputy", "提出约见的代表"
    VOTER = "voter", "有投票权的代表"


@dataclass(frozen=True)
class Move:
    """``to`` None: the state stays. ``then`` tells what follows."""

    sources: frozenset[str]
    sides: frozenset[Side]
    then: str = ""
    to: str | None = None
    reason_from: frozenset[str] = frozenset()


Table = Mapping[models.TextChoices, Move]


def _on(*values: str) -> frozenset[str]:
    return frozenset(values)


def _by(*sides: Side) -> frozenset[Side]:
    return frozenset(sides)


class FindingStage(models.TextChoices):
    """Read from the dates of a finding, never stored."""

    OPEN = "open", "待回应"
    ANSWERED = "answered", "已回应"
    MENDED = "mended", "已报整改"
    UNDONE = "undone", "复查未过"
    RECHECKED = "rechecked", "复查通过"
    CLOSED = "closed", "已办结"


class FindingAction(models.TextChoices):
    CHANGE = "change", "修改"
    RESPOND = "respond", "回应"
    ADOPT = "adopt", "定采纳"
    MEND = "mend", "报整改"
    RECHECK = "recheck", "复查"
    CLOSE = "close", "办结"
    REOPEN = "reopen", "重新办理"


_RUNNING = frozenset(FindingStage.values) - {FindingStage.CLOSED}
_DOERS = _by(Side.UNIT, Side.OFFICE)

FINDING: Mapping[FindingAction, Move] = {
    FindingAction.CHANGE: Move(_RUNNING, _by(Side.OFFICE), "换了责任单位的，新单位会收到通知"),
    FindingAction.RESPOND: Move(
        _on(FindingStage.OPEN, FindingStage.ANSWERED), _DOERS, "人大和提出的代表会看到"
    ),
    FindingAction.ADOPT: Move(_RUNNING, _by(Side.OFFICE), "计入采纳率，单位和代表会看到"),
    FindingAction.MEND: Move(
        _on(FindingStage.OPEN, FindingStage.ANSWERED, FindingStage.MENDED, FindingStage.UNDONE),
        _DOERS,
        "由人大复查",
    ),
    FindingAction.RECHECK: Move(
        _on(FindingStage.MENDED), _by(Side.OFFICE), "没有改到位的退回单位接着改"
    ),
    FindingAction.CLOSE: Move(
        _RUNNING,
        _by(Side.OFFICE),
        "单位和提出的代表会收到通知",
        reason_from=_RUNNING - {FindingStage.RECHECKED},
    ),
    FindingAction.REOPEN: Move(
        _on(FindingStage.CLOSED),
        _by(Side.OFFICE),
        "单位要重新报整改",
        reason_from=_on(FindingStage.CLOSED),
    ),
}


def finding_stage(
    *, responded: bool, mended: bool, rechecked: bool, recheck: str, closed: bool
) -> FindingStage:
    """How far a finding is; arguments say which of its dates are set."""
    if closed:
        return FindingStage.CLOSED
    if rechecked:
        return FindingStage.RECHECKED if recheck == Recheck.DONE else FindingStage.UNDONE
    if mended:
        return FindingStage.MENDED
    return FindingStage.ANSWERED if responded else FindingStage.OPEN


class BallotAction(models.TextChoices):
    CHANGE = "change", "修改"
    VOTERS = "voters", "定投票人"
    DISCARD = "discard", "作废"
    OPEN = "open", "开始投票"
    VOTE = "vote", "投票"
    TO_PAPER = "to_paper", "改投纸质票"
    CLOSE = "close", "结束投票"
    PAPERS = "papers", "录入纸质票"
    COUNT = "count", "计票"
    RECOUNT = "recount", "撤回计票"


_OFFICE = _by(Side.OFFICE)

BALLOT: Mapping[BallotAction, Move] = {
    BallotAction.CHANGE: Move(_on(BallotState.DRAFT), _OFFICE),
    BallotAction.VOTERS: Move(_on(BallotState.DRAFT), _OFFICE),
    BallotAction.DISCARD: Move(
        _on(BallotState.DRAFT, BallotState.OPEN),
        _OFFICE,
        "已投的票一起作废，不能恢复",
        reason_from=_on(BallotState.OPEN),
    ),
    BallotAction.OPEN: Move(
        _on(BallotState.DRAFT),
        _OFFICE,
        "投票人各收到一次通知；开始以后，题目、票式和投票人都不能再改",
        BallotState.OPEN,
    ),
    BallotAction.VOTE: Move(_on(BallotState.OPEN), _by(Side.VOTER)),
    BallotAction.TO_PAPER: Move(_on(BallotState.OPEN), _OFFICE, "不能再用手机投"),
    BallotAction.CLOSE: Move(
        _on(BallotState.OPEN), _OFFICE, "不能再投票，也不能重新开始投票", BallotState.CLOSED
    ),
    BallotAction.PAPERS: Move(_on(BallotState.CLOSED), _OFFICE, "与电子票加在一起"),
    BallotAction.COUNT: Move(
        _on(BallotState.CLOSED), _OFFICE, "结果向代表公布", BallotState.COUNTED
    ),
    BallotAction.RECOUNT: Move(
        _on(BallotState.COUNTED),
        _OFFICE,
        "结果收回，可以改正纸质票数后重新计票",
        BallotState.CLOSED,
        reason_from=_on(BallotState.COUNTED),
    ),
}


class InterviewAction(models.TextChoices):
    CHANGE = "change", "修改"
    ARRANGE = "arrange", "安排"
    DECLINE = "decline", "不予安排"
    WITHDRAW = "withdraw", "撤回"
    HOLD = "hold", "登记结果"


_ASKED, _ARRANGED = InterviewState.ASKED, InterviewState.ARRANGED

INTERVIEW: Mapping[InterviewAction, Move] = {
    InterviewAction.CHANGE: Move(_on(_ASKED), _by(Side.DEPUTY, Side.OFFICE)),
    InterviewAction.ARRANGE: Move(
        _on(_ASKED, _ARRANGED), _OFFICE, "代表和约见单位都会收到通知", _ARRANGED
    ),
    InterviewAction.DECLINE: Move(
        _on(_ASKED, _ARRANGED),
        _OFFICE,
        "代表会看到原因",
        InterviewState.DECLINED,
        reason_from=_on(_ASKED, _ARRANGED),
    ),
    InterviewAction.WITHDRAW: Move(
        _on(_ASKED, _ARRANGED),
        _by(Side.DEPUTY),
        "人大会收到通知",
        InterviewState.DECLINED,
        reason_from=_on(_ASKED, _ARRANGED),
    ),
    InterviewAction.HOLD: Move(
        _on(_ARRANGED), _OFFICE, "记成一次约见活动，计入代表履职", InterviewState.HELD
    ),
}


def next_state(
    table: Mapping, action: models.TextChoices, state: str, sides: Collection[Side], reason: str
) -> str | None:
    """The state after the move; None where it stays.

    Raises TransitionNotAllowedError, NotYoursError or ReasonNeededError, in this order.
    """
    move: Move = table[action]
    if state not in move.sources:
        raise TransitionNotAllowedError(f"现在不能「{action.label}」，请重新打开页面看最新进展。")
    if not move.sides & set(sides):
        who = "、".join(sorted(side.label for side in move.sides))
        raise NotYoursError(f"「{action.label}」由{who}操作。")
    if state in move.reason_from and not reason.strip():
        raise ReasonNeededError(f"「{action.label}」要写明原因。")
    return move.to


def available(
    table: Mapping, state: str, sides: Collection[Side]
) -> tuple[models.TextChoices, ...]:
    """What these sides may do now, in the table's order; the page's buttons."""
    return tuple(
        action
        for action, move in table.items()
        if state in move.sources and move.sides & set(sides)
    )
