"""The golden table of limits: law's months, working days with 调休, pauses, extension, returns."""

import datetime as dt

import pytest

from congress_portal.core.models import CalendarDay
from congress_portal.core.workdays import WorkCalendar, seed_calendar
from suggestions.clocks import (
    Basis,
    Pause,
    lost_days,
    month_limit,
    read_clock,
    reply_limit,
    workday_limit,
)
from suggestions.enums import Light

D = dt.date


@pytest.mark.parametrize(
    ("start", "months", "limit"),
    [
        (D(2025, 11, 30), 3, D(2026, 2, 28)),  # no 30 February
        (D(2027, 11, 30), 3, D(2028, 2, 29)),  # leap year
        (D(2027, 11, 29), 3, D(2028, 2, 29)),
        (D(2026, 1, 31), 3, D(2026, 4, 30)),
        (D(2026, 8, 31), 6, D(2027, 2, 28)),
        (D(2028, 2, 29), 3, D(2028, 5, 29)),  # from the leap day
        (D(2028, 2, 29), 12, D(2029, 2, 28)),
        (D(2026, 1, 12), 3, D(2026, 4, 12)),  # a Sunday: the law's months are not moved
        (D(2026, 10, 1), 3, D(2027, 1, 1)),
    ],
)
def test_month_limit_is_clamped(start, months, limit):
    assert month_limit(start, months) == limit


@pytest.mark.parametrize(
    ("pauses", "limit"),
    [
        ([], D(2026, 2, 28)),
        ([Pause(D(2026, 1, 5), D(2026, 1, 15))], D(2026, 3, 10)),  # suspended then resumed
        ([Pause(D(2026, 1, 5), None)], D(2026, 2, 28)),  # still paused: moved on resuming
        ([Pause(D(2025, 11, 1), D(2025, 11, 20))], D(2026, 2, 28)),  # before it began
        ([Pause(D(2026, 3, 5), D(2026, 3, 9))], D(2026, 2, 28)),  # after the limit
        ([Pause(D(2026, 2, 1), D(2026, 2, 11)), Pause(D(2026, 3, 5), D(2026, 3, 9))],
         D(2026, 3, 14)),  # the second falls into the moved limit
    ],
)  # fmt: skip
def test_pauses_move_the_months(pauses, limit):
    assert month_limit(D(2025, 11, 30), 3, pauses) == limit


@pytest.mark.parametrize(
    ("basis", "limit"),
    [
        (Basis(D(2026, 1, 12), 3), D(2026, 4, 12)),
        (Basis(D(2026, 1, 12), 3, extended_to=D(2026, 6, 30)), D(2026, 6, 30)),
        # extended, then suspended for ten days
        (Basis(D(2026, 1, 12), 3, (Pause(D(2026, 5, 1), D(2026, 5, 11)),), D(2026, 6, 30),
               D(2026, 4, 1)), D(2026, 7, 10)),
        # suspended before the extension: the granted day already knows
        (Basis(D(2026, 1, 12), 3, (Pause(D(2026, 2, 1), D(2026, 2, 11)),), D(2026, 6, 30),
               D(2026, 4, 1)), D(2026, 6, 30)),
        # returned by the wrong unit after six days, where the rule leaves them out
        (Basis(D(2026, 1, 12), 3, lost=6), D(2026, 4, 18)),
    ],
)  # fmt: skip
def test_reply_limit_follows_its_basis(basis, limit):
    assert reply_limit(basis) == limit


def test_lost_days_count_once():
    spans = [(D(2026, 1, 12), D(2026, 1, 18)), (D(2026, 1, 15), D(2026, 1, 20))]

    assert lost_days(spans) == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "days", "limit"),
    [
        (D(2025, 9, 26), 6, D(2025, 10, 11)),  # 国庆: 28 Sep and 11 Oct are worked
        (D(2025, 9, 26), 1, D(2025, 9, 28)),  # a worked Sunday
        (D(2025, 9, 30), 1, D(2025, 10, 9)),
        (D(2025, 10, 10), 1, D(2025, 10, 11)),  # a worked Saturday
        (D(2025, 4, 25), 3, D(2025, 4, 29)),  # 27 April, a Sunday, is worked
        (D(2025, 6, 2), 7, D(2025, 6, 11)),
    ],
)
def test_workday_limit_knows_the_exchanged_days(start, days, limit):
    seed_calendar(2025)

    assert workday_limit(WorkCalendar(), start, days, "签收").on == limit


@pytest.mark.django_db
def test_workday_limit_leaves_out_pauses():
    seed_calendar(2025)
    pause = Pause(D(2025, 6, 4), D(2025, 6, 6))  # Wednesday and Thursday

    assert workday_limit(WorkCalendar(), D(2025, 6, 2), 7, "签收", [pause]).on == D(2025, 6, 13)


@pytest.mark.django_db
def test_missing_year_warns_instead_of_guessing():
    seed_calendar(2025)

    due = workday_limit(WorkCalendar(), D(2025, 12, 30), 7, "签收")

    assert due.on is None
    assert due.warning == "缺少 2026 年的工作日历，签收期限暂不能推算。"


@pytest.mark.django_db
def test_edited_calendar_changes_the_limit():
    seed_calendar(2025)
    CalendarDay.objects.create(date=D(2025, 6, 9), is_workday=False, name="全县停工")

    assert workday_limit(WorkCalendar(), D(2025, 6, 2), 7, "签收").on == D(2025, 6, 12)


@pytest.mark.parametrize(
    ("on", "extra", "light", "words"),
    [
        (D(2026, 4, 1), {}, Light.GREEN, "还剩 11 天"),
        (D(2026, 4, 2), {}, Light.YELLOW, "还剩 10 天"),
        (D(2026, 4, 12), {}, Light.YELLOW, "今天到期"),
        (D(2026, 4, 13), {}, Light.RED, "逾期 1 天"),
        (D(2026, 4, 13), {"paused": True}, Light.GREY, "暂停计时"),
        (D(2026, 4, 13), {"done": True}, Light.DONE, "已完成"),
    ],
)
def test_light_says_how_long(on, extra, light, words):
    reading = read_clock(D(2026, 4, 12), on, remind_days=10, **extra)

    assert (reading.light, reading.words) == (light, words)


def test_light_without_a_limit_shows_the_warning():
    reading = read_clock(None, D(2026, 4, 1), remind_days=10, warning="缺少 2027 年的工作日历。")

    assert (reading.light, reading.words) == (Light.UNKNOWN, "缺少 2027 年的工作日历。")
