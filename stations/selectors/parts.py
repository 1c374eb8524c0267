"""As what an account takes part in an inspection; asked by services, pages and buttons alike."""

from congress_portal.core.models import Region, User
from stations.models import Assignment, InspectionCampaign, Rectification, Station, TeamMember
from stations.workflow import Part


def is_county_office(user: User, region: Region) -> bool:
    """Staff who write for the county of the place (a town's own clerks do not)."""
    return user.scope.is_office and user.scope.may_write_code(region.code)


def parts_in_campaign(user: User, campaign: InspectionCampaign) -> set[Part]:
    return {Part.OFFICE} if is_county_office(user, campaign.region) else set()


def is_member(user: User, team_id: int) -> bool:
    return TeamMember.objects.filter(team=team_id, user=user).exists()


def parts_in_sheet(user: User, assignment: Assignment) -> set[Part]:
    """Office staff who sit in the team are of the team and of the office."""
    parts = {Part.TEAM} if is_member(user, assignment.team_id) else set()
    if is_county_office(user, assignment.region):
        return parts | {Part.OFFICE}
    if keeps_place(user, assignment.region, assignment.station_id):
        parts.add(Part.PLACE)
    return parts


def parts_in_finding(user: User, finding: Rectification) -> set[Part]:
    """The team is that of the sheet that the finding came from."""
    parts: set[Part] = set()
    if finding.line is not None and is_member(user, finding.line.sheet.assignment.team_id):
        parts.add(Part.TEAM)
    if is_county_office(user, finding.region):
        parts.add(Part.OFFICE)
    elif keeps_place(user, finding.region, finding.station_id):
        parts.add(Part.PLACE)
    return parts


def keeps_place(user: User, region: Region, station_id: int | None) -> bool:
    """Town clerks and, of a station, its officers."""
    if user.scope.may_write_code(region.code):
        return True
    kept = Station.objects.editable_by(user)
    return station_id is not None and kept.filter(pk=station_id).exists()
