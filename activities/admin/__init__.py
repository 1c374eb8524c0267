"""The admin of duty records, one module a theme."""

from activities.admin import entries

__all__ = ["entries"]
