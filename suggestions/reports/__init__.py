"""Papers of suggestions: facts (frozen), then a paper, then its HTML, PDF or Word file.

Callers pick the rows by ``visible_to``; ``suggestions.views.papers`` is the door for readers.
"""

from congress_portal.core.documents.blocks import FormPaper, OfficialPaper
from congress_portal.core.documents.files import paper_docx, paper_pdf
from congress_portal.core.documents.pdf import render_html
from suggestions.reports.forms import blank_form, suggestion_form
from suggestions.reports.letters import (
    letter_of,
    letter_of_draft,
    letter_to_lead,
    opinion_of,
    opinion_paper,
    reply_paper,
)
from suggestions.reports.notices import (
    awaiting_paper,
    hand_over_days,
    hand_over_facts,
    hand_over_paper,
    supervision_facts,
    supervision_paper,
)
from suggestions.reports.open_lists import open_facts, open_paper
from suggestions.reports.sheets import appraisal_paper
from suggestions.reports.yearly import year_facts, year_paper

__all__ = [
    "appraisal_paper",
    "awaiting_paper",
    "blank_form",
    "hand_over_days",
    "hand_over_facts",
    "hand_over_paper",
    "letter_of",
    "letter_of_draft",
    "letter_to_lead",
    "open_facts",
    "open_paper",
    "opinion_of",
    "opinion_paper",
    "paper_docx",
    "paper_html",
    "paper_pdf",
    "reply_paper",
    "suggestion_form",
    "supervision_facts",
    "supervision_paper",
    "year_facts",
    "year_paper",
]


def paper_html(paper: OfficialPaper | FormPaper) -> str:
    """The preview page; ``paper_pdf`` prints the same."""
    return render_html(paper)
