"""Reminders of all apps, run by one command; each app registers its own.

A registered function takes the day, says each thing once however often it is run, and returns
how many it said, by kind.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils.module_loading import autodiscover_modules

from congress_portal.core.channels import carry_waiting

Remind = Callable[[dt.date], Mapping[str, int]]

_registered: list[Remind] = []


def reminder(function: Remind) -> Remind:
    """Registers; used as a decorator in an app's services."""
    _registered.append(function)
    return function


def run_reminders(on: dt.date) -> dict[str, int]:
    """What was said, by kind, in the order of registration; then carries it outside."""
    autodiscover_modules("services")
    said: dict[str, int] = {}
    for remind in _registered:
        for kind, count in remind(on).items():
            said[kind] = said.get(kind, 0) + count
    carry_waiting()
    return said
