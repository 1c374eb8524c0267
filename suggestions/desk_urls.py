"""The reception desk under ``desk/``, in the namespace of suggestions."""

from django.urls import path

from suggestions.views import desk

urlpatterns = [
    path("", desk.stations_kept, name="desks"),
    path("stations/<int:pk>/sheets/", desk.sheets, name="desk_sheets"),
    path(
        "stations/<int:pk>/sheets-<int:first>-<int:last>.pdf",
        desk.sheets_pdf,
        name="desk_sheets_pdf",
    ),
    path("stations/<int:pk>/<slug:day>/", desk.desk, name="desk"),
    path("stations/<int:pk>/<slug:day>/presence/", desk.presence, name="desk_presence"),
    path("stations/<int:pk>/<slug:day>/nobody/", desk.nobody_came, name="desk_nobody"),
    path("sheets/<int:pk>/void/", desk.void, name="desk_void"),
    path("voices/<int:pk>/answer/", desk.answer, name="desk_answer"),
    path("themed/", desk.themed_list, name="themed_list"),
    path("themed/new/", desk.new_themed, name="new_themed"),
    path("themed/<int:pk>/", desk.themed, name="themed"),
    path("themed/<int:pk>/change/", desk.change_themed_page, name="change_themed"),
]
