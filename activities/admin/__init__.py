"""The admin of duty records, one module a theme."""

from activities.admin import calling, campaigns, entries, pairs, supervision, voters

__all__ = ["calling", "campaigns", "entries", "pairs", "supervision", "voters"]
