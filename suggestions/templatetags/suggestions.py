"""What templates say of a case."""

import datetime as dt

from django import template
from django.utils import timezone

from suggestions.clocks import Reading
from suggestions.enums import Light
from suggestions.models import Suggestion
from suggestions.selectors import Standing, postponed, running_due, standing_of

register = template.Library()

_SHAPES = {
    Light.GREEN: ("●", ""),
    Light.YELLOW: ("▲", "soon"),
    Light.RED: ("■", "overdue"),
    Light.GREY: ("○", ""),
    Light.DONE: ("✓", ""),
    Light.UNKNOWN: ("▲", "soon"),
}


@register.filter
def standing(suggestion: Suggestion) -> Standing:
    return standing_of(suggestion, timezone.localdate())


@register.filter(name="running_due")
def running_due_of(suggestion: Suggestion) -> dt.date | None:
    """The limit that runs now; a later round has its own."""
    return running_due(suggestion)


@register.filter
def light(reading: Reading) -> Standing:
    """A clock's shape and words."""
    shape, mood = _SHAPES[Light(reading.light)]
    return Standing(shape, reading.words, mood)


@register.filter
def item(mapping: dict[object, object], key: object) -> object:
    """The mapping's value for the key, or None."""
    return mapping.get(key)


@register.filter
def unstopped(words: str) -> str:
    """Words that a full stop follows; their own is left out."""
    return words.rstrip("。")


@register.filter
def is_postponed(suggestion: Suggestion) -> bool:
    """Whether the first limit was moved from that of the region's rule."""
    return postponed(suggestion)
