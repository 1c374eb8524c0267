"""The engine's report as the preview page keeps and shows it."""

import json
from typing import Any

from congress_portal.core.importing.reader import RawSheet
from congress_portal.core.importing.report import Fate, FileReport, ImportReport, SheetReport
from congress_portal.core.importing.text import cell_text

SHOWN_ROWS = 200  # of each fate; the counts are of all
_CELL_CHARACTERS = 80
_HEADER_ROWS = 15
_ORDER = (Fate.REFUSED, Fate.CHANGED, Fate.NEW, Fate.SAME)


def as_text(report: ImportReport, raw: dict[str, list[RawSheet]], kinds: dict[str, Any]) -> str:
    files = [_file(file, raw.get(file.name, []), kinds) for file in report.files]
    return json.dumps({"files": files}, ensure_ascii=False)


def from_text(text: str) -> dict[str, Any]:
    return json.loads(text) if text else {"files": []}


def _file(file: FileReport, raw: list[RawSheet], kinds: dict[str, Any]) -> dict[str, Any]:
    cells = {sheet.name: sheet for sheet in raw}
    sheets = []
    for sheet in file.sheets:
        unknown = cells.get(sheet.name) if not sheet.kind else None
        sheets.append(_sheet(sheet, unknown))
    return {
        "name": file.name,
        "error": file.error,
        "sheets": sheets,
        "refused": file.refused_rows,
        "counts": {fate.value: sum(sheet.count(fate) for sheet in file.sheets) for fate in _ORDER},
    }


def _sheet(sheet: SheetReport, unknown: RawSheet | None) -> dict[str, Any]:
    columns = dict(sheet.columns) if sheet.kind else dict.fromkeys(_likely_headers(unknown), "")
    return {
        "name": sheet.name,
        "kind": sheet.kind or "",
        "columns": columns,
        "choices": sheet.choices,
        "notes": sheet.notes,
        "rows": len(sheet.rows),
        "groups": [_group(sheet, fate) for fate in _ORDER if sheet.count(fate)],
        "counts": [sheet.count(fate) for fate in _ORDER],
    }


def _group(sheet: SheetReport, fate: Fate) -> dict[str, Any]:
    rows = [row for row in sheet.rows if row.fate is fate]
    return {
        "fate": fate.value,
        "count": len(rows),
        "hidden": max(len(rows) - SHOWN_ROWS, 0),
        "rows": [
            {
                "number": row.number,
                "cells": [text[:_CELL_CHARACTERS] for text in row.shown() if text],
                "changes": [[name, *pair] for name, pair in row.changes.items()],
                "faults": [
                    {"column": f.column, "value": f.value, "reason": f.reason, "advice": f.advice}
                    for f in row.faults
                ],
            }
            for row in rows[:SHOWN_ROWS]
        ],
    }


def _likely_headers(sheet: RawSheet | None) -> list[str]:
    """Of a sheet that no kind fits: the row near the top with the most texts."""
    if sheet is None:
        return []
    rows = [
        [cell_text(cell) for cell in row if isinstance(cell, str) and cell_text(cell)]
        for row in sheet.rows[:_HEADER_ROWS]
    ]
    return max(rows, key=len, default=[])[:60]
