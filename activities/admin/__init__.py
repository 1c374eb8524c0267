"""The admin of duty records, one module a theme."""

from activities.admin import campaigns, entries

__all__ = ["campaigns", "entries"]
