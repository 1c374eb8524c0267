"""The questions of an inquiry and how their follow-up stands."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from activities.models import Activity, Question
from activities.selectors.findings import Standing
from congress_portal.core.figures import Rate


def questions_of(activity: Activity) -> QuerySet[Question]:
    rows = Question.objects.filter(activity=activity).select_related("asker", "unit")
    return rows.order_by("serial", "pk")


def standing(question: Question, today: dt.date) -> Standing:
    """Whether it was answered, and whether what was promised is done."""
    if question.done_on:
        return Standing("✓", "后续已办结", "")
    if not question.answer:
        return Standing("●", "待答复", "")
    if not question.due_on:
        return Standing("✓", "已答复", "")
    left = (question.due_on - today).days
    if left < 0:
        return Standing("■", f"后续办理已逾期 {-left} 天", "overdue")
    return Standing("●", f"后续办理中，还剩 {left} 天", "")


@dataclass(frozen=True)
class Inquiry:
    """One inquiry in numbers: answered of all, followed up of those that promised something."""

    answered: Rate
    followed: Rate


def inquiry(questions: Sequence[Question]) -> Inquiry:
    promised = [each for each in questions if each.due_on or each.done_on]
    return Inquiry(
        Rate(sum(bool(each.answer) for each in questions), len(questions)),
        Rate(sum(each.done_on is not None for each in promised), len(promised)),
    )


def late(rows: QuerySet[Question], today: dt.date) -> QuerySet[Question]:
    return rows.filter(due_on__lt=today, done_on=None)
