"""Scoring at the place: a sheet comes from a phone, perhaps hours after it was filled in."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify
from stations import guards
from stations.enums import InspectionCampaignState
from stations.models import Assignment, InspectionCampaign, InspectionSheet, SheetLine
from stations.models.campaign import own_stations
from stations.selectors.parts import parts_in_sheet
from stations.workflow import SHEET_TABLE, Part, Step, next_state


class SheetError(DomainError):
    """The sheet cannot be written in this way."""


class SheetStaleError(SheetError):
    """Another phone's sheet came in between."""

    def __init__(self) -> None:
        super().__init__(
            "组里已有人从别的手机送达过这张表，您的没有收下。请先抄下所填内容，重新打开再改。"
        )


@dataclass(frozen=True)
class Entry:
    """One line as filled in; ``photo`` None leaves the one that is there."""

    deduction: Decimal
    reason: str = ""
    photo: ContentFile | None = None


@transaction.atomic
def receive_sheet(
    *,
    actor: User,
    sheet_pk: int,
    client_key: uuid.UUID,
    seen_edition: int,
    entries: Mapping[int, Entry],
    inspected_on: dt.date | None,
    note: str = "",
    submit: bool = False,
) -> InspectionSheet:
    """Take what a phone sends; the same ``client_key`` again changes nothing.

    ``entries`` by the line's key, every line of the sheet. ``seen_edition`` is the edition that
    the phone started from: with another one since, SheetStaleError. ``submit`` ends the scoring.
    Raises SheetError, StepNotAllowedError, ValidationError.
    """
    known = InspectionSheet.objects.visible_to(actor).filter(pk=sheet_pk, client_key=client_key)
    if (received := known.first()) is not None:
        return received
    sheet, campaign = _locked_sheet(actor, sheet_pk)
    if sheet.client_key == client_key:
        return sheet
    _refuse_own_place(actor, sheet.assignment)
    step = Step.SUBMIT if submit else Step.SAVE
    parts = parts_in_sheet(actor, sheet.assignment)
    state = next_state(SHEET_TABLE, step, state=sheet.state, parts=parts)
    _refuse_outside(campaign, inspected_on, must_be_told=submit)
    if sheet.edition != seen_edition:
        raise SheetStaleError
    lines = {line.pk: line for line in sheet.lines.select_related("item")}
    if set(entries) != set(lines):
        raise SheetError(f"这张表共 {len(lines)} 项，收到的项目对不上，请重新打开再填。")
    with guards.told():
        for pk, entry in entries.items():
            _write(lines[pk], entry)
        sheet.inspected_on, sheet.note = inspected_on, note.strip()
        sheet.client_key, sheet.edition, sheet.state = client_key, sheet.edition + 1, state
        if submit:
            sheet.submitted_at, sheet.submitted_by = timezone.now(), actor
        save_recorded(sheet)
    return sheet


def _locked_sheet(actor: User, pk: int) -> tuple[InspectionSheet, InspectionCampaign]:
    """The campaign's row is locked first, so that disclosure and lock come before or after."""
    found = InspectionSheet.objects.editable_by(actor).filter(pk=pk).first()
    if found is None:
        raise SheetError("没有这张打分表，或者已经锁定、不由您打分。")
    rows = InspectionCampaign.objects.select_for_update(of=("self",))
    campaign = rows.get(teams__assignments=found.assignment_id)
    if campaign.state != InspectionCampaignState.RUNNING:
        raise SheetError(f"{campaign.title}{campaign.get_state_display()}，不能打分。")
    sheets = InspectionSheet.objects.select_for_update(of=("self",))
    sheet = sheets.select_related("assignment__region", "assignment__team").get(pk=pk)
    return sheet, campaign


def _refuse_own_place(actor: User, place: Assignment) -> None:
    """A role or post given after the draw is no way round the crossing (M38)."""
    roles = actor.role_assignments.in_force(timezone.localdate())
    is_of_town = place.region.is_town and roles.filter(region=place.region_id).exists()
    if is_of_town or (place.station_id and place.station_id in own_stations([actor])):
        raise SheetError("您是这个镇（街道）、家站的人，不能给它打分；请告诉人大机关换人考评。")


def _refuse_outside(
    campaign: InspectionCampaign, day: dt.date | None, *, must_be_told: bool
) -> None:
    """What counts is the day at the place: a phone may send it later than the last day."""
    if day is None:
        if must_be_told:
            raise SheetError("请填写考评日期再提交。")
        return
    if day > timezone.localdate():
        raise SheetError("考评日期不能晚于今天。")
    if not campaign.opens_on <= day <= campaign.closes_on:
        first, last = campaign.opens_on, campaign.closes_on
        raise SheetError(
            f"考评日期应在{first.month}月{first.day}日至{last.month}月{last.day}日之间。"
        )


def _write(line: SheetLine, entry: Entry) -> None:
    reason = entry.reason.strip()
    if not 0 <= entry.deduction <= line.points:
        raise SheetError(f"「{line.name}」的扣分应在 0 到 {line.points} 之间。")
    if entry.deduction and not reason:
        raise SheetError(f"「{line.name}」扣了 {entry.deduction} 分，请写明原因。")
    if entry.photo:
        line.photo.save("photo.jpg", entry.photo, save=False)
    line.deduction, line.reason = entry.deduction, reason
    save_recorded(line)


@transaction.atomic
def return_sheet(*, actor: User, sheet_pk: int, words: str) -> InspectionSheet:
    """The office gives a submitted sheet back, with the reason. Raises as ``receive_sheet``."""
    sheet, _ = _locked_sheet(actor, sheet_pk)
    parts = parts_in_sheet(actor, sheet.assignment) & {Part.OFFICE}
    sheet.state = next_state(SHEET_TABLE, Step.RETURN, state=sheet.state, parts=parts, words=words)
    sheet.submitted_at = sheet.submitted_by = None
    save_recorded(sheet, reason=words.strip())
    people = User.objects.filter(pk__in=sheet.assignment.team.members.values("user"))
    message = Message(
        key=f"sheet:{sheet.pk}:returned:{sheet.edition}",
        title=f"打分表退回修改：{sheet.assignment}",
        body=words.strip(),
        link=f"/inspection/sheets/{sheet.pk}/",
        is_urgent=True,
    )
    notify(people, message)
    return sheet
