import datetime as dt

import factory

from suggestions.enums import VoiceSource
from suggestions.models import Suggestion, Voice
from tests.factories.core import CountyFactory, TownFactory
from tests.factories.deputies import DeputyFactory


class SuggestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Suggestion

    year = 2026
    number = factory.Sequence(lambda n: f"{n:03d}")
    title = factory.Sequence(lambda n: f"关于第{n}件事的建议")
    region = factory.SubFactory(CountyFactory)
    lead = factory.SubFactory(DeputyFactory)
    submitted_on = dt.date(2026, 7, 12)


class VoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Voice

    source = VoiceSource.WEB
    raised_on = dt.date(2026, 7, 13)
    region = factory.SubFactory(TownFactory)
    visitor_name = "王大爷"
    visitor_phone = "13800000000"
    matter = "路灯不亮"
