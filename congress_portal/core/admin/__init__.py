"""The admin: a base for every app's classes, and the classes of the core itself.

Django finds the classes by importing this package (autodiscover).
"""

from congress_portal.core.admin import accounts, channels, keeping, places
from congress_portal.core.admin.base import PortalAdmin, PortalInline, PortalStack

__all__ = [
    "PortalAdmin",
    "PortalInline",
    "PortalStack",
    "accounts",
    "channels",
    "keeping",
    "places",
]
