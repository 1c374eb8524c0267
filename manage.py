#!/usr/bin/env python3
"""The portal's one door: every command of the project starts here.

Where the packages of requirements.txt are missing (a fresh machine), the command is handed to
``congress_portal/bootstrap.py``, which sets up ``.venv`` and starts it again from there.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in one line instead of a traceback
    sys.exit("需要 Python 3.11 或更新的版本。")

from congress_portal import bootstrap


def main() -> None:
    """Run one management command, after setting up whatever it needs."""
    bootstrap.allow_debug(sys.argv[1:])
    if not bootstrap.is_ready(sys.argv[1:]):
        sys.exit(bootstrap.run(sys.argv[1:]))
    os.environ.pop(bootstrap.HANDED_OVER, None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress_portal.settings")
    from django.core.management import execute_from_command_line  # PLC0415: not there before set-up

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
