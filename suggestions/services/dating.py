"""The one place that checks the day of a step against the days before it.

A step that people date themselves (the paper was signed on that day) is never later than today
and never earlier than what must have come before it: submission, acceptance, hand-over, the
unit's assignment, the draft, the reply. A day that is not known (old cases that came by import)
bounds nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from suggestions.enums import Share
from suggestions.models import Handling, Promise, Reply, ReplyDraft, Suggestion
from suggestions.services.steps import RefusedError
from suggestions.workflow import Action, HandlingAction

Day = dt.date | None
Bound = tuple[str, Day]  # what came before, and when


@dataclass(frozen=True)
class Rule:
    """``name`` of the step's own day, and what it may not come before."""

    name: str
    after: tuple[str, ...] = ()


_CASE_FACTS: Mapping[str, Callable[[Suggestion], Day]] = {
    "提出日期": lambda case: case.submitted_on,
    "受理日期": lambda case: case.accepted_on,
    "交政府办的日期": lambda case: case.passed_on_on,
    "交办日期": lambda case: case.handed_over_on,
    "答复日期": lambda case: last_reply_day(case),
}
_CASE_RULES: Mapping[Action, Rule] = {
    Action.SUBMIT: Rule("提出日期"),
    Action.ACCEPT: Rule("受理日期", ("提出日期",)),
    Action.PASS_ON: Rule("交政府办的日期", ("提出日期", "受理日期")),
    Action.HAND_OVER: Rule("交办日期", ("提出日期", "受理日期")),
    Action.FORWARD: Rule("交办日期", ("提出日期", "受理日期", "交政府办的日期")),
    Action.REASSIGN: Rule("改派日期", ("交办日期",)),
    Action.SUSPEND: Rule("暂停日期", ("交办日期",)),
    Action.RESUME: Rule("恢复日期", ("交办日期",)),
    Action.REDO: Rule("重新办理日期", ("答复日期",)),
    Action.REOPEN: Rule("重新办理日期", ("答复日期",)),
    Action.SUPERVISE: Rule("督办日期", ("交办日期",)),
    Action.GROUP_FOLLOW: Rule("督导日期", ("交办日期",)),
    Action.LOOK_BACK: Rule("回头看日期", ("交办日期", "答复日期")),
    Action.PUBLISH: Rule("公开日期", ("提出日期", "交办日期")),
}
_PART_FACTS: Mapping[str, Callable[[Handling], Day]] = {
    "交办日期": lambda part: part.assigned_on or part.suggestion.handed_over_on,
    "签收日期": lambda part: part.signed_on,
    "申请退办日期": lambda part: part.return_asked_on,
    "重新办理日期": lambda part: part.redo_from,
    "拟稿日期": lambda part: drafting_day(part),
}
_PART_RULES: Mapping[HandlingAction, Rule] = {
    HandlingAction.SIGN: Rule("签收日期", ("交办日期",)),
    HandlingAction.ASK_RETURN: Rule("申请退办日期", ("交办日期",)),
    HandlingAction.GRANT_RETURN: Rule("决定日期", ("交办日期", "申请退办日期")),
    HandlingAction.DENY_RETURN: Rule("决定日期", ("交办日期", "申请退办日期")),
    HandlingAction.LOG_CONTACT: Rule("沟通日期", ("交办日期", "重新办理日期")),
    HandlingAction.GIVE_OPINION: Rule("会办意见日期", ("交办日期", "签收日期")),
    HandlingAction.APPROVE: Rule("签发日期", ("交办日期", "重新办理日期", "拟稿日期")),
}


def last_reply_day(case: Suggestion) -> Day:
    """The lead unit's newest reply."""
    rows = Reply.objects.filter(handling__suggestion=case, handling__share=Share.LEAD)
    return rows.order_by("-round").values_list("replied_on", flat=True).first()


def drafting_day(part: Handling) -> Day:
    """When the draft that waits was put before the leader, in Shanghai."""
    at = (
        ReplyDraft.objects.filter(handling=part)
        .order_by("-pk")
        .values_list("drafted_at", flat=True)
        .first()
    )
    return timezone.localdate(at) if at else None


def day_of(action: Action, case: Suggestion, on: Day, *bounds: Bound) -> dt.date:
    """The day of a step on the whole: ``on``, or today. Raises RefusedError."""
    rule = _CASE_RULES[action]
    known = [(name, _CASE_FACTS[name](case)) for name in rule.after]
    return checked_day(rule.name, on, [*known, *bounds])


def part_day_of(action: HandlingAction, part: Handling, on: Day) -> dt.date:
    """The day of a step on one unit's part: ``on``, or today. Raises RefusedError."""
    rule = _PART_RULES[action]
    return checked_day(rule.name, on, [(name, _PART_FACTS[name](part)) for name in rule.after])


def report_day_of(promise: Promise, on: Day) -> dt.date:
    """A report comes after the reply that gave the promise and after the report before."""
    last = promise.reports.order_by("-reported_on").values_list("reported_on", flat=True).first()
    return checked_day(
        "报告日期", on, [("答复日期", promise.reply.replied_on), ("上次报告日期", last)]
    )


def checked_day(name: str, on: Day, bounds: Iterable[Bound] = ()) -> dt.date:
    """``on`` (or today) within its bounds; the refusal names every fault."""
    today = timezone.localdate()
    if on is None or on == today:
        return today
    faults = [f"{name}不能晚于今天。"] if on > today else []
    faults += [
        f"{name}不能早于{before}（{day:%Y年%m月%d日}）。"
        for before, day in bounds
        if day is not None and on < day
    ]
    if faults:
        raise RefusedError(faults)
    return on


def coming_day(name: str, day: Day) -> Day:
    """A day that is promised or granted lies ahead (today at the earliest), or is left open."""
    if day is not None and day < timezone.localdate():
        raise RefusedError([f"{name}不能早于今天。"])
    return day
