"""What a scale calls its ballots and how its rules make a result of them (RULES C4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Prefetch, QuerySet

from activities.enums import Comparison, ShareOf
from activities.models import BallotOption, BallotScale, ResultRule

_LEAST, _MOST = 2, 4
_HUNDREDTH = Decimal("0.01")


def with_rules(rows: QuerySet[BallotScale]) -> QuerySet[BallotScale]:
    """With options and rules, which ``outcome`` reads without further queries."""
    options = BallotOption.objects.order_by("order", "pk")
    rules = ResultRule.objects.select_related("first", "last").order_by("order", "pk")
    return rows.prefetch_related(Prefetch("options", options), Prefetch("rules", rules))


def scales_for_reports() -> QuerySet[BallotScale]:
    """Those in use that grade, whose two to four options fit the columns of a duty report."""
    rows = BallotScale.objects.filter(is_active=True, pk__in=ResultRule.objects.values("scale"))
    rows = rows.annotate(sizes=Count("options"))
    return rows.filter(sizes__range=(_LEAST, _MOST)).order_by("pk")


def labels_of(scale: BallotScale) -> list[str]:
    return [option.label for option in scale.options.all()]


@dataclass(frozen=True)
class Outcome:
    """``basis`` is the sum behind the result; ``advice`` what has to follow, often nothing."""

    result: str
    advice: str
    basis: str


def outcome(scale: BallotScale, votes: Sequence[int], present: int) -> Outcome | None:
    """The first rule that holds, by order; None without ballots or where no rule holds.

    ``votes`` stand in the order of the options. The percentage is of the ballots returned or of
    those present, as the scale says, and compared before it is rounded.
    """
    whole = sum(votes) if scale.share_of == ShareOf.VOTES else present
    if not whole or not sum(votes):
        return None
    options = list(scale.options.all())
    for rule in scale.rules.all():
        ends = [options.index(rule.first), options.index(rule.last)]
        part = sum(votes[min(ends) : max(ends) + 1])
        if _holds(rule, part, whole):
            return Outcome(rule.result, rule.advice, _basis(rule, scale, part, whole))
    return None


def _holds(rule: ResultRule, part: int, whole: int) -> bool:
    left, right = Decimal(100 * part), rule.percent * whole
    return left > right if rule.comparison == Comparison.MORE_THAN else left >= right


def _basis(rule: ResultRule, scale: BallotScale, part: int, whole: int) -> str:
    """«称职票 40 张 ÷ 收回的有效票 50 张 = 80.00%，不低于 80%»; the last resort in words."""
    unit = "张" if scale.share_of == ShareOf.VOTES else "人"
    if _holds(rule, 0, whole):
        return f"按{scale.get_share_of_display()} {whole} {unit}计算，不符合其他等次的条件"
    name = rule.first.label if rule.first_id == rule.last_id else f"{rule.first}至{rule.last}"
    share = (Decimal(100 * part) / whole).quantize(_HUNDREDTH, ROUND_HALF_UP)
    limit = f"{rule.get_comparison_display()} {rule.percent.normalize():f}%"
    return f"{name}票 {part} 张 ÷ {scale.get_share_of_display()} {whole} {unit} = {share}%，{limit}"
