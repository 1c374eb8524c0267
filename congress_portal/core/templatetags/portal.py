"""Dates and clocks in the words of the office."""

import datetime as dt

from django import template
from django.utils import timezone

from congress_portal.core.masking import mask_phone

register = template.Library()

_WEEKDAYS = "一二三四五六日"
_SOON_DAYS = 15


def _day(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def cn_date(value: dt.date | dt.datetime | None) -> str:
    """2026年9月3日（周四）; empty for no date."""
    if not value:
        return ""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


@register.filter
def cn_time(value: dt.datetime | None) -> str:
    """2026年9月3日 09:05, local time."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@register.filter
def clock(due: dt.date | None) -> str:
    """«还剩 12 天», «今天到期» or «已逾期 3 天», counted from today; empty for no date."""
    if not due:
        return ""
    left = (due - timezone.localdate()).days
    if left == 0:
        return "今天到期"
    return f"还剩 {left} 天" if left > 0 else f"已逾期 {-left} 天"


@register.filter
def clock_state(due: dt.date | None) -> str:
    """``overdue``, ``soon`` (within 15 days) or ``running``; for the shape beside the words."""
    if not due:
        return "running"
    left = (due - timezone.localdate()).days
    if left < 0:
        return "overdue"
    return "soon" if left <= _SOON_DAYS else "running"


@register.filter
def minutes(value: dt.timedelta) -> int:
    return int(value.total_seconds() // 60)


@register.filter
def masked_phone(value: str) -> str:
    return mask_phone(value)
