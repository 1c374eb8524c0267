import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from congress_portal.core import workdays
from congress_portal.core.models import CalendarDay, CalendarYear
from congress_portal.core.reference import load_reference
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


def test_single_days_do_not_make_a_year():
    CalendarDay.objects.create(date=dt.date(2026, 2, 10), is_workday=False)

    with pytest.raises(CalendarMissingError):
        WorkCalendar().is_workday(dt.date(2026, 3, 2))
    with pytest.raises(ValidationError, match="2026 年只录了 1 个工作日放假"):
        CalendarYear(year=2026).full_clean()


def test_a_year_is_known_when_its_days_are_entered(calendar):
    CalendarYear.objects.all().delete()

    year = CalendarYear(year=2026)
    year.full_clean()
    year.save()

    assert not WorkCalendar().is_workday(dt.date(2026, 10, 1))


def test_listeners_hear_of_new_reference_years(monkeypatch):
    heard = []
    monkeypatch.setattr(workdays, "_listeners", [lambda: heard.append("changed")])

    load_reference()
    load_reference()

    assert heard == ["changed"]


def test_a_year_that_is_not_laid_down_is_told():
    with pytest.raises(CalendarMissingError, match="还没有 2026 年的工作日历"):
        WorkCalendar().is_workday(dt.date(2026, 3, 2))


def test_a_year_that_is_not_published_cannot_be_seeded():
    with pytest.raises(CalendarMissingError, match="还没有 2099 年的工作日历"):
        seed_calendar(2099)


def test_a_calendar_asks_once_a_year(calendar, django_assert_num_queries):
    with django_assert_num_queries(2):
        calendar.add_workdays(dt.date(2026, 1, 1), 100)
