"""The transition table of a voter's matter, from the door to the end and back again.

Buttons, checks and the tests read this table; nothing else says what may follow what. No ORM.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from suggestions.enums import VoiceParty, VoiceState
from suggestions.workflow import CommentNeededError, NotYoursError, TransitionNotAllowedError

S, P = VoiceState, VoiceParty


class VoiceAction(StrEnum):
    """What can be done to a voter's matter."""

    ACCEPT = "accept"
    FORWARD = "forward"
    SOLVE_AT_ONCE = "solve_at_once"
    CONSULT = "consult"
    ASSIGN = "assign"
    TURN = "turn"
    GUIDE = "guide"
    MERGE = "merge"
    TAKE_BACK = "take_back"
    HAND_BACK = "hand_back"
    COMMENT = "comment"
    OPINION = "opinion"
    ANSWER = "answer"
    RELAY = "relay"
    FOLLOW = "follow"
    FREE = "free"
    TELL = "tell"
    CONFIRM = "confirm"
    CLOSE = "close"
    REOPEN = "reopen"
    LOOK_BACK = "look_back"
    SETTLE = "settle"
    WISH_CLAIMED = "wish_claimed"
    WISH_FREE = "wish_free"
    WISH_DONE = "wish_done"


@dataclass(frozen=True)
class VoiceMove:
    """``to`` None: the state stays. ``told`` is what the voter reads, without names of staff."""

    label: str
    sources: frozenset[VoiceState]
    to: VoiceState | None
    who: frozenset[VoiceParty]
    next_step: str
    told: str = ""
    needs_comment: bool = False


def _on(*states: VoiceState) -> frozenset[VoiceState]:
    return frozenset(states)


def _by(*parties: VoiceParty) -> frozenset[VoiceParty]:
    return frozenset(parties)


_OFFICE = _by(P.OFFICE)
_TO_DECIDE = _on(S.LOGGED, S.ACCEPTED, S.REDO)
_ANSWERED = _on(S.ANSWERED, S.CLOSED)
_IN_WORK = _on(S.ACCEPTED, S.CONSULTING, S.WITH_UNITS, S.REDO)

