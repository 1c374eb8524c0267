import datetime as dt

import factory

from congress_portal.core.enums import Dictionary
from suggestions.enums import Share, VoiceSource
from suggestions.models import CoSigner, Handling, Reply, Suggestion, Voice
from tests.factories.core import CountyFactory, EntryFactory, TownFactory, UnitFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import ReceptionFactory


class SuggestionFactory(factory.django.DjangoModelFactory):
    """``cosigners`` join it."""

    class Meta:
        model = Suggestion
        skip_postgeneration_save = True

    year = 2026
    number = factory.Sequence(lambda n: f"{n:03d}")
    title = factory.Sequence(lambda n: f"关于第{n}件事的建议")
    region = factory.SubFactory(CountyFactory)
    lead = factory.SubFactory(DeputyFactory)
    submitted_on = dt.date(2026, 7, 12)

    @factory.post_generation
    def cosigners(self, create, deputies, **kwargs):
        for serial, deputy in enumerate(deputies or ()):
            CoSigner.objects.create(suggestion=self, deputy=deputy, serial=serial)


class VoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Voice

    source = VoiceSource.WEB
    raised_on = dt.date(2026, 7, 13)
    region = factory.SubFactory(TownFactory)
    visitor_name = "王大爷"
    visitor_phone = "13800000000"
    matter = "路灯不亮"


class OpinionFactory(VoiceFactory):
    """A voice heard at a reception."""

    source = VoiceSource.RECEPTION
    reception = factory.SubFactory(ReceptionFactory)
    raised_on = factory.SelfAttribute("reception.held_on")
    station = factory.SelfAttribute("reception.station")
    region = factory.SelfAttribute("reception.station.region")


class HandlingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Handling

    suggestion = factory.SubFactory(SuggestionFactory)
    unit = factory.SubFactory(UnitFactory)
    share = Share.LEAD


class ReplyClassFactory(EntryFactory):
    dictionary = Dictionary.REPLY_CLASS
    name = "A类"
    code = "A"


class ReplyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reply

    handling = factory.SubFactory(HandlingFactory)
    replied_on = dt.date(2026, 8, 1)
