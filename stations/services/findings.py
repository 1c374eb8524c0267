"""What has to be put right: found, reported done, checked again, closed (M24, M42)."""

import datetime as dt
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify, office_people
from congress_portal.core.reminders import reminder
from stations.enums import RectificationState, RectificationStepKind
from stations.models import (
    InspectionCampaign,
    InspectionSheet,
    Rectification,
    RectificationStep,
    StandardItem,
    Station,
    TeamMember,
)
from stations.selectors.parts import is_county_office, parts_in_finding
from stations.services.checks import is_told_by_check, note_mended
from stations.services.people import people_of_place
from stations.workflow import FINDING_TABLE, Step, next_state

_WORDS = 200


class FindingError(DomainError):
    """The finding cannot be kept or moved on in this way."""


_KINDS = {
    Step.REPORT: RectificationStepKind.REPORT,
    Step.PASS: RectificationStepKind.PASSED,
    Step.FAIL: RectificationStepKind.FAILED,
    Step.EXTEND: RectificationStepKind.EXTENDED,
}


@transaction.atomic
def open_finding(
    *,
    actor: User,
    words: str,
    due_on: dt.date,
    station: Station | None = None,
    region: Region | None = None,
    item: StandardItem | None = None,
    found_on: dt.date | None = None,
) -> Rectification:
    """The office names something to be put right; the place is told once.

    Raises FindingError, ValidationError (the item is open there already).
    """
    place = station.region if station else region
    if place is None:
        raise FindingError("请选家站或者镇（街道）。")
    if not is_county_office(actor, place):
        raise FindingError("整改事项由县人大机关登记。")
    finding = Rectification(
        region=place,
        station=station,
        item=item,
        words=words.strip(),
        found_on=found_on or timezone.localdate(),
        due_on=due_on,
        entered_by=actor,
    )
    same = (
        Rectification.objects.all()
        .open()
        .filter(region=place, station=station, words=finding.words)
    )
    if same.exists():
        raise FindingError("同样的问题已经在整改。")
    save_recorded(finding)
    _tell(finding, "new", f"需要整改：{finding.words}", f"请在{_day(due_on)}前整改并报情况。")
    return finding


def find_from_sheets(
    campaign: InspectionCampaign, sheets: Iterable[InspectionSheet], *, on: dt.date
) -> list[Rectification]:
    """A finding for each item that lost points at a place; teams' reasons stand together.

    An item that is being put right there already is not opened twice. Each place is told once.
    """
    due = max(campaign.rectify_by, on)
    found: dict[tuple[int, int | None, int], Rectification] = {}
    open_ones = set(Rectification.objects.all().open().values_list("region", "station", "item"))
    for sheet in sheets:
        place = sheet.assignment
        for line in sheet.lines.filter(deduction__gt=0).order_by("item__number", "pk"):
            key = (place.region_id, place.station_id, line.item_id)
            if key in open_ones:
                continue
            if key in found:
                found[key].words = _joined(found[key].words, line.reason)
                continue
            found[key] = Rectification(
                region=place.region,
                station=place.station,
                item=line.item,
                line=line,
                words=f"{line.name}：{line.reason}"[:_WORDS],
                found_on=min(sheet.inspected_on or on, on),
                due_on=due,
            )
    places: dict[tuple[int, int | None], list[Rectification]] = {}
    for key, finding in found.items():
        save_recorded(finding)
        places.setdefault(key[:2], []).append(finding)
    for (region, station), rows in places.items():
        message = Message(
            key=f"campaign:{campaign.pk}:findings:{region}:{station or 0}",
            title=f"{campaign.title}：{rows[0].station or rows[0].region}有 {len(rows)} 项要整改",
            body=f"请在{_day(due)}前整改并报情况。",
            link="/inspection/findings/",
        )
        notify(people_of_place(region, station), message)
    return list(found.values())


def _joined(words: str, reason: str) -> str:
    return words if reason in words else f"{words}；{reason}"[:_WORDS]


