"""Reads behind the pages of duty records, one module a theme."""
