import datetime as dt

import pytest

from congress_portal.core.models import CalendarDay
from congress_portal.core.workdays import CalendarMissingError, WorkCalendar, seed_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar():
    seed_calendar(2026)
    return WorkCalendar()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-10-08", True),  # the Thursday after the holiday
        ("2026-10-01", False),  # 国庆节, a Thursday
        ("2026-10-10", True),  # a Saturday that is worked (调休)
        ("2026-10-17", False),  # a plain Saturday
        ("2026-02-14", True),  # a Saturday worked before 春节
        ("2026-02-17", False),  # 春节
    ],
)
def test_a_day_is_worked_as_the_state_council_says(calendar, day, works):
    assert calendar.is_workday(dt.date.fromisoformat(day)) is works


def test_workdays_pass_over_the_holiday(calendar):
    assert calendar.add_workdays(dt.date(2026, 9, 30), 3) == dt.date(2026, 10, 10)


def test_no_workdays_later_is_the_same_day(calendar):
    assert calendar.add_workdays(dt.date(2026, 10, 1), 0) == dt.date(2026, 10, 1)


def test_workdays_between_count_the_last_day(calendar):
    assert calendar.workdays_between(dt.date(2026, 9, 30), dt.date(2026, 10, 10)) == 3
    assert calendar.workdays_between(dt.date(2026, 9, 30), dt.date(2026, 9, 30)) == 0


def test_an_edited_day_wins(calendar):
    CalendarDay.objects.update_or_create(
        date=dt.date(2026, 10, 12), defaults={"is_workday": False, "name": "县庆"}
    )

    assert not WorkCalendar().is_workday(dt.date(2026, 10, 12))


def test_seeding_again_keeps_what_was_edited(calendar):
    day = CalendarDay.objects.get(date=dt.date(2026, 10, 10))
    day.is_workday = False
    day.save()

    assert seed_calendar(2026) == 0
    assert not WorkCalendar().is_workday(dt.date(2026, 10, 10))


def test_a_year_that_is_not_laid_down_is_told():
    with pytest.raises(CalendarMissingError, match="还没有 2026 年的工作日历"):
        WorkCalendar().is_workday(dt.date(2026, 3, 2))


def test_a_year_that_is_not_published_cannot_be_seeded():
    with pytest.raises(CalendarMissingError, match="还没有 2099 年的工作日历"):
        seed_calendar(2099)


def test_a_calendar_asks_once_a_year(calendar, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar.add_workdays(dt.date(2026, 1, 1), 100)
