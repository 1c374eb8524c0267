"""Reminders: N days before a limit, on the day, and after it; each said exactly once.

The unique key of Reminder is the whole guarantee: the command may run twice, late, or in
parallel. What was missed while the scheduler slept is not said late: only the stage that holds
on the day is.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from congress_portal.core.enums import Role
from congress_portal.core.models import Unit, User
from congress_portal.core.notices import (
    Message,
    notify,
    office_people,
    unit_people,
)
from congress_portal.core.reminders import reminder
from congress_portal.core.workdays import WorkCalendar
from suggestions.clocks import hand_over_limit
from suggestions.enums import (
    OPEN_HANDLING,
    ClockKind,
    HandlingState,
    ReminderStage,
    Share,
    State,
)
from suggestions.models import Appraisal, Handling, HandlingRule, Promise, Reminder, Suggestion
from suggestions.services.messages import name_of, page_of


@dataclass(frozen=True)
class DueClock:
    """One running limit and whom it concerns; a deputy's sheet has ``person``, no unit."""

    suggestion: Suggestion
    clock: ClockKind
    target: str
    due_on: dt.date
    remind_days: int
    unit: Unit | None = None
    person: User | None = None


def stage_on(due_on: dt.date, on: dt.date, remind_days: int) -> ReminderStage | None:
    """The stage a limit is in, or None while it is far off."""
    if on > due_on:
        return ReminderStage.AFTER
    if on == due_on:
        return ReminderStage.TODAY
    return ReminderStage.BEFORE if (due_on - on).days <= remind_days else None


def send_reminders(on: dt.date) -> dict[str, int]:
    """Remind of every limit that stands in a stage on this day; returns how many per stage."""
    rules: dict[int, HandlingRule] = {}
    counts = dict.fromkeys(ReminderStage.values, 0)
    clocks = (_hand_over_clocks, _handling_clocks, _promise_clocks, _sheet_clocks)
    for clock in [clock for each in clocks for clock in each(rules)]:
        stage = stage_on(clock.due_on, on, clock.remind_days)
        if stage and _remind(clock, stage, on):
            counts[stage] += 1
    return counts


@reminder
def remind_of_limits(on: dt.date) -> dict[str, int]:
    """As ``send_reminders``, by the stages' names."""
    return {ReminderStage(name).label: n for name, n in send_reminders(on).items()}


@transaction.atomic
def _remind(clock: DueClock, stage: ReminderStage, on: dt.date) -> bool:
    row, is_new = Reminder.objects.get_or_create(
        target=clock.target,
        clock=clock.clock,
        stage=stage,
        due_on=clock.due_on,
        defaults={"suggestion": clock.suggestion},
    )
    if not is_new:
        return False
    days = (on - clock.due_on).days
    when = {
        ReminderStage.BEFORE: f"还有 {-days} 天到期",
        ReminderStage.TODAY: "今天到期",
        ReminderStage.AFTER: f"已逾期 {days} 天",
    }[stage]
    who = f"{clock.unit}：" if clock.unit else ""
    message = Message(
        key=f"reminder:{row.pk}",
        title=f"{clock.clock.label}{when}：{name_of(clock.suggestion)}",
        body=f"{who}{clock.clock.label}期限 {clock.due_on:%Y年%m月%d日}。",
        link=page_of(clock.suggestion),
        is_urgent=stage == ReminderStage.AFTER,
    )
    notify(_people(clock, stage), message)
    return True


def _people(clock: DueClock, stage: ReminderStage) -> list[User]:
    """Before: the officer; on the day: its leader, too; after: the congress office, too."""
    office = office_people(clock.suggestion.region) if stage == ReminderStage.AFTER else []
    if clock.clock == ClockKind.HAND_OVER:
        return office_people(clock.suggestion.region)
    if clock.unit is None:
        return [*([clock.person] if clock.person else []), *office]
    roles = [Role.UNIT_OFFICER]
    if stage != ReminderStage.BEFORE:
        roles.append(Role.UNIT_LEADER)
    return [*unit_people(clock.unit, *roles), *office]


def _rule(rules: dict[int, HandlingRule], suggestion: Suggestion) -> HandlingRule:
    if suggestion.region_id not in rules:
        rules[suggestion.region_id] = HandlingRule.objects.all().of(suggestion.region)
    return rules[suggestion.region_id]


def _hand_over_clocks(rules: dict[int, HandlingRule]) -> Iterator[DueClock]:
    """The office's own limit: accepted between sessions, not yet with a unit."""
    calendar = WorkCalendar()
    waiting = Suggestion.objects.filter(
        state__in=(State.ACCEPTED, State.AT_GOVERNMENT), handed_over_on__isnull=True
    )
    for case in waiting.select_related("region").order_by("pk"):
        due = hand_over_limit(case, _rule(rules, case), calendar)
        if due.on:
            yield DueClock(case, ClockKind.HAND_OVER, f"suggestion:{case.pk}", due.on, 1)


def _handling_clocks(rules: dict[int, HandlingRule]) -> Iterator[DueClock]:
    rows = (
        Handling.objects.filter(
            state__in=sorted(OPEN_HANDLING),
            suggestion__in=Suggestion.objects.all().with_units().running(),
        )
        .select_related("suggestion__region", "unit")
        .order_by("pk")
    )
    for part in rows:
        days = _rule(rules, part.suggestion).remind_days
        target = f"handling:{part.pk}"
        if part.state == HandlingState.PENDING and part.sign_due_on:
            yield DueClock(part.suggestion, ClockKind.SIGN, target, part.sign_due_on, 1, part.unit)
        if part.due_on:
            clock = _answer_clock(part)
            yield DueClock(part.suggestion, clock, target, part.due_on, days, part.unit)


def _answer_clock(part: Handling) -> ClockKind:
    if part.share == Share.ASSIST:
        return ClockKind.OPINION
    return ClockKind.REDO if part.redo_from else ClockKind.REPLY


def _promise_clocks(rules: dict[int, HandlingRule]) -> Iterator[DueClock]:
    rows = (
        Promise.objects.all()
        .open()
        .filter(suggestion__state=State.TRACKING)
        .select_related("suggestion__region", "reply__handling__unit")
        .order_by("pk")
    )
    for promise in rows:
        days = [day for day in (promise.due_on, promise.next_report_on) if day]
        if days:
            yield DueClock(
                promise.suggestion,
                ClockKind.PROMISE,
                f"promise:{promise.pk}",
                min(days),
                _rule(rules, promise.suggestion).remind_days,
                promise.reply.handling.unit,
            )


def _sheet_clocks(rules: dict[int, HandlingRule]) -> Iterator[DueClock]:
    rows = (
        Appraisal.objects.filter(
            appraised_on__isnull=True,
            due_on__isnull=False,
            reply__handling__suggestion__state=State.ANSWERED,
        )
        .select_related("suggestion__region", "deputy__user")
        .order_by("pk")
    )
    for sheet in rows:
        assert sheet.due_on is not None  # noqa: S101 - filtered above
        yield DueClock(
            sheet.suggestion,
            ClockKind.APPRAISAL,
            f"appraisal:{sheet.pk}",
            sheet.due_on,
            min(5, _rule(rules, sheet.suggestion).remind_days),
            person=sheet.deputy.user,
        )
