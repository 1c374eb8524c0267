from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from ipware import get_client_ip

from congress_portal.core.actor import acting
from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction


class ActorMiddleware:
    """Names the signed-in person to the audit trail and records refused access (DESIGN §6.3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        address = str(get_client_ip(request)[0] or "")
        with acting(user, address):
            response = self.get_response(request)
            if response.status_code == 403 or (response.status_code == 404 and user):
                record(
                    AuditAction.REFUSED,
                    label=f"{request.method} {_path(request)}"[:200],
                    changes={"status": response.status_code},
                )
            return response


def _path(request: HttpRequest) -> str:
    """The address as the trail may hold it: a link that opens by itself is not kept there."""
    match = request.resolver_match
    token = match.kwargs.get("token") if match else None
    return request.path.replace(token, "…") if isinstance(token, str) else request.path
