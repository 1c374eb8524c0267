import datetime as dt

import factory

from activities.models import ExchangePost, GoodDeed, Honour
from congress_portal.core.enums import Dictionary, Verification
from tests.factories.core import EntryFactory
from tests.factories.deputies import DeputyFactory


class GoodDeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GoodDeed

    deputy = factory.SubFactory(DeputyFactory)
    held_on = dt.date(2026, 7, 12)
    kind = factory.SubFactory(EntryFactory, dictionary=Dictionary.DEED_KIND, name="捐资修路")
    title = factory.Sequence(lambda n: f"出资修路{n}")
    verification = Verification.VERIFIED


class HonourFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Honour

    deputy = factory.SubFactory(DeputyFactory)
    held_on = dt.date(2026, 7, 13)
    title = factory.Sequence(lambda n: f"优秀人大代表{n}")
    verification = Verification.VERIFIED


class ExchangePostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ExchangePost

    deputy = factory.SubFactory(DeputyFactory)
    title = factory.Sequence(lambda n: f"第{n}篇体会")
    body = "进网格要先听，后记，再办。"
