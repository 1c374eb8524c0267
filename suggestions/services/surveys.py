"""Questionnaires: written, opened, answered on paper and by the link, closed, made problems."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.crypto import keyed_hash
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import count_numbers
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.stale import refuse_stale
from deputies.models import District
from suggestions.enums import Knock, SurveyMethod, SurveyState, VoiceSource
from suggestions.models import (
    DoorKnock,
    Survey,
    SurveyAnswer,
    SurveyProblem,
    SurveyQuestion,
    SurveyResponse,
    SurveyTarget,
    Voice,
    VoiceRule,
)
from suggestions.services.voices.handling import start_at_unit

_STEPS = {
    SurveyState.OPEN: (SurveyState.DRAFT, "只有草拟的问卷才能开始调查。"),
    SurveyState.CLOSED: (SurveyState.OPEN, "只有调查中的问卷才能截止。"),
}


class SurveyError(DomainError):
    """A rule of the questionnaires refuses the input."""


@dataclass(frozen=True)
class Filled:
    """One person's sheet: per question (by pk) the numbers picked and the words."""

    district: District
    picked: Mapping[int, Sequence[int]]
    words: Mapping[int, str]


def write_survey(
    *,
    actor: User,
    title: str,
    purpose: str,
    region: Region,
    closes_on: dt.date,
    questions: Sequence[Mapping[str, Any]],
    targets: Sequence[tuple[District, int]],
    key: uuid.UUID | None = None,
    survey_pk: int | None = None,
    seen: str = "",
) -> Survey:
    """Enter a questionnaire with its sample plan, or change one that has not begun.

    The same ``key`` gives the same one. Raises SurveyError, StaleRecordError, ValidationError,
    Survey.DoesNotExist.
    """
    if survey_pk is None and key and (found := Survey.objects.filter(idempotency_key=key).first()):
        return found
    if not actor.scope.may_write_code(region.code):
        raise SurveyError("由这里的人大工作人员办理。")
    if closes_on < timezone.localdate():
        raise SurveyError("截止日期不能早于今天。")
    with transaction.atomic():
        survey = _emptied(actor, survey_pk, seen) if survey_pk else Survey(idempotency_key=key)
        survey.title, survey.purpose, survey.region = title, purpose, region
        survey.closes_on = closes_on
        save_recorded(survey)
        for serial, given in enumerate(questions, start=1):
            save_recorded(SurveyQuestion(survey=survey, serial=serial, **given))
        for district, people in targets:
            save_recorded(SurveyTarget(survey=survey, district=district, people=people))
    return survey


def _emptied(actor: User, survey_pk: int, seen: str) -> Survey:
    """A draft without its questions and sample, which are written anew."""
    survey = _for_change(actor, survey_pk)
    refuse_stale(survey, seen)
    if survey.state != SurveyState.DRAFT:
        raise SurveyError("已经开始的问卷不能再改。")
    for row in (*survey.questions.all(), *survey.targets.all()):
        delete_recorded(row)
    return survey


@transaction.atomic
def discard_survey(*, actor: User, survey_pk: int, seen: str) -> None:
    """Take away a draft. Raises Survey.DoesNotExist, SurveyError, StaleRecordError."""
    delete_recorded(_emptied(actor, survey_pk, seen))


@transaction.atomic
def discard_response(*, actor: User, response_pk: int, reason: str) -> Survey:
    """Take a sheet out that was entered wrongly; the audit keeps it.

    Raises SurveyResponse.DoesNotExist, SurveyError.
    """
    rows = SurveyResponse.objects.editable_by(actor).select_related("survey")
    response = rows.get(pk=response_pk)
    survey = _for_change(actor, response.survey_id)
    if survey.state != SurveyState.OPEN:
        raise SurveyError("只有调查中的问卷才能删去答卷。")
    if SurveyProblem.objects.filter(answer__response=response).exists():
        raise SurveyError("这份答卷的回答已经列入问题清单，不能删去。")
    for answer in response.answers.all():
        delete_recorded(answer, reason=reason)
    delete_recorded(response, reason=reason)
    return survey


def _for_change(actor: User, survey_pk: int) -> Survey:
    allowed = Survey.objects.editable_by(actor).order_by().values("pk")
    rows = Survey.objects.select_for_update(of=("self",)).order_by()
    survey: Survey = rows.get(pk=survey_pk, pk__in=allowed)
    return survey


@transaction.atomic
def move_survey(*, actor: User, survey_pk: int, state: str, seen: str) -> Survey:
    """Open or close. Raises Survey.DoesNotExist, SurveyError, StaleRecordError."""
    survey = _for_change(actor, survey_pk)
    refuse_stale(survey, seen)
    before, words = _STEPS[SurveyState(state)]
    if survey.state != before:
        raise SurveyError(words)
    survey.state = state
    save_recorded(survey)
    return survey


@transaction.atomic
def publish_survey(*, actor: User, survey_pk: int, is_published: bool, seen: str) -> Survey:
    """Let the table out or take it back. Raises as ``move_survey``."""
    survey = _for_change(actor, survey_pk)
    refuse_stale(survey, seen)
    if survey.state != SurveyState.CLOSED:
        raise SurveyError("截止以后才能公布结果。")
    survey.is_published = is_published
    save_recorded(survey)
    return survey


def is_taking(survey: Survey, today: dt.date) -> bool:
    return survey.state == SurveyState.OPEN and today <= survey.closes_on


