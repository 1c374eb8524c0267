"""What waits for one person: each app says so for its own records, the first page gathers it."""

import datetime as dt
from dataclasses import dataclass

MOST_OF_A_KIND = 5  # a first page shows no more, so nothing more is read


@dataclass(frozen=True)
class Task:
    """One thing to do. ``by`` is the day by which it should be done, for the order only."""

    text: str
    note: str
    address: str
    by: dt.date


def most_urgent(tasks: list[Task], count: int) -> list[Task]:
    """The first ``count`` by their days; equal days keep the order of the apps."""
    return sorted(tasks, key=lambda task: task.by)[:count]
