"""The two transition tables of a suggestion: of the whole, and of each unit's part.

Buttons, checks, the documentation page (``manage.py workflow_page``) and the tests read these
tables; nothing else says what may follow what. No ORM here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from congress_portal.core.errors import DomainError
from suggestions.enums import HandlingState, Party, State

S = TypeVar("S", State, HandlingState)


class TransitionNotAllowedError(DomainError):
    """The table knows no such move from this state."""


class NotYoursError(DomainError):
    """The move exists, but for somebody else."""


class CommentNeededError(DomainError):
    """The move must say why."""


@dataclass(frozen=True)
class Transition(Generic[S]):
    """``to`` None: the state stays. ``next_step`` tells the reader what comes then."""

    label: str
    sources: frozenset[S]
    to: S | None
    who: frozenset[Party]
    next_step: str
    needs_comment: bool = False

    def target(self, state: S) -> S:
        return state if self.to is None else self.to


class Action(StrEnum):
    """What can be done to a suggestion as a whole."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REFUSE = "refuse"
    MERGE = "merge"
    CONVERT = "convert"
    ACCEPT = "accept"
    PASS_ON = "pass_on"  # noqa: S105 - an action, no secret
    HAND_BACK = "hand_back"
    HAND_OVER = "hand_over"
    FORWARD = "forward"
    REASSIGN = "reassign"
    EXTEND = "extend"
    DENY_EXTENSION = "deny_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    ANSWER = "answer"
    APPRAISE = "appraise"
    REDO = "redo"
    TRACK = "track"
    RECLASSIFY = "reclassify"
    CLOSE = "close"
    REOPEN = "reopen"
    MARK_KEY = "mark_key"
    SUPERVISE = "supervise"
    GROUP_FOLLOW = "group_follow"
    SETTLE_PROMISE = "settle_promise"
    LOOK_BACK = "look_back"
    CONSENT = "consent"
    PUBLISH = "publish"
    NOMINATE = "nominate"
    HONOUR = "honour"


class HandlingAction(StrEnum):
    """What can be done to one unit's part."""

    SIGN = "sign"
    ASK_RETURN = "ask_return"
    GRANT_RETURN = "grant_return"
    DENY_RETURN = "deny_return"
    LOG_CONTACT = "log_contact"
    ASK_EXTENSION = "ask_extension"
    GIVE_OPINION = "give_opinion"
    DRAFT_REPLY = "draft_reply"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    START_AGAIN = "start_again"
    REPORT_PROMISE = "report_promise"
    RELEASE = "release"


def _on(*states: S) -> frozenset[S]:
    return frozenset(states)


def _by(*parties: Party) -> frozenset[Party]:
    return frozenset(parties)


_OFFICE = _by(Party.OFFICE)
_UNIT = _by(Party.UNIT, Party.UNIT_LEADER)
_WITH_UNITS = _on(State.HANDLING, State.REDO)
_ANSWERED_ONCE = _on(State.ANSWERED, State.TRACKING, State.CLOSED)
_ASSIGNERS = _by(Party.OFFICE, Party.GOVERNMENT)

