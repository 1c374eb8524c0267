"""What a phone keeps for the places without signal."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@never_cache
@require_safe
def worker(request: HttpRequest) -> FileResponse:
    """Our own static file, served at the root so that it may answer for every page."""
    found = finders.find("js/worker.js")
    if not found:
        raise Http404("没有这个文件。")
    return FileResponse(Path(str(found)).open("rb"), content_type="text/javascript")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Says that there is no network; holds nothing of anybody."""
    return render(request, "desk/offline.html")
