"""What a place says against its marks, and the office's answer (M38)."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people
from stations import guards
from stations.enums import InspectionCampaignState, ObjectionState
from stations.models import InspectionCampaign, InspectionSheet, Objection, SheetLine
from stations.selectors.parts import is_member, parts_in_sheet
from stations.services.people import people_of_place
from stations.workflow import OBJECTION_TABLE, Part, Step, next_state


class ObjectionError(DomainError):
    """The objection cannot be raised or answered in this way."""


@transaction.atomic
def raise_objection(
    *, actor: User, sheet_pk: int, words: str, line_pk: int | None = None
) -> Objection:
    """By the inspected place, within the working days after disclosure. Raises ObjectionError."""
    sheet = _locked_sheet(InspectionSheet.objects.visible_to(actor).filter(pk=sheet_pk).first())
    if Part.PLACE not in parts_in_sheet(actor, sheet.assignment):
        raise ObjectionError("异议由被考评的家站或者镇（街道）提出。")
    last = sheet.assignment.team.campaign.objections_until
    if timezone.localdate() > last:
        raise ObjectionError(f"异议期到{last.month}月{last.day}日，已经过了。")
    if not words.strip():
        raise ObjectionError("请写明有什么异议。")
    line = _line(sheet, line_pk)
    if sheet.objections.filter(line=line, state=ObjectionState.RAISED).exists():
        raise ObjectionError("这一项已经提出异议，正在等人大机关答复。")
    if line and sheet.objections.filter(line=line).exists():
        raise ObjectionError("这一项的异议已经答复，不能再提；答复以后不再改。")
    objection = Objection(sheet=sheet, line=line, words=words.strip(), raised_by=actor)
    with guards.told():
        save_recorded(objection)
    place = sheet.assignment.station or sheet.assignment.region
    message = Message(
        key=f"objection:{objection.pk}",
        title=f"{place}对考评评分有异议",
        body=objection.words,
        link=f"/inspection/objections/{objection.pk}/",
    )
    notify(office_people(sheet.assignment.team.campaign.region), message)
    return objection


@transaction.atomic
def answer_objection(
    *,
    actor: User,
    objection_pk: int,
    upheld: bool,
    answer: str,
    line_pk: int | None = None,
    new_deduction: Decimal | None = None,
) -> Objection:
    """The office's answer, never that of the team that scored. Upheld, a line changes.

    Raises ObjectionError, StepNotAllowedError.
    """
    found = Objection.objects.editable_by(actor).filter(pk=objection_pk).first()
    sheet = _locked_sheet(found.sheet if found else None)
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=objection_pk)
    if is_member(actor, sheet.assignment.team_id):
        raise ObjectionError("您是打分的考评组成员，请由人大机关的其他同志答复。")
    step = Step.UPHOLD if upheld else Step.REFUSE
    parts = parts_in_sheet(actor, sheet.assignment)
    objection.state = next_state(
        OBJECTION_TABLE, step, state=objection.state, parts=parts, words=answer
    )
    with guards.told():
        if upheld:
            _change_line(objection, sheet, line_pk, new_deduction)
        objection.answer = answer.strip()
        objection.answered_at, objection.answered_by = timezone.now(), actor
        save_recorded(objection)
    _tell_place(objection, sheet)
    return objection


def _locked_sheet(sheet: InspectionSheet | None) -> InspectionSheet:
    """The campaign's row is locked, so that an objection comes before its lock or not at all."""
    if sheet is None:
        raise ObjectionError("没有这张打分表，或者已经锁定。")
    rows = InspectionCampaign.objects.select_for_update(of=("self",))
    campaign = rows.get(teams__assignments=sheet.assignment_id)
    if campaign.state != InspectionCampaignState.OBJECTIONS:
        raise ObjectionError(f"{campaign.title}{campaign.get_state_display()}，不在异议期。")
    found = InspectionSheet.objects.select_for_update(of=("self",))
    related = ("assignment__team__campaign__region", "assignment__station", "assignment__region")
    locked: InspectionSheet = found.select_related(*related).get(pk=sheet.pk)
    return locked


def _line(sheet: InspectionSheet, pk: int | None) -> SheetLine | None:
    if pk is None:
        return None
    line: SheetLine | None = sheet.lines.filter(pk=pk).first()
    if line is None:
        raise ObjectionError("这一项不在这张打分表里。")
    return line


def _change_line(
    objection: Objection, sheet: InspectionSheet, line_pk: int | None, new: Decimal | None
) -> None:
    line = objection.line or _line(sheet, line_pk)
    if line is None or new is None:
        raise ObjectionError("异议成立的，请写明改哪一项、改后扣几分。")
    if not 0 <= new <= line.points:
        raise ObjectionError(f"「{line.name}」的扣分应在 0 到 {line.points} 之间。")
    if new >= line.deduction:
        raise ObjectionError(
            f"「{line.name}」原来扣 {line.deduction} 分，异议成立只能少扣；不改分的请选异议不成立。"
        )
    objection.line, objection.old_deduction, objection.new_deduction = line, line.deduction, new
    line.deduction = new
    save_recorded(line, reason="异议成立")


def _tell_place(objection: Objection, sheet: InspectionSheet) -> None:
    place = sheet.assignment
    people = {user.pk: user for user in people_of_place(place.region_id, place.station_id)}
    if objection.raised_by:
        people[objection.raised_by.pk] = objection.raised_by
    message = Message(
        key=f"objection:{objection.pk}:answered",
        title=f"考评异议有了答复：{objection.get_state_display()}",
        body=objection.answer,
        link=f"/inspection/sheets/{sheet.pk}/",
    )
    notify(people.values(), message)
