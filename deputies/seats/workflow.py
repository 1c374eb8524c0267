"""What may follow what in a by-election and in an exit case. Tables only, no ORM."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from congress_portal.core.enums import Level
from congress_portal.core.errors import DomainError
from deputies.enums import ByElectionState, EndKind, ExitAction, ExitState


class StepNotAllowedError(DomainError):
    """The table knows no such step from this state."""


@dataclass(frozen=True)
class Move:
    """``to`` empty: the state stays. ``law`` tells what the law asks for, ``then`` what follows."""

    sources: frozenset[str]
    to: str = ""
    law: str = ""
    then: str = ""


class ByElectionAction(models.TextChoices):
    NOMINATE = "nominate", "登记候选人"
    CHECK = "check", "登记四关审核"
    RECORD = "record", "登记选举结果"
    CANCEL = "cancel", "取消补选"
    REOPEN = "reopen", "计票录错了，重新登记"


_PREPARING = frozenset({ByElectionState.PREPARING})

BY_ELECTION: Mapping[ByElectionAction, Move] = {
    ByElectionAction.NOMINATE: Move(
        _PREPARING, law="候选人由政党、人民团体推荐，或者选民十人以上联名推荐（选举法第三十条）。"
    ),
    ByElectionAction.CHECK: Move(_PREPARING, then="四关都登记齐了，才能登记选举结果"),
    ByElectionAction.RECORD: Move(
        _PREPARING,
        ByElectionState.ELECTED,
        law="选区全体选民过半数参加投票，选举有效；获得参加投票选民过半数的票，始得当选"
        "（选举法第四十五条）。补选的候选人可以与应选名额相等（第五十七条）。",
        then="当选的自动登记代表职务，起始日期为选举日",
    ),
    ByElectionAction.CANCEL: Move(_PREPARING, ByElectionState.CANCELLED, then="缺额仍在缺额表上"),
    ByElectionAction.REOPEN: Move(
        frozenset({ByElectionState.FAILED}),
        ByElectionState.PREPARING,
        law="只用于更正录入的错误；当选后已经登记代表职务的，不能这样更正。",
        then="清去录入的票数，重新登记选举结果；原来的数字和更正的理由留在操作记录里",
    ),
}

_OPEN = frozenset({ExitState.CLUE, ExitState.VERIFIED, ExitState.TALKED, ExitState.STUDIED})
_STUDIED = frozenset({ExitState.STUDIED})

EXIT: Mapping[ExitAction, Move] = {
    ExitAction.VERIFY: Move(
        frozenset({ExitState.CLUE}), ExitState.VERIFIED, then="可以约谈提醒，或者提请主任会议研究"
    ),
    ExitAction.HEAR: Move(
        _OPEN,
        law="被提出罢免的代表有权出席会议提出申辩意见，或者书面提出申辩意见（选举法第五十一条）。",
    ),
    ExitAction.TALK: Move(
        frozenset({ExitState.VERIFIED}), ExitState.TALKED, then="没有改进的，提请主任会议研究"
    ),
    ExitAction.STUDY: Move(frozenset({ExitState.VERIFIED, ExitState.TALKED}), ExitState.STUDIED),
    ExitAction.ADVISE: Move(_STUDIED, law="劝辞不等于辞职：由代表本人书面提出，才可以接受。"),
    ExitAction.RESIGN: Move(
        _STUDIED,
        ExitState.ENDED,
        law="县级代表向本级常委会书面辞职，乡级代表向本级人大书面辞职；须经组成人员或者代表过半数"
        "通过，并予公告（选举法第五十五条）。",
        then="代表职务在生效日结束，缺额列入缺额表",
    ),
    ExitAction.RECALL: Move(
        _STUDIED,
        ExitState.ENDED,
        law="原选区选民联名提出（县级五十人以上、乡级三十人以上，选举法第五十条），经原选区过半数"
        "的选民通过（第五十三条）；先要听取申辩。",
        then="代表职务在生效日结束，缺额列入缺额表",
    ),
    ExitAction.TERMINATE: Move(
        _OPEN - {ExitState.CLUE},
        ExitState.ENDED,
        law="只有法定情形才终止代表资格（代表法第六十二条），由代表资格审查委员会报本级常委会"
        "（乡级报本级人大）公告。",
        then="代表职务在生效日结束，缺额列入缺额表",
    ),
    ExitAction.CLOSE: Move(_OPEN, ExitState.CLOSED, then="代表职务不变，个案存档"),
}

#: How the mandate ends by each step that ends it.
ENDS_BY: Mapping[ExitAction, EndKind] = {
    ExitAction.RESIGN: EndKind.RESIGNED,
    ExitAction.RECALL: EndKind.RECALLED,
    ExitAction.TERMINATE: EndKind.TERMINATED,
}

#: Voters who must ask for a recall together (选举法 §50); other levels elect indirectly.
RECALL_REQUESTERS: Mapping[str, int] = {Level.COUNTY: 50, Level.TOWN: 30}


def require(table: Mapping, action: models.TextChoices, state: str) -> Move:
    """Raises StepNotAllowedError."""
    move: Move = table[action]
    if state not in move.sources:
        raise StepNotAllowedError(f"现在不能「{action.label}」，请重新打开页面看最新进展。")
    return move


def available(table: Mapping, state: str) -> tuple[models.TextChoices, ...]:
    return tuple(action for action, move in table.items() if state in move.sources)