VOICE_TABLE: Mapping[VoiceAction, VoiceMove] = {
    VoiceAction.ACCEPT: VoiceMove(
        "受理", _on(S.LOGGED), S.ACCEPTED, _OFFICE, "确定怎样办理", "您反映的事已经受理。"
    ),
    VoiceAction.FORWARD: VoiceMove(
        "代表转交",
        _on(S.LOGGED, S.ACCEPTED),
        None,
        _by(P.DEPUTY),
        "家站或人大机关办理",
        "代表已把您反映的事转交办理。",
        needs_comment=True,
    ),
    VoiceAction.SOLVE_AT_ONCE: VoiceMove(
        "即知即改",
        _TO_DECIDE,
        S.ANSWERED,
        _OFFICE,
        "选民确认是否解决",
        "这件事不复杂，已经去改，并有了答复。",
        needs_comment=True,
    ),
    VoiceAction.CONSULT: VoiceMove(
        "现场会商",
        _on(S.ACCEPTED, S.REDO),
        S.CONSULTING,
        _OFFICE,
        "按会商的意见办理，再答复选民",
        "有关方面已到现场商量怎样办。",
        needs_comment=True,
    ),
    VoiceAction.ASSIGN: VoiceMove(
        "交单位办理",
        _on(S.ACCEPTED, S.REDO, S.CONSULTING, S.WITH_UNITS),  # the last: to another unit
        S.WITH_UNITS,
        _OFFICE,
        "单位在期限内办理并答复",
        "已交给负责的单位办理。",
    ),
    VoiceAction.TURN: VoiceMove(
        "转为建议",
        _TO_DECIDE | _on(S.CONSULTING),
        S.TURNED,
        _by(P.OFFICE, P.DEPUTY),
        "代表写成建议，有了答复再告诉选民",
        "这件事由代表写成建议提出，办理的时间会长一些。",
    ),
    VoiceAction.GUIDE: VoiceMove(
        "转其他渠道",
        _on(S.LOGGED, S.ACCEPTED),
        S.GUIDED,
        _OFFICE,
        "选民按指引到对的地方去办",
        "这件事不由人大办理，请按下面的指引去办。",
    ),
    VoiceAction.MERGE: VoiceMove(
        "合并",
        _on(S.LOGGED, S.ACCEPTED),
        S.MERGED,
        _OFFICE,
        "随主件办理，结果同样告诉这位选民",
        "还有人反映同一件事，合在一起办，结果同样告诉您。",
    ),
    VoiceAction.TAKE_BACK: VoiceMove(
        "收回，单独办理",
        _on(S.MERGED, S.GUIDED),
        S.ACCEPTED,
        _OFFICE,
        "确定怎样办理",
        "这件事收回来单独办理。",
        needs_comment=True,
    ),
    VoiceAction.HAND_BACK: VoiceMove(
        "退回",
        _on(S.WITH_UNITS),
        S.ACCEPTED,
        _by(P.UNIT),
        "家站或人大机关另行确定办理的单位",
        "正在重新确定由哪个单位办理。",
        needs_comment=True,
    ),
    VoiceAction.COMMENT: VoiceMove(
        "登记进展",
        _on(S.ACCEPTED, S.CONSULTING, S.WITH_UNITS, S.TURNED, S.REDO),
        None,
        _by(P.OFFICE, P.UNIT, P.DEPUTY),
        "继续办理",
        needs_comment=True,
    ),
    VoiceAction.OPINION: VoiceMove(
        "协办意见",
        _on(S.WITH_UNITS),
        None,
        _by(P.UNIT),
        "主办单位汇总后答复",
        needs_comment=True,
    ),
    VoiceAction.ANSWER: VoiceMove(
        "答复",
        _on(S.CONSULTING, S.WITH_UNITS, S.TURNED),
        S.ANSWERED,
        _by(P.OFFICE, P.UNIT),
        "选民确认是否解决",
        "已经有了答复。",
        needs_comment=True,
    ),
    VoiceAction.RELAY: VoiceMove(
        "随主件答复",
        _on(S.MERGED, S.TURNED, S.ANSWERED, S.REDO),
        S.ANSWERED,
        _by(P.SYSTEM),
        "选民确认是否解决",
        "已经有了答复。",
        needs_comment=True,
    ),
    VoiceAction.FOLLOW: VoiceMove(
        "写成的建议有了答复",
        _on(S.CLOSED),
        None,
        _by(P.SYSTEM),
        "已经办结，只告诉选民",
        "由这件事写成的代表建议有了答复。",
        needs_comment=True,
    ),
    VoiceAction.FREE: VoiceMove(
        "建议没有提出",
        _on(S.TURNED),
        S.ACCEPTED,
        _by(P.SYSTEM),
        "家站或人大机关另行确定怎样办理",
        "这件事没有写成建议，正在另行确定怎样办。",
    ),
    VoiceAction.TELL: VoiceMove(
        "登记告知选民",
        _ANSWERED,
        None,
        _OFFICE,
        "选民确认是否解决",
        "已把结果告诉您。",
        needs_comment=True,
    ),
    VoiceAction.CONFIRM: VoiceMove(
        "确认已解决",
        _on(S.ANSWERED),
        S.CLOSED,
        _by(P.VOTER, P.OFFICE),
        "办结；没有真正解决的可以重新办理",
        "确认已经解决，办结。",
    ),
    VoiceAction.CLOSE: VoiceMove(
        "办结",
        _on(S.ANSWERED),
        S.CLOSED,
        _by(P.SYSTEM),
        "没有真正解决的可以重新办理",
        "答复以后没有说没有解决的，按办结处理。",
    ),
    VoiceAction.SETTLE: VoiceMove(
        "登记办结",
        _on(S.LOGGED, S.ACCEPTED, S.WITH_UNITS, S.TURNED, S.ANSWERED),
        S.CLOSED,
        _by(P.SYSTEM),  # the desk's own form, for offices and stations
        "没有真正解决的可以重新办理",
        "已登记办结。",
    ),
    VoiceAction.REOPEN: VoiceMove(
        "没有解决，重新办理",
        _ANSWERED,
        S.REDO,
        _by(P.VOTER, P.OFFICE),
        "重新确定怎样办理",
        "没有解决，重新办理。",
        needs_comment=True,
    ),
    VoiceAction.LOOK_BACK: VoiceMove(
        "登记回访",
        _ANSWERED,
        None,
        _OFFICE,
        "没有落实的重新办理",
        needs_comment=True,
    ),
    VoiceAction.WISH_CLAIMED: VoiceMove(
        "心愿认领",
        _IN_WORK,
        None,
        _by(P.SYSTEM),
        "认领的人在答应的日期前实现",
        "您的心愿已有人认领。",
    ),
    VoiceAction.WISH_FREE: VoiceMove(
        "心愿认领退回",
        _IN_WORK,
        None,
        _by(P.SYSTEM),
        "等别的代表、企业认领",
        "原来认领的办不了，正在另找人帮忙。",
        needs_comment=True,
    ),
    VoiceAction.WISH_DONE: VoiceMove(
        "心愿实现",
        _IN_WORK,
        S.ANSWERED,
        _by(P.SYSTEM),
        "选民确认是否解决",
        "您的心愿已经实现，请看答复。",
        needs_comment=True,
    ),
}


def next_voice_state(
    action: VoiceAction, state: VoiceState, parties: Collection[VoiceParty], comment: str = ""
) -> VoiceState:
    """The state after the action.

    Raises TransitionNotAllowedError, NotYoursError or CommentNeededError, in this order.
    """
    row, now = VOICE_TABLE[action], VoiceState(state)
    if now not in row.sources:
        raise TransitionNotAllowedError(f"「{now.label}」的意见不能「{row.label}」。")
    if not row.who.intersection(parties):
        names = "、".join(party.label for party in VoiceParty if party in row.who)
        raise NotYoursError(f"「{row.label}」由{names}操作。")
    if row.needs_comment and not comment.strip():
        raise CommentNeededError(f"「{row.label}」要写明情况。")
    return now if row.to is None else row.to


def available_voice_actions(
    state: VoiceState, parties: Collection[VoiceParty]
) -> tuple[VoiceAction, ...]:
    """What these parties may do now, in the table's order; the page's buttons."""
    return tuple(
        action
        for action, row in VOICE_TABLE.items()
        if state in row.sources and row.who.intersection(parties)
    )
