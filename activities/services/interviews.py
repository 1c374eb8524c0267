"""约见: asked by deputies, arranged or declined by the office, held with an outcome (M85)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from activities.enums import ActivityState, InterviewState
from activities.models import Activity, ActivityForm, Attendance, Interview
from activities.selectors import interviews as selectors
from activities.supervision_workflow import INTERVIEW, InterviewAction, next_state
from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.notices import Message, notify, office_people, unit_people
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy


class InterviewError(DomainError):
    """The interview does not allow this."""


def ask_interview(
    *,
    actor: User,
    deputy: Deputy,
    region: Region,
    unit: Unit,
    subject: str,
    questions: str,
    wanted_on: dt.date | None = None,
    fellows: Iterable[Deputy] = (),
    key: uuid.UUID | None = None,
) -> Interview:
    """A deputy asks, or staff note it for the deputy. The same ``key`` gives the same request.

    Raises InterviewError, ValidationError.
    """
    if found := _asked_before(deputy, key):
        return found
    if deputy.user_id != actor.pk and not actor.scope.may_write_code(region.code):
        raise InterviewError("约见由代表本人提出，或者由人大工作人员代录。")
    row = Interview(
        deputy=deputy, region=region, unit=unit, subject=subject.strip(),
        questions=questions.strip(), wanted_on=wanted_on, asked_on=timezone.localdate(),
        idempotency_key=key,
    )  # fmt: skip
    try:
        with transaction.atomic():
            save_recorded(row)
            _set_fellows(row, fellows)
            office = [each for each in office_people(region) if each.pk != actor.pk]
            _tell(office, row, "asked", f"{deputy}代表提出约见{unit}")
            _tell_deputies(
                row, actor, "asked", f"{deputy}代表请您一同约见{unit}", fellows_only=True
            )
    except (IntegrityError, ValidationError):
        if found := _asked_before(deputy, key):
            return found
        raise
    return row


def _asked_before(deputy: Deputy, key: uuid.UUID | None) -> Interview | None:
    if key is None:
        return None
    return Interview.objects.filter(idempotency_key=key, deputy=deputy).first()


def change_interview(
    *,
    actor: User,
    interview_pk: int,
    seen: str,
    region: Region,
    unit: Unit,
    subject: str,
    questions: str,
    wanted_on: dt.date | None = None,
    fellows: Iterable[Deputy] = (),
) -> Interview:
    """Mend a request that is not arranged yet."""
    values = {
        "region": region, "unit": unit, "subject": subject.strip(),
        "questions": questions.strip(), "wanted_on": wanted_on,
    }  # fmt: skip
    with transaction.atomic():
        row = _move(InterviewAction.CHANGE, actor, interview_pk, seen, values)
        _set_fellows(row, fellows)
        return row


def arrange_interview(
    *,
    actor: User,
    interview_pk: int,
    seen: str,
    arranged_on: dt.date,
    arranged_time: dt.time | None = None,
    place: str,
    official: str = "",
) -> Interview:
    """Name day, place and who comes; again for another day. Deputies and the unit are told."""
    values = {
        "arranged_on": arranged_on, "arranged_time": arranged_time, "place": place.strip(),
        "official": official.strip(),
    }  # fmt: skip
    with transaction.atomic():
        row = _move(InterviewAction.ARRANGE, actor, interview_pk, seen, values)
        if row.arranged_on and row.arranged_on < row.asked_on:
            raise InterviewError("安排的日期不能早于代表提出的日期。")
        at = f" {row.arranged_time:%H:%M}" if row.arranged_time else ""
        event = f"arranged:{row.arranged_on}{at}:{row.place}"[:60]
        when = f"{row.arranged_on:%Y年%-m月%-d日}{at}，{row.place}"
        _tell_deputies(row, actor, event, f"约见{row.unit}已安排", when)
        _tell(unit_people(row.unit), row, event, f"{row.deputy}代表约见你单位", when)
        return row


def decline_interview(*, actor: User, interview_pk: int, seen: str, reason: str) -> Interview:
    """The office does not arrange it, or no more; the deputies read why."""
    return _end(InterviewAction.DECLINE, actor, interview_pk, seen, reason)


def withdraw_interview(*, actor: User, interview_pk: int, seen: str, reason: str) -> Interview:
    """The deputy takes the request back."""
    return _end(InterviewAction.WITHDRAW, actor, interview_pk, seen, reason)


def _end(action: InterviewAction, actor: User, pk: int, seen: str, reason: str) -> Interview:
    with transaction.atomic():
        was_arranged = Interview.objects.filter(pk=pk, state=InterviewState.ARRANGED).exists()
        words = (
            f"代表撤回：{reason.strip()}" if action == InterviewAction.WITHDRAW else reason.strip()
        )
        row = _move(action, actor, pk, seen, {"declined_reason": words[:200]}, reason)
        title = f"约见{row.unit}：{'代表撤回' if action == InterviewAction.WITHDRAW else '未安排'}"
        _tell_deputies(row, actor, "ended", title, words)
        others = office_people(row.region) if action == InterviewAction.WITHDRAW else []
        if was_arranged:
            others = [*others, *unit_people(row.unit)]
        _tell([each for each in others if each.pk != actor.pk], row, "ended", title, words)
        return row


def hold_interview(
    *, actor: User, interview_pk: int, seen: str, held_on: dt.date, outcome: str, official: str = ""
) -> Interview:
    """It took place: the outcome, and one activity (形式 约见) with the deputies' attendance."""
    with transaction.atomic():
        if not outcome.strip():
            raise InterviewError("请写明约见结果。")
        values: dict[str, Any] = {"arranged_on": held_on, "outcome": outcome.strip()}
        if official.strip():
            values["official"] = official.strip()
        row = _move(InterviewAction.HOLD, actor, interview_pk, seen, values)
        if held_on < row.asked_on:
            raise InterviewError(f"约见不能早于提出的那天（{row.asked_on}），请核对日期。")
        if row.activity_id is None:
            row.activity = _activity_of(row, actor, held_on)
            save_recorded(row, reason="记成活动")
            _tell_deputies(row, actor, "held", f"约见{row.unit}的结果已登记", row.outcome)
            _tell(
                unit_people(row.unit), row, "held", f"{row.deputy}代表约见的结果已登记", row.outcome
            )
        return row


