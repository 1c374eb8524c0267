"""Who reads and who writes voters, notes, pairs, contacts and opinions; see tests/cast.py."""

import pytest

from activities.models import EntrySheet, FixedVoter, MemberContact, NotebookEntry, WorkOpinion
from deputies.models import CommitteeMember, CommitteeOffice, Deputy, Pairing
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    FixedVoterFactory,
    MemberContactFactory,
    NotebookEntryFactory,
    PairingFactory,
    WorkOpinionFactory,
)
from tests.factories.entry_sheets import EntrySheetFactory

pytestmark = pytest.mark.django_db

# staff, clerk A, clerk B, officer, deputy, colleague, unit officer, leader, inspector, auditor,
# admin, stranger; the colleague sits on the committee and is in touch with deputy A (row a).
WHO = (
    "staff", "clerk_a", "clerk_b", "officer", "deputy", "colleague", "unit_officer", "leader",
    "inspector", "auditor", "admin", "stranger",
)  # fmt: skip
SEES = {
    FixedVoter: "ab a b - a - - ab ab - ab -",
    NotebookEntry: "ab a b - ap - - ab ab - ab -",
    Pairing: "ab a b - a a - ab ab - ab -",
    MemberContact: "ab a b - a a - ab ab - ab -",
    WorkOpinion: "ab - - - a a - ab ab - ab -",
    CommitteeOffice: "a a a a a a a a a a a a",
    EntrySheet: "ab a b - - - - ab ab - ab -",
}
WRITES = {
    FixedVoter: "ab a b - a - - - - - - -",
    NotebookEntry: "- - - - ap - - - - - - -",
    Pairing: "ab - - - - - - - - - - -",
    MemberContact: "ab - - - - - - - - - - -",
    WorkOpinion: "ab - - - - a - - - - - -",
    CommitteeOffice: "a - - - - - - - - - - -",
    EntrySheet: "ab a b - - - - - - - - -",
}


@pytest.fixture
def rows(cast):
    deputies = {key: cast.row(Deputy, key) for key in "abc"}
    office = CommitteeOfficeFactory(region=cast.county)
    member = CommitteeMemberFactory(region=cast.county, deputy=deputies["c"], office=office)
    other = CommitteeMemberFactory(region=cast.county, deputy=deputies["b"])
    pairs = {
        "a": PairingFactory(member=member, deputy=deputies["a"]),
        "b": PairingFactory(member=other, deputy=deputies["b"]),
    }
    return {
        FixedVoter: {k: FixedVoterFactory(deputy=deputies[k]) for k in "ab"},
        NotebookEntry: {
            "a": NotebookEntryFactory(deputy=deputies["a"]),
            "b": NotebookEntryFactory(deputy=deputies["b"]),
            "p": NotebookEntryFactory(deputy=deputies["a"], is_private=True),
        },
        Pairing: pairs,
        MemberContact: {k: MemberContactFactory(pairing=pairs[k]) for k in "ab"},
        WorkOpinion: {
            "a": WorkOpinionFactory(region=cast.county, deputy=deputies["a"], office=office),
            "b": WorkOpinionFactory(region=cast.county, deputy=deputies["b"]),
        },
        CommitteeOffice: {"a": office},
        EntrySheet: {k: EntrySheetFactory(region=deputies[k].town) for k in "ab"},
    }


def _found(rows, queryset):
    keys = set(queryset.values_list("pk", flat=True))
    return "".join(key for key, row in sorted(rows.items()) if row.pk in keys) or "-"


@pytest.mark.parametrize("model", SEES, ids=lambda model: model.__name__)
def test_who_sees(cast, rows, model):
    found = [_found(rows[model], model.objects.visible_to(cast[name])) for name in WHO]

    assert found == SEES[model].split()


@pytest.mark.parametrize("model", WRITES, ids=lambda model: model.__name__)
def test_who_writes(cast, rows, model):
    found = [_found(rows[model], model.objects.editable_by(cast[name])) for name in WHO]

    assert found == WRITES[model].split()


def test_a_member_may_mend_a_contact_until_it_is_verified(cast, rows):
    contact = MemberContactFactory(pairing=rows[Pairing]["a"], verification="pending")

    mine = MemberContact.objects.editable_by(cast["colleague"])

    assert list(mine) == [contact]


def test_who_left_the_committee_answers_no_more(cast, rows):
    CommitteeMember.objects.update(ends_on="2026-01-01")

    assert not WorkOpinion.objects.visible_to(cast["colleague"]).exists()
