"""Writes, one module an area; new code imports from the modules themselves."""

from stations.services.checks import CheckError, record_checks

__all__ = ["CheckError", "record_checks"]
