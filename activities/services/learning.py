"""Learning: plans, sessions and what held them, courses, lectures (M99–M105)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from activities.enums import Audience, Part
from activities.models import (
    Activity,
    ActivityFile,
    ActivityForm,
    Attendance,
    Course,
    CourseCompletion,
    CourseFile,
    QuizQuestion,
    TrainingPlan,
    TrainingSession,
)
from activities.selectors.learning import LECTURE_FORM, Roll, linkable
from activities.selectors.planning import callable_by
from activities.services.planning import invite, plan_activity
from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.stale import refuse_stale
from deputies.days import refuse_day_of_all
from deputies.models import Deputy
from stations.models import Station

M = TypeVar("M", bound=Model)


class LearningError(DomainError):
    """The plan, session or course does not allow this, or not by this person."""


def _own_place(actor: User, region: Region) -> None:
    if not actor.scope.may_write_code(region.code):
        raise LearningError(f"{region}的培训和课程由那里的人大工作人员管理。")


def _once(row: M, key: uuid.UUID | None) -> M:
    """Saved, or the row that a second sending of the same form met."""
    try:
        with transaction.atomic():
            save_recorded(row)
    except (IntegrityError, ValidationError):
        if found := _keyed(type(row), key):
            return found
        raise
    return row


def _keyed(model: type[M], key: uuid.UUID | None) -> M | None:
    if key is None:
        return None
    return model._default_manager.filter(idempotency_key=key).first()


@transaction.atomic
def save_plan(
    *, actor: User, values: Mapping[str, Any], plan_pk: int | None = None, seen: str = ""
) -> TrainingPlan:
    """A year's plan; one of the same name is refused. Raises LearningError, ValidationError."""
    plan = TrainingPlan()
    if plan_pk:
        plan = TrainingPlan.objects.select_for_update(of=("self",)).get(pk=plan_pk)
        _own_place(actor, plan.region)
        refuse_stale(plan, seen)
    for name, value in values.items():
        setattr(plan, name, value)
    _own_place(actor, plan.region)
    return save_recorded(plan)  # type: ignore[return-value]


