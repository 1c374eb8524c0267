"""What is odd about a scheme, in words, before anybody is scored by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from congress_portal.core.errors import DomainError
from congress_portal.evaluations.enums import Method, SubjectType
from congress_portal.evaluations.marks import (
    ADJUSTMENT,
    QUARTERS,
    RATING,
    check_indicator,
    parse_raters,
    parse_weights,
)
from congress_portal.evaluations.models import Indicator, Scheme
from congress_portal.evaluations.points import plain
from congress_portal.evaluations.registry import metric_for


@dataclass(frozen=True)
class Remark:
    """``stops`` where the scheme cannot be computed; else it only looks unusual."""

    words: str
    stops: bool = False


def full_of(indicators: list[Indicator]) -> Decimal:
    """The scheme's full mark; adjustments come on top of it."""
    return sum((i.full for i in indicators if i.method != Method.ADJUST), Decimal(0))


def remarks_on(scheme: Scheme) -> list[Remark]:
    indicators = list(scheme.indicators.order_by("serial", "pk"))
    if not indicators:
        return [Remark("还没有指标，不能计算。", stops=True)]
    found = [remark for each in indicators for remark in _of_indicator(scheme, each)]
    return found + list(_of_whole(scheme, full_of(indicators)))


def _of_whole(scheme: Scheme, full: Decimal) -> Iterator[Remark]:
    if full != 100:
        yield Remark(f"各项满分合计 {plain(full)} 分，不是 100 分。")
    if scheme.ranks and scheme.subject_type == SubjectType.DEPUTY:
        yield Remark("对代表个人一般不排名（防治指尖上的形式主义）。")
    grades = list(scheme.grades.order_by("-at_least"))
    for grade in grades:
        if grade.at_least > full:
            yield Remark(
                f"等次「{grade.name}」要 {plain(grade.at_least)} 分，超过满分，没有人能得。"
            )
    if grades and grades[-1].at_least > 0:
        yield Remark(f"{plain(grades[-1].at_least)} 分以下的没有等次。")


def _of_indicator(scheme: Scheme, row: Indicator) -> Iterator[Remark]:
    for told in _not_computable(scheme, row):
        yield Remark(f"「{row.name}」：{told}", stops=True)
    for told in _unusual(scheme, row):
        yield Remark(f"「{row.name}」：{told}")


def _not_computable(scheme: Scheme, row: Indicator) -> Iterator[str]:
    """Each fault that computing the scheme would be refused for."""
    codes = [row.metric, row.denominator] if row.denominator else [row.metric]
    try:
        found = [metric_for(scheme.subject_type, code).code for code in codes]
    except DomainError as error:
        yield error.message
        return
    try:
        check_indicator(found[0], row.method)
        parse_raters(row.raters if found[0] == RATING else "")
        parse_weights(row.weights if found[0] == QUARTERS else "")
    except DomainError as error:
        yield error.message


def _unusual(scheme: Scheme, row: Indicator) -> Iterator[str]:
    first, full = row.first or Decimal(0), row.full
    if row.method == Method.FIRST_THEN_EACH:
        if first > full:
            yield f"首次 {plain(first)} 分超过满分 {plain(full)} 分，只得满分。"
        elif first < full and not row.further:
            yield f"再次不加分，最多得 {plain(first)} 分，得不到满分 {plain(full)} 分。"
    if row.method == Method.DEDUCTION and first > full:
        yield f"一次就扣 {plain(first)} 分，超过满分 {plain(full)} 分。"
    if row.method == Method.RATIO and row.metric == row.denominator:
        yield "分子和分母是同一个口径，有记录就得满分。"
    yield from _own_words(scheme, row)


def _own_words(scheme: Scheme, row: Indicator) -> Iterator[str]:
    try:
        weights = parse_raters(row.raters)
        code = metric_for(scheme.subject_type, row.metric).code
    except DomainError:  # told as what stops the computation
        return
    if code == RATING and weights and sum(weights.values()) != 100:
        yield f"评分人的权重合计 {sum(weights.values())}，不是 100，按比例折算。"
    if row.raters and code not in (RATING, ADJUSTMENT):
        yield "这个口径不由人评分，填的评分人不起作用。"
    if code == QUARTERS and not Scheme.objects.filter(name=row.source, is_active=True).exists():
        yield f"没有名为「{row.source}」的方案，各季得分会是空的。"
