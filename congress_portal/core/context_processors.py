from django.conf import settings
from django.http import HttpRequest

from congress_portal.core.enums import Role
from congress_portal.core.scope import Scope, scope_of


def portal(request: HttpRequest) -> dict[str, object]:
    """Name, size of type, and the flags by which the frame shows its menu entries."""
    scope = scope_of(request.user) if hasattr(request, "user") else Scope()
    return {
        "portal_name": settings.PORTAL_NAME,
        "elder": request.COOKIES.get("elder") == "1",
        "may_log": Role.DEPUTY in scope.roles or bool(scope.write_prefixes),
        "may_import": bool(scope.write_prefixes),
        "reads_places": bool(scope.read_prefixes),
        "roles": scope.roles,
        "here": getattr(request.resolver_match, "view_name", ""),
    }
