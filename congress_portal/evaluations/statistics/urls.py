from django.urls import path

from congress_portal.evaluations.statistics import report_views, views

urlpatterns = [
    path("", views.page, name="statistics"),
    path("records/", views.records, name="statistics_records"),
    path("keep/", views.keep, name="statistics_keep"),
    path("views/<int:pk>/drop/", views.drop, name="statistics_drop"),
    path("texts/", views.texts, name="statistics_texts"),
    path("reports/", report_views.index, name="reports"),
    path("reports/new/", report_views.write, name="report_new"),
    path("reports/<int:pk>/", report_views.write, name="report"),
    path("reports/<int:pk>/<slug:kind>/", report_views.paper, name="report_paper"),
    path("<slug:kind>/", views.download, name="statistics_download"),
]
