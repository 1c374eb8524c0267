"""What waits for a deputy at the stations."""

import datetime as dt

from django.urls import reverse

from congress_portal.core.models import User
from congress_portal.core.waiting import MOST_OF_A_KIND, Task
from deputies.models import Deputy
from stations.enums import InspectionCampaignState, SheetState, SwapState
from stations.models import Assignment, SwapRequest


def swaps_to_answer(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Colleagues who ask the deputy to take a duty over; the nearest duty first."""
    rows = SwapRequest.objects.filter(
        asked=deputy, state=SwapState.ASKED, duty__held_on__gte=today
    ).select_related("duty__deputy", "duty__slot__station")
    return [
        Task(
            f"{row.duty.deputy.name}请您替{row.duty.held_on:%-m月%-d日}"
            f"在{row.duty.slot.station.name}的值班",
            "请答复同意不同意",
            reverse("stations:swap", args=[row.pk]),
            row.duty.held_on,
        )
        for row in rows.order_by("duty__held_on", "pk")[:MOST_OF_A_KIND]
    ]


def sheets_to_score(user: User) -> list[Assignment]:
    """Places that the person's team has still to score in a running campaign, by day."""
    rows = Assignment.objects.filter(
        team__members__user=user,
        team__campaign__state=InspectionCampaignState.RUNNING,
        sheet__state=SheetState.DRAFT,
    ).select_related("team__campaign", "station", "region", "sheet")
    return list(rows.order_by("visit_on", "region__code", "pk"))


SOURCES = (swaps_to_answer,)
