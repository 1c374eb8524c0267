"""Writes of duty records. Pages, admin, commands and imports use these names only."""

from activities.services.campaigns import (
    CampaignError,
    mark_circular_read,
    note_step,
    publish_circular,
    respond_to_circular,
    save_campaign,
    save_circular,
    set_tasks,
)
from activities.services.entries import (
    NotEditableError,
    change_activity,
    change_visit,
    log_activity,
    log_visit,
)

__all__ = [
    "CampaignError",
    "NotEditableError",
    "change_activity",
    "change_visit",
    "log_activity",
    "log_visit",
    "mark_circular_read",
    "note_step",
    "publish_circular",
    "respond_to_circular",
    "save_campaign",
    "save_circular",
    "set_tasks",
]
