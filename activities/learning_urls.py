"""Addresses of reports to the voters, learning, deeds and exchange."""

from django.urls import path

from activities.views import reporting

urlpatterns = [
    path("reporting/", reporting.board, name="reporting"),
    path("reporting/missing/", reporting.missing, name="reporting_missing"),
    path("reporting/meetings/", reporting.meeting_list, name="report_meetings"),
    path("reporting/meetings/new/", reporting.write_meeting, name="new_report_meeting"),
    path("reporting/meetings/<int:pk>/", reporting.meeting, name="report_meeting"),
    path("reporting/meetings/<int:pk>/edit/", reporting.write_meeting, name="edit_report_meeting"),
    path("reporting/meetings/<int:pk>/call/", reporting.call_deputies, name="call_to_report"),
    path("reporting/meetings/<int:pk>/count/", reporting.count, name="count_reports"),
    path("reporting/meetings/<int:pk>/announce/", reporting.announce, name="announce_reports"),
    path("reporting/<int:pk>/", reporting.duty_report, name="duty_report"),
    path("reporting/<int:pk>/text/", reporting.write_report, name="write_report"),
    path("reporting/<int:pk>/draft/", reporting.draft_again, name="draft_report"),
    path("reporting/<int:pk>/drop/", reporting.drop_deputy, name="drop_report"),
    path("reporting/<int:pk>/questions/", reporting.questions, name="report_questions"),
    path("reporting/<int:pk>/feedback/", reporting.feedback, name="report_feedback"),
    path("reporting/<int:pk>/rectify/", reporting.rectify, name="rectify_report"),
    path("reporting/<int:pk>/verify/", reporting.verify_report, name="verify_report"),
]
for kind in ("pdf", "docx"):
    urlpatterns += [
        path(f"reporting/<int:pk>/{kind}/", reporting.report_paper, {"kind": kind},
             name=f"report_{kind}"),
        path(f"reporting/meetings/<int:pk>/ballot/{kind}/", reporting.ballot_paper,
             {"kind": kind}, name=f"report_ballot_{kind}"),
        path(f"reporting/meetings/<int:pk>/result/{kind}/", reporting.announcement,
             {"kind": kind}, name=f"report_result_{kind}"),
    ]  # fmt: skip
