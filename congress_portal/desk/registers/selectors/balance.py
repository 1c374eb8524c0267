"""Towns side by side: four columns of what goes in, four of what comes out (M43, M140).

Nothing here says that one causes the other. Every column has one value by which towns are
compared (a rate, or a figure for each deputy where towns differ in size), with what it was made
of. Unevenness is told in three measures over the towns that have a value:

range   the largest less the smallest
cv      standard deviation (of the whole, not of a sample) divided by the mean
gini    half the mean difference of all pairs divided by the mean; 0 is alike, near 1 is one alone
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from activities.models import Activity
from activities.models.support import Expense, PartyMeeting, PlanItem, StaffPost
from activities.support_enums import ItemState, WorkTime
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.models import Mandate
from stations.models import Reception
from suggestions.models import Reply, Suggestion, Voice

_HUNDRED = Decimal(100)
LEVELS = 4  # of shading


@dataclass(frozen=True)
class Column:
    """``meaning`` says what the value is; ``divides`` names the denominator."""

    code: str
    name: str
    unit: str
    meaning: str
    is_input: bool


COLUMNS = (
    Column("meetings", "党委研究", "次", "本期党委研究人大工作的次数", is_input=True),
    Column(
        "funds",
        "经费支出",
        "元/名",
        "本期代表活动经费支出除以在任代表数，不属于代表活动经费的不计",
        is_input=True,
    ),
    Column("staff", "专职人员", "%", "期末专职在岗人数占登记岗位数", is_input=True),
    Column("plan", "计划完成", "%", "到期末本年度计划事项已完成的占比，取消的不算", is_input=True),
    Column("activities", "代表活动", "次/十名", "每十名在任代表已核实的次数", is_input=False),
    Column("receptions", "接待选民", "场/十名", "每十名在任代表已核实的场次", is_input=False),
    Column("closed", "意见办结率", "%", "本期接待收集的意见到期末已办结的占比", is_input=False),
    Column("solved", "建议解决率", "%", "本期对本镇代表建议的答复中 A 类的占比", is_input=False),
)


@dataclass(frozen=True)
class Cell:
    """``part`` of ``whole`` gives ``value``; None where there is nothing to divide by.

    ``level`` 1 (lowest) to 4 (highest) is the place between the towns' extremes, 0 without value.
    """

    column: Column
    part: Decimal
    whole: Decimal | None
    exact: Decimal | None
    address: str
    level: int = 0

    @property
    def value(self) -> Decimal | None:
        """To 0.01 as shown; measures are made of ``exact``."""
        return self.exact if self.exact is None or self.whole is None else _rounded(self.exact)

    @property
    def basis(self) -> str:
        """What the value was made of: «12/30», or the figure alone."""
        part = f"{self.part.normalize():f}"
        return part if self.whole is None else f"{part}/{self.whole.normalize():f}"


@dataclass(frozen=True)
class Line:
    town: Region
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Spread:
    """The unevenness of one column over ``towns`` of them with a value; None where undefined."""

    column: Column
    towns: int
    mean: Decimal | None
    range: Decimal | None
    cv: Decimal | None
    gini: Decimal | None


@dataclass(frozen=True)
class Balance:
    period: Period
    lines: tuple[Line, ...]
    spreads: tuple[Spread, ...]


def _rounded(value: Decimal, places: str = "0.01") -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)


def spread_of(column: Column, values: Sequence[Decimal]) -> Spread:
    """Mean, range, coefficient of variation and Gini, of unrounded values.

    One town alone is not uneven: two are needed; the last two need a mean above zero, too.
    """
    if len(values) < 2:
        alone = _rounded(values[0]) if values else None
        return Spread(column, len(values), alone, None, None, None)
    count = Decimal(len(values))
    mean = sum(values, Decimal(0)) / count
    reach = max(values) - min(values)
    cv = gini = None
    if mean > 0 and min(values) >= 0:
        variance = sum(((each - mean) ** 2 for each in values), Decimal(0)) / count
        pairs = sum((abs(a - b) for a in values for b in values), Decimal(0))
        cv = _rounded(variance.sqrt() / mean)
        gini = _rounded(pairs / (2 * count * count * mean))
    return Spread(column, len(values), _rounded(mean), _rounded(reach), cv, gini)


@dataclass
class _Figures:
    """Sums of one town by column, as they come from the database."""

    deputies: int = 0
    sums: dict[str, tuple[Decimal, Decimal | None]] = field(default_factory=dict)


def balance(user: User, period: Period) -> Balance:
    """Every town in the reader's scope, also with zeros; a fixed number of queries."""
    towns = list(Region.objects.towns().in_scope_of_reader(user).order_by("code"))
    found = {town.pk: _Figures() for town in towns}
    _count_deputies(found, period)
    for code, rows, path, part, whole in _sources(user, period):
        _add(found, code, rows, path, part, whole)
    lines = [_line(town, found[town.pk], period) for town in towns]
    spreads = []
    for number, column in enumerate(COLUMNS):
        values = [v for line in lines if (v := line[number].exact) is not None]
        spreads.append(spread_of(column, values))
        for line in lines:
            line[number] = _shaded(line[number], values)
    whole_lines = (Line(town, tuple(cells)) for town, cells in zip(towns, lines, strict=True))
    return Balance(period, tuple(whole_lines), tuple(spreads))