@transaction.atomic
def save_session(
    *,
    actor: User,
    plan_pk: int,
    values: Mapping[str, Any],
    session_pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> TrainingSession:
    """A session of the plan; the same ``key`` always gives the same one.

    Raises LearningError, StaleRecordError, ValidationError.
    """
    plan = TrainingPlan.objects.select_related("region").get(pk=plan_pk)
    _own_place(actor, plan.region)
    if session_pk is None and (found := _keyed(TrainingSession, key)):
        return found
    session = TrainingSession(plan=plan, idempotency_key=key)
    if session_pk:
        session = _locked_session(actor, session_pk)
        refuse_stale(session, seen)
    for name, value in values.items():
        setattr(session, name, value)
    _refuse_vague(session)
    return _once(session, key)


def _refuse_vague(session: TrainingSession) -> None:
    """An audience names what narrows it; what it does not need is emptied."""
    needs = {Audience.SECTOR: "sector", Audience.TOWN: "town", Audience.GROUP: "group"}
    labels = {"sector": "界别", "town": "镇（街道）", "group": "小组"}
    for audience, name in needs.items():
        if session.audience == audience and not getattr(session, name):
            raise LearningError(f"培训对象是{audience.label}的，请选{labels[name]}。")
        if session.audience != audience:
            setattr(session, name, "" if name == "sector" else None)
    if session.planned_on.year != session.plan.year:
        raise LearningError(f"这是{session.plan.year}年的计划，请填当年的日期。")


def _locked_session(actor: User, pk: int) -> TrainingSession:
    rows = TrainingSession.objects.select_for_update(of=("self",)).select_related("plan__region")
    session = rows.get(pk=pk)
    _own_place(actor, session.plan.region)
    return session


@transaction.atomic
def link_activities(
    *, actor: User, session_pk: int, activities: Iterable[Activity]
) -> TrainingSession:
    """Make the activities that held the session exactly these. Raises LearningError."""
    session = _locked_session(actor, session_pk)
    wanted = {activity.pk for activity in activities}
    if wanted - set(linkable(session, actor).values_list("pk", flat=True)):
        raise LearningError("选的活动里有不在计划范围内的，请重新选择。")
    _relink(session, sorted(wanted))
    return session


def _relink(session: TrainingSession, wanted: Sequence[int]) -> None:
    before = sorted(session.activities.values_list("pk", flat=True))
    if before != list(wanted):
        session.activities.set(wanted)
        record(AuditAction.UPDATE, session, changes={"activities": [before, list(wanted)]})


@transaction.atomic
def arrange_session(
    *,
    actor: User,
    session_pk: int,
    form: ActivityForm,
    held_on: dt.date,
    begins_at: dt.time | None = None,
    place: str = "",
    key: uuid.UUID | None = None,
) -> tuple[Activity, int]:
    """Plan an activity that holds the session and put everyone who has not been there on its
    list; returns it and how many are on the list. The notice is sent from its own page.

    Raises LearningError, CallingError, ValidationError.
    """
    session = _locked_session(actor, session_pk)
    missing = Roll([session]).coverage(session).missing
    activity = plan_activity(
        actor=actor, region=session.plan.region, key=key, title=session.title, form=form,
        held_on=held_on, begins_at=begins_at, place=place, hours=session.hours,
    )  # fmt: skip
    links = {activity.pk, *session.activities.values_list("pk", flat=True)}
    _relink(session, sorted(links))
    listed = set(activity.invitations.values_list("deputy", flat=True))
    people = callable_by(actor, held_on).filter(pk__in=missing - listed)
    fresh = invite(actor=actor, activity_pk=activity.pk, deputies=people)
    return activity, len(listed) + fresh


# --- courses --------------------------------------------------------------------------------------


@transaction.atomic
def save_course(
    *,
    actor: User,
    values: Mapping[str, Any],
    files: Iterable[File] = (),
    course_pk: int | None = None,
    seen: str = "",
    key: uuid.UUID | None = None,
) -> Course:
    """A course of the library; ``files`` are added to those it has.

    Raises LearningError, StaleRecordError, ValidationError.
    """
    if course_pk is None and (found := _keyed(Course, key)):
        return found
    course = Course(idempotency_key=key)
    if course_pk:
        course = _locked_course(actor, course_pk)
        refuse_stale(course, seen)
    for name, value in values.items():
        setattr(course, name, value)
    _own_place(actor, course.region)
    course = _once(course, key)
    for file in files:
        paper = CourseFile(course=course, title=(file.name or "课件")[:120])
        paper.file.save(file.name or "file", file, save=False)
        save_recorded(paper)
    return course


def _locked_course(actor: User, pk: int) -> Course:
    rows = Course.objects.select_for_update(of=("self",)).select_related("region")
    course = rows.get(pk=pk)
    _own_place(actor, course.region)
    return course


@transaction.atomic
def drop_file(*, actor: User, file_pk: int) -> None:
    paper = CourseFile.objects.select_related("course").get(pk=file_pk)
    _locked_course(actor, paper.course_id)
    delete_recorded(paper)


@transaction.atomic
def set_quiz(
    *, actor: User, course_pk: int, questions: Sequence[Mapping[str, Any]]
) -> list[QuizQuestion]:
    """Make the questions exactly these: ``{text, choices, right}`` each. Raises LearningError."""
    course = _locked_course(actor, course_pk)
    kept = list(course.questions.order_by("serial", "pk"))
    for row in kept[len(questions) :]:
        delete_recorded(row)
    saved = []
    for serial, values in enumerate(questions):
        row = kept[serial] if serial < len(kept) else QuizQuestion(course=course)
        row.serial, row.text = serial, values["text"]
        row.choices, row.right = values["choices"], values["right"]
        if len(row.choice_list) < 2 or row.right > len(row.choice_list):
            raise LearningError(f"第 {serial + 1} 题要有两个以上选项，正确答案是其中第几个。")
        saved.append(save_recorded(row))
    return saved  # type: ignore[return-value]


@transaction.atomic
def publish_course(*, actor: User, course_pk: int) -> bool:
    """Show it to deputies; False where it was shown before. Raises LearningError."""
    course = _locked_course(actor, course_pk)
    if course.published_at:
        return False
    if not course.body.strip() and not course.files.exists():
        raise LearningError("请先写课文，或者附上课件。")
    if course.pass_mark > course.questions.count():
        raise LearningError(
            f"测验只有 {course.questions.count()} 题，却要答对 {course.pass_mark} 题。"
        )
    course.published_at = timezone.now()
    save_recorded(course)
    return True


@transaction.atomic
def complete_course(
    *,
    actor: User,
    deputy: Deputy,
    course_pk: int,
    answers: Mapping[int, int] | None = None,
    note: str = "",
) -> CourseCompletion:
    """The deputy has studied it: once, with the course's hours; minutes are not counted (C8).

    ``answers`` are question → the number of the choice. Short of the pass mark nothing is kept
    and the quiz may be tried again. Raises LearningError, Course.DoesNotExist.
    """
    if actor.scope.deputy_user_id is None or deputy.user_id != actor.pk:
        raise LearningError("学习记录由代表本人登记。")
    shown = Course.objects.filter(published_at__isnull=False, is_active=True)
    course = shown.select_for_update(of=("self",)).get(pk=course_pk)
    if done := CourseCompletion.objects.filter(course=course, deputy=deputy).first():
        return done
    right = _right_answers(course, answers or {})
    if course.pass_mark and right < course.pass_mark:
        raise LearningError(
            f"答对 {right} 题，要答对 {course.pass_mark} 题才算通过。再看看课文，可以重做。"
        )
    completion = CourseCompletion(
        course=course, deputy=deputy, completed_on=timezone.localdate(), hours=course.hours,
        right_answers=right if course.pass_mark else None, note=note.strip(),
    )  # fmt: skip
    return save_recorded(completion)  # type: ignore[return-value]


def _right_answers(course: Course, answers: Mapping[int, int]) -> int:
    return sum(answers.get(row.pk) == row.right for row in course.questions.all())


# --- lectures -------------------------------------------------------------------------------------


def log_lecture(
    *,
    actor: User,
    speakers: Sequence[Deputy],
    held_on: dt.date,
    title: str,
    audience: int | None,
    station: Station | None = None,
    place: str = "",
    content: str = "",
    result: str = "",
    material: File | None = None,
    key: uuid.UUID | None = None,
) -> Activity:
    """Note a 代表讲堂: each speaker was there and is credited (M105).

    What staff of the place enter is verified by that. The same ``key`` gives the same record.
    Raises LearningError, ValidationError.
    """
    if key and (found := Activity.objects.filter(idempotency_key=key, entered_by=actor).first()):
        return found
    if not speakers:
        raise LearningError("请写主讲的代表。")
    region = station.region if station else speakers[0].town
    _refuse_strange_lecture(actor, speakers, region)
    refuse_day_of_all(speakers, held_on)
    form, _ = ActivityForm.objects.get_or_create(name=LECTURE_FORM)
    activity = Activity(
        form=form, title=title, held_on=held_on, region=region, station=station, place=place,
        audience=audience, content=content, result=result, entered_by=actor, idempotency_key=key,
    )  # fmt: skip
    if actor.scope.may_write_code(region.code):
        activity.on_behalf, activity.verification = True, Verification.VERIFIED
        activity.verified_by, activity.verified_at = actor, timezone.now()
    try:
        with transaction.atomic():
            save_recorded(activity)
            _seat_speakers(activity, speakers)
            _keep_material(activity, material, actor)
    except (IntegrityError, ValidationError):
        if key and (found := Activity.objects.filter(idempotency_key=key).first()):
            return found
        raise
    return activity


def _refuse_strange_lecture(actor: User, speakers: Sequence[Deputy], region: Region) -> None:
    own = actor.scope.deputy_user_id is not None and all(s.user_id == actor.pk for s in speakers)
    if not own and not actor.scope.may_write_code(region.code):
        raise LearningError("讲堂由主讲的代表本人或所在镇（街道）人大工作人员登记。")


def _seat_speakers(activity: Activity, speakers: Sequence[Deputy]) -> None:
    rows = [
        Attendance(activity=activity, deputy=deputy, part=Part.SPEAKER, serial=serial)
        for serial, deputy in enumerate(speakers)
    ]
    Attendance.objects.bulk_create(rows)
    record(
        AuditAction.UPDATE, activity, changes={"speakers": [[], [row.deputy_id for row in rows]]}
    )


def _keep_material(activity: Activity, material: File | None, actor: User) -> None:
    if material is None:
        return
    paper = ActivityFile(activity=activity, title=(material.name or "讲稿")[:120], entered_by=actor)
    paper.file.save(material.name or "file", material, save=False)
    save_recorded(paper)
