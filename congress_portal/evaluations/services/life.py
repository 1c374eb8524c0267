"""The steps of a sheet between computing and publishing, each by the office, each recorded."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, Unit, User
from congress_portal.core.notices import Message, notify, unit_people
from congress_portal.core.periods import Period
from congress_portal.evaluations.enums import AppealState, SheetState
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.models import Appeal, Scheme, ScoreSheet, Unlock
from congress_portal.evaluations.scoring import snapshot_of
from congress_portal.evaluations.selectors import current_sheet
from congress_portal.evaluations.services.sheets import (
    SheetChangedError,
    check_right,
    locked_sheet,
)
from congress_portal.evaluations.standing import facts_of, window_from
from congress_portal.evaluations.telling import tell_scored
from congress_portal.evaluations.workflow import SheetStep, require
from stations.models import Station
from stations.services.people import people_of_place

LONGEST_UNLOCK = dt.timedelta(days=14)


@transaction.atomic
def open_sheet(*, scheme: Scheme, period: Period, actor: User) -> ScoreSheet:
    """Begin a period: raters may give their marks, nothing is computed yet.

    Raises NotAllowedError, SheetChangedError where the period has begun already.
    """
    check_right(actor)
    list(Scheme.objects.select_for_update().filter(name=scheme.name).values_list("pk"))
    if current_sheet(scheme.name, period):
        raise SheetChangedError(f"「{scheme.name}」{period.label}已经开始，请在列表里打开。")
    sheet = ScoreSheet(scheme=scheme, state=SheetState.OPEN, period_code=period.code)
    sheet.first_day, sheet.last_day = period.first, period.last
    sheet.scheme_data = snapshot_of(scheme)
    save_recorded(sheet)
    return sheet


def check_sheet(*, actor: User, sheet_pk: int, digest: str) -> ScoreSheet:
    """The figures were looked at; marks are closed. ``digest`` is that of the page."""
    with transaction.atomic():
        sheet = _moved(actor, sheet_pk, SheetStep.CHECK)
        if digest != sheet.digest or not is_intact(sheet):
            raise SheetChangedError("这份结果刚被重新计算，请核对新的结果。")
        sheet.checked_at, sheet.checked_by = timezone.now(), actor
        save_recorded(sheet)
        return sheet


def reopen_sheet(*, actor: User, sheet_pk: int, words: str) -> ScoreSheet:
    with transaction.atomic():
        sheet = _moved(actor, sheet_pk, SheetStep.REOPEN, words)
        sheet.checked_at, sheet.checked_by = None, None
        save_recorded(sheet, reason=words.strip())
        return sheet


def disclose_sheet(*, actor: User, sheet_pk: int) -> ScoreSheet:
    """Show everyone the own score; the window in working days begins. Raises DomainError where
    the calendar of the year is missing."""
    with transaction.atomic():
        sheet = _moved(actor, sheet_pk, SheetStep.DISCLOSE)
        sheet.disclosed_at = timezone.now()
        sheet.objections_until = window_from(sheet, timezone.localdate())
        save_recorded(sheet)
        tell_scored(sheet, "disclosed")
        return sheet


def close_objections(*, actor: User, sheet_pk: int) -> ScoreSheet:
    """After the window, with every objection answered. Raises SheetChangedError."""
    with transaction.atomic():
        sheet = _moved(actor, sheet_pk, SheetStep.CLOSE)
        last = sheet.objections_until
        if last and timezone.localdate() <= last:
            raise SheetChangedError(f"异议期到{last.month}月{last.day}日，还没有结束。")
        if Appeal.objects.filter(score__sheet=sheet, state=AppealState.OPEN).exists():
            raise SheetChangedError("还有异议没有答复，不能结束。")
        sheet.decided_at = timezone.now()
        save_recorded(sheet)
        return sheet


def _moved(actor: User, pk: int, step: SheetStep, words: str = "") -> ScoreSheet:
    """The locked sheet with its new state, not saved yet."""
    check_right(actor)
    sheet = locked_sheet(pk)
    to = require(step, facts_of(sheet), words)
    sheet.state = to or sheet.state
    return sheet


def unlock_place(
    *, actor: User, sheet_pk: int, place: Region | Station | Unit, until: dt.datetime, reason: str
) -> Unlock:
    """Marks of one place may be added until a time; the sheet itself does not change.

    Raises NotAllowedError, StepNotAllowedError, and DomainError for a time that is past or more
    than 14 days ahead.
    """
    with transaction.atomic():
        check_right(actor)
        sheet = locked_sheet(sheet_pk)
        require(SheetStep.UNLOCK, facts_of(sheet), reason)
        now = timezone.now()
        if not now < until <= now + LONGEST_UNLOCK:
            raise DomainError("开放的截止时间要在现在以后、14 天以内。")
        given: dict[str, Any] = {place._meta.model_name or "": place}
        unlock = Unlock(
            sheet=sheet, until=until, reason=reason.strip(), opened_by=actor, opened_at=now, **given
        )
        save_recorded(unlock, reason=unlock.reason)
        _tell_place(unlock, place)
        return unlock


def _tell_place(unlock: Unlock, place: Region | Station | Unit) -> None:
    if isinstance(place, Unit):
        people = unit_people(place)
    elif isinstance(place, Station):
        people = list(people_of_place(place.region_id, place.pk))
    else:
        people = list(people_of_place(place.pk, None))
    until = timezone.localtime(unlock.until)
    message = Message(
        key=f"unlock:{unlock.pk}",
        title=f"{unlock.sheet}：评分临时开放到{until.month}月{until.day}日{until:%H:%M}",
        body=unlock.reason,
        link=f"/evaluations/{unlock.sheet_id}/",
    )
    notify(people, message)
