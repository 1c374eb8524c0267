from django.urls import include, path

from congress_portal.evaluations import views

app_name = "evaluations"
urlpatterns = [
    path("", views.sheet_list, name="list"),
    path("duties/", include("congress_portal.evaluations.duties.urls")),
    path("reviews/", include("congress_portal.evaluations.yearend.urls")),
    path("statistics/", include("congress_portal.evaluations.statistics.urls")),
    path("", include("congress_portal.evaluations.life.urls")),
    path("", include("congress_portal.evaluations.schemes.urls")),
    path("", include("congress_portal.evaluations.warnings.urls")),
    path("compute/", views.compute, name="compute"),
    path("<int:pk>/", views.sheet_detail, name="sheet"),
    path("<int:pk>/code/<slug:code>/", views.by_code, name="by_code"),
    path("<int:pk>/check/", views.sheet_check, name="check"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/correct/", views.correct, name="correct"),
    path("<int:pk>/pages/", views.pages, name="pages"),
    path("<int:pk>/papers/<slug:code>/", views.download, name="download"),
    path("scores/<int:pk>/", views.score_detail, name="score"),
    path("lines/<int:pk>/", views.line_evidence, name="evidence"),
]
