"""How a case stands, in a word, a shape and a clock; for lists and heads of pages."""

import datetime as dt
from dataclasses import dataclass

from suggestions.enums import NOT_IN_HAND, Share, State
from suggestions.models import Handling, HandlingRule, Suggestion
from suggestions.models.suggestion import months_later

SOON = 15  # days, as everywhere on the desk


@dataclass(frozen=True)
class Standing:
    """``shape`` repeats what the words say; ``mood`` is ``overdue``, ``soon`` or empty."""

    shape: str
    words: str
    mood: str = ""


_PLAIN = {
    State.DRAFT: Standing("○", "草稿"),
    State.SUBMITTED: Standing("○", "待审核"),
    State.RETURNED: Standing("▲", "退回修改", "soon"),
    State.REFUSED: Standing("—", "不予受理"),
    State.WITHDRAWN: Standing("—", "已撤回"),
    State.MERGED: Standing("—", "已并案"),
    State.ACCEPTED: Standing("○", "待交办"),
    State.AT_GOVERNMENT: Standing("○", "政府办转办中"),
    State.ANSWERED: Standing("✓", "已答复，待评价"),
    State.TRACKING: Standing("●", "承诺跟踪"),
    State.CLOSED: Standing("✓", "办结"),
}


def lead_of(suggestion: Suggestion) -> Handling | None:
    """The lead unit's part among the prefetched ones."""
    for part in suggestion.handlings.all():
        if part.share == Share.LEAD and part.state not in NOT_IN_HAND:
            return part
    return None


def running_due(suggestion: Suggestion) -> dt.date | None:
    """The limit that runs now: a later round has its own."""
    part = lead_of(suggestion)
    if part is not None and (suggestion.state == State.REDO or part.redo_from):
        return part.due_on
    return suggestion.due_on


def postponed(suggestion: Suggestion) -> bool:
    """The first limit is later than the rule's months; a shorter rule alone postpones nothing."""
    if suggestion.extended_to is None or suggestion.handed_over_on is None:
        return False
    rule = HandlingRule.objects.all().of(suggestion.region)
    return suggestion.extended_to > months_later(suggestion.handed_over_on, rule.reply_months)


def standing_of(suggestion: Suggestion, on: dt.date) -> Standing:
    """Lists prefetch ``handlings`` (with replies) and ``suspensions``."""
    state = State(suggestion.state)
    handed = suggestion.handed_over_on is not None
    if state in _PLAIN and not (state == State.ACCEPTED and handed):
        return _PLAIN[state]
    if state == State.ACCEPTED and suggestion.last_reply:
        return Standing("✓", "已答复")
    return _clocked("重新办理" if state == State.REDO else "办理中", suggestion, on)


def _clocked(word: str, suggestion: Suggestion, on: dt.date) -> Standing:
    if any(pause.ends_on is None for pause in suggestion.suspensions.all()):
        return Standing("○", f"{word}，暂停计时")
    due = running_due(suggestion)
    if due is None:
        return Standing("●", word)
    left = (due - on).days
    if left < 0:
        return Standing("■", f"{word}，已逾期 {-left} 天", "overdue")
    words = f"{word}，还剩 {left} 天" if left else f"{word}，今天到期"
    return Standing("▲", words, "soon") if left <= SOON else Standing("●", words)
