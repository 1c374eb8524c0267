"""Registers of activities, visits, duty reports and news, as the office's sheets have them."""

from activities.resources.activities import ActivityResource
from activities.resources.contacts import NewsResource, ReportResource, VisitResource
from activities.resources.records import RecordResource

__all__ = ["ActivityResource", "NewsResource", "RecordResource", "ReportResource", "VisitResource"]
