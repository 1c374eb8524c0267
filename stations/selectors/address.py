"""Where the public finds a station; printed as a QR code and served without signing in."""

from urllib.parse import urlsplit

from django.conf import settings

from stations.models import Station


def public_path(station: Station) -> str:
    """The station's page for voters, by its number: paper on a wall outlives a row's key."""
    return f"/s/{station.number}/"


def public_url(station: Station) -> str:
    """With the portal's own address (SITE_URL)."""
    return f"{settings.SITE_URL}{public_path(station)}"


def is_not_public() -> bool:
    """Whether the portal's own address leads back to the machine that opens it (a trial run):
    a code with it is no use on a wall."""
    return urlsplit(settings.SITE_URL).hostname in ("127.0.0.1", "localhost", "::1")
