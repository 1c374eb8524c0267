"""Papers and calendars of duty records, one module a theme."""
