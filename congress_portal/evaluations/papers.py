"""The files of a sheet that a reader may take away: never more rows than are visible to them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import User
from congress_portal.evaluations.models import Score, ScoreSheet
from congress_portal.evaluations.reports import (
    bulletin_docx,
    bulletin_pdf,
    bulletin_xlsx,
    subject_sheets_pdf,
)

_PDF = "application/pdf"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BULLETIN, WORD, TABLE, PAGES = "pdf", "docx", "xlsx", "pages"


@dataclass(frozen=True)
class Paper:
    """``code`` stands in the address; ``file_name`` carries scheme and period."""

    code: str
    title: str
    suffix: str
    content_type: str


_KINDS = {
    BULLETIN: Paper(BULLETIN, "通报（PDF）", "pdf", _PDF),
    WORD: Paper(WORD, "通报（Word，可编辑）", "docx", _WORD),
    TABLE: Paper(TABLE, "得分表（Excel）", "xlsx", _EXCEL),
    PAGES: Paper(PAGES, "得分单（PDF）", "pdf", _PDF),
}


def own_scores(sheet: ScoreSheet, user: User) -> QuerySet[Score]:
    return Score.objects.visible_to(user).filter(sheet=sheet).order_by("serial")


def papers_for(sheet: ScoreSheet, user: User) -> list[Paper]:
    """The 通报 for who sees the whole sheet; else the pages and the table of the own rows."""
    visible = own_scores(sheet, user).count()
    if not visible:
        return []
    if visible == sheet.scores.count():
        return list(_KINDS.values())
    return [_KINDS[PAGES], _KINDS[TABLE]]


def make_paper(sheet: ScoreSheet, paper: Paper, user: User) -> tuple[str, bytes]:
    """(file name, content); the export is recorded in the trail."""
    rows = own_scores(sheet, user)
    if paper.code == BULLETIN:
        content = bulletin_pdf(sheet)
    elif paper.code == WORD:
        content = bulletin_docx(sheet)
    elif paper.code == TABLE:
        content = bulletin_xlsx(sheet, rows)
    else:
        content = subject_sheets_pdf(rows)
    title = paper.title.partition("（")[0]
    name = f"{sheet.scheme.name}-{sheet.period.label}-{title}.{paper.suffix}"
    record(AuditAction.EXPORT, sheet, label=name, changes={"rows": rows.count()})
    return name, content
