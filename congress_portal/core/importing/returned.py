"""The refused rows of a file, given back as a file to correct and import again."""

import datetime as dt
import io
import itertools
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from congress_portal.core.errors import DomainError
from congress_portal.core.importing.reader import (
    RETURNED,
    SUFFIXES,
    SourceFile,
    read_sheets,
)
from congress_portal.core.importing.report import (
    REASON_HEADER,
    ROW_HEADER,
    FileReport,
    SheetReport,
)

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def sheet_title(name: str) -> str:
    """A sheet's name as Excel allows it: at most 31 characters, none of ``[]:*?/\\``."""
    return _FORBIDDEN.sub("_", name).strip("'")[:31] or "Sheet1"


def returned_name(file_name: str, number: int = 1, *, with_suffix: bool = False) -> str:
    """``信息-退回.xlsx``; ``with_suffix`` names the kind of a file that has a twin of its stem."""
    path = Path(file_name)
    kind = f"（{path.suffix.lower()[1:]}）" if with_suffix else ""
    return f"{path.stem}{kind}{RETURNED}{f'-{number}' if number > 1 else ''}.xlsx"


def returned_workbook(report: FileReport) -> bytes:
    """One sheet for each that had refused rows: its titles, its columns, and 行号 and 原因.

    Text stays text, also where it looks like a formula.
    """
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_format({"bold": True, "text_wrap": True})
        for sheet in report.sheets:
            if sheet.refused:
                _write_sheet(book.add_worksheet(sheet_title(sheet.name)), sheet, day, head)
    return buffer.getvalue()


def _write_sheet(page: Worksheet, sheet: SheetReport, day: Format, head: Format) -> None:
    line = 0
    for cells in sheet.above:
        _write_row(page, line, cells, day)
        line += 1
    _write_row(page, line, [*sheet.headers, ROW_HEADER, REASON_HEADER], head)
    for row in sheet.refused:
        line += 1
        reasons = "；".join(
            f"{f.column}：{f.reason}{f'（{f.advice}）' if f.advice else ''}" for f in row.faults
        )
        _write_row(page, line, [*row.cells, row.number, reasons], day)
    page.set_column(0, len(sheet.headers), 14)
    page.set_column(len(sheet.headers) + 1, len(sheet.headers) + 1, 60)


def _write_row(page: Worksheet, line: int, cells: list[Any], style: Format) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, dt.datetime | dt.date):
            page.write_datetime(line, column, cell, style)
        elif isinstance(cell, bool | int | float) and math.isfinite(cell):
            page.write(line, column, cell)
        elif cell not in (None, ""):
            page.write_string(line, column, str(cell))


def write_returned(report: FileReport, source: SourceFile, together: Iterable[str] = ()) -> Path:
    """Write the file beside its source, or in the current folder where that cannot be written.

    A returned file that is there already is never overwritten, somebody may have corrected it:
    the new one gets the next number, or is left out where the old one says the same.
    ``together`` are the names of the files of the same run.
    """
    data = returned_workbook(report)
    twins = _has_twin(source, together)
    if source.path is not None:
        try:
            return _write_beside(source.path.parent, source.name, data, with_suffix=twins)
        except OSError:
            pass
    return _write_beside(Path.cwd(), source.name, data, with_suffix=twins)


def _has_twin(source: SourceFile, together: Iterable[str]) -> bool:
    """Whether another file differs from this one in its suffix only: 信息.csv and 信息.xlsx."""
    suffix = Path(source.name).suffix.lower()
    others = {f"{source.stem}{other}" for other in SUFFIXES if other != suffix}
    beside = source.path is not None and any(
        source.path.with_name(name).is_file() for name in others
    )
    return beside or not others.isdisjoint(together)


def _write_beside(folder: Path, file_name: str, data: bytes, *, with_suffix: bool) -> Path:
    for number in itertools.count(1):
        path = folder / returned_name(file_name, number, with_suffix=with_suffix)
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            if path.is_dir():
                raise
            if _says_the_same(path, data):
                return path
        else:
            return path
    raise AssertionError  # the numbers do not end


def _says_the_same(path: Path, data: bytes) -> bool:
    """Whether two workbooks have the same cells, whenever they were made."""
    try:
        old, new = (read_sheets(SourceFile("x.xlsx", one)) for one in (path.read_bytes(), data))
    except DomainError:
        return False
    return [(s.name, s.rows) for s in old] == [(s.name, s.rows) for s in new]
