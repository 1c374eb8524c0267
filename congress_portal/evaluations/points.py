"""From a count to points: exact arithmetic, no database (DESIGN §4).

按目标   full × min(1, value ÷ target); who was in office for part owes that part of the target
按比率   full × min(1, numerator ÷ denominator)
首次加次 min(full, first + (n − 1) × further), 0 for n = 0
人工评分 the mean mark, at most full
扣分     full − each × count, not below 0
人工加减分 the sum of the adjustments, between −full and full; outside the full mark of the scheme
按季折算 full × min(1, weighted mean of the quarters' totals ÷ their full mark)

Each line is rounded half-up to 0.01, once, from the exact fraction; the total is the sum of the
rounded lines. Where a line is left out (不计), the sum × scheme full ÷ full of the counted lines.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from congress_portal.evaluations.enums import Method, WhenEmpty

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rule:
    """One line of a scheme, free of the database. ``unit`` is the measure word of the value."""

    method: str
    full: Decimal
    target: Decimal | None = None
    first: Decimal | None = None
    further: Decimal | None = None
    when_empty: str = WhenEmpty.ZERO
    unit: str = ""
    base_unit: str = ""


@dataclass(frozen=True)
class Share:
    """How many of the period's days a person was in office."""

    days: int
    of: int

    @property
    def is_whole(self) -> bool:
        return self.days >= self.of

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.days, self.of)


WHOLE = Share(1, 1)


@dataclass(frozen=True)
class Line:
    """``points`` is None for a line that is left out. ``note`` says what was capped or why."""

    points: Decimal | None
    formula: str
    is_capped: bool = False
    note: str = ""


@dataclass(frozen=True)
class Total:
    points: Decimal | None
    formula: str


def half_up(value: Fraction) -> Decimal:
    """An exact fraction rounded half-up (away from zero) to 0.01."""
    cents = abs(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(whole if value >= 0 else -whole) * CENT


def plain(number: Decimal | int) -> str:
    """``10.00`` as ``10``, ``9.50`` as ``9.5``; at most four decimals."""
    text = f"{Decimal(number):.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def score_line(
    rule: Rule, value: Decimal | None, denominator: Decimal | None = None, share: Share = WHOLE
) -> Line:
    """Points of one line; raises KeyError for a method that is not in the table."""
    nothing = value is None or (rule.method == Method.RATIO and not denominator)
    if nothing:
        return _empty(rule)
    if rule.method == Method.RATIO:
        return _ratio(rule, Decimal(value or 0), Decimal(denominator or 0))
    if rule.method == Method.TARGET:
        return _target(rule, Decimal(value or 0), share)
    return _METHODS[rule.method](rule, Decimal(value or 0))


def _empty(rule: Rule) -> Line:
    if rule.when_empty == WhenEmpty.SKIP:
        return Line(None, "没有可计的数据，不计此项", note="总分按其余各项折算。")
    if rule.when_empty == WhenEmpty.FULL:
        points = half_up(Fraction(rule.full))
        return Line(points, f"没有可计的数据，按满分计 = {points} 分", note="没有可计的数据。")
    return Line(Decimal("0.00"), "没有可计的数据 = 0.00 分", note="没有可计的数据。")


def _bounded(rule: Rule, points: Fraction) -> tuple[Decimal, bool]:
    """Points between 0 and full, rounded; and whether a bound was met."""
    full = Fraction(rule.full)
    kept = min(full, max(Fraction(0), points))
    return half_up(kept), kept != points


def _closed(rule: Rule, sum_text: str, points: Fraction) -> Line:
    """A line whose sum may pass the full mark: «…，最多 15 分 = 15.00 分»."""
    kept, bounded = _bounded(rule, points)
    is_capped = bounded and points > 0
    limit = f"，最多 {plain(rule.full)} 分" if is_capped else "，最低 0 分" if bounded else ""
    note = f"超出满分，按 {plain(rule.full)} 分计。" if is_capped else ""
    return Line(kept, f"{sum_text}{limit} = {kept} 分", is_capped, note)


def _target(rule: Rule, value: Decimal, share: Share) -> Line:
    target = Decimal(rule.target or 0)
    owed = Fraction(target) * share.fraction
    wanted = f"目标 {plain(target)} {rule.unit}".rstrip()
    if not share.is_whole:
        wanted = f"（{wanted} × 在任 {share.days} 天 ÷ 全期 {share.of} 天）"
    text = f"{_amount(value, rule.unit)} ÷ {wanted} × {plain(rule.full)} 分"
    text = text.replace(" （", "（").replace("） ", "）")
    return _closed(rule, text, Fraction(rule.full) * Fraction(value) / owed)


def _ratio(rule: Rule, value: Decimal, denominator: Decimal) -> Line:
    points = Fraction(rule.full) * Fraction(value) / Fraction(denominator)
    over = _amount(denominator, rule.base_unit)
    return _closed(rule, f"{_amount(value, rule.unit)} ÷ {over} × {plain(rule.full)} 分", points)


