"""The life of a year-end review: one table, read by pages, services and tests. No ORM here."""

from dataclasses import dataclass

from django.db import models

from congress_portal.core.errors import DomainError
from congress_portal.evaluations.enums import ReviewState


class ReviewStep(models.TextChoices):
    CHANGE = "change", "修改"
    RANK = "rank", "按名次列入"
    RECOMMEND = "recommend", "推荐"
    WITHDRAW = "withdraw", "撤下候选人"
    SETTLE = "settle", "确定候选人"
    RETURN = "return", "退回"
    PUBLICISE = "publicise", "公示"
    OBJECT = "object", "登记公示意见"
    ANSWER = "answer", "答复公示意见"
    ISSUE = "issue", "颁发"


class ReviewStepError(DomainError):
    """The review's state, or the person, does not allow the step."""


@dataclass(frozen=True)
class Move:
    """``to`` None: the state stays, except that RETURN goes back by one."""

    sources: frozenset[ReviewState]
    to: ReviewState | None
    then: str
    needs_words: bool = False


def _on(*states: ReviewState) -> frozenset[ReviewState]:
    return frozenset(states)


_FIRST = _on(ReviewState.NOMINATING)

TABLE: dict[ReviewStep, Move] = {
    ReviewStep.CHANGE: Move(_FIRST, None, "称号、名额和公示期按新的办"),
    ReviewStep.RANK: Move(_FIRST, None, "名次靠前的代表列为候选人"),
    ReviewStep.RECOMMEND: Move(_FIRST, None, "这位代表列为候选人，推荐理由随候选人保留"),
    ReviewStep.WITHDRAW: Move(
        _FIRST, None, "这位代表不再是候选人，他的推荐一并撤销，理由记入审计", True
    ),
    ReviewStep.SETTLE: Move(
        _on(ReviewState.NOMINATING), ReviewState.VOTING, "推荐截止；要投票的，选票已经拟好"
    ),
    ReviewStep.RETURN: Move(
        _on(ReviewState.VOTING, ReviewState.PUBLICITY),
        None,
        "退回上一步；已公示的，以后要重新公示满期",
        True,
    ),
    ReviewStep.PUBLICISE: Move(
        _on(ReviewState.VOTING), ReviewState.PUBLICITY, "拟表彰名单开始公示，期满才能颁发"
    ),
    ReviewStep.OBJECT: Move(_on(ReviewState.PUBLICITY), None, "办公室答复以前，不能颁发"),
    ReviewStep.ANSWER: Move(
        _on(ReviewState.PUBLICITY), None, "提出的人会看到；成立的，这位代表从名单里取消"
    ),
    ReviewStep.ISSUE: Move(
        _on(ReviewState.PUBLICITY), ReviewState.ISSUED, "表彰记入各位代表的履职档案，不能撤回"
    ),
}

_BEFORE = {
    ReviewState.VOTING: ReviewState.NOMINATING,
    ReviewState.PUBLICITY: ReviewState.VOTING,
}


def is_possible(step: ReviewStep, state: str) -> bool:
    return state in TABLE[step].sources


def next_state(step: ReviewStep, state: str, words: str = "") -> ReviewState:
    """Raises ReviewStepError, also where a reason is missing."""
    now = ReviewState(state)
    if now not in TABLE[step].sources:
        raise ReviewStepError(f"这次评优现在是「{now.label}」，不能{step.label}。")
    if TABLE[step].needs_words and not words.strip():
        raise ReviewStepError("请写明理由。")
    if step == ReviewStep.RETURN:
        return _BEFORE[now]
    return TABLE[step].to or now
