"""Pages of duty records, one module a theme."""
