"""Addresses of the papers, below suggestions/papers/; the last word is the form of the file."""

from django.urls import path

from congress_portal.core import converters  # noqa: F401 - registers file_kind
from suggestions.views import papers

urlpatterns = [
    path("form/<int:pk>.<file_kind:kind>", papers.form, name="paper_form"),
    path("blank.<file_kind:kind>", papers.blank_form, name="paper_blank"),
    path("letter/<int:sheet_pk>.<file_kind:kind>", papers.letter, name="paper_letter"),
    path("sheet/<int:sheet_pk>.<file_kind:kind>", papers.sheet, name="paper_sheet"),
    path("reply/<int:reply_pk>.<file_kind:kind>", papers.lead_letter, name="paper_lead_letter"),
    path("letters/<int:reply_pk>.zip", papers.letters, name="paper_letters"),
    path("draft/<int:draft_pk>.<file_kind:kind>", papers.draft_letter, name="paper_draft"),
    path("opinion/<int:handling_pk>.<file_kind:kind>", papers.opinion, name="paper_opinion"),
    path(
        "supervision/<int:supervision_pk>.<file_kind:kind>",
        papers.supervision,
        name="paper_supervision",
    ),
    path("reminder/<int:pk>.<file_kind:kind>", papers.reminder, name="paper_reminder"),
    path("hand-over.<file_kind:kind>", papers.hand_over_list, name="paper_hand_over"),
    path("awaiting.<file_kind:kind>", papers.awaiting_list, name="paper_awaiting"),
    path("year.<file_kind:kind>", papers.year_report, name="paper_year"),
    path("open-list.<file_kind:kind>", papers.published, name="paper_open_list"),
]
