"""How far a work has come, in a small file: the data's own transaction hides it until the end."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

_SECONDS_BETWEEN = 0.5


@dataclass(frozen=True)
class Progress:
    done: int = 0
    total: int = 0
    label: str = ""
    seconds_ago: float = 0.0

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done // self.total) if self.total else 0


def _path(token: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / "progress" / f"{token}.json"


class ProgressWriter:
    """Called by the engine after each piece of work; writes at most twice a second."""

    def __init__(self, token: UUID) -> None:
        self._path = _path(token)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._written = 0.0

    def __call__(self, done: int, total: int, label: str) -> None:
        now = time.monotonic()
        if now - self._written < _SECONDS_BETWEEN:
            return
        self._written = now
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps([done, total, label]), encoding="utf-8")
        os.replace(draft, self._path)

    def finish(self) -> None:
        self._path.unlink(missing_ok=True)


def progress_of(token: UUID) -> Progress:
    try:
        path = _path(token)
        done, total, label = json.loads(path.read_text(encoding="utf-8"))
        return Progress(done, total, label, time.time() - path.stat().st_mtime)
    except (OSError, ValueError):
        return Progress()
