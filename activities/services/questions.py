"""专题询问: questions put, answered, followed up (M84; 监督法 §47–50)."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from activities.models import Activity, Question
from activities.selectors.findings import may_run
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people, unit_people
from congress_portal.core.stale import refuse_stale

MOST_AT_ONCE = 10


class QuestionError(DomainError):
    """The question does not allow this, or not by this person."""


@transaction.atomic
def add_questions(
    *,
    actor: User,
    activity_pk: int,
    questions: Sequence[Mapping[str, Any]],
    key: uuid.UUID | None = None,
) -> list[Question]:
    """Enter questions, with or without their answers; the same ``key`` gives the same ones.

    Raises Activity.DoesNotExist, QuestionError, ValidationError.
    """
    seen = Activity.objects.visible_to(actor).filter(pk=activity_pk).values("pk")
    activity = Activity.objects.select_for_update(of=("self",)).get(pk__in=seen)
    numbers = [uuid.uuid5(key, str(n)) for n in range(1, MOST_AT_ONCE + 1)] if key else []
    if done := list(activity.questions.filter(idempotency_key__in=numbers)):
        return done
    if not may_run(actor, activity):
        raise QuestionError("询问由组织活动的工作人员登记。")
    if not questions:
        raise QuestionError("请至少写一个问题。")
    first = activity.questions.count()
    saved: list[Question] = []
    for number, values in enumerate(questions, 1):
        own = numbers[number - 1] if numbers else None
        row = Question(activity=activity, serial=first + number, idempotency_key=own)
        for name, value in values.items():
            setattr(row, name, value)
        saved.append(save_recorded(row))  # type: ignore[arg-type]
    _tell_units(activity, saved)
    return saved


@transaction.atomic
def change_question(
    *, actor: User, question_pk: int, seen: str, values: Mapping[str, Any]
) -> Question:
    """Write the answer or what follows. Raises QuestionError, StaleRecordError, ValidationError."""
    row = _locked(actor, question_pk)
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    refuse_stale(row, seen)
    before = row.unit_id
    for name, value in values.items():
        setattr(row, name, value)
    if row.done_on and row.done_on > timezone.localdate():
        raise QuestionError("办结日期不能晚于今天。")
    save_recorded(row)
    if row.unit_id and row.unit_id != before:
        _tell_units(row.activity, [row])
    return row


@transaction.atomic
def finish_follow_up(
    *, actor: User, question_pk: int, seen: str, follow_up: str, on: dt.date | None = None
) -> Question:
    """What was promised in the answer has been done; the asker is told."""
    row = _locked(actor, question_pk)
    if row.done_on:
        return row
    refuse_stale(row, seen)
    if not row.answer:
        raise QuestionError("还没有答复，不能办结后续办理。")
    row.follow_up, row.done_on = follow_up.strip(), on or timezone.localdate()
    save_recorded(row)
    if row.asker and row.asker.user:
        body = f"{row.text[:80]}：{row.follow_up}"
        notify([row.asker.user], _message(row, "done", "您询问的事已办结", body))
    return row


@transaction.atomic
def remove_question(*, actor: User, question_pk: int, seen: str) -> None:
    """Take out a question that was entered by mistake, as long as it has no answer."""
    row = _locked(actor, question_pk)
    refuse_stale(row, seen)
    if row.answer:
        raise QuestionError("已经答复的问题不能删去。")
    delete_recorded(row, reason="登记有误")


def _locked(actor: User, pk: int) -> Question:
    rows = Question.objects.visible_to(actor).filter(pk=pk).values("pk")
    row = Question.objects.select_for_update(of=("self",)).get(pk__in=rows)
    if not may_run(actor, row.activity):
        raise QuestionError("询问由组织活动的工作人员登记。")
    return row


def _tell_units(activity: Activity, rows: list[Question]) -> None:
    """The head of the unit hears of the questions before the meeting, once for all of them."""
    heaps: dict[Any, list[Question]] = {}
    for row in rows:
        if row.unit and not row.answer:
            heaps.setdefault(row.unit, []).append(row)
    for unit, heap in heaps.items():
        body = f"{activity}：" + "；".join(row.text[:60] for row in heap)
        key = f"question:{heap[0].pk}:unit:{unit.pk}"
        title = f"人大询问{len(heap)}个问题，请准备到会答复"
        notify(unit_people(unit), Message(key=key, title=title, body=body[:300], link=""))


def _message(row: Question, event: str, title: str, body: str) -> Message:
    link = reverse("activities:questions", args=[row.activity_id])
    return Message(key=f"question:{row.pk}:{event}", title=title, body=body[:300], link=link)


def remind_follow_ups(on: dt.date) -> int:
    """Tell the office, once each, of follow-ups whose day has gone by."""
    rows = Question.objects.filter(due_on__lt=on, done_on=None).select_related("activity__region")
    told = 0
    for row in rows:
        message = _message(row, f"late:{row.due_on}", "询问的后续办理已逾期", row.text)
        told += notify(office_people(row.activity.region), message)
    return told
