from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from congress_portal.core.admin.choosing import autocomplete
from congress_portal.desk.views.account import admin_login
from congress_portal.desk.views.home import home as desk_home
from congress_portal.public.views import home as public_home

admin.site.enable_nav_sidebar = False  # the lists need the width; the first page has the models
admin.site.autocomplete_view = autocomplete  # type: ignore[method-assign]


@login_not_required
def front(request: HttpRequest) -> HttpResponse:
    """The same address greets a voter with the public site and whoever signed in with the desk."""
    return (desk_home if request.user.is_authenticated else public_home)(request)


urlpatterns = [
    path("", front),
    path("", include("congress_portal.desk.urls")),
    path("", include("congress_portal.public.urls")),
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
