"""A case by the number that is printed everywhere: 2026年079, 079."""

import re

from django.db.models import Q

_PRINTED = re.compile(r"(?:(\d{4})\s*年?\s*第?\s*)?(\d{1,4})\s*号?")


def numbered(words: str) -> Q:
    """The case of that number; with a year before it, of that year only."""
    match = _PRINTED.fullmatch(words.strip())
    if match is None:
        return Q(pk__in=())
    year, number = match.groups()
    rule = Q(number=number) | Q(number=number.zfill(3))
    return rule & Q(year=int(year)) if year else rule
