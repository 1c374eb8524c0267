"""Objections to disclosed scores and appeals against published ones (M106)."""

import uuid

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify
from congress_portal.core.submissions import claim, found_by
from congress_portal.core.workdays import WorkCalendar
from congress_portal.evaluations.deciders import deciders_of
from congress_portal.evaluations.enums import AppealState
from congress_portal.evaluations.models import Appeal, Score, ScoreLine
from congress_portal.evaluations.services.sheets import locked_sheet
from congress_portal.evaluations.standing import (
    last_day_to_object,
    scored_people,
    scorers_of,
    speaks_for,
)


class AppealError(DomainError):
    """The objection cannot be raised or answered in this way."""


def raise_appeal(
    *,
    actor: User,
    score_pk: int,
    words: str,
    line_pk: int | None = None,
    paper: ContentFile | None = None,  # type: ignore[type-arg]
    key: uuid.UUID | None = None,
) -> Appeal:
    """By the scored side within the window. The same ``key`` always gives the same objection.

    Raises AppealError, Score.DoesNotExist for a score that the person may not see.
    """
    if made := found_by(key, actor=actor, model=Appeal):
        return Appeal.objects.get(pk=int(made))  # type: ignore[no-any-return]
    with transaction.atomic():
        score = Score.objects.visible_to(actor).get(pk=score_pk)
        sheet = locked_sheet(score.sheet_id)  # a closing window waits, or is seen closed
        score.sheet = sheet
        if not speaks_for(actor, score):
            raise AppealError("异议由被评的代表、家站或承办单位提出。")
        last = last_day_to_object(sheet)
        if last is None:
            raise AppealError("这份结果现在不在异议期。")
        if timezone.localdate() > last:
            raise AppealError(f"异议期到{last.month}月{last.day}日，已经过了。")
        appeal = _new(actor, score, words, line_pk)
        if paper:
            appeal.paper.save(paper.name or "paper", paper, save=False)
        save_recorded(appeal)
        if not claim(key, actor=actor, row=appeal):
            raise AppealError("这件异议已经提交，没有重复登记。")
        notify(deciders_of(appeal), _raised(appeal))
        return appeal


def _new(actor: User, score: Score, words: str, line_pk: int | None) -> Appeal:
    if not words.strip():
        raise AppealError("请写明有什么异议。")
    line: ScoreLine | None = None
    if line_pk is not None:
        line = score.lines.filter(pk=line_pk).first()
        if line is None:
            raise AppealError("这一项不在这份得分里。")
    if Appeal.objects.filter(score=score, line=line).open().exists():
        raise AppealError("这一项已经提出异议，正在等人大机关答复。")
    days = score.sheet.scheme.answer_days
    return Appeal(
        score=score,
        line=line,
        words=words.strip(),
        is_late_stage=score.sheet.is_published,
        raised_by=actor,
        answer_until=WorkCalendar().add_workdays(timezone.localdate(), days),
        scored_by=score.sheet.computed_by,
    )


def decide_appeal(*, actor: User, appeal_pk: int, upheld: bool, answer: str) -> Appeal:
    """The answer of somebody who neither raised it nor scored. Upheld, the sheet stays as it is:
    the record is mended and a new version published.

    Raises AppealError, Appeal.DoesNotExist for what the person may not see.
    """
    with transaction.atomic():
        found = Appeal.objects.visible_to(actor).get(pk=appeal_pk)
        sheet = locked_sheet(found.score.sheet_id)
        rows = Appeal.objects.select_for_update(of=("self",)).select_related("score", "line")
        appeal: Appeal = rows.order_by().get(pk=appeal_pk)
        appeal.score.sheet = sheet
        _check_decider(actor, appeal)
        if not answer.strip():
            raise AppealError("请写明答复，提出的一方会看到。")
        appeal.state = AppealState.UPHELD if upheld else AppealState.REFUSED
        appeal.answer, appeal.decided_by, appeal.decided_at = answer.strip(), actor, timezone.now()
        save_recorded(appeal)
        _tell_sides(appeal)
        return appeal


def _check_decider(actor: User, appeal: Appeal) -> None:
    if not Appeal.objects.editable_by(actor).filter(pk=appeal.pk).exists():
        raise AppealError("异议由常委会工作人员答复。")
    if appeal.state != AppealState.OPEN:
        who = f"由{appeal.decided_by}" if appeal.decided_by else ""
        raise AppealError(
            f"这件{appeal.noun}已{who}答复为「{appeal.get_state_display()}」，没有重复处理。"
        )
    if actor.pk == appeal.raised_by_id:
        raise AppealError("自己提出的异议要由别人答复。")
    if actor.pk in {*scorers_of(appeal.score), appeal.scored_by_id}:
        raise AppealError("您计算、核对过这份结果或者打过分，请由其他同志答复。")


def lapse_appeal(appeal: Appeal) -> None:
    """By the clock: the scheme says that the result stands when nobody answers in time."""
    with transaction.atomic():
        rows = Appeal.objects.select_for_update(of=("self",)).select_related("score__sheet__scheme")
        row: Appeal | None = rows.order_by().filter(pk=appeal.pk, state=AppealState.OPEN).first()
        if row is None:
            return
        row.state, row.decided_at = AppealState.LAPSED, timezone.now()
        row.answer = "逾期没有答复，按方案的规定维持原结果。"
        save_recorded(row)
        _tell_sides(row)


def _raised(appeal: Appeal) -> Message:
    return Message(
        key=f"appeal:{appeal.pk}",
        title=f"{appeal.score.label}对得分有{appeal.noun}",
        body=appeal.words,
        link=reverse("evaluations:appeal", args=[appeal.pk]),
    )


def _tell_sides(appeal: Appeal) -> None:
    people = {user.pk: user for user in scored_people(appeal.score)}
    people[appeal.raised_by_id] = appeal.raised_by
    message = Message(
        key=f"appeal:{appeal.pk}:{appeal.state}",
        title=f"得分{appeal.noun}有了答复：{appeal.get_state_display()}",
        body=appeal.answer,
        link=reverse("evaluations:appeal", args=[appeal.pk]),
    )
    notify(people.values(), message)
