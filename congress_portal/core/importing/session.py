"""What the resources of one run share: the user, the caches, the notes.

A cache is loaded once and kept in step by the resource that writes its rows; after a rollback
all of them are dropped.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from congress_portal.core.models import User
from congress_portal.core.scope import Scope, scope_of


class Cache(Protocol):
    def __init__(self, session: "Session") -> None: ...


C = TypeVar("C", bound=Cache)
Progress = Callable[[int, int, str], None]


class Session:
    """``user`` is ``None`` for the system itself (commands), which has no limits."""

    def __init__(self, user: User | None = None, progress: Progress | None = None) -> None:
        self.user = user
        self.scope: Scope = scope_of(user)
        self.total_rows = 0
        self.done_rows = 0
        self._progress = progress
        self._caches: dict[type, Any] = {}
        self._claimed: dict[tuple[int, str], set[int]] = {}
        self._file = 0

    def cache(self, kind: type[C]) -> C:
        if kind not in self._caches:
            self._caches[kind] = kind(self)
        return self._caches[kind]

    def forget(self, *kinds: type) -> None:
        """Drop these caches, or all of them."""
        for kind in kinds or tuple(self._caches):
            self._caches.pop(kind, None)

    def restart(self) -> None:
        """Before the files of a transaction are processed, or processed again."""
        self._claimed.clear()

    def turn_to(self, file: int) -> None:
        """The sheets of which file are processed from here on; ``file`` is its number."""
        self._file = file

    def claimed(self, kind: str) -> set[int]:
        """The records that earlier sheets of the same file and kind have spoken about."""
        return self._claimed.setdefault((self._file, kind), set())

    @property
    def unlimited(self) -> bool:
        return self.scope.writes_everything

    def may_write(self, code: str) -> bool:
        """Whether a place with this region code lies in the user's scope."""
        return self.unlimited or self.scope.may_write_code(code)

    def advance(self, rows: int, label: str) -> None:
        self.done_rows += rows
        if self._progress:
            self._progress(self.done_rows, max(self.total_rows, self.done_rows), label)
