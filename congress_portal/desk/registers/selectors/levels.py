"""Work by level of congress: a person with several mandates logs once and counts once a level."""

from dataclasses import dataclass
from decimal import Decimal

from congress_portal.core.enums import Level
from congress_portal.core.metrics import find_metric, measure
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


@dataclass(frozen=True)
class LevelWork:
    """One level's heads and (name, figure) pairs; the last line holds every person once."""

    label: str
    heads: int
    figures: tuple[tuple[str, Decimal | int], ...]
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

    def line(label: str, heads: set[int], url: str) -> LevelWork:
        sums = ((m.name, sum(found[m.code][pk] or 0 for pk in heads)) for m in metrics)
        return LevelWork(label, len(heads), tuple(sums), url)

    lines = [
        line(level.label, people[level], persons_url(level=level.value))
        for level in Level
        if people[level]
    ]
    return [*lines, line("合计（一人算一次）", everyone, persons_url())]
