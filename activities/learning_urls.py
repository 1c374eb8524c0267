"""Addresses of reports to the voters, learning, deeds and exchange."""

from django.urls import path

from activities.views import credit, reporting

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
    path("deeds/", credit.deed_list, name="deeds"),
    path("deeds/xlsx/", credit.deed_sheet, name="deed_sheet"),
    path("deeds/new/", credit.write_deed, name="new_deed"),
    path("deeds/<int:pk>/", credit.deed, name="deed"),
    path("deeds/<int:pk>/edit/", credit.write_deed, name="edit_deed"),
    path("deeds/<int:pk>/consent/", credit.deed_consent, name="deed_consent"),
    path("deeds/<int:pk>/photo/", credit.deed_photo, name="deed_photo"),
    path("honours/", credit.honour_list, name="honours"),
    path("honours/xlsx/", credit.honour_sheet, name="honour_sheet"),
    path("honours/new/", credit.write_honour, name="new_honour"),
    path("exchange/", credit.exchange, name="exchange"),
    path("exchange/new/", credit.write_post, name="new_post"),
    path("exchange/<int:pk>/", credit.exchange_post, name="exchange_post"),
    path("exchange/<int:pk>/edit/", credit.write_post, name="edit_post"),
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
