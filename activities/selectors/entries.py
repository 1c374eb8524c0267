"""Reads behind the deputy's forms and the lists of activities and visits."""

import datetime as dt
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.enums import Presence
from activities.models import Activity, Attendance, Campaign, FixedVoter, Tag, Visit
from congress_portal.core.enums import RegionLevel
from congress_portal.core.models import Region
from congress_portal.core.periods import year as year_period
from congress_portal.core.scope import codes_above
from deputies.models import Deputy, Group, GroupMembership
from stations.models import Posting, Station

_OFTEN = 6


def with_attendance(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With form, place and ``present`` (the number of deputies who were there)."""
    there = Attendance.objects.filter(activity=OuterRef("pk"), presence=Presence.PRESENT)
    present = there.order_by().values("activity").annotate(times=Count("pk")).values("times")
    rows = rows.select_related("form", "region", "station")
    return rows.annotate(present=Coalesce(Subquery(present), 0))


def activity_in_full(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    attendances = Attendance.objects.select_related("deputy").order_by("serial", "pk")
    return rows.select_related(
        "form", "theme", "field", "region", "station", "group", "organiser_unit", "entered_by",
        "verified_by", "campaign", "central_task",
    ).prefetch_related(Prefetch("attendances", attendances), "tags__axis")  # fmt: skip


def visits_in_full(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    return rows.select_related(
        "deputy", "region", "village", "channel", "spot", "entered_by", "verified_by"
    )


def stations_of(deputy: Deputy, on: dt.date) -> QuerySet[Station]:
    """Stations the deputy is attached to on that day."""
    postings = Posting.objects.on(on).filter(deputy=deputy)
    return Station.objects.filter(pk__in=postings.values("station")).order_by("number")


def fellows_of(deputy: Deputy, on: dt.date) -> QuerySet[Deputy]:
    """Members of the deputy's groups and stations on that day, the deputy left out."""
    groups = GroupMembership.objects.on(on).filter(deputy=deputy).values("group")
    in_group = GroupMembership.objects.on(on).filter(group__in=groups).values("deputy")
    at_station = Posting.objects.on(on).filter(station__in=stations_of(deputy, on)).values("deputy")
    fellows = Deputy.objects.filter(Q(pk__in=in_group) | Q(pk__in=at_station))
    return fellows.exclude(pk=deputy.pk).order_by("pinyin", "pk")


def villages_first(deputy: Deputy, on: dt.date) -> list[Region]:
    """Own village, those of the own stations, and those visited most; at most a handful."""
    stations = stations_of(deputy, on).exclude(village=None).values("village")
    visited = (
        Visit.objects.filter(deputy=deputy, village__isnull=False)
        .values("village")
        .annotate(times=Count("pk"))
        .order_by("-times")[:_OFTEN]
    )
    often = [row["village"] for row in visited]
    rule = Q(pk=deputy.village_id) | Q(pk__in=stations) | Q(pk__in=often)
    return list(Region.objects.filter(rule).select_related("parent"))


def villages_by_town(deputy: Deputy) -> dict[str, list[Region]]:
    """Villages of the deputy's county, own town first: ``{town's name: [villages]}``."""
    county = deputy.town.code[:6]
    rows = Region.objects.villages().filter(code__startswith=county).select_related("parent")
    towns: dict[str, list[Region]] = {deputy.town.name: []}
    for village in rows:
        town = village.parent.name if village.parent else "其他"
        towns.setdefault(town, []).append(village)
    return {name: villages for name, villages in towns.items() if villages}


def spots_in(villages: list[Region]) -> QuerySet[Region]:
    """Grids and cells of these villages."""
    rule = Q(pk=None)
    for village in villages:
        rule |= Q(code__startswith=village.prefix)
    spots = Region.objects.filter(rule, level__in=(RegionLevel.GRID, RegionLevel.CELL))
    return spots.select_related("parent").order_by("code")


def visit_tags(row: Visit | None = None) -> QuerySet[Tag]:
    """Tags in use on the axes for visits; a stored record keeps its own."""
    rule = Q(is_active=True, axis__is_active=True, axis__for_visits=True)
    if row is not None:
        rule |= Q(pk__in=row.tags.values("pk"))
    return Tag.objects.filter(rule).order_by("axis__order", "axis", "order", "pk")


def activity_tags(row: Activity | None = None) -> QuerySet[Tag]:
    """Tags in use on the axes for activities; a stored record keeps its own."""
    rule = Q(is_active=True, axis__is_active=True, axis__for_activities=True)
    if row is not None:
        rule |= Q(pk__in=row.tags.values("pk"))
    tags = Tag.objects.filter(rule).select_related("axis")
    return tags.order_by("axis__order", "axis", "order", "pk")


def campaigns_for(deputy: Deputy, on: dt.date, row: Activity | None = None) -> QuerySet[Campaign]:
    """Drives of the deputy's town and of what lies above it, run in that year."""
    places = [deputy.town.code, *codes_above(deputy.town.code)]
    year = year_period(on.year)
    running = Q(begins_on__lte=year.last) & (Q(ends_on=None) | Q(ends_on__gte=year.first))
    rule = Q(region__code__in=places) & running
    if row is not None:
        rule |= Q(pk=row.campaign_id)
    return Campaign.objects.filter(rule)


def groups_of(deputy: Deputy, on: dt.date, row: Activity | None = None) -> QuerySet[Group]:
    """The deputy's groups of that day; a stored record keeps its own."""
    rule = Q(pk__in=GroupMembership.objects.on(on).filter(deputy=deputy).values("group"))
    if row is not None:
        rule |= Q(pk=row.group_id)
    return Group.objects.filter(rule)


def voters_of(deputy: Deputy, on: dt.date, row: Visit | None = None) -> QuerySet[FixedVoter]:
    """The deputy's fixed voters of that day; a stored record keeps its own."""
    rows = FixedVoter.objects.filter(deputy=deputy)
    now = Q(pk__in=rows.on(on).values("pk"))
    if row is not None:
        now |= Q(pk__in=row.fixed_voters.values("pk"))
    return rows.filter(now).select_related("village").order_by("name", "pk")


def last_visit(deputy: Deputy) -> Visit | None:
    return Visit.objects.filter(deputy=deputy).order_by("-entered_at", "-pk").first()


def last_activity(deputy: Deputy) -> Activity | None:
    rows = Activity.objects.filter(entered_by=deputy.user_id) if deputy.user_id else None
    return rows.order_by("-entered_at", "-pk").first() if rows is not None else None


def deputies_enterable_by(user: Any) -> QuerySet[Deputy]:
    """For whom this person may enter records on behalf (代录)."""
    return Deputy.objects.editable_by(user).select_related("town").order_by("town", "pinyin")
