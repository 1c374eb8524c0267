"""Campaigns counted from their activities, the tags' matrix, who has read a circular."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from activities.enums import ActivityState, FindingKind, JointStep, Presence
from activities.models import (
    Activity,
    Attendance,
    Campaign,
    CampaignStep,
    CampaignTask,
    Circular,
    CircularReceipt,
    Tag,
    TagAxis,
)
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import Deputy
from stations.models import Station

_FAR = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Total:
    """What was done: activities (次), persons present summed (人次), towns that held one."""

    activities: int
    attendances: int
    towns: int


@dataclass(frozen=True)
class SubTheme:
    campaign: Campaign
    total: Total


@dataclass(frozen=True)
class TaskProgress:
    """How often a task was done, against its target where one is set."""

    task: CampaignTask
    done: int
    rate: Rate | None

    @property
    def is_met(self) -> bool:
        return self.task.target is None or self.done >= self.task.target


@dataclass(frozen=True)
class StepLine:
    """One of the four joint steps and the records that show it."""

    kind: str
    label: str
    records: Sequence[CampaignStep]


def counted_activities() -> QuerySet[Activity]:
    """Verified ones; only what was held can be verified."""
    return Activity.objects.verified().filter(state=ActivityState.HELD)


def activities_of(campaign: Campaign) -> QuerySet[Activity]:
    """Linked to the campaign or one of its sub-themes, or registered under its theme in its time.

    An activity that is linked to another campaign counts there only.
    """
    rule = Q(campaign=campaign) | Q(campaign__parent=campaign)
    if campaign.theme_id:
        rule |= Q(
            campaign__isnull=True,
            theme=campaign.theme_id,
            held_on__range=(campaign.begins_on, campaign.ends_on or _FAR),
            region__code__startswith=campaign.region.prefix,
        )
    return counted_activities().filter(rule)


def total_of(rows: QuerySet[Activity]) -> Total:
    found = rows.order_by().aggregate(
        activities=Count("pk", distinct=True), towns=Count("region", distinct=True)
    )
    present = Attendance.objects.filter(activity__in=rows.values("pk"), presence=Presence.PRESENT)
    return Total(found["activities"], present.count(), found["towns"])


def sub_themes_of(campaign: Campaign) -> list[SubTheme]:
    """The towns' sub-themes (1+N) in the order of their places, each with its own total."""
    rows = list(campaign.sub_themes.select_related("region").order_by("region__code", "pk"))
    counted = counted_activities().filter(campaign__in=rows).order_by().values("campaign")
    times = dict(counted.annotate(n=Count("pk")).values_list("campaign", "n"))
    people = dict(
        Attendance.objects.filter(
            activity__in=counted_activities().filter(campaign__in=rows),
            presence=Presence.PRESENT,
        )
        .order_by()
        .values("activity__campaign")
        .annotate(n=Count("pk"))
        .values_list("activity__campaign", "n")
    )
    return [
        SubTheme(row, Total(n := times.get(row.pk, 0), people.get(row.pk, 0), min(n, 1)))
        for row in rows
    ]


def tasks_of(campaign: Campaign) -> list[TaskProgress]:
    """A task with a form counts activities of that form, one without counts all."""
    times = dict(
        activities_of(campaign)
        .order_by()
        .values("form")
        .annotate(n=Count("pk"))
        .values_list("form", "n")
    )
    lines = []
    for task in campaign.tasks.select_related("form"):
        done = times.get(task.form_id, 0) if task.form_id else sum(times.values())
        rate = Rate(min(done, task.target), task.target) if task.target else None
        lines.append(TaskProgress(task, done, rate))
    return lines


def steps_of(campaign: Campaign) -> list[StepLine]:
    """同研究、同部署、同检查、同落实 in this order, with their records (M52)."""
    records: dict[str, list[CampaignStep]] = {kind: [] for kind in JointStep.values}
    for step in campaign.steps.select_related("activity"):
        records[step.kind].append(step)
    return [StepLine(kind, JointStep(kind).label, rows) for kind, rows in records.items()]


@dataclass(frozen=True)
class MatrixRow:
    tag: Tag
    cells: Sequence[tuple[Tag, int]]
    total: int


@dataclass(frozen=True)
class Matrix:
    """Activities by two axes of tags. One with several tags stands in several cells, so the
    cells may add up to more than ``activities``, which counts each once.
    """

    down: TagAxis
    across: TagAxis
    columns: Sequence[tuple[Tag, int]]
    rows: Sequence[MatrixRow]
    activities: int
    without: int


def matrix(rows: QuerySet[Activity], down: TagAxis, across: TagAxis) -> Matrix:
    """The matrix of M46: 五进 down, 五共 across; ``without`` lacks a tag of either axis."""
    both = rows.filter(tags__axis=down).filter(tags__axis=across)
    pairs = _pairs(rows, down, across)
    downs, acrosses = list(down.tags.all()), list(across.tags.all())
    ones = dict(_by_tag(rows, (*downs, *acrosses)))
    lines = [
        MatrixRow(tag, [(each, pairs.get((tag.pk, each.pk), 0)) for each in acrosses],
                  ones.get(tag.pk, 0))
        for tag in downs
    ]  # fmt: skip
    number = both.order_by().values("pk").distinct().count()
    columns = [(tag, ones.get(tag.pk, 0)) for tag in acrosses]
    return Matrix(down, across, columns, lines, number, rows.count() - number)


