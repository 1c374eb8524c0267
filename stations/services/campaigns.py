"""A campaign of inspection from its announcement to its lock (M38, M40)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.notices import Message, notify
from congress_portal.core.workdays import WorkCalendar
from stations import guards
from stations.enums import (
    CampaignKind,
    InspectionCampaignState,
    ObjectionState,
    SheetState,
    StandardSubject,
)
from stations.models import (
    Assignment,
    InspectionCampaign,
    InspectionMark,
    InspectionSheet,
    Objection,
    SheetLine,
    Standard,
)
from stations.selectors.campaigns import other_marks, rounded
from stations.selectors.parts import is_county_office, parts_in_campaign
from stations.services.findings import find_from_sheets
from stations.services.people import people_of_places
from stations.workflow import CAMPAIGN_TABLE, Step, next_state


class CampaignError(DomainError):
    """The campaign cannot be kept or moved on in this way."""


@transaction.atomic
def save_campaign(
    *,
    actor: User,
    region: Region,
    kind: str,
    year: int,
    quarter: int | None,
    title: str,
    standard: Standard,
    opens_on: dt.date,
    closes_on: dt.date,
    objection_days: int,
    rectify_by: dt.date,
    teams_per_place: int = 1,
    mark_full: int = 10,
    pk: int | None = None,
) -> InspectionCampaign:
    """A new campaign, or (with ``pk``) another calendar for one that is not yet disclosed.

    The end of the objections is counted in working days from the last day of scoring; disclosure
    counts it anew. Raises CampaignError, CalendarMissingError, ValidationError.
    """
    campaign = locked_campaign(actor, pk) if pk else InspectionCampaign(region=region)
    if not is_county_office(actor, campaign.region):
        raise CampaignError("考评由县人大机关组织。")
    _refuse_late_change(campaign, standard)
    if not standard.items.filter(points__gt=0).exists():
        raise CampaignError(f"「{standard}」没有写分值的项目，不能用来考评。")
    if campaign.pk and title.strip() == _own_title(campaign):
        title = ""  # it was never typed: it follows what the campaign is now
    campaign.kind, campaign.year = kind, year
    campaign.quarter = quarter if kind == CampaignKind.QUARTER else None
    campaign.title = title.strip() or default_title(kind, year, campaign.quarter, standard.subject)
    campaign.standard, campaign.teams_per_place = standard, teams_per_place
    campaign.mark_full = mark_full
    campaign.opens_on, campaign.closes_on = opens_on, closes_on
    campaign.objection_days, campaign.rectify_by = objection_days, rectify_by
    campaign.objections_until = WorkCalendar().add_workdays(closes_on, objection_days)
    save_recorded(campaign)
    return campaign


@transaction.atomic
def discard_campaign(*, actor: User, pk: int) -> str:
    """Take out one that was drafted by mistake, with its teams; returns its title.

    Raises CampaignError once it has begun.
    """
    campaign = locked_campaign(actor, pk)
    if campaign.state != InspectionCampaignState.DRAFT:
        raise CampaignError("考评已经开始，不能删去。")
    delete_recorded(campaign)
    return campaign.title


def _own_title(stored: InspectionCampaign) -> str:
    return default_title(stored.kind, stored.year, stored.quarter, stored.standard.subject)


def default_title(kind: str, year: int, quarter: int | None, subject: str) -> str:
    whom = "镇街人大工作" if subject == StandardSubject.TOWN else "家站"
    if kind == CampaignKind.YEAR_END or not quarter:
        return f"{year}年{whom}年终检查"
    return f"{year}年第{'一二三四'[quarter - 1]}季度{whom}交叉考评"


def _refuse_late_change(campaign: InspectionCampaign, standard: Standard) -> None:
    if campaign.pk is None or campaign.state == InspectionCampaignState.DRAFT:
        return
    if campaign.state != InspectionCampaignState.RUNNING:
        raise CampaignError("评分已经公开，日程不能再改。")
    if standard.pk != campaign.standard_id:
        raise CampaignError("考评已经开始，不能换考评标准。")


def locked_campaign(actor: User, pk: int) -> InspectionCampaign:
    """The campaign, its row locked, if the person may write it. Raises CampaignError."""
    rows = InspectionCampaign.objects.editable_by(actor).select_for_update(of=("self",))
    found: InspectionCampaign | None = (
        rows.select_related("region", "standard").filter(pk=pk).first()
    )
    if found is None:
        raise CampaignError("这次考评已经锁定，或者不由您组织，不能再改。")
    return found


def _move(actor: User, pk: int, step: Step, seen: str) -> InspectionCampaign:
    """The locked row, checked against the table and against what the page showed."""
    campaign = locked_campaign(actor, pk)
    if seen and campaign.state != seen:
        raise CampaignError("这次考评的状态刚被别人改过，请刷新页面再办。")
    parts = parts_in_campaign(actor, campaign)
    campaign.state = next_state(CAMPAIGN_TABLE, step, state=campaign.state, parts=parts)
    return campaign


@transaction.atomic
def start_campaign(*, actor: User, pk: int, seen: str = "") -> InspectionCampaign:
    """The teams get their sheets. Raises CampaignError while a place lacks a team."""
    campaign = _move(actor, pk, Step.START, seen)
    assignments = Assignment.objects.filter(team__campaign=campaign)
    if not assignments.exists():
        raise CampaignError("还没有分工，不能开始。")
    _refuse_unready(campaign)
    save_recorded(campaign)
    prepare_sheets(campaign)
    words = f"{_day(campaign.opens_on)}至{_day(campaign.closes_on)}打分。"
    people = User.objects.filter(pk__in=campaign.teams.values("members__user"))
    notify(people, _message(campaign, "start", f"{campaign.title}开始，请打开打分表", words))
    return campaign


def _refuse_unready(campaign: InspectionCampaign) -> None:
    for team in campaign.teams.prefetch_related("members", "assignments"):
        if not any(member.is_leader for member in team.members.all()):
            raise CampaignError(f"{team}还没有组长。")
        if not team.assignments.all():
            raise CampaignError(f"{team}还没有安排考评的地方。")
    counts: dict[tuple[int, int | None], int] = {}
    names: dict[tuple[int, int | None], str] = {}
    rows = Assignment.objects.filter(team__campaign=campaign).select_related("station", "region")
    for row in rows:
        key = (row.region_id, row.station_id)
        counts[key] = counts.get(key, 0) + 1
        names[key] = str(row.station or row.region)
    few = [names[key] for key, count in counts.items() if count < campaign.teams_per_place]
    if few:
        listed = "、".join(few[:5])
        raise CampaignError(f"每处应有 {campaign.teams_per_place} 个组考评，{listed}还不够。")


@transaction.atomic
def prepare_sheets(campaign: InspectionCampaign) -> int:
    """Sheets with the standard's items for assignments of a running campaign that have none."""
    if campaign.state != InspectionCampaignState.RUNNING:
        return 0
    items = list(campaign.standard.items.filter(points__gt=0).order_by("number", "pk"))
    rows = Assignment.objects.filter(team__campaign=campaign, sheet__isnull=True)
    made = 0
    for assignment in rows.order_by("pk"):
        sheet = InspectionSheet(assignment=assignment)
        save_recorded(sheet)
        lines = [
            SheetLine(sheet=sheet, item=item, name=item.name, points=item.points) for item in items
        ]
        SheetLine.objects.bulk_create(lines)
        made += 1
    return made


