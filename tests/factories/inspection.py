"""An inspection as it stands at a moment: two towns, three stations, teams, sheets."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from congress_portal.core.enums import Role
from congress_portal.core.models import CalendarYear
from stations.models import InspectionSheet, Station
from stations.services import campaigns, sheets, teams
from stations.services.sheets import Entry
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import OfficerFactory, StationFactory

#: (item, points); the full mark is 100.
ITEMS = (("设施", "30"), ("活动", "30"), ("台账", "25.5"), ("成效", "14.5"))


@dataclass
class Round:
    county: Any
    towns: list[Any]
    stations: list[Station]
    office: Any
    campaign: Any
    teams: list[Any]
    members: list[Any]
    clerks: list[Any]
    officer: Any

    def sheet(self, team: int, station: int) -> InspectionSheet:
        rows = InspectionSheet.objects.filter(assignment__team=self.teams[team])
        return rows.get(assignment__station=self.stations[station])


def make_round(*, per_place: int = 1) -> Round:
    """A drafted campaign with three teams: the first two have a member of a town each.

    The calendar of 2026 is laid down without holidays. Station 0 has an officer.
    """
    CalendarYear.objects.get_or_create(year=2026)
    county = CountyFactory()
    towns = [
        TownFactory(name=name, code=f"4212991{n:02d}000", parent=county)
        for n, name in enumerate(("云溪镇", "滨湖镇"), start=1)
    ]
    stations = [
        StationFactory(name=name, region=towns[n], number=f"JZ9{k}")
        for k, (name, n) in enumerate((("云溪联络站", 0), ("白鹤联络站", 0), ("滨湖联络站", 1)))
    ]
    standard = homes.InspectionStandardFactory(name="家站考评标准")
    for number, (name, points) in enumerate(ITEMS, start=1):
        homes.PointsItemFactory(standard=standard, number=number, name=name, points=Decimal(points))
    office = staff()
    campaign = homes.InspectionCampaignFactory(
        region=county, standard=standard, teams_per_place=per_place
    )
    found, members = [], []
    for number, (word, home) in enumerate((("一", towns[0]), ("二", towns[1]), ("三", None))):
        team = homes.TeamFactory(campaign=campaign, name=f"第{word}考评组", order=number + 1)
        user = UserFactory(
            username=f"team{number}", name=f"组长{word}", role=Role.INSPECTOR, role__region=county
        )
        homes.TeamMemberFactory(team=team, user=user, home=home, is_leader=True)
        found.append(team)
        members.append(user)
    officer = UserFactory(username="keeper", role=Role.STATION_OFFICER)
    OfficerFactory(station=stations[0], user=officer)
    clerks = [town_clerk(town) for town in towns]
    return Round(county, towns, stations, office, campaign, found, members, clerks, officer)


def assign_all(play: Round) -> None:
    """Station 0 by team 2 (and 3), 1 by team 3, 2 by team 1."""
    for team, station in ((1, 0), (2, 1), (0, 2)):
        teams.assign(actor=play.office, team_pk=play.teams[team].pk, station=play.stations[station])


def start(play: Round) -> None:
    play.campaign = campaigns.start_campaign(actor=play.office, pk=play.campaign.pk)


def send(play: Round, team: int, station: int, *, submit: bool = True, **lost: Any) -> Any:
    """``lost``: item → deduction, each for the reason 缺记录."""
    sheet = play.sheet(team, station)
    entries = {
        line.pk: Entry(Decimal(lost.get(line.name, 0)), "缺记录" if line.name in lost else "")
        for line in sheet.lines.all()
    }
    given = {
        "client_key": uuid.uuid4(),
        "seen_edition": sheet.edition,
        "inspected_on": play.campaign.opens_on,
        "entries": entries,
        "submit": submit,
    }
    return sheets.receive_sheet(actor=play.members[team], sheet_pk=sheet.pk, **given)


def disclosed(play: Round) -> None:
    """Scores 100 − 4.25 = 95.75, 100 − 10.5 = 89.50, 100."""
    assign_all(play)
    start(play)
    send(play, 1, 0, 设施="1.75", 台账="2.5")
    send(play, 2, 1, 活动="10.5")
    send(play, 0, 2)
    play.campaign = campaigns.disclose(actor=play.office, pk=play.campaign.pk)
