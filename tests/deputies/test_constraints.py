import datetime as dt

import pytest

from deputies.models import District, Group, Term
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.contact import (
    CommitteeMemberFactory,
    CommitteeOfficeFactory,
    PairingFactory,
)
from tests.factories.core import CountyFactory, TownFactory, UserFactory
from tests.factories.deputies import (
    DeputyFactory,
    DistrictFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.seats import (
    ByElectionFactory,
    CandidateFactory,
    ExitCaseFactory,
    GateCheckFactory,
)

pytestmark = pytest.mark.django_db

EARLY, LATE = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


def _term(region=None, **fields):
    dates = {"begins_on": EARLY, "ends_on": LATE, **fields}
    return Term.objects.create(level="county", region=region, name="第一届", **dates)


def _seats():
    deputy, term = DeputyFactory(), TermFactory()
    MandateFactory(deputy=deputy, term=term)
    MandateFactory(deputy=deputy, term=term)


def _districts():
    first = DistrictFactory()
    District.objects.create(term=first.term, region=first.region, name=first.name)


def _memberships():
    first = GroupMembershipFactory()
    GroupMembershipFactory(group=first.group, deputy=first.deputy)


def _seats_on_the_committee():
    first = CommitteeMemberFactory()
    CommitteeMemberFactory(deputy=first.deputy)


def _pairs():
    first = PairingFactory()
    PairingFactory(member=first.member, deputy=first.deputy)


def _elections_for_one_seat():
    seat = MandateFactory()
    ByElectionFactory(term=seat.term, vacated=seat)
    ByElectionFactory(term=seat.term, vacated=seat)


def _checks():
    first = GateCheckFactory()
    GateCheckFactory(candidate=first.candidate)


def _candidacies(**shared):
    first = CandidateFactory(**shared)
    fields = {name: getattr(first, name) for name in shared}
    CandidateFactory(by_election=first.by_election, **fields)


def _cases():
    ExitCaseFactory(mandate=ExitCaseFactory().mandate)


BROKEN = {
    "by_election_one_for_a_seat": _elections_for_one_seat,
    "by_election_winner_seated": lambda: ByElectionFactory(state="elected"),
    "by_election_votes_fit": lambda: ByElectionFactory(registered=10, voted=11),
    "candidate_serial_unique": lambda: _candidacies(serial=1),
    "candidate_deputy_once": lambda: _candidacies(deputy=DeputyFactory()),
    "gate_check_once": _checks,
    "exit_case_one_open": _cases,
    "exit_case_end_dated": lambda: ExitCaseFactory(state="ended"),
    "committee_office_once": twice(CommitteeOfficeFactory, name="代表工委"),
    "committee_member_once": _seats_on_the_committee,
    "committee_member_dates_ordered": lambda: CommitteeMemberFactory(begins_on=LATE, ends_on=EARLY),
    "pairing_once": _pairs,
    "pairing_dates_ordered": lambda: PairingFactory(begins_on=LATE, ends_on=EARLY),
    "term_name_unique": lambda: (_term(CountyFactory()), _term(CountyFactory())),
    "term_name_unique_above": twice(_term),
    "term_dates_ordered": lambda: _term(begins_on=LATE, ends_on=EARLY),
    "district_name_unique": _districts,
    "mandate_once_a_term": _seats,
    "mandate_dates_ordered": lambda: MandateFactory(begins_on=LATE, ends_on=EARLY),
    "mandate_end_dated": lambda: MandateFactory(end_kind="resigned"),
    "group_membership_once": _memberships,
    "group_membership_dates_ordered": lambda: GroupMembershipFactory(begins_on=LATE, ends_on=EARLY),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("deputies")


def test_a_seat_may_be_won_again_after_it_ended():
    first = MandateFactory(ends_on=LATE)

    MandateFactory(deputy=first.deputy, term=first.term)


def test_one_account_belongs_to_one_deputy():
    user = UserFactory()

    assert_refused(twice(DeputyFactory, user=user, town=TownFactory()))


def test_two_groups_cannot_share_a_name():
    assert_refused(twice(GroupFactory, name="第一小组"))
    assert Group.objects.count() == 0
