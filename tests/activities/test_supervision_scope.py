"""Who sees and who writes what supervision leaves behind: the whole matrix."""

import uuid

import pytest

from activities.enums import BallotState, InterviewState
from activities.models import (
    Activity,
    Ballot,
    BallotCount,
    BallotItem,
    BallotMark,
    BallotPaper,
    BallotVoter,
    Finding,
    Interview,
    Project,
    Question,
)
from deputies.models import Deputy
from tests.cast import PEOPLE
from tests.factories.core import UnitFactory
from tests.factories.supervision import (
    BallotFactory,
    FindingFactory,
    InterviewFactory,
    ProjectFactory,
    QuestionFactory,
)

pytestmark = pytest.mark.django_db

# Columns as in tests/core/test_scope.py: staff, clerk A, clerk B, officer, deputy, colleague,
# unit officer, leader, inspector, auditor, admin, stranger. Finding a is of the officer's unit;
# x and y are ballots of the county with the deputy's right, x a draft, y counted.
SEES = """
Finding     | ab   | a  | b  | - | a   | - | a | ab   | ab   | - | ab   | -
Question    | ab   | a  | b  | - | a   | - | - | ab   | ab   | - | ab   | -
Interview   | ax   | a  | -  | - | a   | x | x | ax   | ax   | - | ax   | -
Project     | ab   | ab | ab | ab| ab  | ab| ab| ab   | ab   | ab| ab   | ab
Ballot      | abxy | a  | b  | - | ay  | y | - | abxy | abxy | - | abxy | -
BallotItem  | abxy | a  | b  | - | ay  | y | - | abxy | abxy | - | abxy | -
BallotPaper | abxy | a  | b  | - | ay  | y | - | abxy | abxy | - | abxy | -
BallotMark  | -    | -  | -  | - | -   | - | - | -    | -    | - | -    | -
BallotCount | abxy | a  | b  | - | ay  | y | - | abxy | abxy | - | abxy | -
BallotVoter | axy  | a  | -  | - | axy | - | - | axy  | axy  | - | axy  | -
"""
WRITES = """
Finding     | ab   | a | b | - | - | - | - | - | - | - | -     | -
Question    | ab   | a | b | - | - | - | - | - | - | - | -     | -
Interview   | ax   | a | - | - | - | - | - | - | - | - | -     | -
Project     | ab   | a | b | - | - | - | - | - | - | - | -     | -
Ballot      | abxy | a | b | - | - | - | - | - | - | - | -     | -
BallotItem  | abxy | a | b | - | - | - | - | - | - | - | -     | -
BallotPaper | abxy | a | b | - | - | - | - | - | - | - | -     | -
BallotMark  | -    | - | - | - | - | - | - | - | - | - | -    | -
BallotCount | abxy | a | b | - | - | - | - | - | - | - | -     | -
BallotVoter | axy  | a | - | - | - | - | - | - | - | - | -     | -
"""


def _cells(table):
    for line in table.strip().splitlines():
        name, *cells = [cell.strip() for cell in line.split("|")]
        for person, keys in zip(PEOPLE, cells, strict=True):
            yield name, person, "" if keys == "-" else keys


@pytest.fixture
def rows(cast):
    deputies, activities = cast.rows[Deputy], cast.rows[Activity]
    unit = cast["unit_officer"].role_assignments.get().unit
    units = {"a": unit, "b": UnitFactory()}
    made = {
        Finding: {k: FindingFactory(activity=activities[k], unit=units[k]) for k in "ab"},
        Question: {k: QuestionFactory(activity=activities[k]) for k in "ab"},
        Project: {"a": ProjectFactory(region=cast.town_a), "b": ProjectFactory(region=cast.town_b)},
        Interview: {
            "a": InterviewFactory(deputy=deputies["a"], region=cast.town_a, unit=unit),
            "x": InterviewFactory(deputy=deputies["b"], unit=unit, state=InterviewState.ARRANGED),
        },
    }
    made[Interview]["x"].fellows.add(deputies["c"])
    ballots = {
        "a": BallotFactory(region=cast.town_a, voters=[deputies["a"]], state=BallotState.OPEN),
        "b": BallotFactory(region=cast.town_b, state=BallotState.CLOSED),
        "x": BallotFactory(voters=[deputies["a"]]),
        "y": BallotFactory(voters=[deputies["a"]], state=BallotState.COUNTED),
    }
    made[Ballot] = ballots
    made |= {model: {} for model in (BallotItem, BallotPaper, BallotMark, BallotCount)}
    for number, (key, ballot) in enumerate(ballots.items(), 1):
        item = BallotItem.objects.create(ballot=ballot, name="甲")
        option = ballot.scale.options.first()
        paper = BallotPaper.objects.create(key=uuid.UUID(int=number), ballot=ballot)
        made[BallotItem][key], made[BallotPaper][key] = item, paper
        made[BallotMark][key] = BallotMark.objects.create(paper=paper, item=item, option=option)
        made[BallotCount][key] = BallotCount.objects.create(item=item, option=option, votes=1)
    made[BallotVoter] = {k: ballots[k].voters.get() for k in "axy"}
    return {model.__name__: found for model, found in made.items()}


@pytest.mark.parametrize(("table", "verb"), [(SEES, "visible_to"), (WRITES, "editable_by")])
def test_the_matrix(cast, rows, table, verb):
    found = {}
    for name, person, _ in _cells(table):
        model = type(next(iter(rows[name].values())))
        seen = set(getattr(model._default_manager.all(), verb)(cast[person]))
        found[name, person] = "".join(sorted(k for k, row in rows[name].items() if row in seen))

    assert found == {(name, person): keys for name, person, keys in _cells(table)}