SUGGESTION_TABLE: Mapping[Action, Transition[State]] = {
    Action.SUBMIT: Transition(
        "提交",
        _on(State.DRAFT, State.RETURNED),
        State.SUBMITTED,
        _by(Party.LEAD, Party.OFFICE),
        "人大机关审核",
    ),
    Action.WITHDRAW: Transition(
        "撤回",
        _on(State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.AT_GOVERNMENT, State.HANDLING),
        State.WITHDRAWN,
        _by(Party.LEAD, Party.OFFICE),
        "办理终止",
        needs_comment=True,
    ),
    Action.RETURN: Transition(
        "退回修改",
        _on(State.SUBMITTED),
        State.RETURNED,
        _OFFICE,
        "领衔代表修改后再提交",
        needs_comment=True,
    ),
    Action.REFUSE: Transition(
        "不予受理",
        _on(State.SUBMITTED),
        State.REFUSED,
        _OFFICE,
        "告知领衔代表",
        needs_comment=True,
    ),
    Action.MERGE: Transition(
        "并案",
        _on(State.SUBMITTED, State.ACCEPTED),
        State.MERGED,
        _OFFICE,
        "随主件办理，每位提出人分别答复",
        needs_comment=True,
    ),
    Action.CONVERT: Transition(
        "议案与建议互转",
        _on(State.SUBMITTED, State.ACCEPTED),
        None,
        _OFFICE,
        "告知提出人，按新的案别办理",
        needs_comment=True,
    ),
    Action.ACCEPT: Transition(
        "受理并编号", _on(State.SUBMITTED), State.ACCEPTED, _OFFICE, "召开交办会或直接交办"
    ),
    Action.PASS_ON: Transition(
        "交政府办转办", _on(State.ACCEPTED), State.AT_GOVERNMENT, _OFFICE, "政府办确定承办单位"
    ),
    Action.HAND_BACK: Transition(
        "退回人大机关",
        _on(State.AT_GOVERNMENT),
        State.ACCEPTED,
        _by(Party.GOVERNMENT),
        "人大机关另行交办",
        needs_comment=True,
    ),
    Action.HAND_OVER: Transition(
        "交办", _on(State.ACCEPTED), State.HANDLING, _OFFICE, "承办单位签收"
    ),
    Action.FORWARD: Transition(
        "转办", _on(State.AT_GOVERNMENT), State.HANDLING, _ASSIGNERS, "承办单位签收"
    ),
    Action.REASSIGN: Transition(
        "改派", _WITH_UNITS, None, _ASSIGNERS, "新的承办单位签收", needs_comment=True
    ),
    Action.EXTEND: Transition(
        "同意延期", _on(State.HANDLING), None, _OFFICE, "承办单位向代表说明并按新期限答复"
    ),
    Action.DENY_EXTENSION: Transition(
        "不同意延期",
        _on(State.HANDLING),
        None,
        _OFFICE,
        "承办单位按原期限答复",
        needs_comment=True,
    ),
    Action.SUSPEND: Transition(
        "暂停计时", _WITH_UNITS, None, _OFFICE, "条件具备后恢复计时", needs_comment=True
    ),
    Action.RESUME: Transition("恢复计时", _WITH_UNITS, None, _OFFICE, "期限按暂停天数顺延"),
    Action.ANSWER: Transition(
        "送达答复", _WITH_UNITS, State.ANSWERED, _by(Party.SYSTEM), "每位提出人评价"
    ),
    Action.APPRAISE: Transition(
        "评价答复",
        _ANSWERED_ONCE | _on(State.REDO),
        None,
        _by(Party.PROPOSER, Party.OFFICE),
        "满意的办结或转入跟踪，不满意的重新办理",
    ),
    Action.REDO: Transition(
        "重新办理",
        _on(State.ANSWERED),
        State.REDO,
        _by(Party.OFFICE, Party.SYSTEM),
        "主办单位在重办期限内再次答复",
        needs_comment=True,
    ),
    Action.TRACK: Transition(
        "转入承诺跟踪",
        _on(State.ANSWERED),
        State.TRACKING,
        _by(Party.OFFICE, Party.SYSTEM),
        "承办单位按期报告承诺进展",
    ),
    Action.SETTLE_PROMISE: Transition(
        "确认承诺兑现", _on(State.TRACKING), None, _OFFICE, "全部承诺兑现后办结"
    ),
    Action.RECLASSIFY: Transition(
        "重新分类",
        _on(State.TRACKING),
        None,
        _OFFICE,
        "按新的类别继续跟踪或办结",
        needs_comment=True,
    ),
    Action.CLOSE: Transition(
        "办结",
        _on(State.ANSWERED, State.TRACKING),
        State.CLOSED,
        _by(Party.OFFICE, Party.SYSTEM),
        "归档，可组织回头看",
    ),
    Action.REOPEN: Transition(
        "回头看后重启",
        _on(State.TRACKING, State.CLOSED),
        State.REDO,
        _by(Party.OFFICE, Party.PROPOSER, Party.GROUP),
        "主办单位在重办期限内再次答复",
        needs_comment=True,
    ),
    Action.LOOK_BACK: Transition(
        "回头看",
        _ANSWERED_ONCE,
        None,
        _by(Party.OFFICE, Party.PROPOSER, Party.GROUP),
        "没有解决的可以重启办理",
    ),
    Action.MARK_KEY: Transition(
        "列为重点督办",
        _on(
            State.SUBMITTED,
            State.ACCEPTED,
            State.AT_GOVERNMENT,
            State.HANDLING,
            State.ANSWERED,
            State.REDO,
            State.TRACKING,
        ),
        None,
        _OFFICE,
        "领衔督办的领导跟进",
    ),
    Action.SUPERVISE: Transition(
        "登记督办",
        _ANSWERED_ONCE | _WITH_UNITS,
        None,
        _by(Party.OFFICE, Party.LEADING),
        "承办单位按督办要求办理",
    ),
    Action.GROUP_FOLLOW: Transition(
        "专业小组督导",
        _ANSWERED_ONCE | _WITH_UNITS,
        None,
        _by(Party.OFFICE, Party.GROUP),
        "承办单位参考小组意见",
    ),
    Action.CONSENT: Transition(
        "同意或不同意公开",
        _on(State.SUBMITTED, State.ACCEPTED, State.AT_GOVERNMENT) | _ANSWERED_ONCE | _WITH_UNITS,
        None,
        _by(Party.LEAD, Party.OFFICE),
        "同意的，人大机关可以列入公开目录",
    ),
    Action.PUBLISH: Transition(
        "向社会公开", _ANSWERED_ONCE | _WITH_UNITS, None, _OFFICE, "列入公开目录"
    ),
    Action.NOMINATE: Transition(
        "推荐优秀建议",
        _ANSWERED_ONCE,
        None,
        _by(Party.OFFICE, Party.PROPOSER),
        "人大机关组织评选",
    ),
    Action.HONOUR: Transition("评定优秀建议", _ANSWERED_ONCE, None, _OFFICE, "记入代表履职档案"),
}

