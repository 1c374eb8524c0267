"""What an official paper is made of: the PDF template and the Word writer read the same blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import ClassVar

from django.utils.safestring import SafeString

_WHOLE_ROWS = 14


@dataclass(frozen=True)
class Heading:
    """``level`` 1 is 一、 in 黑体, 2 is （一） in 楷体; the number is part of the text."""

    text: str
    level: int = 1
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """``lead`` is a run-in heading in 楷体, such as «（一）簿册缺项。»."""

    text: str
    lead: str = ""
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Note:
    """Small print beside a table."""

    text: str
    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Column:
    """``width`` in hundredths of the table; ``align`` is text, name (left) or figure (right)."""

    title: str
    width: int
    align: str = "text"


@dataclass(frozen=True)
class Table:
    """Cells are finished texts; a row with one cell holds it over the full width."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    is_small: bool = False
    kind: ClassVar[str] = "table"

    @property
    def is_whole(self) -> bool:
        """Few rows stay on one page."""
        return len(self.rows) <= _WHOLE_ROWS

    @property
    def body(self) -> list[list[tuple[str, str]]]:
        """Rows of (cell, align); a row with one cell spans the table."""
        return [
            [(row[0], "span")]
            if len(row) == 1
            else [(cell, col.align) for cell, col in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Figure:
    """A chart: ``svg`` of ``core.charts`` with its caption."""

    caption: str
    svg: SafeString
    kind: ClassVar[str] = "figure"


@dataclass(frozen=True)
class Pair:
    """A table and a chart side by side."""

    table: Table
    figure: Figure
    kind: ClassVar[str] = "pair"


@dataclass(frozen=True)
class Cell:
    """A field of a form. ``kind``: label (黑体, centred), value, centre, or text.

    A text's lines are paragraphs; it may run over pages. ``tail`` stands at its lower right.
    """

    text: str
    span: int = 1
    kind: str = "value"
    tail: str = ""

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Line:
    """A row of a form; ``height`` in millimetres is the least."""

    cells: tuple[Cell, ...]
    height: int = 10

    @property
    def flows(self) -> bool:
        return any(cell.kind == "text" and cell.text for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """A form to fill in; ``widths`` in hundredths, each line's spans add up to their number."""

    widths: tuple[int, ...]
    lines: tuple[Line, ...]
    kind: ClassVar[str] = "grid"


Block = Heading | Paragraph | Note | Table | Figure | Pair | Grid


@dataclass(frozen=True)
class Annex:
    """``is_wide`` lays it on landscape pages (横排表格)."""

    title: str
    blocks: tuple[Block, ...]
    is_wide: bool = False


@dataclass(frozen=True)
class Head:
    """What stands around the text of a paper, by GB/T 9704—2012 article 7.

    ``mark`` stands at the upper right of the first page (a reply's class); ``note`` is the 附注
    below the date.
    """

    issuer: str
    title_pieces: tuple[str, ...]
    date_text: str
    addressee: str = ""
    number: str = ""
    copies_to: str = ""
    mark: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        return "".join(self.title_pieces)

    @property
    def title_lines(self) -> tuple[str, ...]:
        return fold_title(self.title_pieces)

    @property
    def issuer_size(self) -> str:
        """The class of the mark's size: it stays on one line of 156 mm."""
        width = ems(self.issuer)
        sizes = (("l", 9), ("m", 12), ("s", 15))
        return next((name for name, most in sizes if width <= most), "xs")

    @property
    def sign_indent(self) -> int:
        """Half characters right of the 署名, whose centre is that of a date that has four free."""
        excess = max(0.0, ems(self.issuer) - ems(self.date_text)) / 2
        return max(0, round(2 * (4 - excess)))


@dataclass(frozen=True)
class OfficialPaper:
    """A 通报, letter or report: head, text, list of annexes, signature, annexes, 版记."""

    head: Head
    blocks: tuple[Block, ...]
    annexes: tuple[Annex, ...] = ()
    template: ClassVar[str] = "pdf/official.html"
    stylesheets: ClassVar[tuple[str, ...]] = ()

    @property
    def title(self) -> str:
        return self.head.title

    @property
    def author(self) -> str:
        return self.head.issuer


@dataclass(frozen=True)
class LetterPaper(OfficialPaper):
    """A letter in 信函格式 (GB/T 9704, article 10.1): one sheet, no 版记."""

    template: ClassVar[str] = "pdf/letter.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/letter.css",)


@dataclass(frozen=True)
class FormPaper:
    """A form without masthead: title, a line below it, the grid, remarks."""

    title_pieces: tuple[str, ...]
    author: str
    left: str
    right: str
    blocks: tuple[Block, ...]
    template: ClassVar[str] = "pdf/form.html"
    stylesheets: ClassVar[tuple[str, ...]] = ("css/pdf/form.css",)

    @property
    def title(self) -> str:
        return "".join(self.title_pieces)

    @property
    def title_lines(self) -> tuple[str, ...]:
        return fold_title(self.title_pieces)


def ems(text: str) -> float:
    """Width in Chinese characters; ASCII counts one half."""
    return sum(0.5 if ord(c) < 0x80 else 1.0 for c in text)


def fold_title(pieces: Sequence[str], most: float = 19.5) -> tuple[str, ...]:
    """Join meaning units into as few lines as fit, evenly, the upper line rather the longer.

    回行时做到词意完整、排列对称、长短适宜 (GB/T 9704, 7.3.1); ``most``: characters of 22 pt.
    """
    count = max(1, ceil(sum(map(ems, pieces)) / most))
    for lines in range(count, len(pieces) + 1):
        splits = [
            ["".join(pieces[a:b]) for a, b in zip((0, *cut), (*cut, len(pieces)), strict=True)]
            for cut in combinations(range(1, len(pieces)), lines - 1)
        ]
        fitting = [split for split in splits if max(map(ems, split)) <= most]
        if fitting:
            return tuple(min(fitting, key=_unevenness))
    return tuple(pieces)


def _unevenness(lines: Iterable[str]) -> tuple[float, float]:
    widths = [ems(line) for line in lines]
    return max(widths) - min(widths), -widths[0]
