from django.urls import path

from stations import views

app_name = "stations"
urlpatterns = [
    path("stations/", views.station_list, name="list"),
    path("stations/<int:pk>/", views.station_detail, name="detail"),
    path("receptions/", views.reception_list, name="reception_list"),
    path("receptions/<int:pk>/", views.reception_detail, name="reception_detail"),
]
