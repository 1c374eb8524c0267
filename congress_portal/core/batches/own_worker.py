"""A worker for machines on which nobody has started one: it empties the task queue and goes.

It is a process of its own, at lower priority, so that pages stay quick while papers are made.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_NICE = 10
_EVERY = 8.0  # seconds between two starts by one process
_started: list[float] = []


def start_own_worker() -> bool:
    """Start ``manage.py run_queue`` unless workers are run separately (BACKGROUND_WORKER)."""
    if settings.BACKGROUND_WORKER:
        return False
    now = time.monotonic()
    if _started and now - _started[-1] < _EVERY:
        return False
    _started[:] = [now]
    with alone() as is_free:
        if not is_free:  # one is at it and will come to the new work
            return False
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_queue"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    threading.Thread(target=process.wait, daemon=True).start()  # leaves no zombie
    return True


@contextlib.contextmanager
def alone() -> Iterator[bool]:
    """Whether this process is the only own worker of the machine; the lock goes with it."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".worker.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def step_back() -> None:
    """Let pages go before this process."""
    with contextlib.suppress(OSError):
        os.nice(_NICE)
