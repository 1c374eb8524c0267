"""Papers of a sheet of scores: the 通报 as page, PDF, Word and Excel; one-page sheets of subjects.

Callers check the reader's right to the sheet or score first (``visible_to``).
"""

import datetime as dt

from django.db.models import QuerySet

from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.evaluations.models import Score, ScoreSheet
from congress_portal.evaluations.reports.bulletins import bulletin_paper
from congress_portal.evaluations.reports.lists import sheet_workbook
from congress_portal.evaluations.reports.sheets import subject_sheets

__all__ = [
    "bulletin_docx",
    "bulletin_html",
    "bulletin_paper",
    "bulletin_pdf",
    "bulletin_xlsx",
    "subject_sheet_pdf",
    "subject_sheets_html",
    "subject_sheets_pdf",
]


def bulletin_html(sheet: ScoreSheet, *, number: str = "", day: dt.date | None = None) -> str:
    """The preview page; ``render_pdf`` of it is the file."""
    return render_html(bulletin_paper(sheet, number=number, day=day))


def bulletin_pdf(sheet: ScoreSheet, *, number: str = "", day: dt.date | None = None) -> bytes:
    """The 通报 of a sheet; raises PdfError where fonts are missing."""
    return render_pdf(bulletin_html(sheet, number=number, day=day))


def bulletin_docx(sheet: ScoreSheet, *, number: str = "", day: dt.date | None = None) -> bytes:
    """The same 通报 as an editable Word file."""
    # Reason for the inline import: python-docx costs 0.2 s, and few requests write Word.
    from congress_portal.core.documents.docx import official_docx  # noqa: PLC0415

    return official_docx(bulletin_paper(sheet, number=number, day=day))


def bulletin_xlsx(sheet: ScoreSheet, scores: QuerySet[Score] | None = None) -> bytes:
    """Totals and lines of the sheet's scores as a workbook of two sheets; all unless given."""
    return sheet_workbook(sheet, scores)


def subject_sheet_pdf(score: Score) -> bytes:
    """One subject's page: each line as a sum in words."""
    return subject_sheets_pdf(Score.objects.filter(pk=score.pk))


def subject_sheets_html(scores: QuerySet[Score]) -> str:
    return render_html(subject_sheets(scores))


def subject_sheets_pdf(scores: QuerySet[Score]) -> bytes:
    """A page for each score of one sheet, in the queryset's order, as one file."""
    return render_pdf(subject_sheets_html(scores))
