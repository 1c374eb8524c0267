"""Working days with 调休, from the editable calendar (CalendarDay)."""

import datetime as dt
from collections.abc import Callable

import chinese_calendar
from django.db import transaction

from congress_portal.core.errors import DomainError
from congress_portal.core.models import CalendarDay, CalendarYear


class CalendarMissingError(DomainError):
    """The calendar of a year has not been laid down; weekends are never assumed silently."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"还没有 {year} 年的工作日历，请在「工作日历」里补上国务院放假安排，再确认「已录完」。"
        )
        self.year = year


class WorkCalendar:
    """Reads each year once. A year is known when it was laid down as a whole."""

    def __init__(self) -> None:
        self._years: dict[int, dict[dt.date, bool] | None] = {}

    def is_workday(self, day: dt.date) -> bool:
        """Raises CalendarMissingError when the year is not laid down."""
        laid_down = self._year(day.year)
        return laid_down.get(day, day.weekday() < 5)

    def add_workdays(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th working day after ``day`` (day itself does not count)."""
        while count > 0:
            day += dt.timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workdays_between(self, first: dt.date, last: dt.date) -> int:
        """Working days after ``first`` up to and with ``last``."""
        days = (last - first).days
        return sum(self.is_workday(first + dt.timedelta(days=n)) for n in range(1, days + 1))

    def _year(self, year: int) -> dict[dt.date, bool]:
        if year not in self._years:
            rows = CalendarDay.objects.filter(date__year=year).values_list("date", "is_workday")
            known = CalendarYear.objects.filter(year=year).exists()
            self._years[year] = dict(rows) if known else None
        laid_down = self._years[year]
        if laid_down is None:
            raise CalendarMissingError(year)
        return laid_down


@transaction.atomic
def seed_calendar(year: int) -> int:
    """Lay down one year from the published notices; keeps what the office has edited.

    Returns the number of new days. Raises CalendarMissingError for a year not yet published.
    """
    first = dt.date(year, 1, 1)
    existing = set(CalendarDay.objects.filter(date__year=year).values_list("date", flat=True))
    fresh = []
    try:
        for offset in range((dt.date(year + 1, 1, 1) - first).days):
            day = first + dt.timedelta(days=offset)
            on_holiday, name = chinese_calendar.get_holiday_detail(day)
            if day not in existing and on_holiday != (day.weekday() >= 5):
                words = _HOLIDAYS.get(str(name), str(name or ""))
                fresh.append(CalendarDay(date=day, is_workday=not on_holiday, name=words))
    except NotImplementedError as error:
        raise CalendarMissingError(year) from error
    CalendarDay.objects.bulk_create(fresh)
    CalendarYear.objects.get_or_create(year=year, defaults={"source": "国务院放假安排"})
    return len(fresh)


_HOLIDAYS = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


_listeners: list[Callable[[], object]] = []


def on_calendar_change(listener: Callable[[], object]) -> None:
    """Register what recomputes limits that were counted in working days (once an app)."""
    if listener not in _listeners:
        _listeners.append(listener)


def calendar_changed() -> None:
    """Tell the listeners; whoever edits days or years calls it after the edit."""
    for listener in _listeners:
        listener()
