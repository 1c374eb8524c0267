"""The life of a planned activity: one table, read by pages, services and tests. No ORM here.

What was logged afterwards (most records) is born HELD; only what the office plans walks the
whole way: 筹备 → 已通知 → 已举行 → 已核实.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import models

from activities.enums import ActivityState
from congress_portal.core.enums import Verification
from congress_portal.core.errors import DomainError


class Stage(models.TextChoices):
    """The stored state, and verification as its last step."""

    PLANNED = "planned", "筹备"
    NOTIFIED = "notified", "已通知"
    HELD = "held", "已举行"
    VERIFIED = "verified", "已核实"
    CANCELLED = "cancelled", "已取消"


class Side(models.TextChoices):
    """On which side of an activity a person stands."""

    ORGANISER = "organiser", "组织活动的工作人员"
    VERIFIER = "verifier", "所在镇（街道）或县的人大工作人员"
    INVITED = "invited", "被邀请的代表"


class Action(models.TextChoices):
    CHANGE = "change", "修改"
    INVITE = "invite", "邀请代表"
    NOTIFY = "notify", "发出通知"
    ANSWER = "answer", "回执"
    ANSWER_FOR = "answer_for", "代录回执"
    DECIDE_LEAVE = "decide_leave", "批假"
    LETTER = "letter", "给单位发通知函"
    HOLD = "hold", "登记到会"
    CORRECT = "correct", "改到会情况"
    REPORT = "report", "填内容和成效"
    VERIFY = "verify", "核实"
    REOPEN = "reopen", "退回到已通知"
    CANCEL = "cancel", "取消活动"


class TransitionNotAllowedError(DomainError):
    """The table knows no such move from this stage."""


class NotYoursError(DomainError):
    """The move exists, but for somebody else."""


class ReasonNeededError(DomainError):
    """The move must say why."""


@dataclass(frozen=True)
class Move:
    """``to`` None: the state stays; ``then`` tells what follows."""

    sources: frozenset[Stage]
    who: Side
    then: str
    to: ActivityState | None = None
    needs_reason: bool = False


def _on(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


_OPEN = _on(Stage.PLANNED, Stage.NOTIFIED)
_TOLD = _on(Stage.NOTIFIED)

TABLE: Mapping[Action, Move] = {
    Action.CHANGE: Move(_OPEN, Side.ORGANISER, "已通知的代表会再收到一次通知"),
    Action.INVITE: Move(_OPEN, Side.ORGANISER, "已发过通知的活动，新邀请的代表马上收到通知"),
    Action.NOTIFY: Move(
        _on(Stage.PLANNED),
        Side.ORGANISER,
        "被邀请的代表各收到一次通知，开始回执",
        ActivityState.NOTIFIED,
    ),
    Action.ANSWER: Move(_TOLD, Side.INVITED, "回执截止前可以改"),
    Action.ANSWER_FOR: Move(_TOLD, Side.ORGANISER, "记作您代录"),
    Action.DECIDE_LEAVE: Move(_on(Stage.NOTIFIED, Stage.HELD), Side.ORGANISER, "代表马上收到结果"),
    Action.LETTER: Move(
        _on(Stage.PLANNED, Stage.NOTIFIED, Stage.HELD, Stage.VERIFIED),
        Side.VERIFIER,
        "文号记入履职保障台账",
    ),
    Action.HOLD: Move(_TOLD, Side.ORGANISER, "等待核实，核实后计入履职", ActivityState.HELD),
    Action.CORRECT: Move(_on(Stage.HELD), Side.ORGANISER, "仍等待核实"),
    Action.REPORT: Move(_on(Stage.HELD), Side.ORGANISER, "仍等待核实"),
    Action.VERIFY: Move(_on(Stage.HELD), Side.VERIFIER, "从现在起计入统计和考评"),
    Action.REOPEN: Move(
        _on(Stage.HELD),
        Side.ORGANISER,
        "到会情况删去，回到已通知",
        ActivityState.NOTIFIED,
        needs_reason=True,
    ),
    Action.CANCEL: Move(
        _OPEN,
        Side.ORGANISER,
        "已通知的代表各收到一次取消的通知",
        ActivityState.CANCELLED,
        needs_reason=True,
    ),
}


def stage_of(state: str, verification: str) -> Stage:
    if state == ActivityState.HELD and verification == Verification.VERIFIED:
        return Stage.VERIFIED
    return Stage(state)


def next_state(
    action: Action, stage: Stage, sides: Collection[Side], reason: str = ""
) -> ActivityState | None:
    """The state after the move; None where it stays.

    Raises TransitionNotAllowedError, NotYoursError or ReasonNeededError, in this order.
    """
    move = TABLE[action]
    if stage not in move.sources:
        raise TransitionNotAllowedError(f"这次活动{stage.label}，不能「{action.label}」。")
    if move.who not in sides:
        raise NotYoursError(f"「{action.label}」由{move.who.label}操作。")
    if move.needs_reason and not reason.strip():
        raise ReasonNeededError(f"「{action.label}」要写明原因。")
    return move.to


def available_actions(stage: Stage, sides: Collection[Side]) -> tuple[Action, ...]:
    """What these sides may do now, in the table's order; the page's buttons."""
    return tuple(
        action for action, move in TABLE.items() if stage in move.sources and move.who in sides
    )
