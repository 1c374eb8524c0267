"""Limits: calendar months for the law's, working days with 调休 for local ones.

Everything here is a function of dates and rows; no clock is read. A working-day limit in a year
whose calendar is missing has no date but a warning: weekends are never assumed silently.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from congress_portal.core.workdays import CalendarMissingError, WorkCalendar
from suggestions.enums import HandlingState, Light, Session, Share
from suggestions.models import Handling, HandlingRule, Suggestion
from suggestions.models.suggestion import months_later

MISSING_WARNING = "缺少 {year} 年的工作日历，{clock}期限暂不能推算。"


@dataclass(frozen=True)
class Due:
    """A limit, or the reason why there is none."""

    on: dt.date | None
    warning: str = ""

    def __bool__(self) -> bool:
        return self.on is not None


@dataclass(frozen=True)
class Pause:
    """A pause of the clock; both days count as worked on. ``end`` None: still paused."""

    begin: dt.date
    end: dt.date | None

    def days(self, until: dt.date) -> int:
        return max((min(self.end or until, until) - self.begin).days, 0)

    def holds(self, day: dt.date) -> bool:
        return self.begin <= day and (self.end is None or day < self.end)


def month_limit(start: dt.date, months: int, pauses: Sequence[Pause] = ()) -> dt.date:
    """``months`` calendar months after ``start``, clamped to the month's end, plus closed pauses.

    Pauses are taken in order; one that begins after the limit has passed moves nothing.
    """
    return _shifted(start, months_later(start, months), pauses)


def _shifted(start: dt.date, due: dt.date, pauses: Sequence[Pause]) -> dt.date:
    for pause in sorted(pauses, key=lambda each: each.begin):
        if pause.end is None or pause.end <= start or pause.begin > due:
            continue
        begin = max(pause.begin, start)
        due += dt.timedelta(days=(pause.end - begin).days)
    return due


def workday_limit(
    calendar: WorkCalendar,
    start: dt.date,
    days: int,
    clock: str,
    pauses: Sequence[Pause] = (),
) -> Due:
    """The ``days``-th working day after ``start``; days of closed pauses do not count."""
    closed = [pause for pause in pauses if pause.end is not None]
    day, left = start, days
    try:
        while left > 0:
            day += dt.timedelta(days=1)
            worked = calendar.is_workday(day)
            left -= worked and not any(pause.holds(day) for pause in closed)
    except CalendarMissingError as error:
        return Due(None, MISSING_WARNING.format(year=error.year, clock=clock))
    return Due(day)


def hand_over_limit(suggestion: Suggestion, rule: HandlingRule, calendar: WorkCalendar) -> Due:
    """Until when the office hands over what came between sessions; no limit during a session."""
    if suggestion.session != Session.INTERVAL or suggestion.accepted_on is None:
        return Due(None)
    return workday_limit(calendar, suggestion.accepted_on, rule.hand_over_days, "交办")


@dataclass(frozen=True)
class Basis:
    """All that the reply's limit of one suggestion follows from.

    ``extended_to`` is the granted day as decided, before pauses; ``extended_on`` the day of the
    decision, pauses before it are already in it. ``lost`` are days that returned units took.
    """

    handed_over_on: dt.date
    reply_months: int
    pauses: tuple[Pause, ...] = ()
    extended_to: dt.date | None = None
    extended_on: dt.date | None = None
    lost: int = 0


def reply_limit(basis: Basis) -> dt.date:
    """When the lead unit must answer (代表法 §51); moved by extension, pauses and lost days."""
    if basis.extended_to:
        after = basis.extended_on or basis.handed_over_on
        later = [Pause(max(p.begin, after), p.end) for p in basis.pauses if _ends_after(p, after)]
        return _shifted(after, basis.extended_to, later)
    limit = months_later(basis.handed_over_on, basis.reply_months)
    limit += dt.timedelta(days=basis.lost)
    return _shifted(basis.handed_over_on, limit, basis.pauses)


def _ends_after(pause: Pause, day: dt.date) -> bool:
    return pause.end is None or pause.end > day


def lost_days(spans: Iterable[tuple[dt.date, dt.date]]) -> int:
    """Days that wrongly assigned units held the suggestion; overlapping days count once."""
    held: set[dt.date] = set()
    for first, last in spans:
        held.update(first + dt.timedelta(days=n) for n in range((last - first).days))
    return len(held)


@dataclass(frozen=True)
class Reading:
    """A clock as it is shown: light, word, days left (negative: overdue), warning."""

    light: Light
    due_on: dt.date | None
    days_left: int | None = None
    warning: str = ""

    @property
    def words(self) -> str:
        if self.light == Light.UNKNOWN:
            return self.warning or "没有期限"
        if self.days_left is None:
            return self.light.label
        if self.days_left < 0:
            return f"逾期 {-self.days_left} 天"
        return "今天到期" if self.days_left == 0 else f"还剩 {self.days_left} 天"


def read_clock(
    due_on: dt.date | None,
    on: dt.date,
    *,
    remind_days: int,
    done: bool = False,
    paused: bool = False,
    warning: str = "",
) -> Reading:
    """The traffic light of one limit on one day."""
    if done:
        return Reading(Light.DONE, due_on)
    if paused:
        return Reading(Light.GREY, due_on)
    if due_on is None:
        return Reading(Light.UNKNOWN, None, warning=warning or "还没有期限。")
    left = (due_on - on).days
    light = Light.RED if left < 0 else Light.YELLOW if left <= remind_days else Light.GREEN
    return Reading(light, due_on, left, warning)


def pauses_of(suggestion: Suggestion) -> tuple[Pause, ...]:
    return tuple(
        Pause(row.begins_on, row.ends_on)
        for row in sorted(suggestion.suspensions.all(), key=lambda row: (row.begins_on, row.pk))
    )


@dataclass(frozen=True)
class HandlingDues:
    """All limits of one unit's part; ``warnings`` are shown wherever the limits are."""

    sign: Due
    give_back: Due
    answer: Due
    warnings: tuple[str, ...] = field(default=())

    @property
    def warning(self) -> str:
        return " ".join(dict.fromkeys(self.warnings))[:200]


