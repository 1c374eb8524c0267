"""Catalogue rows that came by import are placed in the workflow, without touching a figure.

The sheet 建议目录 sets dates, units, replies and ratings; from them follow states, stamps and
clocks. A case on which anybody has acted since is left alone, so that a second import is harmless.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone

from congress_portal.core.enums import Rating
from congress_portal.core.models import Region
from congress_portal.core.workdays import WorkCalendar
from suggestions.clocks import Basis, handling_dues, reply_limit
from suggestions.enums import ClockKind, Decision, HandlingState, PromiseState, Share, State
from suggestions.models import (
    ClockChange,
    Extension,
    Handling,
    HandlingRule,
    Promise,
    Reply,
    Suggestion,
    TransitionLog,
)
from suggestions.models.suggestion import months_later

IMPORTED = "import"
_WORDS = "目录导入"
_CHUNK = 500


@dataclass
class _Batch:
    """What one chunk writes, in bulk."""

    suggestions: list[Suggestion] = field(default_factory=list)
    handlings: list[Handling] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    stale_extensions: list[int] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    stale_promises: list[int] = field(default_factory=list)
    clock_changes: list[ClockChange] = field(default_factory=list)
    log: list[TransitionLog] = field(default_factory=list)


@transaction.atomic
def settle_imported(suggestion_ids: Iterable[int]) -> int:
    """Give imported rows state, stamps and clocks; returns how many stand otherwise than before.

    Dates, units, replies, classes and ratings stay exactly as imported. Idempotent.
    """
    ids = sorted(set(suggestion_ids))
    rules: dict[int, HandlingRule] = {}
    calendar, changed = WorkCalendar(), 0
    for start in range(0, len(ids), _CHUNK):
        batch = _Batch()
        for suggestion in _untouched(ids[start : start + _CHUNK]):
            changed += _settle(suggestion, _rule(rules, suggestion.region), calendar, batch)
        _write(batch)
    return changed


def _rule(rules: dict[int, HandlingRule], region: Region) -> HandlingRule:
    if region.pk not in rules:
        rules[region.pk] = HandlingRule.objects.all().of(region)
    return rules[region.pk]


def _untouched(ids: list[int]) -> list[Suggestion]:
    """Numbered rows on which no step was taken in the portal."""
    acted = TransitionLog.objects.exclude(action=IMPORTED).values("suggestion")
    replies = Reply.objects.select_related("reply_class").order_by("round")
    parts = Handling.objects.order_by("serial", "pk").prefetch_related(
        Prefetch("replies", replies), "extensions"
    )
    rows = Suggestion.objects.filter(pk__in=ids).exclude(number="").exclude(pk__in=acted)
    return list(
        rows.select_related("region")
        .prefetch_related(Prefetch("handlings", parts), "promises", "log")
        .order_by("pk")
    )


def _settle(
    suggestion: Suggestion, rule: HandlingRule, calendar: WorkCalendar, batch: _Batch
) -> bool:
    parts = list(suggestion.handlings.all())
    lead = next((part for part in parts if part.share == Share.LEAD), None)
    replies = list(lead.replies.all()) if lead else []
    last = replies[-1] if replies else None
    state = _state_of(suggestion, lead, last, rule)
    before = _facts(suggestion, parts)
    suggestion.state = state
    suggestion.accepted_on = suggestion.accepted_on or suggestion.submitted_on
    suggestion.closed_on = last.replied_on if last and state == State.CLOSED else None
    _keep_extension(suggestion, lead, batch)
    for part in parts:
        _place(part, suggestion, rule, calendar, last)
    _keep_promise(suggestion, last, rule, batch)
    if _facts(suggestion, parts) == before:
        return False
    batch.suggestions.append(suggestion)
    batch.handlings += parts
    if not any(row.to_state == state for row in suggestion.log.all()):
        batch.log.append(_log_of(suggestion, state))
    return True


def _state_of(
    suggestion: Suggestion, lead: Handling | None, last: Reply | None, rule: HandlingRule
) -> State:
    if suggestion.handed_over_on is None or lead is None:
        return State.ACCEPTED
    if last is None:
        return State.HANDLING
    if not last.rating:
        return State.ANSWERED
    if last.rating == Rating.UNSATISFIED:
        return State.REDO if last.round < rule.most_rounds else State.ANSWERED
    return State.TRACKING if last.class_code in rule.followed_codes else State.CLOSED


def _facts(suggestion: Suggestion, parts: list[Handling]) -> tuple[object, ...]:
    names = (
        "state", "round", "assigned_on", "signed_on", "sign_due_on", "return_due_on",
        "redo_from", "due_on", "clock_warning", "answered_on",
    )  # fmt: skip
    own = (suggestion.state, suggestion.accepted_on, suggestion.closed_on)
    return (*own, *(getattr(part, name) for part in parts for name in names))


def _place(
    part: Handling,
    suggestion: Suggestion,
    rule: HandlingRule,
    calendar: WorkCalendar,
    last: Reply | None,
) -> None:
    """A unit that was handed it before the portal has signed it; days it has none stay empty."""
    own = list(part.replies.all())
    part.assigned_on = suggestion.handed_over_on
    part.round, part.redo_from = (own[-1].round if own else 1), None
    part.answered_on = own[-1].replied_on if own else None
    part.state = HandlingState.UNDERWAY if part.assigned_on else HandlingState.PENDING
    closed = suggestion.state in (State.CLOSED, State.TRACKING, State.ANSWERED)
    if own or (part.share == Share.ASSIST and closed and last):
        part.state = HandlingState.ANSWERED
        part.answered_on = part.answered_on or (last.replied_on if last else None)
    if suggestion.state == State.REDO and part.share == Share.LEAD and own:
        part.state, part.answered_on = HandlingState.UNDERWAY, None
        part.round, part.redo_from = own[-1].round + 1, own[-1].replied_on
    _set_dues(part, suggestion, rule, calendar)


def _set_dues(
    part: Handling, suggestion: Suggestion, rule: HandlingRule, calendar: WorkCalendar
) -> None:
    if suggestion.handed_over_on is None:
        return
    limit = reply_limit(
        Basis(suggestion.handed_over_on, rule.reply_months, extended_to=suggestion.extended_to)
    )
    dues = handling_dues(part, rule, (), calendar, limit)
    part.sign_due_on, part.return_due_on = dues.sign.on, dues.give_back.on
    part.due_on, part.clock_warning = dues.answer.on, dues.warning


def _keep_extension(suggestion: Suggestion, lead: Handling | None, batch: _Batch) -> None:
    """«延期至» of the sheet was granted before the portal; clocks then know it as granted."""
    if lead is None:
        return
    old = [row for row in lead.extensions.all() if row.reason == _WORDS]
    if any(row.granted_until == suggestion.extended_to for row in old):
        return
    batch.stale_extensions += [row.pk for row in old]
    if suggestion.extended_to and suggestion.handed_over_on:
        batch.extensions.append(
            Extension(
                handling=lead,
                asked_until=suggestion.extended_to,
                reason=_WORDS,
                asked_on=suggestion.handed_over_on,
                decision=Decision.GRANTED,
                granted_until=suggestion.extended_to,
            )
        )


def _keep_promise(
    suggestion: Suggestion, last: Reply | None, rule: HandlingRule, batch: _Batch
) -> None:
    """A followed case needs a line of the ledger; the sheet names no day of completion.

    A report that would have been due before the import gets a day after it, with a trace:
    otherwise the first run of the reminders would call every such promise overdue.
    """
    old = list(suggestion.promises.all())
    if suggestion.state != State.TRACKING or last is None:
        batch.stale_promises += [row.pk for row in old if row.content.endswith(_MARK)]
        return
    if old:
        return
    by_reply = months_later(last.replied_on, rule.promise_report_months)
    by_import = months_later(timezone.localdate(), rule.import_report_months)
    batch.promises.append(
        Promise(
            suggestion=suggestion,
            reply=last,
            content=f"{last.reply_class}：{suggestion.title}{_MARK}",
            next_report_on=max(by_reply, by_import),
            state=PromiseState.OPEN,
        )
    )
    if by_import > by_reply:
        batch.clock_changes.append(
            ClockChange(
                handling=last.handling,
                clock=ClockKind.PROMISE,
                old=by_reply,
                new=by_import,
                reason=f"目录没有承诺日期，从导入之日起{rule.import_report_months}个月内首次报告",
            )
        )


_MARK = f"（{_WORDS}）"


def _log_of(suggestion: Suggestion, state: State) -> TransitionLog:
    return TransitionLog(
        suggestion=suggestion,
        action=IMPORTED,
        label=_WORDS,
        from_state=State.ACCEPTED,
        to_state=state,
        actor_name="系统",
        comment=_story(suggestion),
    )


def _story(suggestion: Suggestion) -> str:
    days: list[tuple[str, dt.date | None]] = [
        ("提出", suggestion.submitted_on),
        ("交办", suggestion.handed_over_on),
        ("办结", suggestion.closed_on),
    ]
    return "，".join(f"{day:%Y年%m月%d日}{word}" for word, day in days if day)


def _write(batch: _Batch) -> None:
    Suggestion.objects.bulk_update(batch.suggestions, ["state", "accepted_on", "closed_on"])
    Handling.objects.bulk_update(
        batch.handlings,
        [
            "state", "round", "assigned_on", "sign_due_on", "return_due_on", "redo_from",
            "due_on", "clock_warning", "answered_on",
        ],
    )  # fmt: skip
    Extension.objects.filter(pk__in=batch.stale_extensions).delete()
    Extension.objects.bulk_create(batch.extensions)
    Promise.objects.filter(pk__in=batch.stale_promises).delete()
    Promise.objects.bulk_create(batch.promises)
    ClockChange.objects.bulk_create(batch.clock_changes)
    TransitionLog.objects.bulk_create(batch.log)
