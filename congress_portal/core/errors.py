"""Errors whose message is shown to the user."""


class DomainError(Exception):
    """A rule of the field refuses the request; the message is Chinese and says how to mend it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
