from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from congress_portal.core.notices import mark_done

_OPEN = frozenset({"desk:password_change", "desk:logout", "desk:type_size", "desk:manual"})


class LostFormMiddleware:
    """A form sent after the sign-in had run out comes back as a plain opening of its address.

    Such an address has no page; instead of a blank answer the person reads what happened.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


class DoneNoticeMiddleware:
    """A message is no longer new once its reader has acted where it led.

    After a form that was accepted, the messages that lead to its address or to the page that
    follows count as opened.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            user = request.user
            if user.is_authenticated:
                mark_done(user, (request.path, urlsplit(response["Location"]).path))
        return response


class FirstPasswordMiddleware:
    """Whoever got the password from somebody else changes it before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        if request.resolver_match and request.resolver_match.view_name in _OPEN:
            return None
        return redirect("desk:password_change")


class EntryMiddleware:
    """A script that sends an entry is told the address of the record instead of led there.

    It marks its request with ``X-Entry``; a redirect of a script would be followed unseen, and
    the message that greets the person on the record's page would be spent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("X-Entry") and response.status_code in (301, 302):
            told = JsonResponse({"address": response["Location"]})
            told.cookies = response.cookies
            return told
        return response
