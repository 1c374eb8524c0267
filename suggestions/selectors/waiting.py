"""What waits for a deputy among suggestions."""

import datetime as dt

from django.urls import reverse
from django.utils.text import Truncator

from congress_portal.core.models import User
from congress_portal.core.waiting import MOST_OF_A_KIND, Task
from deputies.models import Deputy
from suggestions.enums import State
from suggestions.models import Appraisal, Suggestion, WishClaim
from suggestions.selectors.boards import invitations

_SOON = dt.timedelta(days=3)
_A_WEEK = dt.timedelta(days=7)
_A_MONTH = dt.timedelta(days=30)
_RECENT_REPLY = dt.timedelta(days=60)


def returned_suggestions(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    rows = Suggestion.objects.filter(lead=deputy, state=State.RETURNED).order_by("pk")
    return [
        Task(
            f"《{row.title}》退回修改",
            "请改后再提交",
            reverse("suggestions:write", args=[row.pk]),
            today + _SOON,
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def to_cosign(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    return [
        Task(
            f"{row.lead.name}邀请您附议《{row.title or '未命名'}》",
            "请确认",
            reverse("suggestions:cosign", args=[row.pk]),
            today + _SOON,
        )
        for row in invitations(user)[:MOST_OF_A_KIND]
    ]


def to_appraise(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Sheets to fill, the nearest limit first."""
    sheets = Appraisal.objects.filter(deputy=deputy, appraised_on__isnull=True)
    rows = sheets.select_related("suggestion").order_by("due_on", "pk")[:MOST_OF_A_KIND]
    return [
        Task(
            f"《{row.suggestion.title}》已有答复，请评价",
            f"{row.due_on:%-m月%-d日}前" if row.due_on else "",
            reverse("suggestions:appraise", args=[row.pk]),
            row.due_on or today + _A_WEEK,
        )
        for row in rows
    ]


def answered_lately(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Replies that came by import: nobody made a sheet, the deputy just reads them."""
    answered = Suggestion.objects.filter(
        lead=deputy,
        handlings__replies__replied_on__gte=today - _RECENT_REPLY,
        handlings__replies__rating="",
        handlings__replies__appraisals__isnull=True,
    ).distinct()
    return [
        Task(
            f"《{row.title}》已有答复",
            "请看",
            reverse("suggestions:detail", args=[row.pk]),
            today + _A_WEEK,
        )
        for row in answered.order_by("pk")[:MOST_OF_A_KIND]
    ]


def drafts(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    rows = Suggestion.objects.filter(lead=deputy, state=State.DRAFT).order_by("-saved_at", "pk")
    return [
        Task(
            f"接着写《{row.title or '未命名'}》",
            "草稿",
            reverse("suggestions:write", args=[row.pk]),
            today + _A_MONTH,
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def claimed_wishes(user: User, deputy: Deputy, today: dt.date) -> list[Task]:
    """Wishes that the deputy took on, by the promised day; also those said not to be fulfilled."""
    rows = WishClaim.objects.all().running().filter(deputy=deputy).select_related("wish")
    return [
        Task(
            f"您认领的微心愿：{Truncator(row.wish.text).chars(24)}",
            f"答应{row.promised_on:%-m月%-d日}前实现",
            reverse("suggestions:wish", args=[row.wish_id]),
            row.promised_on,
        )
        for row in rows.order_by("promised_on", "pk")[:MOST_OF_A_KIND]
    ]


SOURCES = (returned_suggestions, to_cosign, to_appraise, answered_lately, claimed_wishes, drafts)
