"""A people's hall: the meeting, views, conclusion, what follows, a view as a voice (M19)."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils import timezone

from activities.enums import CountsAs
from activities.models import ActivityForm
from activities.services.entries import log_activity
from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.masking import count_numbers
from congress_portal.core.models import DictionaryEntry, Unit, User
from congress_portal.core.notices import Message, notify, notify_each, office_people, unit_people
from congress_portal.core.reminders import reminder
from congress_portal.core.stale import refuse_stale
from deputies.models import Deputy
from stations.models import Station
from suggestions.enums import VoiceSource
from suggestions.models import Hall, HallTask, HallView, Voice
from suggestions.selectors.halls import FORM_NAME, hall_form, late_tasks, may_keep
from suggestions.services.voices.handling import start_at_unit

M = TypeVar("M", bound=models.Model)


class HallError(DomainError):
    """A rule of the halls refuses the input."""


def open_hall(
    *,
    actor: User,
    topic: str,
    held_on: dt.date,
    deputies: Sequence[Deputy],
    station: Station | None = None,
    place: str = "",
    observers: str = "",
    key: uuid.UUID | None = None,
) -> Hall:
    """Enter a deliberation as an activity of the form 议事厅; the same ``key`` gives the same one.

    Raises HallError, ValidationError.
    """
    if found := _made(Hall, key):
        return found
    if count_numbers(topic, observers):
        raise HallError("议题或参加的选民、单位里有电话或证件号码，请删去：纪要会打印。")
    try:
        with transaction.atomic():
            activity = log_activity(
                actor=actor, deputy=deputies[0], fellows=deputies[1:], held_on=held_on,
                form=_form(), title=f"{FORM_NAME}：{topic}"[:120], station=station, place=place,
                key=key,
            )  # fmt: skip
            if not may_keep(actor, activity):
                raise HallError("由举办地的人大工作人员或者家站登记。")
            activity.observers = observers
            save_recorded(activity)
            hall = Hall(activity=activity, topic=topic, idempotency_key=key)
            save_recorded(hall)
    except IntegrityError:
        if found := _made(Hall, key):
            return found
        raise
    return hall


def _form() -> ActivityForm:
    if found := hall_form():
        return found
    form = ActivityForm(name=FORM_NAME, counts_as=CountsAs.OTHER)
    save_recorded(form)
    return form


def _made(model: type[M], key: uuid.UUID | None) -> M | None:
    return model._default_manager.filter(idempotency_key=key).first() if key else None


def _for_change(actor: User, hall_pk: int) -> Hall:
    """Raises Hall.DoesNotExist, HallError."""
    seen = Hall.objects.visible_to(actor).order_by().values("pk")
    rows = Hall.objects.select_for_update(of=("self",)).order_by()
    hall: Hall = rows.get(pk=hall_pk, pk__in=seen)
    if not may_keep(actor, hall.activity):
        raise HallError("由举办地的人大工作人员或者家站办理。")
    return hall


@transaction.atomic
def add_view(
    *, actor: User, hall_pk: int, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> HallView:
    """Views are numbered in the order heard. Raises HallError, ValidationError."""
    hall = _for_change(actor, hall_pk)
    if found := _made(HallView, key):
        return found
    if count_numbers(values["words"], values.get("voter_name", "")):
        raise HallError("意见里有电话、证件或银行卡号码，请删去：纪要会打印。")
    last = hall.views.aggregate(last=Max("serial"))["last"] or 0
    view = HallView(hall=hall, serial=last + 1, idempotency_key=key, **values)
    save_recorded(view)
    return view


@transaction.atomic
def drop_view(*, actor: User, view_pk: int) -> Hall:
    """Take out a view entered twice or wrongly; the later ones move up.

    Raises HallView.DoesNotExist, and HallError for one that became a voice.
    """
    allowed = HallView.objects.visible_to(actor).order_by().values("pk")
    view: HallView = HallView.objects.get(pk=view_pk, pk__in=allowed)
    hall = _for_change(actor, view.hall_id)
    if view.voice_id:
        raise HallError("这条意见已经转为群众意见，不能删去。")
    serial = view.serial
    delete_recorded(view)
    for later in hall.views.filter(serial__gt=serial).order_by("serial"):
        later.serial -= 1
        save_recorded(later)
    return hall


@transaction.atomic
def conclude(
    *,
    actor: User,
    hall_pk: int,
    topic: str,
    conclusion: str,
    concluded_on: dt.date | None,
    is_published: bool,
    seen: str,
) -> Hall:
    """Write the conclusion; what is announced names nobody's number.

    Raises HallError, StaleRecordError, ValidationError.
    """
    hall = _for_change(actor, hall_pk)
    refuse_stale(hall, seen)
    if is_published and not conclusion:
        raise HallError("写了议定事项才能公布。")
    if concluded_on and concluded_on < hall.activity.held_on:
        raise HallError("议定日期不能早于议事的日期。")
    if is_published and count_numbers(topic, conclusion):
        raise HallError("议题或议定事项里有电话或证件号码，公布前请改。")
    names = [name for name in hall.views.values_list("voter_name", flat=True) if name]
    if is_published and any(name in topic or name in conclusion for name in names):
        raise HallError("议题或议定事项里有选民的姓名，公布前请改。")
    hall.topic, hall.conclusion, hall.concluded_on = topic, conclusion, concluded_on
    hall.is_published = is_published
    save_recorded(hall)
    return hall


@transaction.atomic
def add_task(
    *, actor: User, hall_pk: int, values: Mapping[str, Any], key: uuid.UUID | None = None
) -> HallTask:
    """Who does what by when. Raises HallError, ValidationError."""
    hall = _for_change(actor, hall_pk)
    if found := _made(HallTask, key):
        return found
    task = HallTask(hall=hall, set_on=timezone.localdate(), idempotency_key=key, **values)
    save_recorded(task)
    if task.unit:
        day = f"{task.due_on.year}年{task.due_on.month}月{task.due_on.day}日"
        message = Message(
            key=f"hall-task:{task.pk}",
            title=f"议事定的后续请您单位办理：{task.what}",
            body=f"议题「{hall.topic}」，{day}前办理。办好请把结果告诉{hall.activity.region}人大。",
        )
        notify(unit_people(task.unit), message)
    return task


@transaction.atomic
def finish_task(*, actor: User, task_pk: int, done_on: dt.date, result: str, seen: str) -> HallTask:
    """Raises HallTask.DoesNotExist, HallError, StaleRecordError, ValidationError."""
    allowed = HallTask.objects.visible_to(actor).order_by().values("pk")
    rows = HallTask.objects.select_for_update(of=("self",)).order_by()
    task: HallTask = rows.get(pk=task_pk, pk__in=allowed)
    _for_change(actor, task.hall_id)
    refuse_stale(task, seen)
    task.done_on, task.result = done_on, result
    save_recorded(task)
    return task


@transaction.atomic
def voice_from_view(
    *,
    actor: User,
    view_pk: int,
    matter: str,
    field: DictionaryEntry | None = None,
    unit: Unit | None = None,
    measure: str = "",
    due_on: dt.date | None = None,
) -> Voice:
    """Make the one voice of a view, with owner and measure; a second time gives the same voice.

    ``measure`` (对策) becomes what follows from the deliberation, of ``unit``, by ``due_on``.
    Raises HallView.DoesNotExist, HallError, ValidationError.
    """
    allowed = HallView.objects.visible_to(actor).order_by().values("pk")
    rows = HallView.objects.select_for_update(of=("self",)).order_by()
    view: HallView = rows.get(pk=view_pk, pk__in=allowed)
    hall = _for_change(actor, view.hall_id)
    if view.voice:
        return view.voice
    activity = hall.activity
    voice = Voice(
        source=VoiceSource.HALL, raised_on=activity.held_on, activity=activity,
        station=activity.station, region=activity.region, field=field, matter=matter,
        entered_by=actor,
    )  # fmt: skip
    told = f"由议事「{hall.topic}」第 {view.serial} 条意见转来"
    save_recorded(voice, reason=told)
    if unit:
        start_at_unit(voice=voice, unit=unit, actor=actor, comment=measure or told, due_on=due_on)
    view.voice = voice
    save_recorded(view)
    if measure:
        values = {"what": measure, "unit": unit, "due_on": due_on}
        add_task(actor=actor, hall_pk=hall.pk, values=values)
    return voice


@reminder
def remind_of_hall_tasks(on: dt.date) -> dict[str, int]:
    """Each task past its day once."""
    return {"议定后续过了时限": notify_each(_late(on))}


def _late(on: dt.date) -> Iterator[tuple[User, Message]]:
    """The unit, and the office that noted the task."""
    rows = late_tasks(on).select_related("hall__activity__region", "unit").order_by("pk")
    for task in rows:
        message = Message(
            key=f"hall-task-late-{task.pk}-{task.due_on}",
            title=f"议定后续过了时限（{task.due_on:%m月%d日}）：{task.what}"[:120],
            body=f"议题「{task.hall.topic}」，由{task.unit or task.owner}办理。",
        )
        for user in unit_people(task.unit) if task.unit else []:
            yield user, message
        own = replace(message, link=f"/halls/{task.hall_id}/")
        for user in office_people(task.hall.activity.region):
            yield user, own
