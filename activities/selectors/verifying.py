"""What waits to be verified, kind by kind: the work list of town and county staff."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from activities.enums import ActivityState, Presence
from activities.models import (
    Activity,
    Attendance,
    DutyReport,
    GoodDeed,
    Honour,
    MemberContact,
    NewsItem,
    SupportItem,
    Visit,
)
from congress_portal.core.enums import Verification
from congress_portal.core.models import Record, Region, User
from stations.models import Reception, ReceptionDuty


@dataclass(frozen=True)
class Kind:
    """One kind of record: where its deputy and its place are found, and which page opens it.

    ``town`` and ``deputy`` are lookup paths; ``view`` opens the record for staff.
    """

    code: str
    model: type[Record]
    town: str
    deputy: str
    view: str
    related: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)


KINDS = (
    Kind("visit", Visit, "deputy__town", "deputy", "activities:visit_detail",
         ("deputy", "region", "village", "channel")),
    Kind("activity", Activity, "region", "attendances__deputy", "activities:detail",
         ("form", "region", "station")),
    Kind("reception", Reception, "station__region", "duties__deputy",
         "stations:reception_detail", ("station",)),
    Kind("report", DutyReport, "deputy__town", "deputy", "activities:duty_report",
         ("deputy", "district")),
    Kind("deed", GoodDeed, "deputy__town", "deputy", "activities:deed",
         ("deputy", "kind")),
    Kind("honour", Honour, "deputy__town", "deputy", "admin:activities_honour_change",
         ("deputy", "level")),
    Kind("contact", MemberContact, "pairing__deputy__town", "pairing__deputy",
         "admin:activities_membercontact_change",
         ("pairing__deputy", "pairing__member__deputy", "channel")),
    Kind("support", SupportItem, "deputy__town", "deputy", "admin:activities_supportitem_change",
         ("deputy", "activity")),
    Kind("news", NewsItem, "region", "", "admin:activities_newsitem_change",
         ("region", "level")),
)  # fmt: skip
_BY_CODE = {kind.code: kind for kind in KINDS}


def kind_of(code: str) -> Kind | None:
    return _BY_CODE.get(code)


def kind_of_row(row: Record) -> Kind:
    return next(kind for kind in KINDS if isinstance(row, kind.model))


@dataclass(frozen=True)
class Pile:
    """The waiting records of one kind; ``since`` is the day on which the oldest was entered."""

    kind: Kind
    count: int
    since: dt.date | None

    @property
    def days(self) -> int | None:
        return (timezone.localdate() - self.since).days if self.since else None


def waiting_rows(kind: Kind, user: User) -> QuerySet[Any]:
    """Pending records this person may verify, oldest first; never the person's own entries.

    An activity or a report to the voters waits only once it has been held. What an office planned
    and called others to is not its own entry: its organiser verifies who came.
    """
    rows: QuerySet[Any] = kind.model._default_manager.all().editable_by(user).pending()  # type: ignore[attr-defined]
    own = Q(entered_by=user, on_behalf=False)
    if kind.model is Activity:
        own &= Q(notified_on=None)
    if kind.deputy:
        own |= Q(pk__in=rows.filter(**{f"{kind.deputy}__user": user}).values("pk"))
    rows = rows.exclude(own)
    if kind.model is Activity:
        rows = rows.filter(state=ActivityState.HELD)
    if kind.model is DutyReport:
        rows = rows.exclude(meeting__is_held=False)
    return rows.order_by("entered_at", "pk")


def waiting_in_town(rows: QuerySet[Any], kind: Kind, town: Region | None) -> QuerySet[Any]:
    return rows.filter(**{kind.town: town}) if town else rows


def rows_in_full(kind: Kind, rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what a line of the list shows, in a fixed number of queries."""
    rows = rows.select_related(*kind.related, "entered_by")
    if kind.model is Activity:
        there = Attendance.objects.filter(presence=Presence.PRESENT).select_related("deputy")
        rows = rows.prefetch_related(Prefetch("attendances", there, to_attr="there"))
    if kind.model is Reception:
        duties = ReceptionDuty.objects.select_related("deputy")
        rows = rows.prefetch_related(Prefetch("duties", duties, to_attr="there"))
    return rows


def twins(rows: Iterable[Activity]) -> dict[int, Activity]:
    """``{activity: another of that day and form with one of its deputies}``; one query.

    Two deputies may each have logged the same occasion, or one of them what a fellow had logged.
    """
    mine = {row.pk: row for row in rows}
    if not mine:
        return {}
    there = Attendance.objects.filter(presence=Presence.PRESENT)
    people = there.filter(activity__in=mine).values("deputy")
    near = there.filter(
        deputy__in=people,
        activity__state=ActivityState.HELD,
        activity__held_on__in={row.held_on for row in mine.values()},
        activity__form__in={row.form_id for row in mine.values()},
    ).exclude(activity__verification=Verification.REFUSED)
    seen: dict[tuple[dt.date, int, int], list[Activity]] = defaultdict(list)
    for seat in near.select_related("activity").order_by("activity"):
        seen[seat.activity.held_on, seat.activity.form_id, seat.deputy_id].append(seat.activity)
    found: dict[int, Activity] = {}
    for same in seen.values():
        for one in same:
            other = next((each for each in same if each.pk != one.pk), None)
            if one.pk in mine and other is not None:
                found.setdefault(one.pk, other)
    return found


def piles(user: User, town: Region | None = None) -> list[Pile]:
    """Every kind with its count and oldest age; one query a kind."""
    found = []
    for kind in KINDS:
        rows = waiting_in_town(waiting_rows(kind, user), kind, town)
        seen = rows.order_by().aggregate(count=Count("pk", distinct=True), oldest=Min("entered_at"))
        since = timezone.localtime(seen["oldest"]).date() if seen["oldest"] else None
        found.append(Pile(kind, seen["count"], since))
    return found


def who(row: Any) -> str:
    """Whose record it is, as the list says it."""
    if hasattr(row, "there"):
        names = [each.deputy.name for each in row.there]
        return "、".join(names[:6]) + (f"等 {len(names)} 人" if len(names) > 6 else "")
    if isinstance(row, MemberContact):
        return f"{row.pairing.member.deputy}联系{row.pairing.deputy}"
    return str(row.deputy) if hasattr(row, "deputy") else str(row.region)


def what(row: Any) -> str:
    """What it says, in one line."""
    if isinstance(row, Visit):
        place = f"{row.region}{row.village or ''}"
        return f"{place}，{row.channel} {row.people} 人次" + (
            f"：{row.matter}" if row.matter else ""
        )
    if isinstance(row, Activity):
        hours = f"，{row.hours.normalize():f} 学时" if row.hours else ""
        return f"{row.title}（{row.form}，{row.station or row.place or row.region}{hours}）"
    if isinstance(row, Reception):
        return f"在{row.station}接待选民"
    if isinstance(row, DutyReport):
        return (
            f"在{row.district or row.district_name or '选区'}述职，到会选民 {row.voters_present} 人"
        )
    if isinstance(row, MemberContact):
        return f"{row.channel}：{row.matter}"
    if isinstance(row, SupportItem):
        return f"{row.get_kind_display()}{row.detail and '：' + row.detail}"
    return str(row.title)
