"""Work by level of congress: a person with several mandates logs once and counts once a level."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from congress_portal.core.enums import Level
from congress_portal.core.metrics import Metric, find_metric, measure
from congress_portal.core.models import User
from congress_portal.core.periods import Period
from congress_portal.desk.registers.selectors.people import persons_url
from deputies.models import Deputy, Mandate

CODES = (
    "activities",
    "inspections",
    "trainings",
    "reception_days",
    "voters_contacted",
    "suggestions_led",
    "duty_reports",
)


EVERYONE = "all"


@dataclass(frozen=True)
class LevelWork:
    """One level's heads and (name, page, figure); the last line holds every person once."""

    label: str
    heads: int
    figures: tuple[tuple[str, str, Decimal | int], ...]
    url: str


def work_by_level(user: User, period: Period) -> list[LevelWork]:
    """The persons in office in the period whom the user may read; a fixed number of queries."""
    held = Mandate.objects.visible_to(user).in_force(period).values_list("deputy", "level")
    people: dict[str, set[int]] = {level: set() for level in Level}
    for deputy, level in held:
        people[level].add(deputy)
    everyone = set().union(*people.values())
    metrics = [find_metric(Deputy, code) for code in CODES]
    found = measure(metrics, period, Deputy.objects.filter(pk__in=everyone))

    def line(label: str, heads: set[int], url: str, level: str) -> LevelWork:
        sums = (
            (_head(m), _behind(level, m.code, period), sum(found[m.code][pk] or 0 for pk in heads))
            for m in metrics
        )
        return LevelWork(label, len(heads), tuple(sums), url)

    lines = [
        line(level.label, people[level], persons_url(level=level.value), level.value)
        for level in Level
        if people[level]
    ]
    return [*lines, line("合计（一人算一次）", everyone, persons_url(), EVERYONE)]


def _head(metric: Metric) -> str:
    """Sums over persons: ten deputies at one activity are ten 人次."""
    unit = {"次": "人次", "天": "人天"}.get(metric.unit, metric.unit)
    if metric.name.endswith(unit):
        return metric.name
    return f"{metric.name.removesuffix('次数').removesuffix('天数')}（{unit}）"


def _behind(level: str, code: str, period: Period) -> str:
    address = reverse("desk:level_figure", args=[level, code])
    return f"{address}?{urlencode({'period': period.code})}"


@dataclass(frozen=True)
class Share:
    """What one deputy adds to a figure."""

    deputy: Deputy
    value: Decimal | int


@dataclass(frozen=True)
class LevelFigure:
    name: str
    total: Decimal | int
    shares: list[Share]


def level_figure(user: User, level: str, code: str, period: Period) -> LevelFigure:
    """One figure of the table by deputy, the largest share first; raises KeyError.

    ``level`` is a Level or EVERYONE.
    """
    if code not in CODES or level not in (*Level.values, EVERYONE):
        raise KeyError(code)
    held = Mandate.objects.visible_to(user).in_force(period)
    if level != EVERYONE:
        held = held.filter(level=level)
    people = Deputy.objects.filter(pk__in=held.values("deputy"))
    metric = find_metric(Deputy, code)
    found = measure([metric], period, people)[code]
    shares = [
        Share(deputy, found[deputy.pk] or 0)
        for deputy in people.select_related("town").order_by("town__code", "pinyin", "pk")
        if found[deputy.pk]
    ]
    shares.sort(key=lambda share: -share.value)
    return LevelFigure(metric.name, sum(share.value for share in shares), shares)
