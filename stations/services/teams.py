"""Teams, their members, and who inspects where; crossing is refused before the database does."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.enums import TOWN_LEVELS
from congress_portal.core.models import Region, User
from stations import guards
from stations.enums import InspectionCampaignState, SheetState, StandardSubject
from stations.models import (
    Assignment,
    InspectionCampaign,
    Station,
    StationType,
    Team,
    TeamMember,
)
from stations.models.campaign import own_stations
from stations.services.campaigns import CampaignError, locked_campaign, prepare_sheets
from stations.services.fair_split import Place, split_fairly

_OPEN = (InspectionCampaignState.DRAFT, InspectionCampaignState.RUNNING)


def _open_campaign(actor: User, pk: int) -> InspectionCampaign:
    campaign = locked_campaign(actor, pk)
    if campaign.state not in _OPEN:
        raise CampaignError("评分已经公开，考评组和分工不能再改。")
    return campaign


def _team(actor: User, pk: int) -> Team:
    """The team, its campaign's row locked. Raises CampaignError."""
    team = Team.objects.filter(pk=pk).first()
    if team is None:
        raise CampaignError("这个考评组已经删除。")
    team.campaign = _open_campaign(actor, team.campaign_id)
    return team


@transaction.atomic
def add_team(*, actor: User, campaign_pk: int, name: str) -> Team:
    """Raises CampaignError, ValidationError (a name that is taken)."""
    campaign = _open_campaign(actor, campaign_pk)
    team = Team(campaign=campaign, name=name.strip(), order=campaign.teams.count() + 1)
    save_recorded(team)
    return team


@transaction.atomic
def remove_team(*, actor: User, team_pk: int) -> None:
    """With its members and open assignments. Raises CampaignError once it has scored."""
    team = _team(actor, team_pk)
    for row in team.assignments.all():
        _drop(row)
    for member in team.members.all():
        delete_recorded(member)
    delete_recorded(team)


@transaction.atomic
def add_member(
    *, actor: User, team_pk: int, user: User, home: Region | None, is_leader: bool = False
) -> TeamMember:
    """Raises CampaignError, ValidationError, GuardedError (the team inspects the own town)."""
    team = _team(actor, team_pk)
    if TeamMember.objects.filter(team__campaign=team.campaign_id, user=user).exists():
        raise CampaignError(f"{user}已在这次考评的一个组里。")
    member = TeamMember(team=team, user=user, home=home, is_leader=is_leader)
    with guards.told():
        save_recorded(member)
    return member


@transaction.atomic
def remove_member(*, actor: User, member_pk: int) -> None:
    member = TeamMember.objects.filter(pk=member_pk).first()
    if member is None:
        raise CampaignError("这位成员已经移出。")
    _team(actor, member.team_id)
    delete_recorded(member)


@transaction.atomic
def assign(
    *,
    actor: User,
    team_pk: int,
    station: Station | None = None,
    region: Region | None = None,
    visit_on: dt.date | None = None,
) -> Assignment:
    """The team inspects the station, or the town as such.

    Raises CampaignError, ValidationError and GuardedError for the own town or station.
    """
    team = _team(actor, team_pk)
    place = station.region if station else region
    if place is None:
        raise CampaignError("请选家站或者镇（街道）。")
    if not place.code.startswith(team.campaign.region.prefix):
        raise CampaignError("这个地方不在组织考评的县里。")
    first, last = team.campaign.opens_on, team.campaign.closes_on
    if visit_on and not first <= visit_on <= last:
        days = f"{first:%Y年%-m月%-d日}到{last:%Y年%-m月%-d日}"
        raise CampaignError(f"安排日期要在考评期间（{days}）。")
    row = Assignment(team=team, station=station, region=place, visit_on=visit_on)
    with guards.told():
        save_recorded(row)
    prepare_sheets(team.campaign)
    return row


@transaction.atomic
def unassign(*, actor: User, assignment_pk: int) -> None:
    """Raises CampaignError once the team has scored there."""
    row = Assignment.objects.filter(pk=assignment_pk).first()
    if row is None:
        raise CampaignError("这一分工已经取消。")
    _team(actor, row.team_id)
    _drop(row)


