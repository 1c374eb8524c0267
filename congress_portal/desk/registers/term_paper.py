"""What a deputy did in a term, as page and paper see it (届内履职总结; M112)."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from congress_portal.core.documents.wording import date_words
from deputies.reports import Fact, Section


@dataclass(frozen=True)
class YearHead:
    """``told`` says which days of the year count, where it is not the whole year."""

    label: str
    told: str
    url: str


@dataclass(frozen=True)
class SummaryRow:
    """``values``: one of each year, then of the whole time; ``meaning`` is the definition."""

    name: str
    unit: str
    values: tuple[str, ...]
    meaning: str

    @property
    def label(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name

    @property
    def years(self) -> tuple[str, ...]:
        return self.values[:-1]

    @property
    def whole(self) -> str:
        return self.values[-1]


@dataclass(frozen=True)
class TermSummary:
    """``is_running``: the term is not over, so the figures go up to the day of printing."""

    template: ClassVar[str] = "desk/pdf/term_summary.html"
    stylesheets: ClassVar[tuple[str, ...]] = (
        "css/pdf/duty_file.css", "css/pdf/term_summary.css",
    )  # fmt: skip

    name: str
    town: str
    term_name: str
    facts: tuple[Fact, ...]
    heads: tuple[YearHead, ...]
    rows: tuple[SummaryRow, ...]
    parts: tuple[Section, ...]
    issuer: str
    printed_on: dt.date
    is_running: bool

    @property
    def cells(self) -> list[dict[str, object]]:
        """Rows for the page: each year's value beside its head, which opens the records."""
        return [
            {
                "label": row.label,
                "years": list(zip(self.heads, row.years, strict=True)),
                "whole": row.whole,
            }
            for row in self.rows
        ]

    @property
    def numbered(self) -> list[tuple[str, Section]]:
        """The parts after 一、基本情况 and 二、本届履职."""
        return list(zip("三四五六七", self.parts, strict=False))

    @property
    def title(self) -> str:
        return f"{self.name}代表{self.term_name}履职总结"

    @property
    def author(self) -> str:
        return self.issuer

    @property
    def date_text(self) -> str:
        return date_words(self.printed_on)
