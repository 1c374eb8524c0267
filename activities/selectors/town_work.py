"""A town's year in figures: plans, sessions, party meetings (M123–M125)."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from activities.models.support import (
    OrganRule,
    PartyMeeting,
    PlanItem,
    StaffPost,
    TownSession,
    WorkPlan,
)
from activities.support_enums import ItemState
from congress_portal.core.enums import RegionLevel
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User

YEARS_SHOWN = 5


def plans_counted(rows: QuerySet[WorkPlan], today: dt.date) -> QuerySet[WorkPlan]:
    """With ``wanted`` items (dropped ones left out), ``done`` and ``late`` ones."""
    late = Q(items__state=ItemState.OPEN, items__due_on__lt=today)
    ordered = rows.order_by("-year", "region__code", "station__number", "pk")
    return ordered.select_related("region", "station").annotate(
        wanted=Count("items", filter=~Q(items__state=ItemState.DROPPED) & Q(items__isnull=False)),
        done=Count("items", filter=Q(items__state=ItemState.DONE)),
        late=Count("items", filter=late),
    )


def completion(plan: WorkPlan) -> Rate:
    """8/10: items done of those that were not dropped; ``plan`` is one of ``plans_counted``."""
    return Rate(plan.done, plan.wanted)  # type: ignore[attr-defined]


def completion_of(items: Iterable[PlanItem]) -> Rate:
    kept = [item for item in items if item.state != ItemState.DROPPED]
    return Rate(sum(item.state == ItemState.DONE for item in kept), len(kept))


@dataclass(frozen=True)
class YearCell:
    """How often in a year; ``lacking`` of the number asked for, ``is_over`` once the year ended."""

    year: int
    times: int
    lacking: int
    is_over: bool


@dataclass(frozen=True)
class YearLine:
    town: Region
    cells: list[YearCell]


def _towns(user: User) -> list[Region]:
    return list(Region.objects.towns().in_scope_of_reader(user).order_by("code"))


def _table(
    towns: list[Region], counts: Counter[tuple[int, int]], least: int, today: dt.date
) -> list[YearLine]:
    years = range(today.year, today.year - YEARS_SHOWN, -1)
    return [
        YearLine(
            town,
            [
                YearCell(
                    each,
                    counts[town.pk, each],
                    max(least - counts[town.pk, each], 0),
                    each < today.year,
                )
                for each in years
            ],
        )
        for town in towns
    ]


def session_years(user: User, rule: OrganRule, today: dt.date) -> list[YearLine]:
    """Sessions per town and year against the law's number; subdistricts hold none (2 queries)."""
    first = dt.date(today.year - YEARS_SHOWN + 1, 1, 1)
    rows = TownSession.objects.visible_to(user).filter(begins_on__gte=first)
    days = rows.values_list("region", "begins_on__year")
    towns = [town for town in _towns(user) if town.level == RegionLevel.TOWN]
    return _table(towns, Counter(days), rule.sessions_a_year, today)


def party_years(user: User, rule: OrganRule, today: dt.date) -> list[YearLine]:
    """Meetings of party committees on the congress's work per town and year (2 queries)."""
    first = dt.date(today.year - YEARS_SHOWN + 1, 1, 1)
    rows = PartyMeeting.objects.visible_to(user).filter(held_on__gte=first)
    days = rows.values_list("region", "held_on__year")
    return _table(_towns(user), Counter(days), rule.party_meetings_a_year, today)


def short_of(lines: list[YearLine]) -> list[tuple[Region, YearCell]]:
    """Town and last ended year in which the number asked for was not reached."""
    return [(line.town, cell) for line in lines for cell in line.cells[1:2] if cell.lacking]


@dataclass
class TownLine:
    """What the register of a town holds of one year, for the first page of the towns."""

    town: Region
    posts: int = 0
    vacant: int = 0
    plan: Rate | None = None
    sessions: int = 0
    meetings: int = 0


def town_lines(user: User, year: int, today: dt.date) -> list[TownLine]:
    """One line a town in the reader's scope, with zeros; five queries."""
    lines = {town.pk: TownLine(town) for town in _towns(user)}
    _add_posts(lines, user, today)
    done: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    items = PlanItem.objects.visible_to(user).exclude(state=ItemState.DROPPED)
    for region, state in items.filter(plan__year=year, plan__station__isnull=True).values_list(
        "plan__region", "state"
    ):
        done[region][0] += state == ItemState.DONE
        done[region][1] += 1
    sessions = TownSession.objects.visible_to(user).filter(begins_on__year=year)
    meetings = PartyMeeting.objects.visible_to(user).filter(held_on__year=year)
    for region in sessions.values_list("region", flat=True):
        if region in lines:
            lines[region].sessions += 1
    for region in meetings.values_list("region", flat=True):
        if region in lines:
            lines[region].meetings += 1
    for region, (part, whole) in done.items():
        if region in lines:
            lines[region].plan = Rate(part, whole)
    return list(lines.values())


def _add_posts(lines: dict[int, TownLine], user: User, today: dt.date) -> None:
    for region, name in StaffPost.objects.visible_to(user).on(today).values_list("region", "name"):
        if region in lines:
            lines[region].posts += 1
            lines[region].vacant += not name
