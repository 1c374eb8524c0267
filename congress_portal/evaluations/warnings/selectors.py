"""The list of deputies below a threshold in a period, with the figures that say so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db.models import QuerySet

from congress_portal.core.metrics import Measures, Number, measure
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import SubjectType
from congress_portal.evaluations.models import WarningRule
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.registry import metric_for
from deputies.models import Deputy, ExitCase, Mandate
from deputies.seats.selectors import ELECTED_HERE


@dataclass(frozen=True)
class Hint:
    """Why somebody stands on the list: the figure with its denominator, and the line."""

    rule: WarningRule
    words: str


@dataclass(frozen=True)
class Warned:
    deputy: Deputy
    seats: tuple[Mandate, ...]
    hints: tuple[Hint, ...]

    @property
    def clue(self) -> str:
        """The hints as the first words of a case, for a person to complete."""
        return "；".join(f"{hint.rule.name}：{hint.words}" for hint in self.hints)


def warned_in(
    period: Period, user: User, rules: Iterable[WarningRule], town: Region | None = None
) -> list[Warned]:
    """Deputies in office with at least one figure below its line, those with most hints first.

    Whoever has nothing to count (no denominator) is not on the list. Raises DomainError for a
    rule that names an unknown metric.
    """
    in_use = list(rules)
    figures = _figures(period, in_use, _deputies(period, user, town))
    found: dict[int, list[Hint]] = {}
    for rule in in_use:
        values, bases = figures[rule.pk]
        for key, value in values.items():
            if hint := _hint(rule, value, bases[key] if bases is not None else None):
                found.setdefault(key, []).append(hint)
    seats = _seats(found, period)
    rows = Deputy.objects.filter(pk__in=found).select_related("town").order_by("town__code", "pk")
    warned = [Warned(row, tuple(seats.get(row.pk, ())), tuple(found[row.pk])) for row in rows]
    return sorted(warned, key=lambda each: -len(each.hints))


def _deputies(period: Period, user: User, town: Region | None) -> QuerySet[Deputy]:
    rows = Deputy.objects.visible_to(user).in_office(period)
    return rows.filter(town=town) if town else rows


Figures = tuple[Measures, Measures | None]


def _figures(
    period: Period, rules: list[WarningRule], rows: QuerySet[Deputy]
) -> Mapping[int, Figures]:
    wanted = {
        text: metric_for(SubjectType.DEPUTY, text)
        for rule in rules
        for text in (rule.metric, rule.denominator)
        if text
    }
    measured = measure({each.code: each for each in wanted.values()}.values(), period, rows)
    return {
        rule.pk: (
            measured[wanted[rule.metric].code],
            measured[wanted[rule.denominator].code] if rule.denominator else None,
        )
        for rule in rules
    }


def _hint(rule: WarningRule, value: Number | None, base: Number | None) -> Hint | None:
    if value is None:
        return None
    if not rule.denominator:
        unit = metric_for(SubjectType.DEPUTY, rule.metric).unit
        shown = Decimal(value).quantize(Decimal("0.01"), ROUND_DOWN)  # never up to the line itself
        line = f"{plain(shown)} {unit}，低于 {plain(rule.below)} {unit}"
        return Hint(rule, line) if Decimal(value) < rule.below else None
    if not base or base < rule.at_least:
        return None
    share = 100 * Decimal(value) / Decimal(base)
    if share >= rule.below:
        return None
    parts = f"{plain(Decimal(value))}/{plain(Decimal(base))}"
    return Hint(rule, f"{share:.1f}%（{parts}），低于 {plain(rule.below)}%")


def _seats(keys: Iterable[int], period: Period) -> dict[int, list[Mandate]]:
    """The seats about which a case could be opened, by deputy."""
    rows = Mandate.objects.in_force(period).filter(deputy__in=list(keys), level__in=ELECTED_HERE)
    found: dict[int, list[Mandate]] = {}
    for row in rows.select_related("term__region").order_by("level", "pk"):
        found.setdefault(row.deputy_id, []).append(row)
    return found


def open_cases_of(user: User) -> dict[int, int]:
    """Mandate key → key of the case that is under way."""
    rows = ExitCase.objects.visible_to(user).open()
    return dict(rows.values_list("mandate", "pk"))
