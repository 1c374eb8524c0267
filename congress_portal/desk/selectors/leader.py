"""The leader's four questions: 谁在做, 卡在哪, 好不好, 可信吗 (UX.md)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncQuarter
from django.urls import reverse

from activities.enums import ActivityState
from activities.models import Activity, Visit
from congress_portal.core.enums import Rating
from congress_portal.core.figures import Rate
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period, quarter, quarter_of
from congress_portal.desk.selectors.bars import Bar, bars_of
from congress_portal.evaluations.models import ScoreSheet
from congress_portal.evaluations.statistics.figures import Choice, Grid, grid_of
from congress_portal.evaluations.statistics.subjects import TOWN, metric_of
from stations.models import Reception
from suggestions.enums import Share
from suggestions.models import Reply, Suggestion, Voice
from suggestions.selectors import VOICE_PATIENCE_DAYS, due_within, overdue, stale_voices

QUARTERS_SHOWN = 8
BULLETIN_QUARTERS = 4
LATE_ENTRY_DAYS = 15


@dataclass(frozen=True)
class TownActivity:
    town: Region
    bars: list[Bar]

    @property
    def now(self) -> int:
        return self.bars[-1].count

    @property
    def narrowing(self) -> str:
        """The list's parameter that shows only this place."""
        return f"{'town' if self.town.is_town else 'region'}={self.town.pk}"

    @property
    def most(self) -> int:
        return max(bar.count for bar in self.bars)


def quarters_until(last: Period, count: int) -> list[Period]:
    """``count`` quarters, oldest first, ending with ``last``."""
    found = [last]
    while len(found) < count:
        found.append(found[-1].previous())
    return found[::-1]


def activity_by_town(user: User, last: Period) -> list[TownActivity]:
    """Verified activities of each place over eight quarters; the county's own come last."""
    quarters = quarters_until(last, QUARTERS_SHOWN)
    rows = (
        Activity.objects.visible_to(user)
        .verified()
        .filter(held_on__range=(quarters[0].first, last.last))
        .values("region", first=TruncQuarter("held_on"))
        .annotate(times=Count("pk"))
        .order_by()
    )
    counts: dict[tuple[int, dt.date], int] = {}
    for row in rows:
        counts[row["region"], row["first"]] = row["times"]
    active = {region for region, _ in counts}
    places = Region.objects.in_scope_of_reader(user)
    towns = list(places.towns())
    others = [each for each in places.filter(pk__in=active) if not each.is_town]
    return [
        TownActivity(place, bars_of([(q, counts.get((place.pk, q.first), 0)) for q in quarters]))
        for place in [*towns, *others]
    ]


_AT_STATIONS = "各家站（没有转给单位）"


@dataclass
class StuckUnit:
    """What lies at one unit: overdue suggestions, and voices older than 30 days.

    ``pk`` 0 stands for voices that no unit was given: the stations themselves keep them.
    """

    pk: int
    name: str
    today: dt.date
    overdue: int = 0
    oldest_due: dt.date | None = None
    voices: int = 0
    oldest_voice: dt.date | None = None

    @property
    def days(self) -> int:
        """Age in days of the oldest thing, past its limit."""
        ages = [0]
        if self.oldest_due:
            ages.append((self.today - self.oldest_due).days)
        if self.oldest_voice:
            ages.append((self.today - self.oldest_voice).days - VOICE_PATIENCE_DAYS)
        return max(ages)


