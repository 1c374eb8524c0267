"""Stored limits follow their basis: every step that touches one calls ``recompute`` (clocks)."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from congress_portal.core.models import User
from congress_portal.core.workdays import WorkCalendar
from suggestions.clocks import (
    Basis,
    Pause,
    handling_dues,
    lost_days,
    pauses_of,
    reply_limit,
    workday_limit,
)
from suggestions.enums import (
    NOT_IN_HAND,
    OPEN_WITH_UNITS,
    ClockKind,
    Decision,
    HandlingState,
    Share,
    State,
)
from suggestions.models import (
    Appraisal,
    ClockChange,
    Extension,
    Handling,
    HandlingRule,
    Suggestion,
    Suspension,
)
from suggestions.models.suggestion import REPLY_MONTHS, months_later
from suggestions.services.dating import checked_day, day_of
from suggestions.services.steps import RefusedError, keep, lock, lock_visible, step
from suggestions.workflow import Action

_CLOCKS = (
    (ClockKind.SIGN, "sign_due_on"),
    (ClockKind.RETURN, "return_due_on"),
    (ClockKind.REPLY, "due_on"),
)


def recompute(suggestion: Suggestion, reason: str, *, calendar: WorkCalendar | None = None) -> int:
    """Bring every stored limit of a locked suggestion up to date; returns how many moved.

    ``suggestion.extended_to`` is set on the instance (the step stores it) whenever an extension,
    a pause or time lost with a wrong unit moves the limit from hand-over + 3 months. Each move
    of a limit that stood before leaves a ClockChange.
    """
    if suggestion.handed_over_on is None:
        return 0
    rule = HandlingRule.objects.all().of(suggestion.region)
    calendar = calendar or WorkCalendar()
    handlings = list(suggestion.handlings.order_by("pk"))
    pauses = pauses_of(suggestion)
    limit = reply_limit(_basis(suggestion, rule, handlings, pauses))
    plain = months_later(suggestion.handed_over_on, REPLY_MONTHS)
    suggestion.extended_to = None if limit == plain else limit
    moved = 0
    for handling in handlings:
        if handling.state not in NOT_IN_HAND:
            moved += _refresh(handling, rule, pauses, calendar, limit, reason)
    return moved


def _basis(
    suggestion: Suggestion,
    rule: HandlingRule,
    handlings: Iterable[Handling],
    pauses: tuple[Pause, ...],
) -> Basis:
    granted = (
        Extension.objects.filter(handling__suggestion=suggestion, decision=Decision.GRANTED)
        .order_by("-pk")
        .first()
    )
    lost = 0
    if not rule.returned_time_counts:
        lost = lost_days(
            (part.assigned_on, part.ended_on)
            for part in handlings
            if part.state == HandlingState.RETURNED
            and part.share == Share.LEAD
            and part.assigned_on
            and part.ended_on
        )
    assert suggestion.handed_over_on is not None  # noqa: S101 - checked by the caller
    return Basis(
        handed_over_on=suggestion.handed_over_on,
        reply_months=rule.reply_months,
        pauses=pauses,
        extended_to=granted.granted_until if granted else None,
        extended_on=granted.decided_on if granted else None,
        lost=lost,
    )


def _refresh(
    handling: Handling,
    rule: HandlingRule,
    pauses: tuple[Pause, ...],
    calendar: WorkCalendar,
    limit: dt.date,
    reason: str,
) -> int:
    dues = handling_dues(handling, rule, pauses, calendar, limit)
    fresh = {
        "sign_due_on": dues.sign.on,
        "return_due_on": dues.give_back.on,
        "due_on": handling.due_on if handling.state == HandlingState.ANSWERED else dues.answer.on,
        "clock_warning": dues.warning,
    }
    old = {name: getattr(handling, name) for name in fresh}
    if fresh == old:
        return 0
    changes = [
        ClockChange(
            handling=handling, clock=clock, old=old[name], new=fresh[name], reason=reason[:200]
        )
        for clock, name in _CLOCKS
        if old[name] != fresh[name] and (old[name] or old["clock_warning"])
    ]
    ClockChange.objects.bulk_create(changes)
    for name, value in fresh.items():
        setattr(handling, name, value)
    handling.save(update_fields=list(fresh))
    return len(changes)


def correct_hand_over(*, pk: int, actor: User, on: dt.date, reason: str) -> Suggestion:
    """A wrong day of hand-over is put right: every limit that hangs on it moves, with a trace.

    Units assigned on the wrong day move with it. Raises Suggestion.DoesNotExist, RefusedError.
    """
    with transaction.atomic():
        case = lock_visible(pk, actor)
        old = case.handed_over_on
        if old is None:
            raise RefusedError(["还没有交办，请用「交办」，不能只填日期。"])
        after = [("提出日期", case.submitted_on), ("受理日期", case.accepted_on)]
        case.handed_over_on = checked_day("交办日期", on, after)
        _refuse_days_before(case, case.handed_over_on)
        case.handlings.filter(assigned_on=old).update(assigned_on=case.handed_over_on)
        recompute(case, reason)
        keep(case, reason=reason)
    return case


def _refuse_days_before(case: Suggestion, day: dt.date) -> None:
    """What followed the hand-over cannot come before it."""
    for name, path in (("签收", "signed_on"), ("退办", "ended_on"), ("答复", "answered_on")):
        if case.handlings.filter(**{f"{path}__lt": day}).exists():
            raise RefusedError([f"交办日期不能晚于{name}日期。"])


def settle_sheet(
    sheet: Appraisal, rule: HandlingRule, *, calendar: WorkCalendar | None = None
) -> bool:
    """Until when a deputy may rate, or the warning that the calendar is missing.

    The one place that sets the appraisal's clock; returns whether it moved. The caller stores it.
    """
    due = workday_limit(
        calendar or WorkCalendar(), sheet.delivered_on, rule.appraisal_days, "代表评价"
    )
    before = (sheet.due_on, sheet.clock_warning)
    sheet.due_on, sheet.clock_warning = due.on, due.warning
    return before != (sheet.due_on, sheet.clock_warning)


def _recompute_sheets(reason: str, calendar: WorkCalendar) -> int:
    """Sheets not yet given of replies that wait for them."""
    moved = 0
    waiting = Appraisal.objects.filter(
        appraised_on__isnull=True, reply__handling__suggestion__state=State.ANSWERED
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            case_pk = waiting.values_list("reply__handling__suggestion", flat=True).filter(pk=pk)
            lock(*case_pk)
            sheet = waiting.select_related("suggestion__region").filter(pk=pk).first()
            if sheet is None:
                continue
            rule = HandlingRule.objects.all().of(sheet.suggestion.region)
            if settle_sheet(sheet, rule, calendar=calendar):
                keep(sheet, reason=reason)
                moved += 1
    return moved


def recompute_deadlines(*, reason: str = "工作日历修订") -> int:
    """After the calendar was edited: every open case and sheet anew, with a trace.

    Returns the number of limits that moved.

    Each case in its own transaction, so that it may be stopped and run again at any time.
    """
    calendar, moved = WorkCalendar(), 0
    open_cases = Suggestion.objects.filter(state__in=sorted(OPEN_WITH_UNITS))
    for pk in list(open_cases.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            suggestion = lock(pk)[pk]
            before = suggestion.extended_to
            moved += recompute(suggestion, reason, calendar=calendar)
            if suggestion.extended_to != before:
                keep(suggestion, reason=reason)
    return moved + _recompute_sheets(reason, calendar)


def suspend_clock(*, pk: int, actor: User, comment: str, on: dt.date | None = None) -> Suspension:
    """Stop the clocks with a reason, from ``on`` (today)."""
    with step(Action.SUSPEND, suggestion_pk=pk, actor=actor, comment=comment) as now:
        if now.suggestion.suspensions.filter(ends_on__isnull=True).exists():
            raise RefusedError(["已经暂停计时。"])
        pause = Suspension(
            suggestion=now.suggestion,
            begins_on=day_of(Action.SUSPEND, now.suggestion, on),
            reason=now.comment,
        )
        keep(pause)
    return pause


def resume_clock(
    *, pk: int, actor: User, comment: str = "", on: dt.date | None = None
) -> Suspension:
    """Start the clocks again; limits move by the days of the pause."""
    with step(Action.RESUME, suggestion_pk=pk, actor=actor, comment=comment) as now:
        pause = now.suggestion.suspensions.filter(ends_on__isnull=True).first()
        if pause is None:
            raise RefusedError(["没有暂停计时。"])
        bound = ("暂停日期", pause.begins_on)
        pause.ends_on = day_of(Action.RESUME, now.suggestion, on, bound)
        keep(pause)
        recompute(now.suggestion, f"暂停{(pause.ends_on - pause.begins_on).days}天后恢复计时")
    return pause


def lapse_extension(part: Handling, why: str) -> None:
    """A request that nobody decided ends with what made it idle."""
    for request in part.extensions.filter(decision=Decision.PENDING):
        request.decision, request.decided_on = Decision.DENIED, timezone.localdate()
        request.comment = f"{why}，不用再决定。"
        keep(request, reason=request.comment)


def end_open_pause(suggestion: Suggestion) -> None:
    """A reply that is delivered ends a pause, too."""
    pause = suggestion.suspensions.filter(ends_on__isnull=True).first()
    if pause is not None:
        pause.ends_on = max(timezone.localdate(), pause.begins_on)
        keep(pause)
