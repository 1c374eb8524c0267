"""What staff may want to ask about before checking a sheet: questions, never penalties (C8).

The same words twice, the same picture twice, many entries at the quarter's end, receptions on
rest days. Nothing here reaches a score.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from activities.models import Activity, Visit
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.core.workdays import CalendarMissingError, WorkCalendar
from stations.models import Reception

SHORTEST = 12  # shorter words repeat by themselves («走访群众»)
BURST = 5  # entries of one person in the last days of the period
LAST_DAYS = 3


@dataclass(frozen=True)
class Hint:
    """A question with the records that gave rise to it: (words, address)."""

    question: str
    records: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HintGroup:
    title: str
    hints: tuple[Hint, ...]


def hints_for(period: Period, user: User) -> list[HintGroup]:
    """Within the reader's sight; the number of queries does not depend on the records."""
    activities = Activity.objects.visible_to(user).in_period(period).distinct()
    visits = Visit.objects.visible_to(user).in_period(period).distinct()
    visits = visits.select_related("deputy", "channel", "village", "region")
    groups = [
        HintGroup("同样的文字", tuple(_same_words(activities, visits))),
        HintGroup("同一张照片", tuple(_same_pictures(visits, activities))),
        HintGroup("期末集中补录", tuple(_bursts(visits, period))),
        HintGroup("休息日接待", tuple(_rest_days(period, user))),
    ]
    return [group for group in groups if group.hints]


def _same_words(activities: QuerySet[Any], visits: QuerySet[Any]) -> Iterator[Hint]:
    by_text: dict[str, list[Any]] = defaultdict(list)
    for row, text in [
        *((row, row.content) for row in activities.order_by("held_on", "pk")),
        *((row, row.matter) for row in visits.order_by("held_on", "pk")),
    ]:
        bare = "".join(text.split())
        if len(bare) >= SHORTEST:
            by_text[bare].append(row)
    for text, rows in by_text.items():
        if len(rows) > 1:
            question = f"{len(rows)} 条记录写的是同一段文字「{text[:20]}…」，是不是重复登记？"
            yield Hint(question, _linked(rows))


def _same_pictures(visits: QuerySet[Any], activities: QuerySet[Any]) -> Iterator[Hint]:
    by_digest: dict[str, list[Any]] = defaultdict(list)
    for row in (
        *visits.exclude(photo="").order_by("held_on", "pk"),
        *activities.exclude(photo="").order_by("held_on", "pk"),
    ):
        if digest := _digest(row.photo):
            by_digest[digest].append(row)
    for rows in by_digest.values():
        if len(rows) > 1:
            question = f"{len(rows)} 处用了同一张照片，是不是同一次活动？"
            yield Hint(question, _linked(rows))


def _digest(photo: Any) -> str:
    """Empty for a file that is no longer there."""
    try:
        with photo.open("rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _bursts(visits: QuerySet[Any], period: Period) -> Iterator[Hint]:
    first = period.last - dt.timedelta(days=LAST_DAYS - 1)
    late = Q(entered_at__date__range=(first, period.last + dt.timedelta(days=LAST_DAYS)))
    older = Q(held_on__lt=first)
    rows = Visit.objects.filter(pk__in=visits.order_by().values("pk"), row_key=None)
    found = rows.order_by("deputy__pk").values("deputy", "deputy__name")
    for each in found.annotate(late=Count("pk", filter=late & older), every=Count("pk")):
        if each["late"] >= BURST and 2 * each["late"] > each["every"]:
            question = (
                f"{each['deputy__name']}本期 {each['every']} 条走访里，有 {each['late']} 条是期末"
                "前后几天补录的，是不是平时来不及记？"
            )
            address = reverse("deputies:detail", args=[each["deputy"]])
            yield Hint(question, ((each["deputy__name"], address),))


def _rest_days(period: Period, user: User) -> Iterator[Hint]:
    calendar = WorkCalendar()
    rows = Reception.objects.visible_to(user).in_period(period).select_related("station")
    by_station: dict[Any, list[Any]] = defaultdict(list)
    for row in rows.distinct().order_by("station__number", "held_on"):
        try:
            is_workday = calendar.is_workday(row.held_on)
        except CalendarMissingError:
            continue
        if not is_workday:
            by_station[row.station].append(row)
    for station, found in by_station.items():
        question = f"{station.name}有 {len(found)} 天接待在休息日，日期有没有写错？"
        yield Hint(question, _linked(found))


_PAGES = {
    Activity: "activities:detail",
    Visit: "activities:visit_detail",
    Reception: "stations:reception_detail",
}


def _linked(rows: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(row), reverse(_PAGES[type(row)], args=[row.pk])) for row in rows)