def handling_dues(
    handling: Handling,
    rule: HandlingRule,
    pauses: Sequence[Pause],
    calendar: WorkCalendar,
    reply_due: dt.date | None,
) -> HandlingDues:
    """Limits of a unit's part: signing and returning in working days from its own assignment.

    The lead answers by the suggestion's limit (``reply_due``), an assisting unit within its
    months, a second round within the redo months from ``redo_from``.
    """
    start = handling.assigned_on
    if start is None:
        return HandlingDues(Due(None), Due(None), Due(reply_due))
    sign = workday_limit(calendar, start, rule.sign_days, "签收", pauses)
    give_back = workday_limit(calendar, start, rule.return_days, "退办", pauses)
    if handling.redo_from:
        answer: dt.date | None = month_limit(handling.redo_from, rule.redo_months, pauses)
    elif handling.share == Share.LEAD:
        answer = reply_due
    else:
        answer = month_limit(start, rule.opinion_months, pauses)
    warnings = [due.warning for due in (sign, give_back) if due.warning]
    return HandlingDues(sign, give_back, Due(answer), tuple(warnings))


def is_answered(handling: Handling) -> bool:
    return handling.state == HandlingState.ANSWERED


def light_of_handling(
    handling: Handling, on: dt.date, rule: HandlingRule, *, paused: bool
) -> Reading:
    """The light a unit's page shows: the reply's, and before signing the signing's if nearer."""
    done = is_answered(handling)
    answer = read_clock(
        handling.due_on,
        on,
        remind_days=rule.remind_days,
        done=done,
        paused=paused,
        warning=handling.clock_warning,
    )
    if handling.state != HandlingState.PENDING or handling.sign_due_on is None:
        return answer
    sign = read_clock(handling.sign_due_on, on, remind_days=1, paused=paused)
    return sign if sign.light == Light.RED and answer.light != Light.RED else answer