@transaction.atomic
def disclose(*, actor: User, pk: int, seen: str = "") -> InspectionCampaign:
    """Every place sees its own marks from now on; objections run so many working days.

    Raises CampaignError while a sheet is missing, CalendarMissingError.
    """
    campaign = _move(actor, pk, Step.DISCLOSE, seen)
    open_ones = _sheets(campaign).filter(state=SheetState.DRAFT)
    if waiting := [str(sheet) for sheet in open_ones[:5]]:
        raise CampaignError(f"还有打分表没有提交：{'、'.join(waiting)}。")
    now = timezone.now()
    today = timezone.localdate(now)
    until = WorkCalendar().add_workdays(today, campaign.objection_days)
    campaign.disclosed_at = now
    campaign.objections_until = max(until, campaign.closes_on)
    save_recorded(campaign)
    words = f"有异议的，请在{_day(campaign.objections_until)}前提出。"
    people = people_of_places(Assignment.objects.filter(team__campaign=campaign))
    notify(people, _message(campaign, "disclose", f"{campaign.title}的评分已经公开", words))
    return campaign


@transaction.atomic
def lock_campaign(*, actor: User, pk: int, seen: str = "") -> InspectionCampaign:
    """Write the scores down for good: sheets, then the marks that metrics read, then all of it.

    Deductions become findings to be put right. Raises CampaignError while objections may still
    come or wait for an answer, and where other marks of the quarter would be counted beside.
    """
    campaign = _move(actor, pk, Step.LOCK, seen)
    sheets = list(_sheets(campaign).select_for_update(of=("self",)))
    _refuse_open_objections(campaign)
    _refuse_other_marks(campaign)
    now = timezone.now()
    with guards.told():
        for sheet in sheets:
            _lock_sheet(campaign, sheet, now)
        find_from_sheets(campaign, sheets, on=timezone.localdate(now))
        campaign.locked_at, campaign.locked_by = now, actor
        save_recorded(campaign)
    return campaign


