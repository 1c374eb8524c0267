"""How papers call a day and the body that writes them."""

import datetime as dt

from django.conf import settings

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.models import Region


def date_words(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: dt.date | None) -> str:
    return day.isoformat() if day else "—"


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


def committee_of(region: Region) -> str:
    """The body that reports and is reported to: 常委会, in a town the 主席团."""
    is_town = region.level in TOWN_LEVELS
    return office_of(region) if is_town else f"{region.name}人大常委会"