def _drop(row: Assignment) -> None:
    """An assignment with the sheet nobody has written into."""
    sheet = getattr(row, "sheet", None)
    if sheet is not None:
        if sheet.state != SheetState.DRAFT or sheet.edition:
            raise CampaignError(f"「{row}」已经打分，不能取消。")
        delete_recorded(sheet)
    delete_recorded(row)


@dataclass(frozen=True)
class Proposal:
    made: int
    loads: dict[str, int]


@transaction.atomic
def propose_assignments(
    *,
    actor: User,
    campaign_pk: int,
    towns: Sequence[Region] = (),
    types: Sequence[StationType] = (),
    afresh: bool = False,
) -> Proposal:
    """Give every place its teams evenly, never a team its own town or station.

    ``towns`` and ``types`` narrow the places, empty means all. ``afresh`` takes back what was
    assigned before (only before the start). Raises CampaignError, naming a place that too few
    teams may inspect.
    """
    campaign = _open_campaign(actor, campaign_pk)
    if afresh:
        if campaign.state != InspectionCampaignState.DRAFT:
            raise CampaignError("考评已经开始，不能重新分配；可以逐个调整。")
        for row in Assignment.objects.filter(team__campaign=campaign):
            delete_recorded(row)
    teams = list(campaign.teams.prefetch_related("members", "assignments"))
    if not teams:
        raise CampaignError("请先建立考评组。")
    rows = _rows_of(campaign, towns, types)
    places = _places(teams, rows)
    loads = {team.pk: len(team.assignments.all()) for team in teams}
    split = split_fairly(list(loads), places, per_place=campaign.teams_per_place, loads=loads)
    if split.short:
        named = "、".join(str(rows[place.key]) for place in split.short[:5])  # type: ignore[index]
        raise CampaignError(
            f"{named}可以去的组不够：每处要 {campaign.teams_per_place} 个组，"
            "有本地成员的组不能去。请增加考评组或者调整成员。"
        )
    made = 0
    for team in teams:
        for place in split.places[team.pk]:
            _save_proposed(team, rows[place.key])  # type: ignore[index]
            made += 1
    prepare_sheets(campaign)
    counts = {team.name: loads[team.pk] + len(split.places[team.pk]) for team in teams}
    return Proposal(made, counts)


def _rows_of(
    campaign: InspectionCampaign, towns: Sequence[Region], types: Sequence[StationType]
) -> dict[tuple[str, int], Station | Region]:
    """The places of the campaign: towns where its standard is for towns, else stations."""
    within = Region.objects.within(campaign.region)
    if campaign.standard.subject == StandardSubject.TOWN:
        regions = within.filter(level__in=TOWN_LEVELS).order_by("code")
        if towns:
            regions = regions.filter(pk__in=[town.pk for town in towns])
        return {("town", row.pk): row for row in regions}
    stations = Station.objects.all().active().filter(region__in=within).select_related("region")
    if towns:
        stations = stations.filter(region__in=towns)
    if types:
        stations = stations.filter(type__in=types)
    return {("station", row.pk): row for row in stations.order_by("region__code", "number")}


def _places(teams: Sequence[Team], rows: dict[tuple[str, int], Station | Region]) -> list[Place]:
    homes = {team.pk: {member.home_id for member in team.members.all()} for team in teams}
    own = {team.pk: own_stations([m.user_id for m in team.members.all()]) for team in teams}
    taken: dict[tuple[str, int], set[int]] = {}
    for team in teams:
        for row in team.assignments.all():
            key = ("station", row.station_id) if row.station_id else ("town", row.region_id)
            taken.setdefault(key, set()).add(team.pk)
    found = []
    for key, row in rows.items():
        town = row.region_id if isinstance(row, Station) else row.pk
        stations = {row.pk} if isinstance(row, Station) else set()
        open_to = {t.pk for t in teams if town not in homes[t.pk] and not stations & own[t.pk]}
        found.append(Place(key, town, frozenset(open_to), frozenset(taken.get(key, ()))))
    return found


def _save_proposed(team: Team, place: Station | Region) -> None:
    station = place if isinstance(place, Station) else None
    region = place.region if isinstance(place, Station) else place
    row = Assignment(team=team, station=station, region=region)
    try:
        with guards.told():
            save_recorded(row)
    except ValidationError as error:
        raise CampaignError(f"{team}不能考评{place}：{'；'.join(error.messages)}") from error
