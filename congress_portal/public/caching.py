"""Answers that a reader need not fetch twice: 304 where nothing changed since the last time."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import conditional_page, require_safe

from congress_portal.core.enums import AuditAction
from congress_portal.core.models import AuditEntry

View = Callable[..., HttpResponse]
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')


def open_to_all(*changing: type[models.Model]) -> Callable[[View], View]:
    """Data for anybody, from any site, by GET: ETag by content, Last-Modified by the trail.

    ``changing``: the models whose changes can change the answer.
    """

    def decorate(view: View) -> View:
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
            response["Cache-Control"] = "public, max-age=300"
            if changing:
                response["Last-Modified"] = http_date(last_change(changing).timestamp())
            return response

        return login_not_required(require_safe(conditional_page(answer)))

    return decorate


def last_change(changing: tuple[type[models.Model], ...]) -> dt.datetime:
    """When a row of these models was last written; not before today's midnight.

    Who is in office and which days are still to come follow the day, without any writing.
    """
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rule = Q(model__in=[model._meta.label for model in changing]) | Q(action=AuditAction.IMPORT)
    rows = AuditEntry.objects.filter(rule, at__gte=midnight).order_by("-sequence")
    return rows.values_list("at", flat=True).first() or midnight


def revalidated(view: View) -> View:
    """A public page that anybody opens by GET; sent again only where its content changed.

    The form's token differs each time and is left out of the ETag; the cookie behind it is in.
    """

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 200 or response.streaming:
            return response
        said = _TOKEN.sub(b"", response.content) + _cookie(request)
        etag = f'"{hashlib.sha256(said).hexdigest()[:32]}"'
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(request, etag=etag, response=response) or response

    return login_not_required(require_safe(answer))


def _cookie(request: HttpRequest) -> bytes:
    return str(request.COOKIES.get("csrftoken", "")).encode()
