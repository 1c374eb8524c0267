"""Fixed voters, notes, the committee with its pairs, opinions."""

import datetime as dt

import factory

from activities.models import (
    ContactRule,
    FixedVoter,
    MemberContact,
    NotebookEntry,
    WorkOpinion,
)
from congress_portal.core.enums import Dictionary, Verification
from deputies.enums import CommitteePost
from deputies.models import CommitteeMember, CommitteeOffice, Pairing
from tests.factories.core import CountyFactory, EntryFactory
from tests.factories.deputies import DeputyFactory


class ContactRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactRule

    region = factory.SubFactory(CountyFactory)


class FixedVoterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FixedVoter

    deputy = factory.SubFactory(DeputyFactory)
    name = factory.Sequence(lambda n: f"李大{n}")
    phone = "13800001234"
    begins_on = dt.date(2026, 1, 1)


class NotebookEntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = NotebookEntry

    deputy = factory.SubFactory(DeputyFactory)
    noted_on = dt.date(2026, 7, 5)
    text = "答应去看水渠"


class CommitteeOfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CommitteeOffice

    name = factory.Sequence(lambda n: f"第{n}工委")
    region = factory.SubFactory(CountyFactory)


class CommitteeMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CommitteeMember

    region = factory.SubFactory(CountyFactory)
    deputy = factory.SubFactory(DeputyFactory, seat=True)
    post = CommitteePost.MEMBER
    begins_on = dt.date(2021, 12, 1)


class PairingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pairing

    member = factory.SubFactory(CommitteeMemberFactory)
    deputy = factory.SubFactory(DeputyFactory, seat=True)
    begins_on = dt.date(2026, 1, 1)


class MemberContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MemberContact

    pairing = factory.SubFactory(PairingFactory)
    held_on = dt.date(2026, 7, 6)
    channel = factory.SubFactory(EntryFactory, dictionary=Dictionary.CHANNEL, name="电话")
    verification = Verification.VERIFIED


class WorkOpinionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkOpinion

    deputy = factory.SubFactory(DeputyFactory)
    region = factory.SubFactory(CountyFactory)
    raised_on = dt.date(2026, 7, 7)
    text = "通知再早一周"
