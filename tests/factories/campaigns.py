import datetime as dt

import factory

from activities.enums import CircularKind
from activities.models import Campaign, CampaignTask, Circular, CircularReceipt, Tag, TagAxis
from tests.factories.core import CountyFactory
from tests.factories.deputies import DeputyFactory


class TagAxisFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TagAxis
        django_get_or_create = ("name",)

    name = "五进"


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag
        django_get_or_create = ("axis", "name")

    axis = factory.SubFactory(TagAxisFactory)
    name = "进社区"


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    title = factory.Sequence(lambda n: f"第{n}次代表行动")
    region = factory.SubFactory(CountyFactory)
    begins_on = dt.date(2026, 3, 1)


class CampaignTaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CampaignTask

    campaign = factory.SubFactory(CampaignFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = "走访企业"


class CircularFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Circular

    kind = CircularKind.APPEAL
    title = factory.Sequence(lambda n: f"第{n}份倡议书")
    body = "我们倡议：每季度进一次网格。"
    region = factory.SubFactory(CountyFactory)


class CircularReceiptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CircularReceipt

    circular = factory.SubFactory(CircularFactory)
    deputy = factory.SubFactory(DeputyFactory)
