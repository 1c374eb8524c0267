"""The notebook (联系选民记事簿, M66): pages, what is due again, and what the booklet prints."""

import datetime as dt

from django.db.models import Q, QuerySet

from activities.models import NotebookEntry, Visit
from congress_portal.core.enums import Verification
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from deputies.models import Deputy


def pages_of(deputy: Deputy, reader: User) -> QuerySet[NotebookEntry]:
    """What the reader may see of the deputy's notebook."""
    rows = NotebookEntry.objects.visible_to(reader).filter(deputy=deputy)
    return rows.select_related("voter", "visit").order_by("-noted_on", "-pk")


def due_again(deputy: Deputy, on: dt.date) -> QuerySet[NotebookEntry]:
    """Open follow-ups up to and including that day, the oldest first."""
    rows = NotebookEntry.objects.filter(deputy=deputy, is_done=False, follow_up_on__lte=on)
    return rows.select_related("voter").order_by("follow_up_on", "pk")


def still_open(rows: QuerySet[NotebookEntry]) -> QuerySet[NotebookEntry]:
    """Follow-ups not yet ticked off, whatever their day."""
    rows = rows.filter(is_done=False, follow_up_on__isnull=False)
    return rows.order_by("follow_up_on", "pk")


def written_about(rows: QuerySet[NotebookEntry], words: str) -> QuerySet[NotebookEntry]:
    words = words.strip()
    return rows.filter(Q(text__contains=words) | Q(voter__name__contains=words)) if words else rows


def contacts_for_booklet(deputy: Deputy, reader: User, period: Period) -> QuerySet[Visit]:
    """The year's contacts that were not refused."""
    rows = Visit.objects.visible_to(reader).filter(deputy=deputy).in_period(period)
    rows = rows.exclude(verification=Verification.REFUSED)
    return rows.select_related("region", "village", "spot", "channel").order_by("held_on", "pk")


def years_of(deputy: Deputy, today: dt.date) -> list[int]:
    """Years with a page or a contact, and the running one; newest first."""
    found = {today.year}
    for rows, day in (
        (NotebookEntry.objects.filter(deputy=deputy), "noted_on"),
        (Visit.objects.filter(deputy=deputy), "held_on"),
    ):
        found |= {each.year for each in rows.dates(day, "year")}
    return sorted(found, reverse=True)
