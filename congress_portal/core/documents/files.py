"""Papers as files to take away; each one that leaves is in the trail."""

from urllib.parse import quote

from django.db import models
from django.http import HttpResponse

from congress_portal.core.audit import record
from congress_portal.core.documents.blocks import FormPaper, OfficialPaper
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.enums import AuditAction

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def paper_pdf(paper: OfficialPaper | FormPaper) -> bytes:
    """Raises PdfError where fonts are missing."""
    return render_pdf(render_html(paper))


def paper_docx(paper: OfficialPaper | FormPaper) -> bytes:
    """The same paper as an editable Word file."""
    # Reason for the inline import: python-docx costs 0.2 s, and few requests write Word.
    from congress_portal.core.documents.docx import form_docx, official_docx  # noqa: PLC0415

    return form_docx(paper) if isinstance(paper, FormPaper) else official_docx(paper)


def send_paper(
    paper: OfficialPaper | FormPaper,
    kind: str,
    about: models.Model,
    *,
    extra: str = "",
    reason: str = "",
) -> HttpResponse:
    """``kind`` is pdf or docx; ``extra`` ends the file's name."""
    content = paper_docx(paper) if kind == "docx" else paper_pdf(paper)
    name = f"{paper.title}-{extra}" if extra else paper.title
    record(AuditAction.EXPORT, about, label=name, changes={"format": kind}, reason=reason)
    return file_response(content, name, kind)


def file_response(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.{kind}"
    return response
