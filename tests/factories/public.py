import datetime as dt
import uuid

import factory

from congress_portal.public.models import AbuseReport, ChatGroup, DeputyCard, PublishedNews
from tests.factories.activities import NewsItemFactory
from tests.factories.core import TownFactory
from tests.factories.deputies import DeputyFactory


class DeputyCardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DeputyCard

    deputy = factory.SubFactory(DeputyFactory, seat=True)


class PublishedNewsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublishedNews

    news = factory.SubFactory(NewsItemFactory, verification="verified")
    text = "代表到村里走访。"
    published_on = dt.date(2026, 10, 1)


class ChatGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChatGroup

    region = factory.SubFactory(TownFactory)
    kind = "group"
    name = factory.Sequence(lambda n: f"第{n}联络群")
    owner = "王管理"
    members = 10


class AbuseReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AbuseReport

    kind = "news"
    target = 1
    title = "村口路灯侧记"
    region = factory.SubFactory(TownFactory)
    reason = "personal"
    idempotency_key = factory.LazyFunction(uuid.uuid4)