def _first_then_each(rule: Rule, value: Decimal) -> Line:
    if value <= 0:
        return Line(Decimal("0.00"), f"{_amount(value, rule.unit)} = 0.00 分")
    first, further = Decimal(rule.first or 0), Decimal(rule.further or 0)
    points = Fraction(first) + (Fraction(value) - 1) * Fraction(further)
    text = f"第一{rule.unit or '次'} {plain(first)} 分"
    if value > 1:
        text += f" + 其余 {_amount(value - 1, rule.unit)} × {plain(further)} 分"
    return _closed(rule, text, points)


def _manual(rule: Rule, value: Decimal) -> Line:
    return _closed(rule, f"平均 {plain(value)} 分", Fraction(value))


def _deduction(rule: Rule, value: Decimal) -> Line:
    each = Decimal(rule.first or 0)
    points = Fraction(rule.full) - Fraction(each) * Fraction(value)
    text = f"{plain(rule.full)} 分 − {_amount(value, rule.unit)} × {plain(each)} 分"
    line = _closed(rule, text, points)
    if points < 0:
        return Line(line.points, line.formula, is_capped=True, note="已扣完，不再往下扣。")
    return line


def _adjust(rule: Rule, value: Decimal) -> Line:
    full = Fraction(rule.full)
    kept = min(full, max(-full, Fraction(value)))
    points = half_up(kept)
    if kept == value:
        return Line(points, f"加减合计 = {points} 分")
    limit = f"最多 {'−' if kept < 0 else ''}{plain(rule.full)} 分"
    return Line(
        points, f"加减合计 {plain(value)} 分，{limit} = {points} 分", True, "已到加减分的上限。"
    )


def _quarters(rule: Rule, value: Decimal) -> Line:
    target = Decimal(rule.target or 0)
    text = f"各季加权平均 {plain(value)} 分 ÷ 满分 {plain(target)} 分 × {plain(rule.full)} 分"
    return _closed(rule, text, Fraction(rule.full) * Fraction(value) / Fraction(target))


_METHODS: dict[str, Callable[[Rule, Decimal], Line]] = {
    Method.FIRST_THEN_EACH: _first_then_each,
    Method.MANUAL: _manual,
    Method.DEDUCTION: _deduction,
    Method.ADJUST: _adjust,
    Method.QUARTERS: _quarters,
}


def _amount(value: Decimal, unit: str) -> str:
    return f"{plain(value)} {unit}".rstrip()


def add_up(
    lines: Sequence[tuple[Decimal, Decimal | None]], adjustment: Decimal | None = None
) -> Total:
    """The total of (full, points) lines; None where no line was counted.

    ``adjustment`` is added after the lines, so that it is never scaled; no total falls below 0.
    """
    total = _add_lines(lines)
    if total.points is None or not adjustment:
        return total
    points = max(Decimal("0.00"), (total.points + adjustment).quantize(CENT))
    sign = "+" if adjustment > 0 else "−"
    text = f"{total.formula.removesuffix(' 分')} 分，{sign} 加减分 {plain(abs(adjustment))} 分"
    floor = "，最低 0 分" if total.points + adjustment < 0 else ""
    return Total(points, f"{text}{floor} = {points} 分")


def _add_lines(lines: Sequence[tuple[Decimal, Decimal | None]]) -> Total:
    counted = [(full, points) for full, points in lines if points is not None]
    if not counted:
        return Total(None, "没有可计的指标，不计总分")
    earned = sum((points for _, points in counted), Decimal(0))
    if len(counted) == len(lines):
        return Total(earned.quantize(CENT), f"各项相加 = {earned.quantize(CENT)} 分")
    full = sum((full for full, _ in lines), Decimal(0))
    held = sum((full for full, _ in counted), Decimal(0))
    points = half_up(Fraction(earned) * Fraction(full) / Fraction(held))
    text = f"各项相加 {plain(earned)} 分 × 满分 {plain(full)} 分 ÷ 计入各项满分 {plain(held)} 分"
    return Total(points, f"{text} = {points} 分")


def grade_of(total: Decimal | None, grades: Sequence[tuple[str, Decimal]]) -> str:
    """The grade with the highest threshold that the total reaches; none without a total."""
    reached = [(least, name) for name, least in grades if total is not None and total >= least]
    return max(reached)[1] if reached else ""


def ranks(totals: Iterable[Decimal | None]) -> list[int | None]:
    """Equal totals share a rank (1, 2, 2, 4); no total, no rank."""
    given = list(totals)
    best_first = sorted((total for total in given if total is not None), reverse=True)
    place: dict[Decimal, int] = {}
    for position, total in enumerate(best_first, start=1):
        place.setdefault(total, position)
    return [None if total is None else place[total] for total in given]
