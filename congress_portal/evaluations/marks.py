"""Values that a scheme takes from ratings, adjustments and quarters, by indicator."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from congress_portal.core.errors import DomainError
from congress_portal.core.metrics import Keys
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import Method, Rater, SheetState
from congress_portal.evaluations.models import Rating, Score, ScoreSheet
from congress_portal.evaluations.points import plain

RATING, ADJUSTMENT, QUARTERS = "rating", "adjustment", "quarter_scores"
OWN = frozenset({RATING, ADJUSTMENT, QUARTERS})
_METHOD_OF = {RATING: Method.MANUAL, ADJUSTMENT: Method.ADJUST, QUARTERS: Method.QUARTERS}
_KEPT = Decimal("0.0001")
_BY_NAME = {rater.label: rater.value for rater in Rater if rater is not Rater.ADJUST}


def parse_raters(text: str) -> dict[str, int]:
    """«自评20、小组30» → rater → weight. Raises DomainError naming what is not understood."""
    weights: dict[str, int] = {}
    for part in re.split(r"[、,，;；\s]+", text.strip()):
        if not part:
            continue
        match = re.fullmatch(r"(\D+?)[:：]?(\d{1,3})", part)
        rater = _BY_NAME.get(match[1]) if match else None
        if match is None or rater is None or rater in weights or not int(match[2]):
            raise DomainError(f"看不懂「{part}」，请写成：自评20、小组30、镇街20、县30。")
        weights[rater] = int(match[2])
    return weights


def parse_weights(text: str) -> list[int]:
    """«1、1、1、2» → four weights; nothing: all the same. Raises DomainError."""
    parts = [part for part in re.split(r"[、,，:：\s]+", text.strip()) if part]
    if not parts:
        return [1, 1, 1, 1]
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise DomainError("各季权重请写四个整数，如：1、1、1、2。")
    weights = [int(part) for part in parts]
    if not any(weights):
        raise DomainError("各季权重不能全是 0。")
    return weights


def check_indicator(metric: str, method: str) -> None:
    """Marks, adjustments and quarters each have one way of counting. Raises DomainError."""
    wanted = _METHOD_OF.get(metric)
    if wanted and method != wanted:
        raise DomainError(f"这个口径的计分方式要选「{wanted.label}」。")
    if not wanted and method in (Method.ADJUST, Method.QUARTERS):
        raise DomainError(f"「{Method(method).label}」只用于相应的计数口径。")


Own = tuple[Decimal | None, Keys, list[str]]  # value, evidence, spread


def own_values(
    data: Mapping[str, Any], indicator: Mapping[str, Any], period: Period
) -> Mapping[int, Own]:
    """Value, records and words by subject key; subjects without any are left out."""
    if indicator["metric"] == QUARTERS:
        return _quarters(data, indicator, period)
    rows = Rating.objects.filter(
        scheme__name=data["name"], period_code=period.code, indicator=indicator["name"]
    ).select_related("author")
    wanted = rows.filter(rater=Rater.ADJUST)
    if indicator["metric"] == RATING:
        wanted = rows.exclude(rater=Rater.ADJUST)
    by_subject: dict[int, list[Rating]] = defaultdict(list)
    column = f"{data['subject_type']}_id"
    for row in wanted.order_by("pk"):
        if (subject := getattr(row, column)) is not None:
            by_subject[subject].append(row)
    make = _adjusted if indicator["metric"] == ADJUSTMENT else _weighted
    raters = indicator.get("raters", {})
    return {
        subject: (
            make(own, raters),
            {"evaluations.Rating": [row.pk for row in own]},
            [*_told(own), *_weights_told(own, raters)],
        )
        for subject, own in by_subject.items()
    }


def _adjusted(rows: Iterable[Rating], _: Mapping[str, int]) -> Decimal:
    return sum((row.points for row in rows), Decimal(0))


def _weighted(rows: Iterable[Rating], raters: Mapping[str, int]) -> Decimal | None:
    """Each rater's mean by its weight, over the raters that gave marks; without weights all
    marks count the same."""
    marks: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        if not raters or row.rater in raters:
            marks[row.rater].append(row.points)
    weight = {kind: raters.get(kind, len(given)) for kind, given in marks.items()}
    if not weight:
        return None
    earned = sum(
        weight[kind] * Fraction(sum(given, Decimal(0))) / len(given)
        for kind, given in marks.items()
    )
    return _decimal(Fraction(earned) / sum(weight.values()))


def _weights_told(rows: Iterable[Rating], raters: Mapping[str, int]) -> list[str]:
    """How the mean is made where raters weigh differently: so that anybody can compute it."""
    marks: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows:
        if row.rater in raters:
            marks[row.rater].append(row.points)
    if len(marks) < 2:
        return []
    whole = sum(raters[kind] for kind in marks)
    parts = [
        f"{Rater(kind).label} {plain(_decimal(Fraction(sum(given, Decimal(0))) / len(given)))}"
        f"×{raters[kind]}/{whole}"
        for kind, given in marks.items()
    ]
    return [f"按权重：{'＋'.join(parts)}"]


def _told(rows: Iterable[Rating]) -> list[str]:
    words = []
    for row in rows:
        if row.rater == Rater.ADJUST:
            sign = "+" if row.points >= 0 else "−"
            points = plain(abs(row.points))
            told = f"{sign}{points} 分，{row.author}：{row.reason}（依据：{row.proof}）"
        else:
            told = f"{row.get_rater_display()} {plain(row.points)} 分"
            told += f"：{row.reason}" if row.reason else ""
            told += f"（依据：{row.proof}）" if row.proof else ""
        words.append(told)
    return words


def _quarters(
    data: Mapping[str, Any], indicator: Mapping[str, Any], period: Period
) -> Mapping[int, Own]:
    sheets: dict[str, ScoreSheet] = {}
    rows = ScoreSheet.objects.filter(
        scheme__name=indicator["source"],
        state=SheetState.PUBLISHED,
        first_day__gte=period.first,
        last_day__lte=period.last,
        period_code__contains="Q",
    )
    for sheet in rows.order_by("version"):
        sheets[sheet.period_code] = sheet
    column = f"{data['subject_type']}_id"
    found: dict[int, list[Score]] = defaultdict(list)
    scores = Score.objects.filter(sheet__in=sheets.values(), total__isnull=False)
    for score in scores.select_related("sheet").order_by("sheet__first_day"):
        if (subject := getattr(score, column)) is not None:
            found[subject].append(score)
    return {pk: _of_quarters(own, indicator["weights"]) for pk, own in found.items()}


def _of_quarters(scores: list[Score], weights: list[int]) -> Own:
    """The weighted mean over the quarters that are published; the words name each."""
    shares = [weights[int(score.sheet.period_code[-1]) - 1] for score in scores]
    told = [
        f"{score.sheet.period.label} {plain(score.total or 0)} 分，权重 {share}"
        for score, share in zip(scores, shares, strict=True)
    ]
    earned = sum(
        Fraction(score.total or 0) * share for score, share in zip(scores, shares, strict=True)
    )
    value = _decimal(Fraction(earned) / sum(shares)) if sum(shares) else None
    return value, {"evaluations.Score": [score.pk for score in scores]}, told


def _decimal(value: Fraction) -> Decimal:
    """Half-up to four decimals, as kept on the line."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(_KEPT, ROUND_HALF_UP)
