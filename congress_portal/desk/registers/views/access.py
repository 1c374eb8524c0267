"""Who opens the registers: people who read by region; for all others the pages are not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

_View = Callable[..., HttpResponse]


def readers_only(view: _View) -> _View:
    """404 for accounts without a region to read; the rows themselves stay scoped as ever."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.scope.read_prefixes:
            raise Http404("没有这个页面。")
        return view(request, *args, **kwargs)

    return guarded