@transaction.atomic
def enter_sheets(
    *, actor: User, survey_pk: int, method: str, sheets: Sequence[Filled], key: uuid.UUID
) -> int:
    """Enter sheets from paper, interviews or meetings; how many. A second time enters none.

    Sheets may still be entered after the last day, until the office closes the questionnaire.
    Raises Survey.DoesNotExist, SurveyError, ValidationError.
    """
    survey = _for_change(actor, survey_pk)
    if survey.state != SurveyState.OPEN:
        raise SurveyError("只有调查中的问卷才能录入答卷。")
    if method == SurveyMethod.WEB:
        raise SurveyError("网上的答卷由群众自己填写。")
    entered = 0
    for serial, sheet in enumerate(sheets):
        own = uuid.uuid5(key, str(serial))
        if SurveyResponse.objects.filter(idempotency_key=own).exists():
            continue
        response = SurveyResponse(
            survey=survey, method=method, entered_by=actor, idempotency_key=own
        )
        _save(response, sheet)
        entered += 1
    return entered


def answers_today(address: str) -> int:
    """How many answers came from this address in the last 24 hours."""
    since = timezone.now() - dt.timedelta(days=1)
    rows = DoorKnock.objects.filter(kind=Knock.SURVEY, at__gt=since)
    return rows.filter(address_hash=keyed_hash(address)).count()


def answer_survey(*, survey: Survey, sheet: Filled, key: uuid.UUID, address: str) -> SurveyResponse:
    """One person's answers by the public link, without a name; the same ``key`` counts once.

    Raises SurveyError, ValidationError.
    """
    if found := SurveyResponse.objects.filter(idempotency_key=key, survey=survey).first():
        return found
    if answers_today(address) >= VoiceRule.objects.all().of(survey.region).most_posts:
        raise SurveyError("这里今天答卷太多了，请明天再来，或者填纸质问卷。")
    response = SurveyResponse(survey=survey, method=SurveyMethod.WEB, idempotency_key=key)
    try:
        with transaction.atomic():
            locked = Survey.objects.select_for_update(of=("self",)).order_by().get(pk=survey.pk)
            if not is_taking(locked, timezone.localdate()):
                raise SurveyError("这次调查已经截止。")
            _save(response, sheet)
            DoorKnock.objects.create(kind=Knock.SURVEY, address_hash=keyed_hash(address))
    except IntegrityError:
        if found := SurveyResponse.objects.filter(idempotency_key=key, survey=survey).first():
            return found
        raise
    return response


def _save(response: SurveyResponse, sheet: Filled) -> None:
    response.district = sheet.district
    survey = response.survey
    if not survey.targets.filter(district=sheet.district).exists():
        raise SurveyError("这个选区不在样本里。")
    if not any(sheet.picked.values()) and not any(sheet.words.values()):
        raise SurveyError("一题也没有答。")
    if count_numbers(*sheet.words.values()):
        raise SurveyError("文字回答里有电话、证件或银行卡号码，请删去：问卷不记名。")
    save_recorded(response)
    for question in survey.questions.all():
        picked = sorted(set(sheet.picked.get(question.pk, ())))
        words = sheet.words.get(question.pk, "")
        if not picked and not words:
            continue
        if not set(picked) <= {number for number, _ in question.choices}:
            raise SurveyError(f"第 {question.serial} 题没有这个选项。")
        if len(picked) > 1 and question.kind != "several":
            raise SurveyError(f"第 {question.serial} 题只选一项。")
        save_recorded(
            SurveyAnswer(response=response, question=question, picked=picked, words=words)
        )


def _place_of(answer: SurveyAnswer, actor: User) -> Region:
    """The town of the district, which can then follow it; else the questionnaire's place."""
    town = answer.response.district.region
    known = town.is_town and actor.scope.may_write_code(town.code)
    return town if known else answer.response.survey.region


@transaction.atomic
def problem_from_answer(
    *,
    actor: User,
    answer_pk: int,
    matter: str,
    cause: str,
    measure: str,
    unit: Unit,
    due_on: dt.date,
) -> SurveyProblem:
    """Make an answer a tracked problem and a voice, once; a second time gives the same one.

    Raises SurveyAnswer.DoesNotExist, SurveyError, ValidationError.
    """
    if count_numbers(matter):
        raise SurveyError("问题里有电话、证件或银行卡号码，请删去：问卷不记名。")
    allowed = SurveyAnswer.objects.editable_by(actor).order_by().values("pk")
    rows = SurveyAnswer.objects.select_for_update(of=("self",)).order_by()
    answer: SurveyAnswer = rows.get(pk=answer_pk, pk__in=allowed)
    if found := SurveyProblem.objects.filter(answer=answer).first():
        return found
    survey = answer.response.survey
    voice = Voice(
        source=VoiceSource.SURVEY, raised_on=timezone.localdate(answer.response.entered_at),
        region=_place_of(answer, actor), matter=matter, entered_by=actor,
    )  # fmt: skip
    save_recorded(voice, reason=f"由问卷「{survey}」第 {answer.question.serial} 题的回答转来")
    start_at_unit(voice=voice, unit=unit, actor=actor, comment=measure, due_on=due_on)
    problem = SurveyProblem(
        answer=answer, voice=voice, cause=cause, measure=measure, unit=unit, due_on=due_on
    )
    save_recorded(problem)
    return problem
