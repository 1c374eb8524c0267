"""What can be wrong with a cell and with a file."""

from congress_portal.core.errors import DomainError


class ValueFault(Exception):  # noqa: N818 - a fault of a cell, not an error of the program
    """A value that cannot be taken; ``reason`` is what the clerk reads, ``advice`` how to mend."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


class ImportFileError(DomainError):
    """A file that cannot be read at all; the message names the fault and the way out."""
