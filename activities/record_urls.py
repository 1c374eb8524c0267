"""Verifying records, correcting them by request, paper forms; part of the app's own addresses."""

from django.urls import path

from activities.views import corrections, sheets, verifying

urlpatterns = [
    path("verify/", verifying.work_list, name="verify"),
    path("verify/<slug:code>/", verifying.check, name="check"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/<int:pk>/pdf/", sheets.sheets_pdf, name="sheets_pdf"),
    path("sheets/<int:pk>/void/", sheets.void_sheet, name="void_sheet"),
    path("corrections/", corrections.request_list, name="corrections"),
    path("corrections/new/", corrections.ask, name="ask_correction"),
    path("corrections/<int:pk>/", corrections.correction, name="correction"),
]