def _pairs(rows: QuerySet[Activity], down: TagAxis, across: TagAxis) -> dict[tuple[int, int], int]:
    """Activities by each pair of tags, in one query."""
    links: QuerySet[Any] = Activity.tags.through.objects.filter(
        activity__in=rows.values("pk"), tag__axis=down, activity__tags__axis=across
    )
    pairs = links.values_list("tag", "activity__tags").annotate(times=Count("activity"))
    return {(first, second): times for first, second, times in pairs}


def _by_tag(rows: QuerySet[Activity], tags: Sequence[Tag]) -> list[tuple[int, int]]:
    links: QuerySet[Any] = Activity.tags.through.objects.filter(
        activity__in=rows.values("pk"), tag__in=tags
    )
    return list(links.values("tag").annotate(times=Count("pk")).values_list("tag", "times"))


@dataclass(frozen=True)
class StationTags:
    """One station's activities by each tag of an axis (M48)."""

    station: Station
    cells: Sequence[tuple[Tag, int]]
    total: int


def by_station(rows: QuerySet[Activity], axis: TagAxis, user: User) -> list[StationTags]:
    """Every active station that the reader sees and that held a tagged activity."""
    tags = list(axis.tags.all())
    through: Any = Activity.tags.through.objects
    links = (
        through.filter(activity__in=rows.filter(station__isnull=False).values("pk"), tag__in=tags)
        .values("activity__station", "tag")
        .annotate(times=Count("pk"))
        .values_list("activity__station", "tag", "times")
    )
    times = {(station, tag): number for station, tag, number in links}
    seen = {station for station, _ in times}
    stations = Station.objects.visible_to(user).filter(pk__in=seen).order_by("number")
    return [
        StationTags(
            station,
            cells := [(tag, times.get((station.pk, tag.pk), 0)) for tag in tags],
            sum(number for _, number in cells),
        )
        for station in stations
    ]


@dataclass(frozen=True)
class Output:
    """What an activity brought (M60): quality is seen by output, never by count or length."""

    problems: int
    opinions: int
    adopted: int
    mended: int
    voices: int
    voices_closed: int
    suggestions: int

    @property
    def is_empty(self) -> bool:
        return not (self.problems or self.opinions or self.voices or self.suggestions)


_OUTPUT = {
    "n_problems": Count("findings", Q(findings__kind=FindingKind.PROBLEM), distinct=True),
    "n_opinions": Count("findings", ~Q(findings__kind=FindingKind.PROBLEM), distinct=True),
    "n_adopted": Count("findings", Q(findings__is_adopted=True), distinct=True),
    "n_mended": Count("findings", Q(findings__closed_on__isnull=False), distinct=True),
    "n_voices": Count("voices", distinct=True),
    "n_closed": Count("voices", Q(voices__closed_on__isnull=False), distinct=True),
    "n_suggestions": Count("voices__suggestion", distinct=True),
}


def with_output(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """Each with the seven numbers that ``output_of`` reads, in the same query."""
    return rows.annotate(**_OUTPUT)


def output_of(activity: Any) -> Output:
    """Of a row that came through ``with_output``."""
    return Output(*(getattr(activity, name) for name in _OUTPUT))


def readers_of(region: Region, on: dt.date) -> QuerySet[Deputy]:
    """To whom a circular goes: deputies in office whose home lies in the place."""
    rows = Deputy.objects.in_office(Period(on, on, ""))
    return rows.filter(town__code__startswith=region.prefix)


@dataclass(frozen=True)
class Reading:
    """How many deputies got a circular, read it, answered it."""

    read: Rate
    responded: Rate


def reading_of(circular: Circular) -> Reading:
    found = circular.receipts.aggregate(
        sent=Count("pk"),
        read=Count("pk", Q(read_at__isnull=False)),
        responded=Count("pk", Q(responded_at__isnull=False)),
    )
    return Reading(Rate(found["read"], found["sent"]), Rate(found["responded"], found["sent"]))


def circulars_listed(rows: QuerySet[Circular]) -> QuerySet[Circular]:
    """With ``sent`` and ``read``, the numbers of receipts."""
    counted = rows.select_related("region", "campaign").annotate(
        sent=Count("receipts"), read=Count("receipts", Q(receipts__read_at__isnull=False))
    )
    return counted.order_by(F("published_at").desc(nulls_first=True), "-pk")


_SHOWN = {
    "read": Q(read_at__isnull=False),
    "unread": Q(read_at=None),
    "answered": Q(responded_at__isnull=False),
}


def receipts_of(circular: Circular, user: User, show: str = "") -> QuerySet[CircularReceipt]:
    """Those the reader may see, unread ones first; ``show``: read, unread or answered alone."""
    rows = CircularReceipt.objects.visible_to(user).filter(_SHOWN.get(show, Q()), circular=circular)
    return rows.select_related("deputy__town", "noted_by").order_by(
        F("read_at").desc(nulls_first=True), "deputy__pinyin"
    )


def axes_in_use() -> QuerySet[TagAxis]:
    """For activities, with their tags."""
    tags = Prefetch("tags", Tag.objects.order_by("order", "pk"))
    return TagAxis.objects.filter(is_active=True, for_activities=True).prefetch_related(tags)
