"""The rules over several tables hold against any way of writing."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from stations import guards
from stations.enums import SheetState
from stations.models import Assignment, InspectionMark, InspectionSheet, RotaDuty, SheetLine, Team
from tests.constraints import assert_refused
from tests.factories import homes
from tests.factories.core import TownFactory
from tests.factories.stations import InspectionMarkFactory, StationFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 30, 9, tzinfo=dt.UTC)


def refused(rule, break_it):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        break_it()
    assert guards.message_of(refusal.value) == guards.MESSAGES[rule]


def test_a_team_is_not_assigned_to_a_member_s_town():
    member = homes.TeamMemberFactory(home=TownFactory())
    own, other = StationFactory(region=member.home), StationFactory()

    homes.AssignmentFactory(team=member.team, station=other)

    refused("assignment_crossing", lambda: homes.AssignmentFactory(team=member.team, station=own))
    refused(
        "assignment_crossing",
        lambda: homes.AssignmentFactory(team=member.team, station=None, region=member.home),
    )
    refused(
        "assignment_crossing",
        lambda: Assignment.objects.filter(station=other).update(station=own, region=own.region),
    )


def test_a_lie_about_the_region_does_not_help():
    member = homes.TeamMemberFactory(home=TownFactory())
    own = StationFactory(region=member.home)

    assert_refused(
        lambda: homes.AssignmentFactory(team=member.team, station=own, region=TownFactory())
    )
    team = homes.TeamFactory(campaign=member.team.campaign)
    refused("assignment_region", lambda: homes.AssignmentFactory(team=team, region=TownFactory()))


def test_a_member_of_an_assigned_town_does_not_join():
    assignment = homes.AssignmentFactory()
    member = homes.TeamMemberFactory(team=assignment.team)

    refused(
        "assignment_crossing",
        lambda: homes.TeamMemberFactory(team=assignment.team, home=assignment.region),
    )
    refused(
        "assignment_crossing",
        lambda: type(member).objects.filter(pk=member.pk).update(home=assignment.region),
    )


def test_a_station_does_not_move_into_the_town_of_its_team():
    member = homes.TeamMemberFactory(home=TownFactory())
    assignment = homes.AssignmentFactory(team=member.team)
    assignment.station.region = member.home

    refused("assignment_crossing", assignment.station.save)


@pytest.fixture
def locked():
    line = homes.SheetLineFactory()
    sheet = line.sheet
    sheet.state, sheet.score = SheetState.LOCKED, 10
    sheet.submitted_at = sheet.locked_at = NOW
    sheet.save()
    return sheet


def test_a_locked_sheet_is_written_by_nothing(locked):
    line, item = locked.lines.get(), homes.PointsItemFactory()
    others = InspectionSheet.objects.filter(pk=locked.pk)

    for break_it in (
        lambda: others.update(score=1),
        lambda: others.update(locked_at=None, score=None, state=SheetState.SUBMITTED),
        lambda: others._raw_delete(others.db),
        lambda: SheetLine.objects.filter(pk=line.pk).update(deduction=1, reason="后来的"),
        lambda: line.delete(),
        lambda: homes.SheetLineFactory(sheet=locked, item=item),
        lambda: Assignment.objects.update(team=homes.TeamFactory(campaign=_campaign(locked))),
    ):
        refused("sheet_locked", break_it)


def _campaign(sheet):
    return Team.objects.get(pk=sheet.assignment.team_id).campaign


def test_the_mark_of_a_locked_sheet_stays(locked):
    made = InspectionMarkFactory(station=locked.assignment.station, sheet=locked)
    free = InspectionMarkFactory()

    InspectionMark.objects.filter(pk=free.pk).update(score=1)

    refused("sheet_locked", lambda: InspectionMark.objects.filter(pk=made.pk).update(score=1))
    refused("sheet_locked", made.delete)


def test_a_duty_keeps_to_the_day_of_its_slot():
    duty = homes.RotaDutyFactory()
    slot = duty.slot

    refused("rota_duty_day", lambda: RotaDuty.objects.update(held_on=dt.date(2026, 7, 16)))
    slot.held_on = dt.date(2026, 7, 17)
    slot.save()

    duty.refresh_from_db()
    assert duty.held_on == slot.held_on


def test_the_guards_can_be_lifted_and_stand_again(locked):
    with guards.lifted():
        SheetLine.objects.update(reason="空")

    refused("sheet_locked", lambda: SheetLine.objects.update(reason="再改"))
    assert connection.vendor in {"sqlite", "postgresql"}
