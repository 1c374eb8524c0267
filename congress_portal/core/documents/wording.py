"""Dates and the names of the congress's bodies, as papers write them."""

import datetime as dt

from django.conf import settings

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region


def date_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def paragraphs(text: str) -> list[str]:
    """Stored text as paragraphs: blank lines and margins are the typist's, not the paper's."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def office_of(region: Region) -> str:
    """The body of the congress that writes the papers."""
    if region.level == RegionLevel.TOWN:
        return f"{region.name}人民代表大会主席团"
    if region.level in TOWN_LEVELS:
        return f"{region.name}人大工作委员会"
    return settings.PORTAL_OFFICE or f"{region.name}人大常委会代表工作委员会"
