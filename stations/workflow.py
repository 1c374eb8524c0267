"""What may follow what in an inspection: the campaign, a team's sheet, an objection, a finding.

Services, buttons and tests read these tables; nothing else says what may be done. No ORM here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from congress_portal.core.errors import DomainError
from stations.enums import InspectionCampaignState, ObjectionState, RectificationState, SheetState


class StepNotAllowedError(DomainError):
    """The table knows no such step from this state, or not for this person."""


class Part(StrEnum):
    """As what somebody takes part: the office, the team that scores, the place inspected."""

    OFFICE = "office"
    TEAM = "team"
    PLACE = "place"


class Step(StrEnum):
    START = "start"
    DISCLOSE = "disclose"
    LOCK = "lock"
    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    UPHOLD = "uphold"
    REFUSE = "refuse"
    REPORT = "report"
    PASS = "pass"  # noqa: S105 - a step, no secret
    FAIL = "fail"
    EXTEND = "extend"


@dataclass(frozen=True)
class Transition:
    """``next_step`` tells the reader what comes then; ``needs_words``: it must say why."""

    label: str
    sources: frozenset[str]
    to: str
    who: frozenset[Part]
    next_step: str
    needs_words: bool = False


Table = Mapping[Step, Transition]
_OFFICE = frozenset({Part.OFFICE})
_TEAM = frozenset({Part.TEAM})
_PLACE = frozenset({Part.PLACE})
_CHECKERS = _OFFICE | _TEAM

CAMPAIGN_TABLE: Table = {
    Step.START: Transition(
        "开始考评",
        frozenset({InspectionCampaignState.DRAFT}),
        InspectionCampaignState.RUNNING,
        _OFFICE,
        "各组收到打分表，到现场打分",
    ),
    Step.DISCLOSE: Transition(
        "公开评分",
        frozenset({InspectionCampaignState.RUNNING}),
        InspectionCampaignState.OBJECTIONS,
        _OFFICE,
        "家站、镇（街道）看到本处评分，可以提出异议",
    ),
    Step.LOCK: Transition(
        "锁定考评",
        frozenset({InspectionCampaignState.OBJECTIONS}),
        InspectionCampaignState.LOCKED,
        _OFFICE,
        "评分不能再改，扣分项转入整改，可以印发通报",
    ),
}

SHEET_TABLE: Table = {
    Step.SAVE: Transition(
        "保存", frozenset({SheetState.DRAFT}), SheetState.DRAFT, _TEAM, "接着打分"
    ),
    Step.SUBMIT: Transition(
        "提交", frozenset({SheetState.DRAFT}), SheetState.SUBMITTED, _TEAM, "等人大机关公开评分"
    ),
    Step.RETURN: Transition(
        "退回修改",
        frozenset({SheetState.SUBMITTED}),
        SheetState.DRAFT,
        _OFFICE,
        "考评组修改后再提交",
        needs_words=True,
    ),
}

OBJECTION_TABLE: Table = {
    Step.UPHOLD: Transition(
        "异议成立，改分",
        frozenset({ObjectionState.RAISED}),
        ObjectionState.UPHELD,
        _OFFICE,
        "按改后的扣分计分",
        needs_words=True,
    ),
    Step.REFUSE: Transition(
        "异议不成立",
        frozenset({ObjectionState.RAISED}),
        ObjectionState.REFUSED,
        _OFFICE,
        "维持原评分",
        needs_words=True,
    ),
}

FINDING_TABLE: Table = {
    Step.REPORT: Transition(
        "报整改情况",
        frozenset({RectificationState.OPEN}),
        RectificationState.REPORTED,
        _PLACE,
        "等人大机关或者考评组复查",
        needs_words=True,
    ),
    Step.PASS: Transition(
        "复查合格",
        frozenset({RectificationState.REPORTED}),
        RectificationState.CLOSED,
        _CHECKERS,
        "销号",
        needs_words=True,
    ),
    Step.FAIL: Transition(
        "复查不合格",
        frozenset({RectificationState.REPORTED}),
        RectificationState.OPEN,
        _CHECKERS,
        "继续整改",
        needs_words=True,
    ),
    Step.EXTEND: Transition(
        "延长期限",
        frozenset({RectificationState.OPEN}),
        RectificationState.OPEN,
        _OFFICE,
        "按新的期限整改",
        needs_words=True,
    ),
}


def next_state(
    table: Table, step: Step, *, state: str, parts: Collection[Part], words: str | None = None
) -> str:
    """The state after the step. Raises StepNotAllowedError.

    ``words`` None: the step's words are not asked for here.
    """
    move = table[step]
    if not move.who & set(parts):
        raise StepNotAllowedError(f"您不能办理「{move.label}」。")
    if state not in move.sources:
        raise StepNotAllowedError(f"现在的状态不能「{move.label}」，请刷新页面看看。")
    if move.needs_words and words is not None and not words.strip():
        raise StepNotAllowedError(f"「{move.label}」要写明情况。")
    return move.to


def open_steps(table: Table, *, state: str, parts: Collection[Part]) -> list[Step]:
    """Steps that the person may take now, in the table's order."""
    mine = set(parts)
    return [step for step, move in table.items() if state in move.sources and move.who & mine]
