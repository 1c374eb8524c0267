"""The admin of duty records, one module a theme."""

from activities.admin import campaigns, entries, pairs, supervision, voters

__all__ = ["campaigns", "entries", "pairs", "supervision", "voters"]
