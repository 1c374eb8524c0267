"""Who acts now, and from where; set by the middleware, read by the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from congress_portal.core.models import User


@dataclass(frozen=True)
class Actor:
    """``user`` is None for the system itself (commands, scheduled work)."""

    user: "User | None" = None
    address: str = ""


_SYSTEM = Actor()
_current: ContextVar[Actor] = ContextVar("actor", default=_SYSTEM)


def current_actor() -> Actor:
    return _current.get()


@contextmanager
def acting(user: "User | None", address: str = "") -> Iterator[None]:
    """Everything recorded inside is put down to this person."""
    token = _current.set(Actor(user, address))
    try:
        yield
    finally:
        _current.reset(token)
