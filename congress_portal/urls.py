from django.contrib import admin
from django.urls import include, path

from congress_portal.core.admin.choosing import autocomplete
from congress_portal.desk.views.account import admin_login

admin.site.enable_nav_sidebar = False  # the lists need the width; the first page has the models
admin.site.autocomplete_view = autocomplete  # type: ignore[method-assign]

urlpatterns = [
    path("", include("congress_portal.desk.urls")),
    path("deputies/", include("deputies.urls")),
    path("inspection/", include("stations.inspection_urls")),
    path("", include("stations.urls")),
    path("", include("activities.urls")),
    path("", include("suggestions.urls")),
    path("evaluations/", include("congress_portal.evaluations.urls")),
    path("batches/", include("congress_portal.desk.batches.urls")),
    path("import/", include("congress_portal.desk.imports.urls")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
]
