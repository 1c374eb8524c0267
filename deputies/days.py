"""The days a deputy can have done duty: one bound for every entry about a deputy."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from deputies.models import Deputy, Mandate


def refuse_day(deputy: Deputy, day: dt.date, *, field: str = "held_on") -> None:
    """Refuse a day that is still to come, or outside the time from first to last mandate.

    Staff are held to it as the deputy is. A person without a recorded mandate is bound by today
    alone. Raises ValidationError at ``field``.
    """
    if day > timezone.localdate():
        raise ValidationError({field: "日期不能晚于今天。"})
    refuse_day_of_all([deputy], day, field=field)


def refuse_day_of_all(deputies: Iterable[Deputy], day: dt.date, *, field: str = "held_on") -> None:
    """As ``refuse_day``, for several deputies in one query; a day ahead is let pass."""
    rows = (
        Mandate.objects.filter(deputy__in=[deputy.pk for deputy in deputies])
        .order_by()
        .values("deputy", "deputy__name")
        .annotate(
            first=Min(Coalesce("begins_on", "term__begins_on")),
            last=Max(Coalesce("ends_on", "term__ends_on")),
        )
        .order_by("deputy__name")
    )
    for _, name, first, last in rows.values_list("deputy", "deputy__name", "first", "last"):
        if fault := _fault(name, first, last, day):
            raise ValidationError({field: fault})


def _fault(name: str, first: dt.date, last: dt.date, day: dt.date) -> str:
    if day < first:
        return f"{name}从{_cn(first)}起任代表，请核对日期；任职日期有误的，先请工作人员改任职。"
    if day > last:
        return f"{name}的代表任职到{_cn(last)}为止，请核对日期。"
    return ""


def _cn(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
