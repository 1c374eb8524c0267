"""What waits for the office's staff, by kind, with counts and the oldest age."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from activities.enums import OpinionState
from activities.models import Activity, Visit, WorkOpinion
from activities.selectors.corrections import open_requests
from activities.selectors.credit import posts_to_moderate
from activities.selectors.plans import waiting_plans
from activities.selectors.supervision import for_office
from activities.selectors.verifying import piles
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.evaluations.duties.waiting import unfinished_of_town
from congress_portal.evaluations.enums import SheetState
from congress_portal.evaluations.models import Appeal, ReviewObjection, ScoreSheet
from congress_portal.evaluations.raters import marks_to_give
from deputies.models import Group, GroupMembership, Mandate, Term
from stations.enums import RectificationState
from stations.models import Reception, Rectification, RotaSlot, Station, StationOfficer
from suggestions.enums import WishState
from suggestions.models import Hall, Suggestion, Voice, Wish
from suggestions.selectors import due_soon, office_inbox, overdue, stale_voices
from suggestions.selectors.halls import late_tasks


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
        *_calling(user, today),
        *_suggestions(user, today),
        *_supervision(user, today),
        *waiting_at_stations(user, today),
        _voices(user, today),
        _wishes(user, today),
        _halls(user, today),
        _opinions(user, today),
        _groups(user, today),
        *_books(user, today),
    ]
    own = unfinished_of_town(user, today)
    kinds.append(
        Waiting("本镇（街道）未完成的要求", own, None, reverse("evaluations:duties"), today)
    )
    return [kind for kind in kinds if kind.count]


def _to_verify(user: User, today: dt.date) -> list[Waiting]:
    """Records of every kind that wait to be verified, and what deputies ask to have corrected."""
    address = reverse("activities:verify")
    found = [
        Waiting(
            f"待核实的{heap.kind.name}",
            heap.count,
            heap.since,
            f"{address}?kind={heap.kind.code}",
            today,
        )
        for heap in piles(user)
    ]
    asked = open_requests(user)
    since = timezone.localtime(asked.since).date() if asked.since else None
    address = reverse("activities:corrections")
    found.append(Waiting("更正申请", asked.count, since, address, today))
    posts = posts_to_moderate(user).order_by().aggregate(n=Count("pk"), oldest=Min("written_at"))
    since = timezone.localtime(posts["oldest"]).date() if posts["oldest"] else None
    return [
        *found,
        Waiting("待审核的履职交流", posts["n"], since, reverse("activities:exchange"), today),
    ]


def _calling(user: User, today: dt.date) -> list[Waiting]:
    """Leaves to decide, and activities whose day is past without an attendance list."""
    rows = waiting_plans(user, today)
    address = f"{reverse('activities:plans')}?state=notified"
    return [
        _counted("待批假的活动", rows["leaves"], "notified_on", address, today),
        _counted("已过日期、未登记到会的活动", rows["past"], "held_on", address, today),
    ]


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


def _supervision(user: User, today: dt.date) -> list[Waiting]:
    """约见 to arrange, rectification to look at, ballots to count."""
    found = []
    for heap in for_office(user, today):
        count, since = heap.figures
        found.append(Waiting(heap.name, count, since, heap.address, today))
    return found


def _unregistered(user: User, today: dt.date) -> Waiting:
    """Reception days that passed without an entry: emptiness is seen, not only looked up."""
    rows = RotaSlot.objects.editable_by(user).unregistered(today)
    address = f"{reverse('stations:rota_days')}?state=waiting"
    return _counted("过了还没登记的接待日", rows, "held_on", address, today)


def waiting_at_stations(user: User, today: dt.date) -> list[Waiting]:
    """Reception days without an entry, and what has to be put right."""
    return [_unregistered(user, today), *_mending(user, today)]


def _mending(user: User, today: dt.date) -> Iterator[Waiting]:
    """The place mends, the county's office checks again; what is late both see."""
    rows = Rectification.objects.editable_by(user)
    late = rows.overdue(today)
    address = f"{reverse('inspection:findings')}?state="
    name, state = "要整改的事项", RectificationState.OPEN
    if user.scope.is_office:
        name, state = "整改待复查", RectificationState.REPORTED
    found = rows.filter(state=state).exclude(pk__in=late.values("pk"))
    yield _counted(name, found, "found_on", f"{address}{state}", today)
    yield _counted("逾期没有整改的事项", late, "due_on", f"{address}overdue", today)


def _voices(user: User, today: dt.date) -> Waiting:
    rows = stale_voices(Voice.objects.visible_to(user), today)
    address = f"{reverse('suggestions:voice_list')}?state=stale"
    return _counted("超过30天未办结的群众意见", rows, "raised_on", address, today)


def _wishes(user: User, today: dt.date) -> Waiting:
    """微心愿 that voters made and nobody has published or declined."""
    rows = Wish.objects.editable_by(user).filter(state=WishState.WAITING)
    address = f"{reverse('suggestions:wishes')}?state={WishState.WAITING}"
    return _counted("待公布的微心愿", rows, "voice__raised_on", address, today)


def _halls(user: User, today: dt.date) -> Waiting:
    """Deliberations from which something was to follow that has no result in time."""
    rows = Hall.objects.editable_by(user).filter(pk__in=late_tasks(today).values("hall"))
    address = f"{reverse('suggestions:halls')}?state=late"
    return _counted("后续过了时限的议事", rows, "activity__held_on", address, today)


def _groups(user: User, today: dt.date) -> Waiting:
    """Groups with members who hold no mandate any more."""
    held = Mandate.objects.in_force(Period(today, today, today.isoformat()))
    gone = GroupMembership.objects.on(today).exclude(deputy__in=held.values("deputy"))
    rows = Group.objects.editable_by(user).filter(is_active=True, pk__in=gone.values("group"))
    address = f"{reverse('desk:groups')}?state=adjust"
    return Waiting("有成员离任、要调整的小组", rows.count(), None, address, today)


def _opinions(user: User, today: dt.date) -> Waiting:
    """Deputies' opinions on the committee's own work that nobody has answered."""
    rows = WorkOpinion.objects.editable_by(user).filter(state=OpinionState.OPEN)
    address = f"{reverse('activities:opinions')}?state=open"
    return _counted("待答复的对人大工作的意见", rows, "raised_on", address, today)


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
    marks = sum(each.missing for each in marks_to_give(user))
    found.append(Waiting("待评的考评项目", marks, None, reverse("evaluations:list"), today))
    return [*found, _appeals(user, today), _review_words(user, today)]


def _review_words(user: User, today: dt.date) -> Waiting:
    """What was said against lists of honours on public view, until it is answered."""
    asked = ReviewObjection.objects.editable_by(user).filter(upheld=None).order_by()
    address = reverse("evaluations:reviews")
    return _counted("待答复的评优公示意见", asked, "received_on", address, today)


def _appeals(user: User, today: dt.date) -> Waiting:
    """Objections to scores that wait for an answer."""
    asked = Appeal.objects.editable_by(user).open()
    seen = asked.order_by().aggregate(count=Count("pk"), oldest=Min("raised_at"))
    since = timezone.localtime(seen["oldest"]).date() if seen["oldest"] else None
    address = f"{reverse('evaluations:appeals')}?state=open"
    return Waiting("待答复的得分异议", seen["count"], since, address, today)


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
