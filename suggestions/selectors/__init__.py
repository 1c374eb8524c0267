"""Reads of suggestions and voices; import from here."""

from suggestions.selectors.lists import (
    SOON_DAYS,
    VOICE_PATIENCE_DAYS,
    due_before,
    due_soon,
    due_within,
    handed_over_due_before,
    overdue,
    stale_voices,
    suggestion_in_full,
    suggestions_listed,
    voices_in_full,
)

__all__ = [
    "SOON_DAYS",
    "VOICE_PATIENCE_DAYS",
    "due_before",
    "due_soon",
    "due_within",
    "handed_over_due_before",
    "overdue",
    "stale_voices",
    "suggestion_in_full",
    "suggestions_listed",
    "voices_in_full",
]
