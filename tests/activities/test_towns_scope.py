"""Who reads and who writes the towns' registers; see tests/cast.py."""

import pytest

from activities.models.support import (
    AreaPairing,
    AreaVisit,
    Budget,
    DutyShare,
    Expense,
    OrganRule,
    PartyMeeting,
    RuleDocument,
    StaffPost,
    TownSession,
)
from tests.cast import PEOPLE
from tests.factories import homes

pytestmark = pytest.mark.django_db

READS = "ab a b - - - - ab ab - ab -"
SEES = {
    StaffPost: READS,
    DutyShare: READS,
    TownSession: READS,
    PartyMeeting: READS,
    Budget: READS,
    Expense: READS,
    AreaPairing: "ab a b - - - - ab ab - ab b",  # the stranger's account guides town B
    AreaVisit: "ab a b - - - - ab ab - ab b",
    RuleDocument: " ".join(["ab"] * 12),
    OrganRule: " ".join(["c"] * 12),
}
WRITES = {
    StaffPost: "ab a b - - - - - - - - -",
    Expense: "ab a b - - - - - - - - -",
    AreaPairing: "ab - - - - - - - - - - -",
    AreaVisit: "ab a b - - - - - - - - b",
    RuleDocument: "ab a b - - - - - - - - -",
    OrganRule: "c - - - - - - - - - - -",
}


@pytest.fixture
def rows(cast):
    towns = {"a": cast.town_a, "b": cast.town_b}

    def each(factory, path="region", **more):
        return {key: factory(**{path: town}, **more) for key, town in towns.items()}

    pairings = each(homes.AreaPairingFactory)
    pairings["b"].user = cast.people["stranger"]
    pairings["b"].save()
    return {
        StaffPost: each(homes.StaffPostFactory),
        DutyShare: each(homes.DutyShareFactory, "post__region"),
        TownSession: each(homes.TownSessionFactory),
        PartyMeeting: each(homes.PartyMeetingFactory),
        Budget: each(homes.BudgetFactory),
        Expense: each(homes.ExpenseFactory, "budget__region"),
        AreaPairing: pairings,
        AreaVisit: {k: homes.AreaVisitFactory(pairing=p) for k, p in pairings.items()},
        RuleDocument: each(homes.RuleDocumentFactory),
        OrganRule: {"c": homes.OrganRuleFactory(region=cast.county)},
    }


def told(cast, rows, model, ask):
    found = []
    for name in PEOPLE:
        keys = set(getattr(model.objects.all(), ask)(cast[name]).values_list("pk", flat=True))
        found.append("".join(k for k, row in rows[model].items() if row.pk in keys) or "-")
    return " ".join(found)


@pytest.mark.parametrize("model", SEES)
def test_who_reads(cast, rows, model):
    assert told(cast, rows, model, "visible_to") == SEES[model]


@pytest.mark.parametrize("model", WRITES)
def test_who_writes(cast, rows, model):
    assert told(cast, rows, model, "editable_by") == WRITES[model]