def stuck_units(user: User, today: dt.date) -> list[StuckUnit]:
    """Oldest first. A suggestion counts for its lead unit only."""
    found: dict[int, StuckUnit] = {}
    late = overdue(Suggestion.objects.visible_to(user), today).filter(
        handlings__share=Share.LEAD, handlings__ended_on__isnull=True
    )
    fields = (
        "handlings__unit", "handlings__unit__name", "handed_over_on", "extended_to",
        "handlings__redo_from", "handlings__due_on",
    )  # fmt: skip
    for pk, name, handed_over_on, extended_to, redo_from, redo_due in late.values_list(*fields):
        unit = found.setdefault(pk, StuckUnit(pk, name, today))
        first_due = Suggestion(handed_over_on=handed_over_on, extended_to=extended_to).due_on
        due = redo_due if redo_from else first_due
        unit.overdue += 1
        unit.oldest_due = min(filter(None, (unit.oldest_due, due)))
    waiting = (
        stale_voices(Voice.objects.visible_to(user), today)
        .values("unit", "unit__name")
        .annotate(times=Count("pk"), oldest=Min("raised_on"))
        .order_by()
    )
    for row in waiting:
        pk, name = row["unit"] or 0, row["unit__name"] or _AT_STATIONS
        unit = found.setdefault(pk, StuckUnit(pk, name, today))
        unit.voices, unit.oldest_voice = row["times"], row["oldest"]
    return sorted(found.values(), key=lambda unit: (-unit.days, unit.name))


@dataclass(frozen=True)
class Quality:
    """The four rates of a period, always together (DESIGN §5)."""

    replied: Rate
    closed: Rate
    solved: Rate
    satisfied: Rate


@dataclass(frozen=True)
class QualityLine:
    name: str
    meaning: str
    now: Rate
    before: str
    year_ago: str
    address: str


def quality(user: User, period: Period) -> Quality:
    """Replies: of what was due in the period. Solved, satisfied: of the period's replies.

    Closed: of the matters taken at the period's receptions, by its last day (DESIGN §4).
    """
    suggestions = Suggestion.objects.visible_to(user)
    due = due_within(suggestions, period)
    answered = Reply.objects.of_lead_units().filter(replied_on__lte=period.last)
    replies = (
        Reply.objects.of_lead_units()
        .in_period(period)
        .filter(handling__suggestion__in=suggestions.values("pk"))
    )
    seen = replies.aggregate(
        all=Count("pk"),
        solved=Count("pk", filter=Q(reply_class__code="A")),
        rated=Count("pk", filter=~Q(rating="")),
        satisfied=Count("pk", filter=Q(rating__in=[Rating.SATISFIED, Rating.BASICALLY])),
    )
    voices = Voice.objects.visible_to(user).at_receptions_in(period)
    heard = voices.aggregate(
        all=Count("pk"), closed=Count("pk", filter=Q(closed_on__lte=period.last))
    )
    with_reply = due.filter(pk__in=answered.values("handling__suggestion")).count()
    return Quality(
        replied=Rate(with_reply, due.count()),
        closed=Rate(heard["closed"], heard["all"]),
        solved=Rate(seen["solved"], seen["all"]),
        satisfied=Rate(seen["satisfied"], seen["rated"]),
    )


# rate, name, meaning, the list that its whole opens into
_RATES = (
    ("replied", "答复率", "本季度到期的建议中已答复的", "suggestions:list", "due"),
    ("closed", "办结率", "接待收集的群众意见中已办结的", "suggestions:voice_list", "heard"),
    ("solved", "解决率", "本季度的答复中 A 类的", "suggestions:list", "replied"),
    ("satisfied", "满意率", "已评价的答复中满意、基本满意的", "suggestions:list", "replied"),
)


def quality_lines(user: User, period: Period) -> list[QualityLine]:
    now = quality(user, period)
    before = quality(user, period.previous())
    number = (period.first.month + 2) // 3
    year_ago = quality(user, quarter(period.first.year - 1, number))
    lines = []
    for name, label, meaning, view, narrowing in _RATES:
        rate: Rate = getattr(now, name)
        lines.append(
            QualityLine(
                label,
                meaning,
                rate,
                rate.change_from(getattr(before, name)),
                rate.change_from(getattr(year_ago, name)),
                f"{reverse(view)}?{narrowing}={period.code}",
            )
        )
    return lines


@dataclass(frozen=True)
class PeriodTrust:
    """How far one quarter's evaluation can be relied on."""

    period: Period
    published: int
    drafts: int
    computed_at: dt.datetime | None
    proven: int
    broken: int
    changed: int


