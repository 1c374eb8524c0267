"""The admin of duty records, one module a theme."""

from activities.admin import (
    calling,
    campaigns,
    corrections,
    credit,
    entries,
    learning,
    pairs,
    reporting,
    sheets,
    supervision,
    support,
    voters,
)

__all__ = [
    "calling",
    "campaigns",
    "corrections",
    "credit",
    "entries",
    "learning",
    "pairs",
    "reporting",
    "sheets",
    "supervision",
    "support",
    "voters",
]
