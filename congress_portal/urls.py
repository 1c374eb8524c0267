from django.contrib import admin
from django.urls import include, path

from congress_portal.desk.views.account import admin_login

urlpatterns = [
    path("", include("congress_portal.desk.urls")),
    path("deputies/", include("deputies.urls")),
    path("", include("stations.urls")),
    path("", include("activities.urls")),
    path("", include("suggestions.urls")),
    path("admin/login/", admin_login),
    path("admin/", admin.site.urls),
]
