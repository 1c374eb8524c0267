"""Which kind a sheet is, where its header stands, and which of its rows are data.

A sheet is recognised by its headers, in any row and order, in one row or two, with merged
cells; titles, filing lines, notes, sum rows and repeated headers are no data (DESIGN §3).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from congress_portal.core.importing.asides import Asides, is_blank
from congress_portal.core.importing.reader import RawSheet
from congress_portal.core.importing.text import cell_text, header_keys
from congress_portal.core.text import normal, squeeze

if TYPE_CHECKING:
    from congress_portal.core.importing.resource import ImportResource

Kinds = Mapping[str, "type[ImportResource]"]
# (kind, header in normal form) → column header; the office's own synonyms
Synonyms = Mapping[tuple[str, str], str]

_FIRST_LOOK, _LAST_LOOK = 40, 400
_HEADER_DEPTH = 2
_TITLE_LINES = 3  # at most between a repeated title and the repeated header
_ABOUT = re.compile(r"(?:基本)?(?:情况|信息|资料)$")  # 选民情况 over 姓名 is 选民姓名
_SERIAL = frozenset({"序号", "序", "编次", "no", "no.", "行号"})


class Sense(NamedTuple):
    """What a header may mean. "" as field name: feeds no column. ``sure`` counts for the kind
    of the sheet; among headers that fit one column the highest ``rank`` wins, never the first."""

    name: str
    sure: float
    rank: int


_GENERIC_RANK, _SYNONYM_RANK, _OFFICE_RANK, _OWN_RANK, _CHOSEN_RANK = range(1, 6)
# Synonyms that say so little that any other header of the same column is meant instead.
_GENERIC = frozenset(
    [
        "序号", "序", "编次", "编号", "日期", "时间", "内容", "名称", "标题", "类型", "类别",
        "级别", "单位", "部门", "电话", "手机", "地点", "代表", "姓名", "问题", "结果", "评价",
        "项目", "方式", "形式", "情况", "说明", "备注", "人数", "职务",
    ]
)  # fmt: skip
Vocabulary = Mapping[str, Sense]


@dataclass(frozen=True)
class Place:
    """A column found in a sheet: which cells feed it, and the header as written."""

    indexes: tuple[int, ...]
    header: str


@dataclass
class Table:
    """A recognised sheet. ``places`` maps a resource's field names to the sheet's columns."""

    sheet: RawSheet
    resource: "type[ImportResource]"
    top: int
    bottom: int
    places: dict[str, Place]
    headers: list[str]
    file_stem: str = ""
    skipped: list[int] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.resource.kind

    @property
    def heading(self) -> str:
        """Everything above the header row, the sheet's and the file's name, for terms and towns."""
        above = [
            cell_text(cell) for row in self.sheet.rows[: self.top] for cell in row if cell != ""
        ]
        return "\n".join([*above, self.sheet.name, self.file_stem])

    def column_map(self) -> dict[str, str]:
        """Each header of the sheet → the column it feeds, or "" where it feeds none."""
        answer = dict.fromkeys(self.headers, "")
        columns = self.resource.columns()
        for name, place in self.places.items():
            for index in place.indexes:
                answer[self.headers[index]] = columns[name].header
        answer.pop("", None)
        return answer

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """(row number as the person sees it, cells) of the rows of data."""
        self._fill_merged_cells()
        mapped = sorted({i for place in self.places.values() for i in place.indexes})
        speaking = [index for index in mapped if index not in self._serials]
        columns = self.resource.columns()
        needed = [p.indexes for n, p in self.places.items() if columns[n].needed]
        rows = self.sheet.rows
        asides = Asides(rows[: self.top], [*rows[self.top : self.bottom + 1], self.headers], needed)
        for number, row in enumerate(rows[self.bottom + 1 :], self.bottom + 2):
            if all(is_blank(row[index]) for index in speaking):
                continue
            if asides.is_aside(row, rows[number : number + _TITLE_LINES]):
                self.skipped.append(number)
                continue
            yield number, row

    @property
    def _serials(self) -> frozenset[int]:
        return frozenset(i for i, text in enumerate(self.headers) if normal(text) in _SERIAL)

    def _fill_merged_cells(self) -> None:
        """A cell merged over several rows of data holds for each of them."""
        rows = self.sheet.rows
        for (top, left), (bottom, right) in self.sheet.merges:
            if top <= self.bottom or bottom == top or left != right or top >= len(rows):
                continue
            for index in range(top + 1, min(bottom + 1, len(rows))):
                rows[index][left] = rows[top][left]


def recognise(
    sheet: RawSheet,
    kinds: Kinds,
    *,
    file_stem: str = "",
    synonyms: Synonyms | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Table | None:
    """The table in a sheet, or ``None`` where no kind fits.

    ``mapping`` is the clerk's own word from the mapping page: ``{"kind": kind, "columns":
    {header as written: column header, or "" for none}}``; both keys are optional.
    """
    mapping = mapping or {}
    if mapping.get("kind"):
        kinds = {name: kind for name, kind in kinds.items() if name == mapping["kind"]}
    words = {
        name: _vocabulary(kind, synonyms or {}, mapping.get("columns") or {})
        for name, kind in kinds.items()
    }
    best: tuple[float, Table] | None = None
    for look in (range(_FIRST_LOOK), range(_FIRST_LOOK, _LAST_LOOK)):
        for bottom in look:
            if bottom >= len(sheet.rows):
                break
            for top in range(bottom, max(bottom - _HEADER_DEPTH, -1), -1):
                texts = _header_texts(sheet, top, bottom)
                for name, kind in kinds.items():
                    found = _match(sheet, kind, words[name], texts, top, bottom, file_stem)
                    if found and (best is None or found[0] > best[0]):
                        best = found
        if best:
            return best[1]
    return None


def _vocabulary(
    kind: "type[ImportResource]", synonyms: Synonyms, chosen: Mapping[str, str]
) -> dict[str, Sense]:
    """Header in normal form → what it means for this kind."""
    by_header = {column.header: name for name, column in kind.columns().items()}
    words: dict[str, Sense] = {}
    for name, column in kind.columns().items():
        for word in column.synonyms:
            key = header_keys(word)[0]
            rank = _GENERIC_RANK if key in _GENERIC else _SYNONYM_RANK
            words.setdefault(key, Sense(name, 0.8, rank))
    for (of_kind, word), header in synonyms.items():
        if of_kind == kind.kind and header in by_header:
            words[header_keys(word)[0]] = Sense(by_header[header], 0.9, _OFFICE_RANK)
    for header, name in by_header.items():
        for key in reversed(header_keys(header)):
            words[key] = Sense(name, 1.0, _OWN_RANK)
    for written, header in chosen.items():
        words[header_keys(written)[0]] = Sense(by_header.get(header, ""), 2.0, _CHOSEN_RANK)
    return words


def _header_texts(sheet: RawSheet, top: int, bottom: int) -> list[list[str]]:
    """For each column the texts its header may mean, the likeliest first."""
    lower = [cell_text(cell) for cell in sheet.rows[bottom]]
    if top == bottom:
        return [[text] if text else [] for text in lower]
    upper = _spread(sheet, top)
    answer = []
    for index, below in enumerate(lower):
        above = upper[index] if index < len(upper) else ""
        both = [above + below, _ABOUT.sub("", above) + below] if above else []
        answer.append([*both, below] if below else [above] if above else [])
    return answer


def _spread(sheet: RawSheet, row: int) -> list[str]:
    """A header row with its horizontally merged cells written into each column."""
    texts = [cell_text(cell) for cell in sheet.rows[row]]
    for (top, left), (bottom, right) in sheet.merges:
        if top <= row <= bottom and right > left and top < len(sheet.rows):
            text = cell_text(sheet.rows[top][left]) if left < len(sheet.rows[top]) else ""
            for index in range(left, min(right + 1, len(texts))):
                texts[index] = texts[index] or text
    return texts


@dataclass
class _Claim:
    """The header, or the joined headers, that feed a column."""

    sense: Sense
    strength: tuple[int, ...]
    indexes: list[int]
    text: str


def _match(
    sheet: RawSheet,
    kind: "type[ImportResource]",
    words: Vocabulary,
    texts: Sequence[Sequence[str]],
    top: int,
    bottom: int,
    file_stem: str,
) -> tuple[float, Table] | None:
    """How well a kind fits headers; ``None`` where one of its ``needs`` is missing."""
    taken: dict[str, _Claim] = {}
    shown: list[str] = []
    columns = kind.columns()
    for index, options in enumerate(texts):
        sense, strength, text = _look_up(words, options)
        shown.append(squeeze(text or (options[-1] if options else "")))
        if not sense.name:
            continue
        held = taken.get(sense.name)
        if held and columns[sense.name].joins and not _one_is_own(held.sense, sense):
            held.indexes.append(index)
        elif held is None or strength > held.strength:
            taken[sense.name] = _Claim(sense, strength, [index], shown[-1])
    if len(taken) < 2 or not all(any(n in taken for n in group) for group in kind.needs):
        return None
    places = {name: Place(tuple(one.indexes), one.text) for name, one in taken.items()}
    table = Table(sheet, kind, top, bottom, places, _distinct(shown), file_stem)
    score = sum(one.sense.sure for one in taken.values()) - 0.01 * (bottom - top)
    return score + kind.likelihood(table), table


def _one_is_own(one: Sense, other: Sense) -> bool:
    """Whether just one of two headers is the column's own name: it holds the whole by itself."""
    return (one.rank == _OWN_RANK) != (other.rank == _OWN_RANK)


def _look_up(words: Vocabulary, options: Sequence[str]) -> tuple[Sense, tuple[int, ...], str]:
    """What the first known text means, and how strongly: rank, exact, length."""
    for text in options:
        keys = header_keys(text) if text else ()
        for key in keys:
            if sense := words.get(key):
                return sense, (sense.rank, int(key == keys[0]), len(key)), text
    return Sense("", 0.0, 0), (0,), ""


def _distinct(headers: list[str]) -> list[str]:
    """Headers as keys of the mapping page: a second «电话» becomes «电话(2)»."""
    seen: dict[str, int] = {}
    answer = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        answer.append(header if seen[header] == 1 or not header else f"{header}({seen[header]})")
    return answer
