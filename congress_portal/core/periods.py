"""A period of evaluation: first to last day, Asia/Shanghai (DESIGN §4)."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from congress_portal.core.errors import DomainError

_QUARTER = re.compile(r"^(\d{4})[Qq]([1-4])$")
_HALF = re.compile(r"^(\d{4})[Hh]([12])$")
_YEAR = re.compile(r"^(\d{4})$")
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_QUARTER_WORDS = "一二三四"


class PeriodError(DomainError):
    """The text names no period."""


@dataclass(frozen=True, order=True)
class Period:
    first: dt.date
    last: dt.date
    code: str

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    @property
    def label(self) -> str:
        """The Chinese name: 2026年第三季度."""
        if match := _QUARTER.match(self.code):
            return f"{match[1]}年第{_QUARTER_WORDS[int(match[2]) - 1]}季度"
        if match := _HALF.match(self.code):
            return f"{match[1]}年{'上下'[int(match[2]) - 1]}半年"
        if _YEAR.match(self.code):
            return f"{self.code}年"
        if match := _MONTH.match(self.code):
            return f"{match[1]}年{int(match[2])}月"
        return self.code

    def holds_quarter(self, year: int, number: int) -> bool:
        """Whether the whole quarter lies in this period (inspection marks belong to quarters)."""
        other = quarter(year, number)
        return self.first <= other.first and other.last <= self.last

    def previous(self) -> "Period":
        """The month, quarter, half or year before; raises PeriodError for a term."""
        before = self.first - dt.timedelta(days=1)
        if _QUARTER.match(self.code):
            return quarter_of(before)
        if _HALF.match(self.code):
            return half_of(before)
        if _YEAR.match(self.code):
            return year(before.year)
        if _MONTH.match(self.code):
            return month(before.year, before.month)
        raise PeriodError(f"「{self.code}」没有上一期。")


def quarter(year: int, number: int) -> Period:
    """Quarter ``number`` (1–4) of ``year``."""
    last_month = number * 3
    last_day = calendar.monthrange(year, last_month)[1]
    return Period(
        dt.date(year, last_month - 2, 1), dt.date(year, last_month, last_day), f"{year}Q{number}"
    )


def quarter_of(day: dt.date) -> Period:
    return quarter(day.year, (day.month + 2) // 3)


def half(year: int, number: int) -> Period:
    """The first or second half of ``year``."""
    last_day = dt.date(year, 6, 30) if number == 1 else dt.date(year, 12, 31)
    return Period(dt.date(year, number * 6 - 5, 1), last_day, f"{year}H{number}")


def half_of(day: dt.date) -> Period:
    return half(day.year, (day.month + 5) // 6)


def year(number: int) -> Period:
    return Period(dt.date(number, 1, 1), dt.date(number, 12, 31), f"{number}")


def month(year_number: int, number: int) -> Period:
    last = calendar.monthrange(year_number, number)[1]
    return Period(
        dt.date(year_number, number, 1),
        dt.date(year_number, number, last),
        f"{year_number}-{number:02d}",
    )


def parse_calendar_period(text: str) -> Period:
    """Read ``2026Q3``, ``2026H1``, ``2026`` or ``2026-09``; raises PeriodError.

    Terms: deputies.selectors.
    """
    text = text.strip()
    if not re.match(r"^(19|20)\d\d", text):
        raise PeriodError(f"「{text}」不是考评周期，请写成 2026Q3、2026 或 2026-09。")
    if match := _QUARTER.match(text):
        return quarter(int(match[1]), int(match[2]))
    if match := _HALF.match(text):
        return half(int(match[1]), int(match[2]))
    if _YEAR.match(text):
        return year(int(text))
    if match := _MONTH.match(text):
        return month(int(match[1]), int(match[2]))
    raise PeriodError(f"「{text}」不是考评周期，请写成 2026Q3、2026 或 2026-09。")