def _activity_of(row: Interview, actor: User, held_on: dt.date) -> Activity:
    form = ActivityForm.objects.filter(name=selectors.FORM).first()
    if form is None:
        raise InterviewError(f"活动形式里没有「{selectors.FORM}」，请先在后台补上。")
    activity = Activity(
        title=f"约见{row.unit}：{row.subject}"[:120], held_on=held_on, form=form,
        region=row.region, place=row.place, content=row.questions, result=row.outcome,
        state=ActivityState.HELD, entered_by=actor, on_behalf=True,
        verification=Verification.VERIFIED, verified_by=actor, verified_at=timezone.now(),
    )  # fmt: skip
    save_recorded(activity)
    activity.units.set([row.unit])
    people = [row.deputy, *row.fellows.order_by("pinyin", "pk")]
    for serial, deputy in enumerate(people):
        save_recorded(Attendance(activity=activity, deputy=deputy, serial=serial))
    return activity


def _move(
    action: InterviewAction,
    actor: User,
    pk: int,
    seen: str,
    values: dict[str, Any],
    reason: str = "",
) -> Interview:
    """Lock, ask the table, refuse what is stale, save. A repeated sending changes nothing."""
    rows = Interview.objects.visible_to(actor).filter(pk=pk).values("pk")
    row = Interview.objects.select_for_update(of=("self",)).get(pk__in=rows)
    target = INTERVIEW[action].to or row.state
    if row.state == target and all(getattr(row, name) == each for name, each in values.items()):
        return row
    sides = selectors.sides_of(actor, row)
    next_state(INTERVIEW, action, row.state, sides, reason)
    refuse_stale(row, seen)
    for name, value in values.items():
        setattr(row, name, value)
    row.state = target
    save_recorded(row, reason=f"{action.label}：{reason.strip()}" if reason else action.label)
    return row


def _tell(people: list[User], row: Interview, event: str, title: str, body: str = "") -> None:
    link = reverse("activities:interview", args=[row.pk])
    key = f"interview:{row.pk}:{event}"
    notify(people, Message(key=key, title=title, body=(body or row.subject)[:300], link=link))


def _tell_deputies(
    row: Interview,
    actor: User,
    event: str,
    title: str,
    body: str = "",
    *,
    fellows_only: bool = False,
) -> None:
    people = [each.user for each in row.fellows.select_related("user") if each.user]
    if row.deputy.user and not fellows_only:
        people.append(row.deputy.user)
    _tell([each for each in people if each.pk != actor.pk], row, event, title, body)


def _set_fellows(row: Interview, fellows: Iterable[Deputy]) -> None:
    """Who comes along; the one who asks is not among them."""
    before = sorted(row.fellows.values_list("pk", flat=True))
    after = sorted({each.pk for each in fellows} - {row.deputy_id})
    if before != after:
        row.fellows.set(after)
        record(AuditAction.UPDATE, row, changes={"fellows": [before, after]})
