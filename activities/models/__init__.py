from activities.models import support as support  # towns and support, apart
from activities.models.activity import Activity, ActivityForm, Attendance
from activities.models.contact import Visit
from activities.models.report import DutyReport, NewsItem

__all__ = ["Activity", "ActivityForm", "Attendance", "DutyReport", "NewsItem", "Visit"]