@transaction.atomic
def take_step(
    *,
    actor: User,
    finding_pk: int,
    step: Step,
    words: str,
    new_due_on: dt.date | None = None,
    photo: ContentFile | None = None,
    seen: str = "",
) -> Rectification:
    """Report, re-check or a later day, by the table. Raises FindingError, StepNotAllowedError."""
    rows = Rectification.objects.visible_to(actor).select_for_update(of=("self",))
    finding: Rectification | None = (
        rows.select_related("region", "station", "line__sheet__assignment", "item__standard")
        .filter(pk=finding_pk)
        .first()
    )
    if finding is None:
        raise FindingError("没有这项整改。")
    if seen and finding.state != seen:
        raise FindingError("这项整改刚被别人办过，请刷新页面再看。")
    parts = parts_in_finding(actor, finding)
    finding.state = next_state(FINDING_TABLE, step, state=finding.state, parts=parts, words=words)
    new_due_on = new_due_on if step in (Step.FAIL, Step.EXTEND) else None
    _refuse_day(finding, step, new_due_on)
    today = timezone.localdate()
    row = RectificationStep(
        finding=finding,
        kind=_KINDS[step],
        on=today,
        words=words.strip(),
        new_due_on=new_due_on,
        entered_by=actor,
    )
    if photo:
        row.photo.save("photo.jpg", photo, save=False)
    save_recorded(row)
    finding.due_on = new_due_on or finding.due_on
    finding.closed_on = today if finding.state == RectificationState.CLOSED else None
    save_recorded(finding, clean=False)
    if step == Step.PASS and is_told_by_check(finding.item):
        note_mended(actor=actor, finding=finding, on=today)
    _tell_step(finding, row)
    return finding


def _refuse_day(finding: Rectification, step: Step, day: dt.date | None) -> None:
    if step == Step.EXTEND and day is None:
        raise FindingError("请填写新的期限。")
    if day is not None and day < timezone.localdate():
        raise FindingError("新的期限不能早于今天。")
    if step == Step.EXTEND and day is not None and day <= finding.due_on:
        raise FindingError("新的期限应比原来的晚。")


def _tell_step(finding: Rectification, row: RectificationStep) -> None:
    event = f"step:{row.pk}"
    if row.kind == RectificationStepKind.REPORT:
        people = {user.pk: user for user in _checkers(finding)}
        place = finding.station or finding.region
        title = f"{place}报来整改情况，请复查"
        notify(people.values(), _message(finding, event, title, row.words))
    else:
        _tell(finding, event, f"{row.get_kind_display()}：{finding.words}", row.words)


def _checkers(finding: Rectification) -> list[User]:
    """The county's office, and the team whose sheet it came from."""
    county = Region.objects.filter(code=finding.region.code[:6].ljust(12, "0")).first()
    people = office_people(county) if county else []
    if finding.line is not None:
        members = TeamMember.objects.filter(team=finding.line.sheet.assignment.team_id)
        people += User.objects.filter(pk__in=members.values("user"))
    return people


def _tell(finding: Rectification, event: str, title: str, body: str) -> None:
    people = people_of_place(finding.region_id, finding.station_id)
    notify(people, _message(finding, event, title, body))


def _message(finding: Rectification, event: str, title: str, body: str) -> Message:
    return Message(
        key=f"finding:{finding.pk}:{event}",
        title=title,
        body=body,
        link=f"/inspection/findings/{finding.pk}/",
    )


@reminder
def remind_of_findings(on: dt.date) -> dict[str, int]:
    """Tell each place once that a day has passed; a later day that passes is told anew."""
    said = 0
    rows = Rectification.objects.all().overdue(on).select_related("region", "station")
    for finding in rows.order_by("due_on", "pk"):
        people = people_of_place(finding.region_id, finding.station_id)
        message = Message(
            key=f"finding:{finding.pk}:overdue:{finding.due_on}",
            title=f"整改逾期：{finding.words}",
            body=f"期限是{_day(finding.due_on)}，请尽快整改并报情况。",
            link=f"/inspection/findings/{finding.pk}/",
            is_urgent=True,
        )
        said += notify(people, message)
    return {"整改逾期": said}


def _day(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"
