import datetime as dt

from django import template

from congress_portal.core.masking import without_numbers

register = template.Library()
register.filter("no_numbers", without_numbers)


@register.filter
def weekday(day: dt.date) -> str:
    """周四."""
    return f"周{'一二三四五六日'[day.weekday()]}"
