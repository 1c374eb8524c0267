import datetime as dt
from decimal import Decimal

import factory

from congress_portal.core.enums import Verification
from stations.enums import CheckState, OfficerKind, StandardKind
from stations.models import (
    InspectionMark,
    Posting,
    Reception,
    ReceptionDuty,
    Standard,
    StandardItem,
    Station,
    StationCheck,
    StationOfficer,
    StationType,
)
from tests.factories.core import TownFactory
from tests.factories.deputies import DeputyFactory


class StationTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StationType
        django_get_or_create = ("name",)

    name = "代表联络站"
    order = 30


class StationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Station

    number = factory.Sequence(lambda n: f"JZ{n:03d}")
    name = factory.LazyAttribute(lambda o: f"{o.number}联络站")
    type = factory.SubFactory(StationTypeFactory)
    region = factory.SubFactory(TownFactory)


class PostingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Posting

    station = factory.SubFactory(StationFactory)
    deputy = factory.SubFactory(DeputyFactory)


class OfficerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StationOfficer

    station = factory.SubFactory(StationFactory)
    kind = OfficerKind.LIAISON
    name = "李联络"


class ReceptionFactory(factory.django.DjangoModelFactory):
    """``deputies`` are put on duty."""

    class Meta:
        model = Reception
        skip_postgeneration_save = True

    station = factory.SubFactory(StationFactory)
    held_on = dt.date(2026, 7, 7)
    verification = Verification.VERIFIED

    @factory.post_generation
    def deputies(self, create, deputies, **kwargs):
        for serial, deputy in enumerate(deputies or ()):
            ReceptionDuty.objects.create(reception=self, deputy=deputy, serial=serial)


class StandardFactory(factory.django.DjangoModelFactory):
    """``items`` are the names of its items."""

    class Meta:
        model = Standard
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"第{n}套标准")
    kind = StandardKind.FACILITIES

    @factory.post_generation
    def items(self, create, names, **kwargs):
        for number, name in enumerate(names or (), start=1):
            StandardItem.objects.create(standard=self, number=number, name=name)


class StandardItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StandardItem

    standard = factory.SubFactory(StandardFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"第{n}项")


class StationCheckFactory(factory.django.DjangoModelFactory):
    """An item that is there."""

    class Meta:
        model = StationCheck

    station = factory.SubFactory(StationFactory)
    item = factory.SubFactory(StandardItemFactory)
    state = CheckState.YES


class InspectionMarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InspectionMark

    station = factory.SubFactory(StationFactory)
    year = 2026
    quarter = 3
    team = factory.Sequence(lambda n: f"第{n}考评组")
    score = Decimal("8.00")
