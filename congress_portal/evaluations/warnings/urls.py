from django.urls import path

from congress_portal.evaluations.warnings.views import warnings

urlpatterns = [
    path("warnings/", warnings, name="warnings"),
]
