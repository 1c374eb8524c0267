from django.urls import path

from congress_portal.desk.batches import views

app_name = "batches"
urlpatterns = [
    path("", views.batches, name="list"),
    path("<uuid:token>/", views.batch, name="batch"),
    path("<uuid:token>/file/", views.download, name="file"),
]
