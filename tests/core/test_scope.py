"""Who sees and who writes what: the whole matrix, and how roles begin and end."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from activities.models import Activity, Visit
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, RoleAssignment, User
from congress_portal.core.scope import Scope, scope_of
from congress_portal.evaluations.models import ScoreSheet
from deputies.models import Deputy
from stations.models import Station, StationOfficer
from suggestions.models import Suggestion
from tests.cast import PEOPLE
from tests.factories.core import UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

# Columns: staff, clerk A, clerk B, officer, deputy, colleague, unit officer, leader, inspector,
# auditor, admin, stranger. a and b: the row of town A and B; see tests/cast.py for the others.
SEES = """
Deputy          | abc | ac  | b   | -  | a  | c  | -  | abc | abc | - | abc | -
Term            | abx | abx | abx | abx| abx| abx| abx| abx | abx | abx | abx | abx
Mandate         | abx | ax  | b   | -  | x  | a  | -  | abx | abx | - | abx | -
District        | abx | abx | abx | abx| abx| abx| abx| abx | abx | abx | abx | abx
Group           | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
GroupMembership | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
Station         | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
Posting         | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
StationOfficer  | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
StationCheck    | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
InspectionMark  | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
Reception       | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
ReceptionDuty   | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
Voice           | ab  | a   | b   | a  | a  | -  | -  | ab  | ab  | - | ab  | -
Activity        | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
Visit           | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
DutyReport      | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
NewsItem        | ab  | a   | b   | -  | -  | -  | -  | ab  | ab  | - | ab  | -
Attendance      | ab  | a   | b   | -  | a  | -  | -  | ab  | ab  | - | ab  | -
Suggestion      | ab  | a   | b   | -  | a  | b  | a  | ab  | ab  | - | ab  | -
CoSigner        | b   | -   | b   | -  | -  | b  | -  | b   | b   | - | b   | -
Handling        | ab  | a   | b   | -  | a  | b  | a  | ab  | ab  | - | ab  | -
Reply           | ab  | a   | b   | -  | a  | b  | a  | ab  | ab  | - | ab  | -
ScoreSheet      | dp  | dp  | dp  | p  | p  | p  | p  | dp  | dp  | p | dp  | -
Score           | da db pa pb | da pa | db pb | - | pa | - | - | da db pa pb | da db pa pb | - | da db pa pb | -
ScoreLine       | da db pa pb | da pa | db pb | - | pa | - | - | da db pa pb | da db pa pb | - | da db pa pb | -
User            | ab  | a   | b   | -  | -  | -  | -  | -   | -   | ab | ab | -
RoleAssignment  | ab  | a   | b   | -  | -  | -  | -  | -   | -   | ab | ab | -
ImportBatch     | -   | a   | b   | -  | -  | -  | -  | -   | -   | -  | -  | -
ImportRun       | ab  | a   | b   | -  | -  | -  | -  | -   | -   | ab | ab | -
ImportSheet     | ab  | a   | b   | -  | -  | -  | -  | -   | -   | ab | ab | -
AuditEntry      | a   | -   | -   | -  | -  | -  | -  | -   | -   | a  | a  | -
"""

WRITES = """
Deputy          | abc | ac | b | - | - | - | - | - | - | - | -  | -
Term            | abx | a  | b | - | - | - | - | - | - | - | -  | -
Mandate         | abx | a  | b | - | - | - | - | - | - | - | -  | -
District        | abx | a  | b | - | - | - | - | - | - | - | -  | -
Group           | ab  | a  | b | - | - | - | - | - | - | - | -  | -
GroupMembership | ab  | a  | b | - | - | - | - | - | - | - | -  | -
Station         | ab  | a  | b | a | - | - | - | - | - | - | -  | -
Posting         | ab  | a  | b | a | - | - | - | - | - | - | -  | -
StationOfficer  | ab  | a  | b | a | - | - | - | - | - | - | -  | -
StationCheck    | ab  | a  | b | - | - | - | - | - | - | - | -  | -
InspectionMark  | ab  | -  | - | - | - | - | - | - | - | - | -  | -
Reception       | ab  | a  | b | a | - | - | - | - | - | - | -  | -
ReceptionDuty   | ab  | a  | b | a | - | - | - | - | - | - | -  | -
Voice           | ab  | a  | b | a | - | - | - | - | - | - | -  | -
Activity        | ab  | a  | b | - | - | - | - | - | - | - | -  | -
Visit           | ab  | a  | b | - | - | - | - | - | - | - | -  | -
DutyReport      | ab  | a  | b | - | - | - | - | - | - | - | -  | -
NewsItem        | ab  | a  | b | - | - | - | - | - | - | - | -  | -
Attendance      | ab  | a  | b | - | - | - | - | - | - | - | -  | -
Suggestion      | ab  | -  | - | - | - | - | - | - | - | - | -  | -
CoSigner        | b   | -  | - | - | - | - | - | - | - | - | -  | -
Handling        | ab  | -  | - | - | - | - | a | - | - | - | -  | -
Reply           | ab  | -  | - | - | - | - | - | - | - | - | -  | -
ScoreSheet      | dp  | -  | - | - | - | - | - | - | - | - | -  | -
Score           | -   | -  | - | - | - | - | - | - | - | - | -  | -
ScoreLine       | -   | -  | - | - | - | - | - | - | - | - | -  | -
User            | -   | -  | - | - | - | - | - | - | - | - | ab | -
RoleAssignment  | -   | -  | - | - | - | - | - | - | - | - | ab | -
ImportBatch     | -   | a  | b | - | - | - | - | - | - | - | -  | -
ImportRun       | -   | -  | - | - | - | - | - | - | - | - | -  | -
ImportSheet     | -   | -  | - | - | - | - | - | - | - | - | -  | -
AuditEntry      | -   | -  | - | - | - | - | - | - | - | - | -  | -
"""


def _table(text):
    """{model: {person: keys}}; cells as they are written, without blanks and dashes."""
    rows = (line.split("|") for line in text.strip().splitlines())
    return {
        name.strip(): {
            person: cell.replace(" ", "").strip("-")
            for person, cell in zip(PEOPLE, cells, strict=True)
        }
        for name, *cells in rows
    }


def _matrix(cast, verb):
    found = {}
    for model, rows in cast.rows.items():
        found[model.__name__] = {}
        for person in PEOPLE:
            allowed = getattr(model._default_manager, verb)(cast[person])
            keys = set(allowed.values_list("pk", flat=True))
            told = "".join(key for key, row in rows.items() if row.pk in keys)
            found[model.__name__][person] = told
    return found


def test_everyone_sees_exactly_what_the_matrix_says(cast):
    assert _matrix(cast, "visible_to") == _table(SEES)


def test_everyone_writes_exactly_what_the_matrix_says(cast):
    assert _matrix(cast, "editable_by") == _table(WRITES)


def test_whatever_may_be_written_may_be_read(cast):
    sees, writes = _table(SEES), _table(WRITES)

    assert [
        (model, person)
        for model, cells in writes.items()
        for person, keys in cells.items()
        if not set(keys) <= set(sees[model][person])
    ] == []


def test_a_scope_without_a_region_does_not_open_accounts_and_the_trail(cast):
    leader = UserFactory(role=Role.LEADER)
    clerk = UserFactory(role=Role.STAFF)

    assert User.objects.visible_to(leader).count() == 1  # the own account
    assert list(AuditEntry.objects.visible_to(leader)) == []
    assert list(AuditEntry.objects.editable_by(clerk)) == []
    assert Deputy.objects.visible_to(leader).count() == 3


def test_nobody_signed_in_sees_nothing(cast):
    anonymous = AnonymousUser()

    for model in cast.rows:
        assert list(model._default_manager.visible_to(anonymous)) == []


@pytest.mark.parametrize("person", ["staff", "clerk_a", "officer", "deputy", "unit_officer"])
def test_an_account_that_is_switched_off_sees_nothing(cast, person):
    user = cast[person]
    user.is_active = False
    user.save()

    for model in cast.rows:
        assert list(model._default_manager.visible_to(cast[person])) == []


@pytest.mark.parametrize(
    ("person", "model"),
    [
        ("staff", Deputy),
        ("clerk_a", Deputy),
        ("officer", Station),
        ("deputy", Visit),
        ("unit_officer", Suggestion),
        ("leader", Activity),
    ],
)
def test_a_role_that_has_ended_opens_nothing(cast, freeze, person, model):
    freeze("2026-10-08 09:00")
    roles = RoleAssignment.objects.filter(user=cast[person])
    roles.update(ends_on=dt.date(2026, 10, 8))
    assert model.objects.visible_to(cast[person]).exists()

    roles.update(ends_on=dt.date(2026, 10, 7))

    assert not model.objects.visible_to(cast[person]).exists()


def test_a_role_that_has_not_begun_opens_nothing(cast, freeze):
    freeze("2026-10-08 09:00")
    RoleAssignment.objects.filter(user=cast["staff"]).update(begins_on=dt.date(2026, 10, 9))

    assert not Deputy.objects.visible_to(cast["staff"]).exists()


def test_an_officer_who_left_the_station_sees_it_no_more(cast, freeze):
    freeze("2026-10-08 09:00")
    StationOfficer.objects.filter(user=cast["officer"]).update(ends_on=dt.date(2026, 10, 7))

    assert not Station.objects.visible_to(cast["officer"]).exists()


def test_a_deputy_who_left_the_station_sees_it_no_more(cast, freeze):
    freeze("2026-10-08 09:00")
    posting = cast.row(Station, "a").postings.get()
    posting.ends_on = dt.date(2026, 10, 7)
    posting.save()

    assert not Station.objects.visible_to(cast["deputy"]).exists()


def test_several_roles_add_up(cast):
    clerk = cast["clerk_a"]
    RoleAssignment.objects.create(user=clerk, role=Role.TOWN_STAFF, region=cast.town_b)

    assert Deputy.objects.editable_by(cast["clerk_a"]).count() == 3


def test_a_unit_opens_only_with_the_role_of_its_officer(cast):
    handling = cast.row(Suggestion, "a").handlings.get()
    user = UserFactory(role=Role.LEADER, role__region=cast.town_b, role__unit=handling.unit)

    assert list(Suggestion.objects.visible_to(user)) == [cast.row(Suggestion, "b")]


def test_a_deputy_mends_an_own_record_until_it_is_verified(cast):
    visit = cast.row(Visit, "a")
    Visit.objects.filter(pk=visit.pk).update(verification="pending")
    assert list(Visit.objects.editable_by(cast["deputy"])) == [visit]

    Visit.objects.filter(pk=visit.pk).update(verification="verified")

    assert list(Visit.objects.editable_by(cast["deputy"])) == []


def test_the_system_itself_reaches_everything(cast):
    assert ScoreSheet.objects.visible_to(None).count() == 2
    assert AuditEntry.objects.visible_to(None).exists()


def test_may_add_follows_the_rule_of_writing(cast):
    def adds(model, person):
        return model._default_manager.all().may_add(cast[person])

    assert [adds(Deputy, person) for person in PEOPLE] == [True] * 3 + [False] * 9
    assert [adds(AuditEntry, person) for person in PEOPLE] == [False] * 12
    assert adds(type(UnitFactory()), "staff")
    assert not adds(type(UnitFactory()), "clerk_a")


def test_scope_of_a_stranger_is_empty():
    assert scope_of(AnonymousUser()) == Scope()
    assert isinstance(Deputy.objects.visible_to(AnonymousUser()), QuerySet)
