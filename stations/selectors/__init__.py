"""Reads, one module an area."""
