"""Writes of duty records. Pages, admin, commands and imports use these names only."""

from activities.services.entries import (
    NotEditableError,
    change_activity,
    change_visit,
    log_activity,
    log_visit,
)

__all__ = [
    "NotEditableError",
    "change_activity",
    "change_visit",
    "log_activity",
    "log_visit",
]
