from django.urls import path, re_path

from congress_portal.evaluations.duties import views

urlpatterns = [
    path("", views.index, name="duties"),
    path("mine/", views.my_duties, name="my_duties"),
    path("of/<slug:kind>/<int:subject>/", views.subject_page, name="duties_of"),
    path("<int:pk>/", views.board_page, name="duty_board"),
    path("<int:pk>/history/", views.history, name="duty_history"),
    path("<int:pk>/nudge/", views.nudge_page, name="duty_nudge"),
    path("<int:pk>/of/<int:subject>/", views.standing_page, name="duty_of"),
    re_path(r"^(?P<pk>\d{1,9})/(?P<kind>pdf|docx|xlsx)/$", views.download, name="duty_download"),
]
