"""Sentences with figures in braces (统计文字): read, checked and filled (M128)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from activities.models import ActivityForm
from congress_portal.core.enums import Dictionary
from congress_portal.core.errors import DomainError
from congress_portal.core.metrics import Each, Metric, find_metric, measure, number_of
from congress_portal.core.models import DictionaryEntry, Region
from congress_portal.core.periods import Period
from congress_portal.evaluations.points import plain

_TOKEN = re.compile(r"\{([^{}]*)\}")
_ROUND = "余"
_NARROWS = "·"
_HUNDRED = 100

#: The measure words of the statistics, as the page explains them (统计口径).
MEASURE_WORDS = (
    ("次", "一场活动、一次接待、一次走访各计一次，与参加人数无关。"),
    ("人次", "每人每次各计一次：同一个人来两次，计两人次。"),
    ("天", "同一家站同一天的接待只计一天。"),
    ("件", "一件建议、一件转办的群众意见各计一件；联名提出的仍是一件，算在领衔代表名下。"),
    ("条", "一位群众反映的一个问题计一条；简报、信息每篇计一条。"),
    ("率", "分子÷分母，四舍五入到千分位，写成百分数；后面括号里是分子和分母，分母为零写「无」。"),
    ("余", "只取整百：812写「800余」，正好800写「800」。"),
)


class TextFaultError(DomainError):
    """A sentence names a figure that there is not."""


@dataclass(frozen=True)
class _Part:
    """One metric of a token, narrowed to a form or theme of activities or not."""

    metric: Metric
    narrowing: str = ""


def check_text(text: str) -> None:
    """Raises TextFaultError naming the first figure that cannot be read."""
    if text.count("{") != text.count("}"):
        raise TextFaultError("花括号要成对：数字写成「{接待天数}」。")
    for token in _TOKEN.findall(text):
        for part in _parts(token):
            if part.narrowing and not _is_known(part.narrowing):
                raise TextFaultError(f"没有叫「{part.narrowing}」的活动形式或主题。")


def _is_known(name: str) -> bool:
    themes = DictionaryEntry.objects.filter(dictionary=Dictionary.THEME, name=name)
    return ActivityForm.objects.filter(name=name).exists() or themes.exists()


def filled(text: str, period: Period, places: QuerySet[Region]) -> str:
    """The sentence with the sums over the places; all its figures in one reading."""
    tokens = {token: _parts(token) for token in _TOKEN.findall(text)}
    parts = dict.fromkeys(part for found in tokens.values() for part in found)
    wanted = {part: _measured(part, f"part_{n}") for n, part in enumerate(parts)}
    found = measure(wanted.values(), period, places) if wanted else {}
    sums = {part: sum(v or 0 for v in found[each.code].values()) for part, each in wanted.items()}
    return _TOKEN.sub(
        lambda match: _number(
            sum(sums[part] for part in tokens[match[1]]), match[1].endswith(_ROUND)
        ),
        text,
    )


def _parts(token: str) -> list[_Part]:
    names, colon, ending = token.replace("：", ":").partition(":")
    if colon and ending != _ROUND:
        raise TextFaultError(f"「{{{token}}}」的冒号后面只能写「余」。")
    return [_part(name.strip()) for name in names.split("+")]


def _part(text: str) -> _Part:
    name, _, narrowing = text.partition(_NARROWS)
    found = find_metric(Region, name)
    if narrowing and not found.filters:
        raise TextFaultError(f"「{name}」不能按活动形式或主题分开数。")
    return _Part(found, narrowing)


def _measured(part: _Part, code: str) -> Metric:
    """As it stands, or narrowed to a form or theme under a code of its own."""
    if not part.narrowing:
        return part.metric
    rule = Q()
    for path in part.metric.filters.values():
        rule |= Q(**{f"{path}__name": part.narrowing})
    return replace(part.metric, code=code, compute=_counting(part.metric, rule))


def _counting(base: Metric, rule: Q) -> Callable[[Period], Each]:
    def compute(period: Period) -> Each:
        answer: Any = base.compute(period)
        trail = answer.trail
        rows = trail.rows.filter(rule)
        return number_of(rows, trail.subject, record=trail.record, model=trail.model)

    return compute


def _number(value: int | Decimal, is_rounded: bool) -> str:
    if is_rounded and value >= _HUNDRED and value % _HUNDRED:
        return f"{int(value) // _HUNDRED * _HUNDRED}{_ROUND}"
    return plain(Decimal(value))