@dataclass(frozen=True)
class Trust:
    periods: list[PeriodTrust]
    pending: int
    late: int
    verified: Rate


def trust(user: User, last: Period, today: dt.date) -> Trust:
    """Published periods and what their last recomputation found, records not yet verified, the
    verified share of those of ``last``, and which of them were entered late."""
    periods = quarters_until(last, BULLETIN_QUARTERS)[::-1]
    rows = (
        ScoreSheet.objects.visible_to(user)
        .filter(period_code__in=[each.code for each in periods])
        .values("period_code")
        .annotate(
            published=Count("pk", filter=Q(published_at__isnull=False)),
            drafts=Count("pk", filter=Q(published_at__isnull=True)),
            computed=Max("computed_at"),
            proven=Count("pk", filter=Q(proof__is_intact=True)),
            broken=Count("pk", filter=Q(proof__is_intact=False)),
            changed=Count("pk", filter=Q(proof__has_changed=True)),
        )
        .order_by()
    )
    found = {row["period_code"]: row for row in rows}
    counts = ("published", "drafts", "proven", "broken", "changed")
    nothing: dict[str, Any] = {**dict.fromkeys(counts, 0), "computed": None}
    lines = []
    for period in periods:
        row = found.get(period.code, nothing)
        lines.append(
            PeriodTrust(
                period=period,
                published=row["published"],
                drafts=row["drafts"],
                computed_at=row["computed"],
                proven=row["proven"],
                broken=row["broken"],
                changed=row["changed"],
            )
        )
    pending = late = known = sure = 0
    limit = last.last + dt.timedelta(days=LATE_ENTRY_DAYS + 1)
    for model in (Activity, Visit, Reception):
        # a reception's rows are its voices, so only its missing author tells that it was imported
        imported = Q(row_key__isnull=False) | Q(entered_by__isnull=True)
        held = Q(held_on__range=(last.first, last.last))
        took_place = Q(state=ActivityState.HELD) if model is Activity else Q()
        seen = model.objects.visible_to(user).aggregate(
            known=Count("pk", filter=held),
            sure=Count("pk", filter=held & Q(verification="verified")),
            pending=Count("pk", filter=took_place & Q(verification="pending")),
            late=Count(
                "pk",
                filter=~imported & held & Q(entered_at__date__gte=limit),
            ),
        )
        pending, late = pending + seen["pending"], late + seen["late"]
        known, sure = known + seen["known"], sure + seen["sure"]
    return Trust(lines, pending, late, Rate(sure, known))


def closing_by_town(user: User, last: Period) -> Grid:
    """办结率 of each place over four quarters: where voters' voices are brought to an end."""
    choice = Choice(
        kind=TOWN,
        metric=metric_of(TOWN, "opinions_closed"),
        base=metric_of(TOWN, "opinions_taken"),
        periods=tuple(quarters_until(last, BULLETIN_QUARTERS)),
    )
    return grid_of(choice, user)


def last_full_quarter(today: dt.date) -> Period:
    return quarter_of(today).previous()


@dataclass(frozen=True)
class Bulletins:
    """The published sheets of one quarter, the newest version of each scheme."""

    period: Period
    sheets: list[ScoreSheet]


def bulletins(user: User, last: Period) -> list[Bulletins]:
    """Of the last four quarters, newest first; quarters without any are left out."""
    quarters = quarters_until(last, BULLETIN_QUARTERS)[::-1]
    rows = (
        ScoreSheet.objects.visible_to(user)
        .published()
        .filter(period_code__in=[each.code for each in quarters])
        .select_related("scheme")
        .order_by("scheme__name", "version")
    )
    newest = {(row.period_code, row.scheme.name): row for row in rows}
    found = [
        Bulletins(each, [row for (code, _), row in newest.items() if code == each.code])
        for each in quarters
    ]
    return [each for each in found if each.sheets]