def _count_deputies(found: dict[int, _Figures], period: Period) -> None:
    """Deputies in office at some time of the period, each counted once."""
    rows = Mandate.objects.in_force(period).order_by().values("deputy__town")
    for row in rows.annotate(people=Count("deputy", distinct=True)):
        if row["deputy__town"] in found:
            found[row["deputy__town"]].deputies = row["people"]


_Source = tuple[str, QuerySet[Any], str, Any, Any]


def _sources(user: User, period: Period) -> Iterable[_Source]:
    """(column, rows, path to the town, the part, the whole or None)."""
    days = (period.first, period.last)
    every = Count("pk")
    meetings = PartyMeeting.objects.visible_to(user).filter(held_on__range=days)
    yield "meetings", meetings, "region", every, None
    expenses = Expense.objects.visible_to(user).filter(spent_on__range=days, kind__is_proper=True)
    yield "funds", expenses, "budget__region", Sum("amount"), None
    posts = StaffPost.objects.visible_to(user).on(period.last)
    full = Count("pk", filter=Q(time=WorkTime.FULL))
    yield "staff", posts, "region", full, every
    items = PlanItem.objects.visible_to(user).exclude(state=ItemState.DROPPED)
    own = items.filter(plan__year=period.first.year, plan__station__isnull=True)
    done = Count("pk", filter=Q(done_on__lte=period.last))
    yield "plan", own, "plan__region", done, every
    activities = Activity.objects.visible_to(user).verified().in_period(period)
    yield "activities", activities, "region", every, None
    receptions = Reception.objects.visible_to(user).verified().in_period(period)
    yield "receptions", receptions, "station__region", every, None
    voices = Voice.objects.visible_to(user).at_receptions_in(period)
    closed = Count("pk", filter=Q(closed_on__lte=period.last))
    yield "closed", voices, "region", closed, every
    suggestions = Suggestion.objects.visible_to(user)
    replies = (
        Reply.objects.of_lead_units()
        .in_period(period)
        .filter(handling__suggestion__in=suggestions.values("pk"))
    )
    solved = Count("pk", filter=Q(reply_class__code="A"))
    yield "solved", replies, "handling__suggestion__lead__town", solved, every


def _add(
    found: dict[int, _Figures], code: str, rows: QuerySet[Any], path: str, part: Any, whole: Any
) -> None:
    figures = {"part": part} if whole is None else {"part": part, "whole": whole}
    for row in rows.order_by().values(path).annotate(**figures):
        if row[path] in found:
            total = None if whole is None else Decimal(row["whole"])
            found[row[path]].sums[code] = (Decimal(row["part"] or 0), total)


_PER_DEPUTY = {"funds": Decimal(1), "activities": Decimal(10), "receptions": Decimal(10)}


def _line(town: Region, figures: _Figures, period: Period) -> list[Cell]:
    cells = []
    for column in COLUMNS:
        part, whole = figures.sums.get(column.code, (Decimal(0), None))
        factor = _HUNDRED
        if column.code in _PER_DEPUTY:
            factor, whole = _PER_DEPUTY[column.code], Decimal(figures.deputies)
        elif column.code == "meetings":
            factor = Decimal(1)
        elif whole is None:
            whole = Decimal(0)
        value: Decimal | None = None
        if whole is None:
            value = part
        elif whole:
            value = part * factor / whole
        cells.append(Cell(column, part, whole, value, _OPENS[column.code](town, period)))
    return cells


def _shaded(cell: Cell, values: Sequence[Decimal]) -> Cell:
    if cell.exact is None:
        return cell
    low, high = min(values), max(values)
    alike = Decimal("0.5") if high else Decimal(0)  # all of them nothing is not half full
    share = (cell.exact - low) / (high - low) if high > low else alike
    level = min(int(share * LEVELS) + 1, LEVELS)
    return replace(cell, level=level)


def _opens(view: str, period_name: str = "period", **more: str) -> Callable[[Region, Period], str]:
    def address(town: Region, period: Period) -> str:
        return f"{reverse(view)}?{urlencode({period_name: period.code, 'town': town.pk, **more})}"

    return address


def _plans(town: Region, period: Period) -> str:
    asked = {"year": period.first.year, "town": town.pk, "state": "own"}
    return f"{reverse('activities:work_plans')}?{urlencode(asked)}"


_OPENS: dict[str, Callable[[Region, Period], str]] = {
    "meetings": _opens("activities:party_meetings"),
    "funds": _opens("activities:expenses", proper="on"),
    "staff": _opens("activities:posts", "quarter"),
    "plan": _plans,
    "activities": _opens("activities:list", verification="verified"),
    "receptions": _opens("stations:reception_list", verification="verified"),
    "closed": _opens("suggestions:voice_list", "heard"),
    "solved": _opens("suggestions:list", "replied"),
}
