from django.urls import path

from congress_portal.desk.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("<uuid:token>/", views.batch, name="batch"),
    path("<uuid:token>/mapping/", views.mapping, name="mapping"),
    path("<uuid:token>/confirm/", views.confirm, name="confirm"),
    path("<uuid:token>/again/", views.again, name="again"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/refused/", views.refused, name="refused"),
    path("runs/<int:pk>/file/", views.original, name="file"),
]
