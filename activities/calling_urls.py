"""Addresses of planning, calling and what is printed for it."""

from django.urls import path

from activities.views import calendar, calling

urlpatterns = [
    path("invitations/", calling.invitations, name="invitations"),
    path("invitations/<int:pk>/", calling.invitation, name="invitation"),
    path("invitations/<int:pk>/answer/", calling.answer_invitation, name="answer_invitation"),
    path("activities/<int:pk>/calendar.ics", calendar.activity_calendar, name="ics"),
    path("activities/files/<int:pk>/", calendar.activity_file, name="activity_file"),
    path("calendar/", calendar.calendar_feed, name="calendar_feed"),
    path("calendar/new/", calendar.open_feed, name="open_feed"),
    path("calendar/void/", calendar.close_feed, name="close_feed"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
]
