"""Registers of activities, visits, fixed voters, duty reports and news."""

from activities.resources.activities import ActivityResource
from activities.resources.contacts import NewsResource, ReportResource, VisitResource
from activities.resources.records import RecordResource
from activities.resources.voters import FixedVoterResource

__all__ = [
    "ActivityResource",
    "FixedVoterResource",
    "NewsResource",
    "RecordResource",
    "ReportResource",
    "VisitResource",
]
