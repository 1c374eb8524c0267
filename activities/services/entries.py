"""Writing visits and activities: by the deputy, or on the deputy's behalf (代录)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypedDict, TypeVar, Unpack, cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from activities.bounds import refuse_hours
from activities.enums import Presence
from activities.models import (
    Activity,
    ActivityForm,
    Attendance,
    Campaign,
    FixedVoter,
    Tag,
    Visit,
)
from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import VILLAGE_LEVELS, AuditAction, Verification
from congress_portal.core.errors import DomainError
from congress_portal.core.models import DictionaryEntry, Record, Region, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.scope import ScopedQuerySet
from congress_portal.core.stale import refuse_stale
from deputies.days import refuse_day, refuse_day_of_all
from deputies.models import Deputy, Group
from stations.models import Station

R = TypeVar("R", bound=Record)


class VisitDetails(TypedDict, total=False):
    """What a visit may say besides its four fields."""

    spot: Region | None
    tags: Iterable[Tag]
    fixed_voters: Iterable[FixedVoter]
    self_initiated: bool
    photo: ContentFile | None


class ActivityDetails(TypedDict, total=False):
    """What an activity may say besides its form, day and place."""

    field: DictionaryEntry | None
    group: Group | None
    campaign: Campaign | None
    tags: Iterable[Tag]
    photo: ContentFile | None


class NotEditableError(DomainError):
    """The record may not be changed by this person any more."""


def _stamp(row: Record, *, actor: User, deputy: Deputy, key: uuid.UUID | None) -> None:
    """Who entered it; what staff enter is verified by that, the rest waits to be checked."""
    row.entered_by, row.idempotency_key = actor, key
    row.on_behalf = deputy.user_id != actor.pk
    if row.on_behalf and Deputy.objects.editable_by(actor).filter(pk=deputy.pk).exists():
        row.verification = Verification.VERIFIED
        row.verified_by, row.verified_at = actor, timezone.now()


def _already(model: type[R], key: uuid.UUID | None, actor: User) -> R | None:
    """The record that this very form made before (a double tap, a repeated sending)."""
    if key is None:
        return None
    return model._default_manager.filter(idempotency_key=key, entered_by=actor).first()


def log_visit(
    *,
    actor: User,
    deputy: Deputy,
    held_on: dt.date,
    village: Region | None,
    channel: DictionaryEntry,
    people: int,
    matter: str = "",
    key: uuid.UUID | None = None,
    **more: Unpack[VisitDetails],
) -> Visit:
    """Enter one contact with voters; the same ``key`` always gives the same record.

    Raises ValidationError.
    """
    if found := _already(Visit, key, actor):
        return found
    visit = Visit(deputy=deputy)
    _fill_visit(visit, held_on, village, channel, people, matter, more)
    _stamp(visit, actor=actor, deputy=deputy, key=key)
    try:
        with transaction.atomic():
            _save_visit(visit, more)
    except (IntegrityError, ValidationError):
        if found := _already(Visit, key, actor):
            return found
        raise
    return visit


def change_visit(
    *,
    actor: User,
    visit_pk: int,
    seen: str,
    held_on: dt.date,
    village: Region | None,
    channel: DictionaryEntry,
    people: int,
    matter: str = "",
    **more: Unpack[VisitDetails],
) -> Visit:
    """Mend an unverified visit. Raises StaleRecordError, NotEditableError, ValidationError."""
    with transaction.atomic():
        visit = _for_change(Visit, visit_pk, actor, seen)
        _fill_visit(visit, held_on, village, channel, people, matter, more)
        _save_visit(visit, more)
    return visit


def _fill_visit(
    visit: Visit,
    held_on: dt.date,
    village: Region | None,
    channel: DictionaryEntry,
    people: int,
    matter: str,
    more: VisitDetails,
) -> None:
    spot = more.get("spot")
    if village is None and spot is not None:
        village = _village_of(spot)
    visit.held_on, visit.channel, visit.people = held_on, channel, people
    visit.village, visit.matter, visit.spot = village, matter, spot
    visit.region = village.parent if village and village.parent else visit.deputy.town
    visit.self_initiated = more.get("self_initiated", visit.self_initiated)
    refuse_day(visit.deputy, held_on)


def _village_of(spot: Region) -> Region | None:
    above = spot.parent
    while above is not None and above.level not in VILLAGE_LEVELS:
        above = above.parent
    return above


def _save_visit(visit: Visit, more: VisitDetails) -> None:
    if photo := more.get("photo"):
        visit.photo.save(photo.name or "photo", photo, save=False)
    save_recorded(visit)
    changes = {
        "tags": _set_links(visit.tags, more.get("tags", ())),
        "fixed_voters": _set_links(visit.fixed_voters, more.get("fixed_voters", ())),
    }
    if changes := {name: change for name, change in changes.items() if change}:
        record(AuditAction.UPDATE, visit, changes=changes)


def _set_links(links: Any, wanted: Iterable[Model]) -> list[list[int]]:
    """Make the linked rows exactly these; [before, after], or nothing when they were."""
    before = sorted(links.values_list("pk", flat=True))
    after = sorted(row.pk for row in wanted)
    if before == after:
        return []
    links.set(after)
    return [before, after]


def log_activity(
    *,
    actor: User,
    deputy: Deputy,
    held_on: dt.date,
    form: ActivityForm,
    title: str,
    station: Station | None = None,
    place: str = "",
    hours: Decimal | None = None,
    fellows: Iterable[Deputy] = (),
    content: str = "",
    self_initiated: bool = False,
    key: uuid.UUID | None = None,
    **more: Unpack[ActivityDetails],
) -> Activity:
    """Enter one activity at which the deputy and the named fellows were present.

    The same ``key`` always gives the same record. Raises ValidationError.
    """
    if found := _already(Activity, key, actor):
        return found
    activity = Activity(
        held_on=held_on, form=form, title=title, station=station, place=place, hours=hours,
        content=content, self_initiated=self_initiated,
        region=station.region if station else deputy.town,
    )  # fmt: skip
    _refuse_out_of_bounds(activity, deputy, fellows)
    _stamp(activity, actor=actor, deputy=deputy, key=key)
    try:
        with transaction.atomic():
            _save_activity(activity, more)
            _set_attendance(activity, [deputy, *fellows])
            _tell_fellows(activity, deputy, fellows)
    except (IntegrityError, ValidationError):
        if found := _already(Activity, key, actor):
            return found
        raise
    return activity


def _refuse_out_of_bounds(activity: Activity, deputy: Deputy, fellows: Iterable[Deputy]) -> None:
    refuse_day(deputy, activity.held_on)
    refuse_day_of_all(fellows, activity.held_on, field="fellows")
    refuse_hours(activity.form, activity.hours)


def change_activity(
    *,
    actor: User,
    activity_pk: int,
    deputy: Deputy,
    seen: str,
    held_on: dt.date,
    form: ActivityForm,
    title: str,
    station: Station | None = None,
    place: str = "",
    hours: Decimal | None = None,
    fellows: Iterable[Deputy] = (),
    content: str = "",
    self_initiated: bool = False,
    **more: Unpack[ActivityDetails],
) -> Activity:
    """Mend an unverified activity. Raises StaleRecordError, NotEditableError, ValidationError."""
    with transaction.atomic():
        activity = _for_change(Activity, activity_pk, actor, seen)
        activity.held_on, activity.form, activity.title = held_on, form, title
        activity.station, activity.place, activity.hours = station, place, hours
        activity.content, activity.self_initiated = content, self_initiated
        activity.region = station.region if station else deputy.town
        _refuse_out_of_bounds(activity, deputy, fellows)
        _save_activity(activity, more)
        _set_attendance(activity, [deputy, *fellows])
        _tell_fellows(activity, deputy, fellows)
    return activity


def _tell_fellows(activity: Activity, deputy: Deputy, fellows: Iterable[Deputy]) -> None:
    """Whoever was named need not log it a second time; each is told once."""
    accounts = User.objects.filter(deputy__in=[each.pk for each in fellows])
    message = Message(
        key=f"activity:{activity.pk}:fellow",
        title=f"{deputy}登记了您也参加的活动：{activity.title}",
        body="您不用再登记；有出入请打开它点「有疑问」。",
        link=f"/activities/{activity.pk}/",
    )
    notify(accounts, message)


def _save_activity(activity: Activity, more: ActivityDetails) -> None:
    """Save it with what it says besides; what is not given stays as it was."""
    for name in ("field", "group", "campaign"):
        if name in more:
            setattr(activity, name, more[name])
    if photo := more.get("photo"):
        activity.photo.save(photo.name or "photo", photo, save=False)
    save_recorded(activity)
    if "tags" in more and (change := _set_links(activity.tags, more["tags"])):
        record(AuditAction.UPDATE, activity, changes={"tags": change})


def _for_change(model: type[R], pk: int, actor: User, seen: str) -> R:
    rows = model._default_manager.select_for_update(of=("self",)).filter(pk=pk)
    row = rows.first()
    own = cast("ScopedQuerySet", model._default_manager.all()).editable_by(actor)
    if row is None or not own.filter(pk=pk).exists():
        raise NotEditableError("这条记录已经核实，不能再改；有误请联系镇（街道）人大工作人员。")
    refuse_stale(row, seen)
    if row.verification == Verification.REFUSED:
        row.verification, row.refusal_reason = Verification.PENDING, ""
        row.verified_by = row.verified_at = None
    return row


def _set_attendance(activity: Activity, deputies: list[Deputy]) -> None:
    """Make the list of those present exactly this one; leave and absence entries stay."""
    wanted = list({deputy.pk: deputy for deputy in deputies}.values())
    before = list(
        activity.attendances.filter(presence=Presence.PRESENT).values_list("deputy", flat=True)
    )
    after = [deputy.pk for deputy in wanted]
    if before == after:
        return
    activity.attendances.filter(deputy__in={*before, *after}).delete()
    Attendance.objects.bulk_create(
        [
            Attendance(activity=activity, deputy=deputy, serial=serial)
            for serial, deputy in enumerate(wanted)
        ]
    )
    record(AuditAction.UPDATE, activity, changes={"attendances": [before, after]})
