"""Whether the site stays quick while 240 duty files are made in the background.

Run: ``python tests/bench/bench_desk.py [papers] [workers]``. It imports the sample county into a
database of its own, serves it with gunicorn (two processes), opens the leader's desk again and
again, first on the idle site, then while a batch of 240 duty files is made by ``run_queue`` (the
worker that the site starts itself, at lower priority) or by so many ``db_worker`` processes, and
prints both p95.

Aim: p95 during the batch < 3 × idle (issue 6 of 6).
"""

import atexit
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(tempfile.mkdtemp(prefix="bench-desk-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
sys.path.insert(0, str(ROOT))
os.environ.update(
    DEBUG="1",
    DATABASE_URL=f"sqlite:///{FOLDER}/bench.sqlite3",
    MEDIA_ROOT=str(FOLDER / "media"),
    DJANGO_SETTINGS_MODULE="congress_portal.settings",
    BACKGROUND_WORKER="1",
)

import django  # noqa: E402 - the environment comes first

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from congress_portal.core.batches import services, tasks  # noqa: E402
from congress_portal.core.batches.registry import Order  # noqa: E402
from congress_portal.core.models import Batch, BatchItem, User  # noqa: E402
from congress_portal.desk.demo import create_accounts  # noqa: E402
from congress_portal.desk.registers.duty_files import duty_files_order  # noqa: E402

SAMPLE = ROOT / "congress_portal" / "core" / "data" / "anlan"
MANAGE = [sys.executable, str(ROOT / "manage.py")]
IDLE = 80  # openings of the desk
PAUSE = 0.1  # seconds between two of them


@dataclass(frozen=True)
class Figures:
    """Seconds for one opening of the desk."""

    count: int
    median: float
    p95: float
    longest: float

    def told(self, label: str) -> str:
        shown = (f"{word} {1000 * value:.0f} ms" for word, value in self._values())
        return f"{label:<22}{self.count:>5} openings  " + "  ".join(shown)

    def _values(self) -> tuple[tuple[str, float], ...]:
        return ("median", self.median), ("p95", self.p95), ("longest", self.longest)


def _prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    call_command("import_records", str(SAMPLE), stdout=(FOLDER / "import.log").open("w"))
    create_accounts("only-for-this-bench")


def _cookie(username: str) -> str:
    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _serve() -> tuple[subprocess.Popen, int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "congress_portal.wsgi", "--workers", "2"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT)
    for _ in range(300):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return server, port
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def _open_desk(port: int, cookie: str) -> float:
    begin = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/", headers={"Cookie": cookie})
    answer = line.getresponse()
    content = answer.read()
    line.close()
    if answer.status != 200 or "镇" not in content.decode():
        raise SystemExit(f"the desk did not open: {answer.status}")
    return time.perf_counter() - begin


def _measure(port: int, cookie: str, is_over: Callable[[int], bool]) -> Figures:
    found: list[float] = []
    while not is_over(len(found)):
        found.append(_open_desk(port, cookie))
        time.sleep(PAUSE)
    p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
    return Figures(len(found), statistics.median(found), p95, max(found))


def _order(papers: int) -> Batch:
    staff = User.objects.get(username="staff")
    whole = duty_files_order(timezone.localdate().year, None, staff)
    order = Order(whole.kind, whole.title, whole.file_name, whole.items[:papers], whole.arguments)
    batch, _ = services.start(actor=staff, order=order)
    tasks.dispatch(batch)
    return batch


def _work(workers: int) -> list[subprocess.Popen]:
    if not workers:
        return [subprocess.Popen([*MANAGE, "run_queue"])]
    command = ["nice", "-n", "10", *MANAGE, "db_worker", "--batch", "--no-reload", "-v", "0"]
    return [subprocess.Popen(command) for _ in range(workers)]


def main() -> None:
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else 240
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    _prepare()
    cookie = _cookie("leader")
    connections.close_all()
    server, port = _serve()
    try:
        for _ in range(10):
            _open_desk(port, cookie)
        idle = _measure(port, cookie, lambda count: count >= IDLE)
        print(idle.told("idle"), flush=True)
        batch, begin = _order(papers), time.perf_counter()
        at_work = _work(workers)
        busy = _measure(
            port, cookie, lambda count: not Batch.objects.open().filter(pk=batch.pk).exists()
        )
        seconds = time.perf_counter() - begin
        print(busy.told("during the batch"))
        for process in at_work:
            process.wait()
    finally:
        server.terminate()
        server.wait()
    batch.refresh_from_db()
    made = batch.items.filter(state=BatchItem.State.DONE).count()
    print(f"batch: {batch.state}, {made} of {papers} papers in {seconds:.0f} s, {batch.size} bytes")
    print(f"p95 during the batch: {busy.p95 / idle.p95:.2f} × idle (aim < 3)")


if __name__ == "__main__":
    main()
