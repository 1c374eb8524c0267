import datetime as dt

import factory

from congress_portal.core.enums import Level
from deputies.enums import GroupKind
from deputies.models import Deputy, District, Group, GroupMembership, Mandate, Term
from tests.factories.core import CountyFactory, TownFactory


class TermFactory(factory.django.DjangoModelFactory):
    """The county's 第十八届, 2021-12-01 to 2026-11-30."""

    class Meta:
        model = Term
        django_get_or_create = ("level", "region", "name")

    level = Level.COUNTY
    region = factory.SubFactory(CountyFactory)
    name = "第十八届"
    begins_on = dt.date(2021, 12, 1)
    ends_on = dt.date(2026, 11, 30)


class DistrictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = District

    term = factory.SubFactory(TermFactory)
    region = factory.SubFactory(TownFactory)
    name = factory.Sequence(lambda n: f"第{n}选区")


class DeputyFactory(factory.django.DjangoModelFactory):
    """A person without a seat; ``seat=True`` adds one in the county's 第十八届."""

    class Meta:
        model = Deputy
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"张{n:03d}")
    town = factory.SubFactory(TownFactory)

    @factory.post_generation
    def seat(self, create, given, **kwargs):
        if given:
            MandateFactory(deputy=self, **kwargs)


class MandateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mandate

    deputy = factory.SubFactory(DeputyFactory)
    term = factory.SubFactory(TermFactory)
    level = factory.SelfAttribute("term.level")
    region = factory.SelfAttribute("term.region")


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"第{n}代表小组")
    kind = GroupKind.REGIONAL
    region = factory.SubFactory(CountyFactory)


class GroupMembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GroupMembership

    group = factory.SubFactory(GroupFactory)
    deputy = factory.SubFactory(DeputyFactory, seat=True)
