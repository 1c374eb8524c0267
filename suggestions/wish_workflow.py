"""The transition table of a small wish (微心愿, M79). No ORM."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from suggestions.enums import WishState
from suggestions.workflow import TransitionNotAllowedError

S = WishState


class WishAction(StrEnum):
    """What can be done to a wish."""

    PUBLISH = "publish"
    DECLINE = "decline"
    CLAIM = "claim"
    GIVE_BACK = "give_back"
    FULFIL = "fulfil"
    REOPEN = "reopen"
    THANK = "thank"
    REWORD = "reword"
    TAKE_DOWN = "take_down"


@dataclass(frozen=True)
class WishMove:
    """``to`` None: the state stays."""

    label: str
    sources: frozenset[WishState]
    to: WishState | None


def _move(label: str, source: WishState, to: WishState) -> WishMove:
    return WishMove(label, frozenset({source}), to)


WISH_TABLE: Mapping[WishAction, WishMove] = {
    WishAction.PUBLISH: _move("公布", S.WAITING, S.OPEN),
    WishAction.DECLINE: _move("不作微心愿", S.WAITING, S.DECLINED),
    WishAction.CLAIM: _move("认领", S.OPEN, S.CLAIMED),
    WishAction.GIVE_BACK: _move("退回认领", S.CLAIMED, S.OPEN),
    WishAction.FULFIL: _move("登记实现", S.CLAIMED, S.FULFILLED),
    WishAction.REOPEN: _move("没有实现", S.FULFILLED, S.CLAIMED),
    WishAction.THANK: _move("致谢", S.FULFILLED, S.FULFILLED),
    WishAction.REWORD: WishMove(
        "更正公布的文字", frozenset({S.OPEN, S.CLAIMED, S.FULFILLED}), None
    ),
    WishAction.TAKE_DOWN: _move("撤下", S.OPEN, S.WAITING),
}


def next_wish_state(action: WishAction, state: WishState) -> WishState:
    """The state after the action. Raises TransitionNotAllowedError."""
    row, now = WISH_TABLE[action], WishState(state)
    if now not in row.sources:
        raise TransitionNotAllowedError(f"「{now.label}」的心愿不能「{row.label}」。")
    return row.to or now
