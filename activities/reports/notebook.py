"""联系选民记事簿: the year of one deputy as a booklet, a month after the other."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from activities.models import NotebookEntry, Visit
from activities.selectors.notebook import contacts_for_booklet, pages_of
from congress_portal.core.models import User
from congress_portal.core.periods import year as year_period
from deputies.models import Deputy


@dataclass(frozen=True)
class BookletEntry:
    """A note or a contact; ``follow_up`` says what became of a note that was to be taken up."""

    on: dt.date
    kind: str
    text: str
    follow_up: str = ""
    is_private: bool = False


@dataclass(frozen=True)
class BookletMonth:
    number: int
    entries: tuple[BookletEntry, ...]


@dataclass(frozen=True)
class Booklet:
    """``with_private`` is said on the cover, so that nobody hands on such a copy unawares."""

    template: ClassVar[str] = "activities/pdf/notebook.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/notebook.css",)

    name: str
    town: str
    year: int
    months: tuple[BookletMonth, ...]
    contacts: int
    people: int
    notes: int
    with_private: bool
    printed_on: dt.date

    @property
    def title(self) -> str:
        return f"{self.name}代表{self.year}年联系选民记事簿"

    @property
    def author(self) -> str:
        return self.name


def booklet(
    deputy: Deputy, year: int, *, reader: User, today: dt.date, with_private: bool
) -> Booklet:
    """Pages and contacts of the year that the reader may see; private pages only if asked for."""
    period = year_period(year)
    notes = pages_of(deputy, reader).filter(noted_on__range=(period.first, period.last))
    if not with_private:
        notes = notes.filter(is_private=False)
    pages = list(notes.order_by("noted_on", "pk"))
    visits = list(contacts_for_booklet(deputy, reader, period))
    own = reader.pk == deputy.user_id
    entries = [_note(page, own) for page in pages] + [_contact(visit) for visit in visits]
    entries.sort(key=lambda entry: entry.on)
    months = tuple(
        BookletMonth(number, tuple(entry for entry in entries if entry.on.month == number))
        for number in range(1, 13)
    )
    return Booklet(
        name=deputy.name,
        town=deputy.town.name,
        year=year,
        months=tuple(month for month in months if month.entries),
        contacts=len(visits),
        people=sum(visit.people for visit in visits),
        notes=len(pages),
        with_private=with_private,
        printed_on=today,
    )


def _note(page: NotebookEntry, own: bool) -> BookletEntry:
    """A voter's name stands in full only in the deputy's own print."""
    follow_up = ""
    if page.follow_up_on:
        state = "已办" if page.is_done else "待办"
        follow_up = f"{page.follow_up_on.month}月{page.follow_up_on.day}日再办（{state}）"
    voter = page.voter
    about = f"（{voter.name if own else voter}）" if voter else ""
    return BookletEntry(page.noted_on, f"记事{about}", page.text, follow_up, page.is_private)


def _contact(visit: Visit) -> BookletEntry:
    parts = (visit.region, visit.village, visit.spot)
    place = "".join(part.name for part in parts if part)
    kind = f"{visit.channel}（{place}，{visit.people} 人次）"
    return BookletEntry(visit.held_on, kind, visit.matter)
