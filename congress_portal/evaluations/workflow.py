"""The life of a sheet of scores: one table, read by pages, services and tests. No ORM here."""

from dataclasses import dataclass

from django.db import models

from congress_portal.core.errors import DomainError
from congress_portal.evaluations.enums import SheetState


class SheetStep(models.TextChoices):
    COMPUTE = "compute", "计算"
    CHECK = "check", "核对"
    REOPEN = "reopen", "退回重算"
    DISCLOSE = "disclose", "公示"
    CLOSE = "close", "结束异议期"
    PUBLISH = "publish", "发布"
    CORRECT = "correct", "更正"
    UNLOCK = "unlock", "临时开放"


class StepNotAllowedError(DomainError):
    """The table knows no such step from this state."""


@dataclass(frozen=True)
class Step:
    """``to`` None: the state stays (a correction makes another sheet). ``then`` tells the reader
    what follows."""

    sources: frozenset[SheetState]
    to: SheetState | None
    then: str
    needs_words: bool = False


@dataclass(frozen=True)
class Facts:
    """What the table asks besides the state. ``has_window``: the scheme discloses before it
    publishes; a correction of a sheet that was disclosed need not be disclosed again."""

    state: str
    has_window: bool = True
    is_correction: bool = False
    has_later: bool = False


def _on(*states: SheetState) -> frozenset[SheetState]:
    return frozenset(states)


TABLE: dict[SheetStep, Step] = {
    SheetStep.COMPUTE: Step(
        _on(SheetState.OPEN, SheetState.DRAFT), SheetState.DRAFT, "按现在的记录算出草稿，等待核对"
    ),
    SheetStep.CHECK: Step(
        _on(SheetState.DRAFT), SheetState.CHECKED, "评分关闭，结果不再重算，可以公示"
    ),
    SheetStep.REOPEN: Step(
        _on(SheetState.CHECKED), SheetState.DRAFT, "回到草稿，评分重新打开，可以重新计算", True
    ),
    SheetStep.DISCLOSE: Step(
        _on(SheetState.CHECKED),
        SheetState.DISCLOSED,
        "各对象看到自己的得分，异议期开始，分数不再改动",
    ),
    SheetStep.CLOSE: Step(
        _on(SheetState.DISCLOSED), SheetState.DECIDED, "没有异议成立的可以发布；有成立的另出新版本"
    ),
    SheetStep.PUBLISH: Step(
        _on(SheetState.DECIDED, SheetState.CHECKED, SheetState.DRAFT),
        SheetState.PUBLISHED,
        "结果连同方案和依据一起封存",
    ),
    SheetStep.CORRECT: Step(
        _on(SheetState.DECIDED, SheetState.PUBLISHED),
        None,
        "按现在的记录算出新版本的草稿，原来的版本仍可查看",
        True,
    ),
    SheetStep.UNLOCK: Step(
        _on(SheetState.CHECKED, SheetState.DISCLOSED, SheetState.DECIDED, SheetState.PUBLISHED),
        None,
        "只有这一个单位可以补评分；这份结果不变，到时自动关闭",
        True,
    ),
}


def is_possible(step: SheetStep, facts: Facts) -> bool:
    if facts.state not in TABLE[step].sources or facts.has_later:
        return False
    if step == SheetStep.PUBLISH:
        return _may_publish(facts)
    if step == SheetStep.DISCLOSE:
        return facts.has_window
    return True


def _may_publish(facts: Facts) -> bool:
    """With a window only what was disclosed is published, or a checked correction of it."""
    if facts.state == SheetState.DECIDED or not facts.has_window:
        return True
    return facts.is_correction and facts.state == SheetState.CHECKED


def available_steps(facts: Facts) -> list[SheetStep]:
    return [step for step in SheetStep if is_possible(step, facts)]


def require(step: SheetStep, facts: Facts, words: str = "") -> SheetState | None:
    """The state after the step. Raises StepNotAllowedError, also where words are missing."""
    if facts.has_later:
        raise StepNotAllowedError("已有更新的版本，请在最新的版本上办理。")
    if not is_possible(step, facts):
        label = SheetState(facts.state).label
        raise StepNotAllowedError(f"这份结果现在是「{label}」，不能{step.label}。")
    if TABLE[step].needs_words and not words.strip():
        raise StepNotAllowedError("请写明理由。")
    return TABLE[step].to
