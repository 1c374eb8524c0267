import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["-k", "no_such_test", "tests/core/test_bootstrap.py"], 5)],
)
def test_arguments_and_exit_code_pass_through(arguments, code):
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "test",
            "-p",
            "no:xdist",
            "-p",
            "no:cacheprovider",
            *arguments,
        ],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stdout + done.stderr
