"""What waits for the office's staff, by kind, with counts and the oldest age."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Visit
from congress_portal.core.enums import Verification
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import SheetState
from congress_portal.evaluations.models import ScoreSheet
from deputies.models import Term
from stations.models import Reception, Station, StationOfficer
from suggestions.models import Suggestion, Voice
from suggestions.selectors import due_soon, office_inbox, overdue, stale_voices


@dataclass(frozen=True)
class Waiting:
    """One kind of things that wait; ``since`` is the day of the oldest."""

    name: str
    count: int
    since: dt.date | None
    address: str
    today: dt.date

    @property
    def age(self) -> str:
        if self.since is None:
            return ""
        days = (self.today - self.since).days
        return f"最早 {days} 天前" if days else "今天"


def waiting_for_staff(user: User, today: dt.date) -> list[Waiting]:
    """Kinds with something waiting, in the order in which the office works them off."""
    kinds = [
        *_to_verify(user, today),
        *_suggestions(user, today),
        _voices(user, today),
        *_books(user, today),
    ]
    return [kind for kind in kinds if kind.count]


def _to_verify(user: User, today: dt.date) -> list[Waiting]:
    kinds: list[tuple[str, Any, str]] = [
        ("待核实的活动", Activity, "admin:activities_activity_changelist"),
        ("待核实的走访", Visit, "admin:activities_visit_changelist"),
        ("待核实的接待", Reception, "admin:stations_reception_changelist"),
    ]
    found = []
    for name, model, view in kinds:
        rows = model.objects.editable_by(user).filter(verification=Verification.PENDING)
        seen = rows.aggregate(count=Count("pk"), oldest=Min("entered_at"))
        since = timezone.localtime(seen["oldest"]).date() if seen["oldest"] else None
        address = f"{reverse(view)}?verification__exact=pending"
        found.append(Waiting(name, seen["count"], since, address, today))
    return found


def _suggestions(user: User, today: dt.date) -> list[Waiting]:
    rows = Suggestion.objects.visible_to(user)
    address = reverse("suggestions:list")
    late, soon = overdue(rows, today), due_soon(rows, today)
    return [
        _counted(
            "逾期的建议（含重新办理）", late, "handed_over_on", f"{address}?state=overdue", today
        ),
        _counted(
            "将到期的建议（含重新办理）", soon, "handed_over_on", f"{address}?state=soon", today
        ),
        *_inbox(user, today),
    ]


def _inbox(user: User, today: dt.date) -> list[Waiting]:
    """What the workflow waits for the office to do."""
    address = reverse("suggestions:inbox")
    return [
        Waiting(f"建议：{kind.name}", kind.count, kind.since, f"{address}?kind={kind.code}", today)
        for kind in office_inbox(user)
    ]


def _voices(user: User, today: dt.date) -> Waiting:
    rows = stale_voices(Voice.objects.visible_to(user), today)
    address = f"{reverse('suggestions:voice_list')}?state=stale"
    return _counted("超过30天未办结的群众意见", rows, "raised_on", address, today)


def _books(user: User, today: dt.date) -> list[Waiting]:
    """Gaps in the registers: stations that nobody keeps, terms with assumed dates, drafts."""
    kept = StationOfficer.objects.on(today).values("station")
    unkept = Station.objects.editable_by(user).active().exclude(pk__in=kept).count()
    address = f"{reverse('stations:list')}?unkept=on"
    found = [Waiting("没有站长、联络员的家站", unkept, None, address, today)]
    terms = Term.objects.editable_by(user).filter(dates_assumed=True).count()
    address = f"{reverse('admin:deputies_term_changelist')}?dates_assumed__exact=1"
    found.append(Waiting("届次日期待核对", terms, None, address, today))
    drafts = ScoreSheet.objects.editable_by(user).filter(state=SheetState.DRAFT)
    seen = drafts.aggregate(count=Count("pk"), oldest=Min("computed_at"))
    since = timezone.localtime(seen["oldest"]).date() if seen["oldest"] else None
    address = reverse("evaluations:list")
    found.append(Waiting("待发布的考评结果", seen["count"], since, address, today))
    return found


def _counted(name: str, rows: QuerySet[Any], day: str, address: str, today: dt.date) -> Waiting:
    seen = rows.aggregate(count=Count("pk"), oldest=Min(day))
    return Waiting(name, seen["count"], seen["oldest"], address, today)


@dataclass
class TownProgress:
    """One place's quarter so far; verified records only."""

    town: Region
    activities: int = 0
    reception_days: int = 0
    visits: int = 0
    people: int = 0
    voices: int = 0
    closed: int = 0


def progress_by_town(user: User, period: Period) -> list[TownProgress]:
    """One line a town that the reader's scope holds, also with zeros."""
    towns = Region.objects.towns().in_scope_of_reader(user)
    lines = {town.pk: TownProgress(town) for town in towns}

    def fill(rows: QuerySet[Any], path: str, **figures: Any) -> None:
        for row in rows.values(path).annotate(**figures).order_by():
            if line := lines.get(row[path]):
                for name in figures:
                    setattr(line, name, row[name] or 0)

    activities = Activity.objects.visible_to(user).verified().in_period(period)
    receptions = Reception.objects.visible_to(user).verified().in_period(period)
    visits = Visit.objects.visible_to(user).verified().in_period(period)
    voices = Voice.objects.visible_to(user).at_receptions_in(period)
    closed = Q(closed_on__lte=period.last)
    fill(activities, "region", activities=Count("pk"))
    fill(receptions, "station__region", reception_days=Count("pk"))
    fill(visits, "region", visits=Count("pk"), people=Sum("people"))
    town_of_voice = "reception__station__region"
    fill(voices, town_of_voice, voices=Count("pk"), closed=Count("pk", filter=closed))
    return list(lines.values())
