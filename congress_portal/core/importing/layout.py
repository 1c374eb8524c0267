"""Which kind a sheet is, where its header stands, and which of its rows are data.

A sheet is recognised by its headers, in any row and order, in one row or two, with merged
cells; titles, filing lines, notes, sum rows and repeated headers are no data (DESIGN §3).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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
_SERIAL = frozenset({"序号", "序", "编次", "no", "no.", "行号"})
_SUMS = frozenset(
    [
        "合计",
        "总计",
        "小计",
        "共计",
        "累计",
        "总数",
        "汇总",
        "平均",
        "平均值",
        "本页合计",
        "本页小计",
        "总合计",
    ]
)
_SUM_START = re.compile(r"^(?:合计|总计|小计|共计|累计|汇总)|(?:合计|总计|小计)[:：]?$")
_NOTE = re.compile(
    r"^[*※(\[]?(?:注|备注|说明|附注|附|填报|填表|制表|制单|审核|审签|复核|负责人|经办|联系人|联系电话|单位"
    r"|报送|报表|统计|截止|截至|日期|资料来源|数据来源|以上|以下)[^:：]{0,10}[:：]|^(?:注|说明)\d*[:：.、]"
)


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
        header = [normal(text) for text in self.headers]
        for number, row in enumerate(self.sheet.rows[self.bottom + 1 :], self.bottom + 2):
            if all(_is_blank(row[index]) for index in speaking):
                continue
            if self._is_no_data(row, needed, header):
                self.skipped.append(number)
                continue
            yield number, row

    @property
    def _serials(self) -> frozenset[int]:
        return frozenset(i for i, text in enumerate(self.headers) if normal(text) in _SERIAL)

    def _is_no_data(self, row: list[Any], needed: list[tuple[int, ...]], header: list[str]) -> bool:
        first = next((cell for cell in row if not _is_blank(cell) and not _is_number(cell)), "")
        if not isinstance(first, str) or len(first) > 200:
            return False
        word = normal(first)
        if word in _SUMS:
            return True
        if word in header and _repeats(row, header):
            return True
        incomplete = any(all(_is_blank(row[i]) for i in indexes) for indexes in needed)
        return incomplete and bool(_SUM_START.search(word) or _NOTE.search(word))

    def _fill_merged_cells(self) -> None:
        """A cell merged over several rows of data holds for each of them."""
        rows = self.sheet.rows
        for (top, left), (bottom, right) in self.sheet.merges:
            if top <= self.bottom or bottom == top or left != right or top >= len(rows):
                continue
            for index in range(top + 1, min(bottom + 1, len(rows))):
                rows[index][left] = rows[top][left]


def _is_blank(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell or (not cell[0].isalnum() and not squeeze(cell))
    return cell is None


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdigit())


def _repeats(row: list[Any], header: list[str]) -> bool:
    """Whether a row is the header once more (printed pages repeat it)."""
    written = [(normal(cell_text(cell)), text) for cell, text in zip(row, header, strict=False)]
    told = [(cell, text) for cell, text in written if cell]
    return len(told) > 1 and all(cell == text for cell, text in told)


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
) -> dict[str, tuple[str, float]]:
    """Header in normal form → (field name, how sure). "" as field name: feeds no column."""
    by_header = {column.header: name for name, column in kind.columns().items()}
    words: dict[str, tuple[str, float]] = {}
    for name, column in kind.columns().items():
        for word in column.synonyms:
            words.setdefault(header_keys(word)[0], (name, 0.8))
    for (of_kind, word), header in synonyms.items():
        if of_kind == kind.kind and header in by_header:
            words[header_keys(word)[0]] = (by_header[header], 0.9)
    for header, name in by_header.items():
        for key in reversed(header_keys(header)):
            words[key] = (name, 1.0)
    for written, header in chosen.items():
        words[header_keys(written)[0]] = (by_header.get(header, ""), 2.0)
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
        answer.append([below, above + below] if below else [above] if above else [])
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


def _match(
    sheet: RawSheet,
    kind: "type[ImportResource]",
    words: Mapping[str, tuple[str, float]],
    texts: Sequence[Sequence[str]],
    top: int,
    bottom: int,
    file_stem: str,
) -> tuple[float, Table] | None:
    """How well a kind fits headers; ``None`` where one of its ``needs`` is missing."""
    taken: dict[str, tuple[float, list[int], str]] = {}
    shown: list[str] = []
    columns = kind.columns()
    for index, options in enumerate(texts):
        name, sure, text = _look_up(words, options)
        shown.append(squeeze(text or (options[0] if options else "")))
        if not name:
            continue
        held = taken.get(name)
        if held is None or sure > held[0]:
            if held is None or not columns[name].joins:
                taken[name] = (sure, [index], shown[-1])
        elif columns[name].joins:
            held[1].append(index)
    if len(taken) < 2 or not all(any(n in taken for n in group) for group in kind.needs):
        return None
    places = {name: Place(tuple(where), text) for name, (_, where, text) in taken.items()}
    table = Table(sheet, kind, top, bottom, places, _distinct(shown), file_stem)
    score = sum(sure for sure, _, _ in taken.values()) - 0.01 * (bottom - top)
    return score + kind.likelihood(table), table


def _look_up(
    words: Mapping[str, tuple[str, float]], options: Sequence[str]
) -> tuple[str, float, str]:
    for text in options:
        for key in header_keys(text) if text else ():
            if key in words:
                name, sure = words[key]
                return name, sure, text
    return "", 0.0, ""


def _distinct(headers: list[str]) -> list[str]:
    """Headers as keys of the mapping page: a second «电话» becomes «电话(2)»."""
    seen: dict[str, int] = {}
    answer = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        answer.append(header if seen[header] == 1 or not header else f"{header}({seen[header]})")
    return answer
