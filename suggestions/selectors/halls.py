"""Deliberations of the people's halls: who keeps one, lists, what is announced."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet

from activities.models import Activity, ActivityForm
from congress_portal.core.models import User
from suggestions.enums import VoiceSource
from suggestions.models import Hall, HallTask, Voice

FORM_NAME = "议事厅"


def hall_form() -> ActivityForm | None:
    """The form whose name or other name is 议事厅 or 人民议事厅."""
    rows = ActivityForm.objects.filter(
        Q(name__in=(FORM_NAME, f"人民{FORM_NAME}")) | Q(synonyms__contains=FORM_NAME)
    )
    return rows.order_by("order", "pk").first()


def may_keep(user: User, activity: Activity) -> bool:
    """The offices of the place and who keeps the station."""
    keeps = bool(user.scope.write_prefixes or user.scope.officer_user_id)
    return keeps and Activity.objects.editable_by(user).filter(pk=activity.pk).exists()


def late_tasks(on: dt.date) -> QuerySet[HallTask]:
    """What was to follow from a deliberation before a day and has no result."""
    return HallTask.objects.filter(done_on__isnull=True, due_on__lt=on)


def halls_for(user: User, late_on: dt.date | None = None) -> QuerySet[Any]:
    """With ``heard`` views, of which ``passed_on`` became voices, and ``open_tasks``.

    ``late_on`` leaves those with something late on that day.
    """
    rows = Hall.objects.visible_to(user).select_related("activity__region", "activity__station")
    if late_on:
        rows = rows.filter(pk__in=late_tasks(late_on).values("hall"))
    return rows.annotate(
        heard=Count("views", distinct=True),
        passed_on=Count("views__voice", distinct=True),
        open_tasks=Count("tasks", filter=Q(tasks__done_on__isnull=True), distinct=True),
    ).order_by("-activity__held_on", "-pk")


def hall_of(user: User, voice: Voice) -> Hall | None:
    """The deliberation that a voice came from, where the person reads it."""
    if voice.source != VoiceSource.HALL:
        return None
    return Hall.objects.visible_to(user).filter(views__voice=voice).first()


def shown_halls() -> QuerySet[Any]:
    """What everybody reads: topic, day, place, conclusion; no views and no names."""
    return Hall.objects.all().shown().select_related("activity__region", "activity__station")
