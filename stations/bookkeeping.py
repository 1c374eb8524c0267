"""The kinds of records a 册, 记, 簿 or 档案 is a view over; nothing is written into a book.

A book view is registered under the code that ``Book.code`` and ``StandardItem.rule`` name, its
sources by the apps that own the records, in their ``books.py`` (stations.books, activities.books,
suggestions.books), as metrics are in ``metrics.py``.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.module_loading import autodiscover_modules

from congress_portal.core.periods import Period, quarter_of, year
from congress_portal.core.scope import ScopedQuerySet

UNDATED = dt.date(1900, 1, 1)  # sorts below every real day; shown as no day


def day_text(day: dt.date | None) -> str:
    """2026-07-07 as the books write it; nothing where no day is known."""
    return f"{day.year}年{day.month}月{day.day}日" if day and day != UNDATED else ""


class Span(StrEnum):
    """How fresh the newest entry must be for the book to count as kept."""

    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"

    def first_day(self, quarter: Period) -> dt.date:
        if self is Span.EVER:
            return dt.date.min
        return quarter.first if self is Span.QUARTER else year(quarter.first.year).first

    def running(self, quarter: Period) -> Period | None:
        """The quarter, or its year, that an entry is asked for; None where any entry will do."""
        if self is Span.EVER:
            return None
        return quarter if self is Span.QUARTER else year(quarter.first.year)

    @property
    def label(self) -> str:
        return {"quarter": "每季度要有", "year": "每年要有", "ever": "要有"}[self.value]


class Holder(StrEnum):
    """How a record belongs to a station.

    PLATFORM: a record of a town as such stands in the books of the town's own home (the types
    that a set of books for towns is bound to); TOWN: in those of every station of the town.
    """

    STATION = "station"
    DEPUTY = "deputy"
    PLATFORM = "platform"
    TOWN = "town"


@dataclass(frozen=True)
class Head:
    """A column: its code, its head and its width in hundredths of the printed table."""

    code: str
    title: str
    width: int


Rows = Callable[[dt.date], QuerySet[Any]]


@dataclass(frozen=True)
class Source:
    """Records of one kind. ``rows(until)`` are those that count, ``day`` their date's field.

    ``path`` leads from the record to the station, deputy or region that holds it; ``cells``
    gives one text for each column of the book; ``address`` where the record opens.
    """

    rows: Rows
    day: str
    holder: Holder
    path: str
    cells: Callable[[Any], Sequence[str]]
    address: Callable[[Any], str] | None = None

    def seen_by(self, user: Any, until: dt.date) -> QuerySet[Any]:
        rows = self.rows(until)
        own = rows.model._default_manager.all()
        if not isinstance(own, ScopedQuerySet):
            return rows
        if own.by_region and user.scope.reads_everything:
            return rows
        return rows.filter(pk__in=own.visible_to(user).values("pk"))


@dataclass(frozen=True)
class BookView:
    """``feed`` says to the clerk by which work entries come into the book."""

    code: str
    name: str
    heads: tuple[Head, ...]
    span: Span
    feed: str


_views: dict[str, BookView] = {}
_sources: dict[str, list[Source]] = {}


def define(
    code: str,
    name: str,
    heads: Sequence[tuple[str, str, int]],
    *,
    span: Span = Span.QUARTER,
    feed: str,
) -> None:
    """Register a book view; raises ValueError for a code that is taken."""
    if code in _views:
        raise ValueError(f"book {code} is registered twice")
    if sum(width for _, _, width in heads) != 100:
        raise ValueError(f"the columns of {code} do not fill the page")
    _views[code] = BookView(code, name, tuple(Head(*head) for head in heads), span, feed)


def feed(code: str, *sources: Source) -> None:
    """Add records of one's own app to a book that another app may have defined."""
    _sources.setdefault(code, []).extend(sources)


def book_views() -> dict[str, BookView]:
    """All views by code; apps register theirs in ``books.py``."""
    autodiscover_modules("books")
    return _views


def sources_of(code: str) -> list[Source]:
    autodiscover_modules("books")
    return _sources.get(code, [])


def quarter_end(quarter: Period, today: dt.date) -> dt.date:
    """The last day of the quarter that has come."""
    return min(quarter.last, today)


def running(today: dt.date) -> Period:
    return quarter_of(today)
