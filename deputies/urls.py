from django.urls import path

from deputies import views
from deputies.seats import views as seats

app_name = "deputies"
urlpatterns = [
    path("", views.deputy_list, name="list"),
    path("vacancies/", seats.vacancies, name="vacancies"),
    path("by-elections/start/", seats.start, name="by_election_start"),
    path("by-elections/<int:pk>/", seats.by_election, name="by_election"),
    path("by-elections/<int:pk>/<slug:action>/", seats.by_election_step, name="by_election_step"),
    path("by-elections/<int:pk>/checks/<int:candidate>/", seats.check, name="gate_check"),
    path("exits/", seats.case_list, name="exit_cases"),
    path("exits/of/<int:mandate>/", seats.open_case, name="exit_open"),
    path("exits/<int:pk>/", seats.exit_case, name="exit_case"),
    path("exits/<int:pk>/<slug:action>/", seats.exit_step, name="exit_step"),
    path("seat-papers/<slug:kind>/<int:pk>/", seats.seat_paper, name="seat_paper"),
    path("<int:pk>/", views.deputy_detail, name="detail"),
]
