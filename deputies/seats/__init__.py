"""Vacant seats: by-elections that fill them, cases in which somebody gives one up."""
