"""Filters of printed papers."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

#: A figure with its sign and measure word or per cent: «96.75分», «83.3%», «2026年».
_FIGURE = re.compile(r"\d+月\d+日|[-−+]?\d[\d.,/]*(?:%|[分个名项次天册件条期年月日])?")


@register.filter
def keep_figures(text: str) -> SafeString:
    """Escapes the text and keeps each figure with its unit on one line."""
    parts, after = [], 0
    for found in _FIGURE.finditer(text):
        parts += [escape(text[after : found.start()]), f"<span class=nb>{escape(found[0])}</span>"]
        after = found.end()
    return mark_safe("".join([*parts, escape(text[after:])]))  # noqa: S308 - all parts escaped
