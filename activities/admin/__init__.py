"""The admin of duty records, one module a theme."""

from activities.admin import campaigns, entries, pairs, voters

__all__ = ["campaigns", "entries", "pairs", "voters"]