HANDLING_TABLE: Mapping[HandlingAction, Transition[HandlingState]] = {
    HandlingAction.SIGN: Transition(
        "签收", _on(HandlingState.PENDING), HandlingState.UNDERWAY, _UNIT, "联系代表，研究办理"
    ),
    HandlingAction.ASK_RETURN: Transition(
        "申请退办",
        _on(HandlingState.PENDING, HandlingState.UNDERWAY),
        HandlingState.RETURN_ASKED,
        _UNIT,
        "交办机关决定是否退办",
        needs_comment=True,
    ),
    HandlingAction.GRANT_RETURN: Transition(
        "同意退办",
        _on(HandlingState.RETURN_ASKED),
        HandlingState.RETURNED,
        _ASSIGNERS,
        "改派其他单位",
    ),
    HandlingAction.DENY_RETURN: Transition(
        "驳回退办",
        _on(HandlingState.RETURN_ASKED),
        HandlingState.UNDERWAY,
        _ASSIGNERS,
        "原单位继续办理",
        needs_comment=True,
    ),
    HandlingAction.LOG_CONTACT: Transition(
        "登记沟通",
        _on(HandlingState.UNDERWAY, HandlingState.REPLY_PENDING, HandlingState.ANSWERED),
        None,
        _UNIT,
        "拟写答复",
    ),
    HandlingAction.ASK_EXTENSION: Transition(
        "申请延期",
        _on(HandlingState.UNDERWAY),
        None,
        _UNIT,
        "人大机关决定是否延期",
        needs_comment=True,
    ),
    HandlingAction.GIVE_OPINION: Transition(
        "提交会办意见",
        _on(HandlingState.UNDERWAY),
        HandlingState.ANSWERED,
        _UNIT,
        "主办单位综合答复",
    ),
    HandlingAction.DRAFT_REPLY: Transition(
        "提请审批",
        _on(HandlingState.UNDERWAY),
        HandlingState.REPLY_PENDING,
        _UNIT,
        "单位负责人审批",
    ),
    HandlingAction.SEND_BACK: Transition(
        "退回重拟",
        _on(HandlingState.REPLY_PENDING),
        HandlingState.UNDERWAY,
        _by(Party.UNIT_LEADER),
        "经办人修改后再提请审批",
        needs_comment=True,
    ),
    HandlingAction.APPROVE: Transition(
        "签发答复",
        _on(HandlingState.REPLY_PENDING),
        HandlingState.ANSWERED,
        _by(Party.UNIT_LEADER),
        "答复送达每位提出人",
    ),
    HandlingAction.START_AGAIN: Transition(
        "再次办理",
        _on(HandlingState.ANSWERED),
        HandlingState.UNDERWAY,
        _by(Party.SYSTEM),
        "主办单位再次联系代表并答复",
    ),
    HandlingAction.REPORT_PROMISE: Transition(
        "报告承诺进展",
        _on(HandlingState.ANSWERED),
        None,
        _UNIT,
        "人大机关核对承诺是否兑现",
    ),
    HandlingAction.RELEASE: Transition(
        "撤销交办",
        _on(
            HandlingState.PENDING,
            HandlingState.UNDERWAY,
            HandlingState.RETURN_ASKED,
            HandlingState.REPLY_PENDING,
        ),
        HandlingState.RELEASED,
        _by(Party.OFFICE, Party.GOVERNMENT, Party.SYSTEM),
        "这家单位不再办理",
        needs_comment=True,
    ),
}


