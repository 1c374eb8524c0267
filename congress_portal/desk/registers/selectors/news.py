"""News items by month and town, with the towns that handed none in (MISSION M116)."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from activities.models import NewsItem
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import month
from congress_portal.core.periods import year as year_period
from congress_portal.desk.registers.selectors.records import records_url


@dataclass(frozen=True)
class Cell:
    """``is_missing``: the month is over without an item; ``is_open``: it is not over yet."""

    month: int
    count: int
    url: str
    is_missing: bool
    is_open: bool


@dataclass(frozen=True)
class TownNews:
    town: Region
    cells: tuple[Cell, ...]
    total: int
    rate: Rate


@dataclass(frozen=True)
class NewsYear:
    """At least one item a month from every town; only months that are over are owed."""

    year: int
    towns: tuple[TownNews, ...]
    missing: tuple[tuple[int, tuple[Region, ...]], ...]
    rate: Rate


def news_year(user: User, number: int, today: dt.date) -> NewsYear:
    """Two queries, whatever the number of towns."""
    period = year_period(number)
    rows = NewsItem.objects.visible_to(user).verified().in_period(period)
    counts = Counter((region, day.month) for region, day in rows.values_list("region", "held_on"))
    towns = []
    for town in Region.objects.towns().in_scope_of_reader(user):
        cells = tuple(_cell(town, number, one, counts[town.pk, one], today) for one in range(1, 13))
        owed = [cell for cell in cells if not cell.is_open]
        kept = sum(cell.count > 0 for cell in owed)
        total = sum(cell.count for cell in cells)
        towns.append(TownNews(town, cells, total, Rate(kept, len(owed))))
    missing = []
    for one in range(1, 13):
        lacking = tuple(each.town for each in towns if each.cells[one - 1].is_missing)
        if lacking:
            missing.append((one, lacking))
    whole = sum(each.rate.whole for each in towns)
    part = sum(each.rate.part for each in towns)
    return NewsYear(number, tuple(towns), tuple(missing), Rate(part, whole))


def _cell(town: Region, number: int, one: int, count: int, today: dt.date) -> Cell:
    period = month(number, one)
    is_open = period.last >= today
    url = records_url("news", region=town, first=period.first, last=period.last) if count else ""
    return Cell(one, count, url, not count and not is_open, is_open)
