"""Writes of duty records. Pages, admin, commands and imports use these names only."""

from activities.services.campaigns import (
    CampaignError,
    mark_circular_read,
    note_circular_read,
    note_response,
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
from activities.services.reminding import remind_of_activities
from activities.services.supervision_reminding import remind_supervision

__all__ = [
    "CampaignError",
    "NotEditableError",
    "change_activity",
    "change_visit",
    "log_activity",
    "log_visit",
    "mark_circular_read",
    "note_circular_read",
    "note_response",
    "note_step",
    "publish_circular",
    "remind_of_activities",
    "remind_supervision",
    "respond_to_circular",
    "save_campaign",
    "save_circular",
    "set_tasks",
]