def transition_of(action: Action) -> Transition[State]:
    return SUGGESTION_TABLE[action]


def handling_transition_of(action: HandlingAction) -> Transition[HandlingState]:
    return HANDLING_TABLE[action]


def _next(row: Transition[S], state: S, parties: Collection[Party], comment: str) -> S:
    """Order of refusals: no such move, not yours, say why."""
    if state not in row.sources:
        raise TransitionNotAllowedError(f"「{state.label}」的建议不能「{row.label}」。")
    if not row.who.intersection(parties):
        names = "、".join(party.label for party in Party if party in row.who)
        raise NotYoursError(f"「{row.label}」由{names}操作。")
    if row.needs_comment and not comment.strip():
        raise CommentNeededError(f"「{row.label}」要写明理由。")
    return row.target(state)


def next_state(
    action: Action, state: State, parties: Collection[Party], comment: str = ""
) -> State:
    """The state after the action.

    Raises TransitionNotAllowedError, NotYoursError or CommentNeededError.
    """
    return _next(SUGGESTION_TABLE[action], State(state), parties, comment)


def next_handling_state(
    action: HandlingAction, state: HandlingState, parties: Collection[Party], comment: str = ""
) -> HandlingState:
    """As ``next_state``, for one unit's part."""
    return _next(HANDLING_TABLE[action], HandlingState(state), parties, comment)


def available_actions(state: State, parties: Collection[Party]) -> tuple[Action, ...]:
    """What these parties may do now, in the table's order; the page's buttons."""
    return tuple(
        action
        for action, row in SUGGESTION_TABLE.items()
        if state in row.sources and row.who.intersection(parties)
    )


def available_handling_actions(
    state: HandlingState, parties: Collection[Party]
) -> tuple[HandlingAction, ...]:
    return tuple(
        action
        for action, row in HANDLING_TABLE.items()
        if state in row.sources and row.who.intersection(parties)
    )
