"""The refused rows as a file to correct: the same columns, the row's number and the reason."""

from congress_portal.core.documents.xlsx import Field, Sheet, workbook_bytes
from congress_portal.core.importing.report import FileReport


def returned_workbook(file: FileReport) -> bytes:
    """Raises nothing; call it only for a file with refused rows."""
    sheets = []
    for sheet in file.sheets:
        if not sheet.refused:
            continue
        headers = [*sheet.headers, "行号", "原因"]
        rows = [
            [*row.shown(), row.number, "；".join(f"{f.column}：{f.reason}" for f in row.faults)]
            for row in sheet.refused
        ]
        sheets.append(Sheet(sheet.name, [Field(header) for header in headers], rows))
    return workbook_bytes(*sheets)


def returned_name(name: str) -> str:
    stem = name.rsplit(".", 1)[0]
    return f"{stem}-退回.xlsx"
