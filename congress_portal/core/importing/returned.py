"""The refused rows of a file, given back as a file to correct and import again."""

import datetime as dt
import io
import math
import re
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from congress_portal.core.importing.reader import RETURNED, SourceFile
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


def returned_name(file_name: str) -> str:
    return f"{Path(file_name).stem}{RETURNED}.xlsx"


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


def write_returned(report: FileReport, source: SourceFile) -> Path:
    """Write the file beside its source, or in the current folder where that cannot be written."""
    data = returned_workbook(report)
    name = returned_name(source.name)
    if source.path is not None:
        try:
            beside = source.path.with_name(name)
            beside.write_bytes(data)
        except OSError:
            pass
        else:
            return beside
    here = Path.cwd() / name
    here.write_bytes(data)
    return here
