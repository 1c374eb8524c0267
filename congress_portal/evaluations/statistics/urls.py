from django.urls import path

from congress_portal.evaluations.statistics import views

urlpatterns = [
    path("", views.page, name="statistics"),
    path("records/", views.records, name="statistics_records"),
    path("keep/", views.keep, name="statistics_keep"),
    path("views/<int:pk>/drop/", views.drop, name="statistics_drop"),
    path("texts/", views.texts, name="statistics_texts"),
    path("<slug:kind>/", views.download, name="statistics_download"),
]
