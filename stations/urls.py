from django.urls import include, path

from stations.views import network, receptions

app_name = "stations"
urlpatterns = [
    path("stations/", network.station_list, name="list"),
    path("stations/<int:pk>/", network.station_detail, name="detail"),
    path("receptions/", receptions.reception_list, name="reception_list"),
    path("receptions/<int:pk>/", receptions.reception_detail, name="reception_detail"),
    path("rota/", include("stations.rota_urls")),
]
