"""Office files made for a test, and the sample county."""

import csv
import datetime as dt
import io
from pathlib import Path

import xlsxwriter
from django.conf import settings

from congress_portal.core.importing.engine import apply
from congress_portal.core.importing.reader import SourceFile, find_files
from congress_portal.core.importing.report import FileReport, ImportReport, SheetReport

SAMPLE = Path(settings.BASE_DIR) / "congress_portal/core/data/anlan"
CHECK = Path(settings.BASE_DIR) / "tests/data/check"


def workbook(name, sheets, merges=()):
    """``sheets``: {sheet name: rows}; ``merges``: (sheet, first row, first col, last row, last col)."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for title, rows in sheets.items():
        page = book.add_worksheet(title)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    page.write_datetime(line, column, cell, day)
                elif cell not in ("", None):
                    page.write(line, column, cell)
        for sheet, top, left, bottom, right in merges:
            if sheet == title:
                page.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return SourceFile(name, buffer.getvalue())


def csv_file(name, rows, encoding="utf-8-sig"):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return SourceFile(name, buffer.getvalue().encode(encoding))


def from_paths(*paths):
    return [SourceFile.from_path(path) for path in find_files(paths)]


def import_sample() -> ImportReport:
    return apply(from_paths(SAMPLE))


def only_file(report: ImportReport) -> FileReport:
    (file,) = report.files
    return file


def only_sheet(report: ImportReport) -> SheetReport:
    (sheet,) = only_file(report).sheets
    return sheet


def fates(sheet: SheetReport) -> dict[int, str]:
    return {row.number: row.fate.value for row in sheet.rows}


def refusals(sheet: SheetReport) -> list[tuple[int, str, str]]:
    return [(row.number, row.faults[0].column, row.faults[0].reason) for row in sheet.refused]
