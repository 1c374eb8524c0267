"""What an import did, or would do: per file, sheet and row."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from congress_portal.core.importing.text import cell_text

ROW_HEADER, REASON_HEADER = "行号", "原因"  # the two columns that a «-退回» file adds


class Fate(Enum):
    """What becomes of a row; the value is the word on the preview page."""

    NEW = "新增"
    CHANGED = "更新"
    SAME = "未变"
    REFUSED = "退回"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one cell; ``column`` is the header as written, without blanks."""

    column: str
    value: str
    reason: str
    advice: str = ""
    personal: bool = False

    def as_json(self, row: int, *, masked: bool = False) -> dict[str, Any]:
        """``masked``: as it may be stored; identity and phone numbers keep their length only."""
        value = "*" * len(self.value) if masked and self.personal else self.value
        return {"row": row, "column": self.column, "value": value, "reason": self.reason}


@dataclass(slots=True)
class RowReport:
    """``number`` is the row as the person sees it in the spreadsheet; ``changes`` old → new."""

    number: int
    cells: list[Any]
    fate: Fate = Fate.SAME
    faults: list[Fault] = field(default_factory=list)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def shown(self) -> list[str]:
        return [cell_text(cell) for cell in self.cells]


@dataclass
class SheetReport:
    """``headers`` and the rows' ``cells`` are the sheet's own columns, in its own order."""

    name: str
    kind: str | None = None
    headers: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)  # header as written → column or ""
    choices: list[str] = field(default_factory=list)  # the kind's columns, for the mapping page
    header_row: int = 0
    above: list[list[Any]] = field(default_factory=list)  # titles and other rows over the header
    rows: list[RowReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        return sum(row.fate is fate for row in self.rows)

    @property
    def refused(self) -> list[RowReport]:
        return [row for row in self.rows if row.fate is Fate.REFUSED]


@dataclass
class FileReport:
    """``saved`` is false for a preview, for an unreadable file and for a file sent back whole."""

    name: str
    sha256: str = ""
    sheets: list[SheetReport] = field(default_factory=list)
    error: str = ""
    saved: bool = False
    preview: bool = False
    run_id: int | None = None
    returned: Path | None = None  # the «-退回» file where one was written

    @property
    def refused_rows(self) -> int:
        return sum(len(sheet.refused) for sheet in self.sheets)

    @property
    def known_sheets(self) -> list[SheetReport]:
        return [sheet for sheet in self.sheets if sheet.kind]

    def as_json(self) -> dict[str, Any]:
        """The shape of DESIGN §3; a file that was sent back whole has created nothing."""
        counted = self.saved or self.preview
        answer: dict[str, Any] = {
            "file": self.name,
            "sheets": [
                {
                    "sheet": sheet.name,
                    "kind": sheet.kind,
                    "rows": len(sheet.rows),
                    "created": sheet.count(Fate.NEW) if counted else 0,
                    "updated": sheet.count(Fate.CHANGED) if counted else 0,
                    "unchanged": sheet.count(Fate.SAME),
                    "refused": [row.faults[0].as_json(row.number) for row in sheet.refused],
                }
                for sheet in self.sheets
            ],
        }
        return {**answer, "error": self.error} if self.error else answer


@dataclass
class ImportReport:
    files: list[FileReport] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        return sum(file.refused_rows for file in self.files)

    @property
    def errors(self) -> list[str]:
        return [file.error for file in self.files if file.error]

    @property
    def exit_code(self) -> int:
        """0 done, 1 a file could not be read or nothing was recognised, 3 rows were refused."""
        if self.errors or not any(file.known_sheets for file in self.files):
            return 1
        return 3 if self.refused_rows else 0

    def as_json(self) -> dict[str, Any]:
        return {"files": [file.as_json() for file in self.files]}
