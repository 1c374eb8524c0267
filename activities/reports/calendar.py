"""Activities as iCalendar (RFC 5545): one to add, or a feed that a calendar fetches by itself."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from activities.enums import ActivityState
from activities.models import Activity

_USUAL = dt.timedelta(hours=2)  # where no end is given


def activity_ics(activity: Activity) -> bytes:
    return _calendar([activity], activity.title)


def feed_ics(rows: Iterable[Activity]) -> bytes:
    """What was called off stays in, so that the calendar strikes it out."""
    return _calendar(rows, f"{settings.PORTAL_NAME}活动")


def _calendar(rows: Iterable[Activity], name: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//congress-portal//activities//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for activity in rows:
        calendar.add_component(_event(activity))
    content: bytes = calendar.to_ical()
    return content


def _event(activity: Activity) -> Event:
    event = Event()
    event.add("uid", f"activity-{activity.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", activity.notice_round)
    event.add("dtstamp", activity.entered_at.astimezone(dt.UTC))
    is_off = activity.state == ActivityState.CANCELLED
    event.add("summary", f"（已取消）{activity.title}" if is_off else activity.title)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if activity.begins_at:
        begins = _moment(activity.held_on, activity.begins_at)
        ends = _moment(activity.held_on, activity.ends_at) if activity.ends_at else None
        event.add("dtstart", begins)
        event.add("dtend", ends if ends and ends > begins else begins + _USUAL)
    else:
        event.add("dtstart", activity.held_on)
    if activity.place:
        event.add("location", activity.place)
    contact = f"联系人：{activity.contact}" if activity.contact else ""
    if text := "\n".join(filter(None, (activity.notice.strip(), contact))):
        event.add("description", text)
    event.add("url", settings.SITE_URL + reverse("activities:detail", args=[activity.pk]))
    return event


def _moment(day: dt.date, at: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, at)).astimezone(dt.UTC)
