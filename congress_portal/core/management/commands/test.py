import importlib.util
import os
import sys
from typing import NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

WORKER_OPTIONS = ("-n", "--numprocesses", "--pdb", "-pno:xdist", "no:xdist")


class Command(BaseCommand):
    """Runs pytest in place of Django's own runner; its arguments and exit code pass through."""

    help = "运行测试（pytest）；后面的参数原样交给 pytest。"
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        self.execute_pytest(argv[2:])

    def handle(self, *args: str, **options: object) -> NoReturn:
        self.execute_pytest(list(args))

    def execute_pytest(self, arguments: list[str]) -> NoReturn:
        """Replace this process by pytest, on all cores unless the arguments say otherwise."""
        command = [sys.executable, "-m", "pytest", *arguments]
        has_xdist = importlib.util.find_spec("xdist") is not None
        if has_xdist and not any(word.startswith(WORKER_OPTIONS) for word in arguments):
            command += ["-n", "auto", "--dist", "loadfile"]
        os.chdir(settings.BASE_DIR)
        sys.stdout.flush()
        os.execv(sys.executable, command)  # noqa: S606
