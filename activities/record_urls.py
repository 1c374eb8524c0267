"""Verifying records and correcting them by request; part of the app's own addresses."""

from django.urls import path

from activities.views import corrections, verifying

urlpatterns = [
    path("verify/", verifying.work_list, name="verify"),
    path("verify/<slug:code>/", verifying.check, name="check"),
    path("corrections/", corrections.request_list, name="corrections"),
    path("corrections/new/", corrections.ask, name="ask_correction"),
    path("corrections/<int:pk>/", corrections.correction, name="correction"),
]
