"""The duty file of one deputy for one year (履职档案): what page and paper show."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Entry:
    """One record: when, what, and a second line; ``url`` opens it on the page."""

    on: dt.date | None
    text: str
    detail: str = ""
    url: str = ""
    counted: bool = True


@dataclass(frozen=True)
class Section:
    title: str
    entries: tuple[Entry, ...]
    total: str = ""

    @property
    def waiting(self) -> int:
        """Records that do not count yet, because nobody has verified them."""
        return sum(not entry.counted for entry in self.entries)


@dataclass(frozen=True)
class Part:
    """One of the eight parts (镇坪城关镇 duty files): 会议, 视察调研 …"""

    number: str
    title: str
    sections: tuple[Section, ...]

    @property
    def filled(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.entries)

    @property
    def numbered(self) -> list[tuple[str, Section]]:
        """（一）, （二） …, as official papers number what stands under a part."""
        return list(zip(_NUMERALS, self.filled, strict=False))


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class DutyFile:
    """``is_partial``: the reader may not see every record, and the paper says so."""

    template: ClassVar[str] = "deputies/pdf/duty_file.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/duty_file.css",)

    name: str
    town: str
    year: int
    facts: tuple[Fact, ...]
    totals: tuple[Fact, ...]
    parts: tuple[Part, ...]
    issuer: str
    printed_on: dt.date
    is_partial: bool

    @property
    def title(self) -> str:
        return f"{self.name}代表{self.year}年履职档案"

    @property
    def author(self) -> str:
        return self.issuer

    @property
    def date_text(self) -> str:
        return f"{self.printed_on.year}年{self.printed_on.month}月{self.printed_on.day}日"
