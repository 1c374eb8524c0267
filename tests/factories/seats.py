import datetime as dt

import factory
from factory.django import DjangoModelFactory

from deputies.enums import Gate
from deputies.models import ByElection, Candidate, ExitCase, ExitStep, GateCheck
from tests.factories.core import TownFactory, UserFactory
from tests.factories.deputies import MandateFactory, TermFactory


class ByElectionFactory(DjangoModelFactory):
    class Meta:
        model = ByElection

    term = factory.SubFactory(TermFactory)
    reason = "调离本县"
    entered_by = factory.SubFactory(UserFactory)


class CandidateFactory(DjangoModelFactory):
    """A new person; ``checked=True`` adds the four checks, all passed."""

    class Meta:
        model = Candidate
        skip_postgeneration_save = True

    by_election = factory.SubFactory(ByElectionFactory)
    serial = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"候选{n:02d}")
    sex = "male"
    town = factory.SubFactory(TownFactory)
    proposed_by = "选民十五人联名"

    @factory.post_generation
    def checked(self, create, given, **kwargs):
        for gate in Gate if given else ():
            GateCheckFactory(candidate=self, gate=gate)


class GateCheckFactory(DjangoModelFactory):
    class Meta:
        model = GateCheck

    candidate = factory.SubFactory(CandidateFactory)
    gate = Gate.POLITICS
    passed = True
    office = "县委组织部"
    opinion = "同意"
    checked_on = dt.date(2026, 9, 1)
    author = factory.SubFactory(UserFactory)


class ExitCaseFactory(DjangoModelFactory):
    class Meta:
        model = ExitCase

    mandate = factory.SubFactory(MandateFactory)
    source = "选民来信"
    clue = "两年没有参加活动"
    found_on = dt.date(2026, 9, 1)
    opened_by = factory.SubFactory(UserFactory)


class ExitStepFactory(DjangoModelFactory):
    class Meta:
        model = ExitStep

    case = factory.SubFactory(ExitCaseFactory)
    action = "verify"
    held_on = dt.date(2026, 9, 2)
    words = "情况属实"
    author = factory.SubFactory(UserFactory)
