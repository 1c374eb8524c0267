"""Standards, checks and books, in the namespace of stations."""

from django.urls import path, re_path

from stations.views import books, standards

urlpatterns = [
    path("standards/", standards.standard_board, name="standard_board"),
    path("standards/<int:pk>/", standards.standard, name="standard"),
    path("standards/<int:pk>/edit/", standards.edit_standard, name="edit_standard"),
    path("standards/<slug:where>/<int:pk>/", standards.standing, name="standing"),
    path(
        "standards/<slug:where>/<int:pk>/quarters/",
        standards.standing_history,
        name="standing_history",
    ),
    path("standards/<slug:where>/<int:pk>/check/<int:standard_pk>/", standards.check, name="check"),
    path("standards/<slug:where>/<int:pk>/mend/<int:standard_pk>/", standards.mend, name="mend"),
    path(
        "standards/<slug:where>/<int:pk>/choose/<slug:kind>/",
        standards.choose,
        name="choose_standard",
    ),
    path("standards/<slug:where>/photos/<int:pk>/", standards.check_photo, name="check_photo"),
    path("books/<slug:where>/<int:pk>/", books.book_list, name="books"),
    path("books/<slug:where>/<int:pk>/<slug:code>/", books.book, name="book"),
    re_path(
        r"^books/(?P<where>stations|towns)/(?P<pk>\d+)/(?P<code>[\w-]+)\.(?P<kind>pdf|xlsx)$",
        books.book_file,
        name="book_file",
    ),
]
