from django.urls import include, path

from stations.views import network, receptions

app_name = "stations"
urlpatterns = [
    path("stations/", network.station_list, name="list"),
    path("stations/export.xlsx", network.export, name="export"),
    path("stations/features/", network.features, name="features"),
    path("stations/features.xlsx", network.features_export, name="features_export"),
    path("stations/apart/", network.spread, name="spread"),
    path("stations/<int:pk>/", network.station_detail, name="detail"),
    path("stations/<int:pk>/edit/", network.edit, name="edit"),
    path("stations/<int:pk>/officers/new/", network.add_officer, name="add_officer"),
    path("stations/officers/<int:pk>/end/", network.end_officer, name="end_officer"),
    path("stations/<int:pk>/compare/", network.compare, name="compare"),
    path("stations/materials/<int:pk>/", network.material, name="material"),
    path("stations/materials/<int:pk>/file/", network.material_file, name="material_file"),
    path("receptions/", receptions.reception_list, name="reception_list"),
    path("receptions/<int:pk>/", receptions.reception_detail, name="reception_detail"),
    path("rota/", include("stations.rota_urls")),
    path("", include("stations.standard_urls")),
]
