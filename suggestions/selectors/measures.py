"""The cases behind each figure of the boards, so that a figure opens into as many rows."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.models import Unit
from suggestions.enums import State
from suggestions.models import Suggestion
from suggestions.selectors.rates import CONTENT, SOLVED, Case, ageing_table, cases_of

_TESTS: Mapping[str, tuple[str, Callable[[Case], bool]]] = {
    "handed_over": ("交办的", lambda case: True),
    "replied": ("已答复的", lambda case: case.last is not None),
    "unreplied": ("未答复的", lambda case: case.last is None),
    "on_time": ("按时答复的", lambda case: case.last is not None and case.is_on_time),
    "closed": ("办结的", lambda case: case.suggestion.state == State.CLOSED),
    "solved": ("A类的", lambda case: case.last is not None and case.class_code == SOLVED),
    "rated": ("已评价的", lambda case: bool(case.rating)),
    "content": ("满意、基本满意的", lambda case: case.rating in CONTENT),
    "second": ("重新办理过的", lambda case: case.part.round > 1),
}
MEASURES = [(code, name) for code, (name, _) in _TESTS.items()]
AGES = [
    (str(number), name)
    for number, name in enumerate(("30天以内", "31—60天", "61—90天", "超过90天"))
]


def behind(rows: QuerySet[Suggestion], measure: str, unit: Unit | None) -> QuerySet[Suggestion]:
    """The suggestions that the measure counts; of one lead unit, or of all."""
    test = _TESTS[measure][1]
    found = [
        case.suggestion.pk
        for case in cases_of(rows)
        if test(case) and (unit is None or case.part.unit_id == unit.pk)
    ]
    return rows.filter(pk__in=found)


def of_age(rows: QuerySet[Suggestion], number: int) -> QuerySet[Suggestion]:
    """The open cases of one line of the ageing table."""
    group = ageing_table(rows, timezone.localdate())[number]
    return rows.filter(pk__in=[case.suggestion.pk for case in group.cases])
