"""The kinds of sheets that the portal knows; each app registers its own resources."""

from typing import TYPE_CHECKING, TypeVar

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from congress_portal.core.importing.resource import ImportResource

    R = TypeVar("R", bound=type[ImportResource])

_kinds: dict[str, "type[ImportResource]"] = {}


def register(resource: "R") -> "R":
    """Class decorator: make the resource's kind known to the import engine."""
    _kinds[resource.kind] = resource
    return resource


def kinds() -> "dict[str, type[ImportResource]]":
    """All kinds in the order in which they depend on one another."""
    autodiscover_modules("resources")
    return dict(sorted(_kinds.items(), key=lambda item: item[1].order))