def _sheets(campaign: InspectionCampaign) -> QuerySet[InspectionSheet]:
    rows = InspectionSheet.objects.filter(assignment__team__campaign=campaign)
    return rows.select_related("assignment__team", "assignment__station", "assignment__region")


def _lock_sheet(campaign: InspectionCampaign, sheet: InspectionSheet, now: dt.datetime) -> None:
    lines = list(sheet.lines.all())
    sheet.score = total_of(lines)
    sheet.state, sheet.locked_at, sheet.place_name = SheetState.LOCKED, now, sheet.place
    save_recorded(sheet, clean=False)
    place = sheet.assignment
    if place.station_id and campaign.quarter:
        mark = InspectionMark(
            station_id=place.station_id,
            year=campaign.year,
            quarter=campaign.quarter,
            team=place.team.name,
            score=_scaled(sheet.score, lines, campaign.mark_full),
            sheet=sheet,
        )
        save_recorded(mark, clean=False)


def _scaled(score: Decimal, lines: Iterable[SheetLine], full: int) -> Decimal:
    """The score as a share of the sheet's own points, out of ``full``; to 0.01, half up."""
    points = sum((line.points for line in lines), Decimal(0))
    return rounded(score / points * full) if points else Decimal(0)


def total_of(lines: Iterable[SheetLine]) -> Decimal:
    """Points less deductions, exactly."""
    return sum((line.score for line in lines), Decimal(0))


def _refuse_open_objections(campaign: InspectionCampaign) -> None:
    if timezone.localdate() <= campaign.objections_until:
        raise CampaignError(f"异议期到{_day(campaign.objections_until)}，过后才能锁定。")
    waiting = Objection.objects.filter(
        sheet__assignment__team__campaign=campaign, state=ObjectionState.RAISED
    ).count()
    if waiting:
        raise CampaignError(f"还有 {waiting} 件异议没有答复，不能锁定。")


def _refuse_other_marks(campaign: InspectionCampaign) -> None:
    if others := other_marks(campaign).count():
        raise CampaignError(
            f"{campaign.period.label}已有 {others} 条另外登记或导入的现场考评打分，"
            "锁定后会重复计算，请先在后台「现场考评打分」里删除。"
        )


def _day(day: dt.date) -> str:
    return f"{day.month}月{day.day}日"


def _message(campaign: InspectionCampaign, event: str, title: str, body: str) -> Message:
    return Message(
        key=f"campaign:{campaign.pk}:{event}",
        title=title,
        body=body,
        link=f"/inspection/{campaign.pk}/",
    )
