"""The one error of this package."""

from congress_portal.core.errors import DomainError


class PdfError(DomainError):
    """A paper cannot be made; the message says what is missing and how to bring it."""
