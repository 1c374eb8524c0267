"""Addresses of planning, calling and what is printed for it."""

from django.urls import path

from activities.views import calendar, call_papers, calling, planning, receipts, rotation, support
from congress_portal.core import converters  # noqa: F401 - registers file_kind

urlpatterns = [
    path("plans/", planning.plans, name="plans"),
    path("plans/new/", planning.new_plan, name="new_plan"),
    path("plans/<int:pk>/", planning.plan, name="plan"),
    path("plans/<int:pk>/edit/", planning.edit_plan, name="edit_plan"),
    path("plans/<int:pk>/call/", planning.call, name="call"),
    path("plans/<int:pk>/hold/", planning.hold, name="hold"),
    path("plans/<int:pk>/report/", planning.report, name="report"),
    path("plans/<int:pk>/verify/", planning.verify, name="verify_plan"),
    path("plans/<int:pk>/do/<slug:action>/", planning.step, name="plan_step"),
    path("plans/<int:pk>/text/", receipts.chat_text, name="chat_text"),
    path("plans/<int:pk>/phones/", receipts.phones, name="phones"),
    path("plans/<int:pk>/letters/", support.letters, name="letters"),
    path("plans/<int:pk>/letters.zip", support.all_letters, name="all_letters"),
    path("plans/<int:pk>/sign-in.<file_kind:kind>", call_papers.sign_in, name="sign_in"),
    path("plans/<int:pk>/notice.<file_kind:kind>", call_papers.notice, name="notice_paper"),
    path("plans/<int:pk>/brief.<file_kind:kind>", call_papers.brief, name="brief"),
    path("invitations/", calling.invitations, name="invitations"),
    path("invitations/<int:pk>/", calling.invitation, name="invitation"),
    path("invitations/<int:pk>/answer/", calling.answer_invitation, name="answer_invitation"),
    path("invitations/<int:pk>/record/", receipts.record_answer, name="record_answer"),
    path("invitations/<int:pk>/leave/", receipts.decide_leave, name="decide_leave"),
    path("invitations/<int:pk>/remove/", planning.uninvite, name="uninvite"),
    path("rotation/", rotation.rotation, name="rotation"),
    path("support/", support.ledger, name="support"),
    path("support/new/", support.new_support, name="new_support"),
    path("support/ledger.xlsx", support.ledger_excel, name="support_excel"),
    path("support/<int:pk>/letter.<file_kind:kind>", support.letter, name="letter"),
    path("activities/<int:pk>/calendar.ics", calendar.activity_calendar, name="ics"),
    path("activities/files/<int:pk>/", calendar.activity_file, name="activity_file"),
    path("calendar/", calendar.calendar_feed, name="calendar_feed"),
    path("calendar/new/", calendar.open_feed, name="open_feed"),
    path("calendar/void/", calendar.close_feed, name="close_feed"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
]
