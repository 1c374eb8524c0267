"""Places, units, words and accounts. One county (安澜县) unless a test says otherwise."""

import factory

from congress_portal.core.enums import Dictionary, RegionLevel, Role
from congress_portal.core.models import DictionaryEntry, Region, RoleAssignment, Unit, User


class CountyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "421299000000"
    name = "安澜县"
    level = RegionLevel.COUNTY


class TownFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"421299{500 + n % 490:03d}000")
    name = factory.LazyAttribute(lambda o: f"{o.code[6:9]}镇")
    level = RegionLevel.TOWN
    parent = factory.SubFactory(CountyFactory)


class VillageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region

    parent = factory.SubFactory(TownFactory)
    number = factory.Sequence(lambda n: 200 + n % 700)
    code = factory.LazyAttribute(lambda o: f"{o.parent.code[:9]}{o.number}")
    name = factory.LazyAttribute(lambda o: f"{o.number}村")
    level = RegionLevel.VILLAGE

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        kwargs.pop("number", None)
        return super()._create(model_class, *args, **kwargs)


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    name = factory.Sequence(lambda n: f"县第{n}局")
    short_name = factory.Sequence(lambda n: f"第{n}局")


class EntryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DictionaryEntry
        django_get_or_create = ("dictionary", "name")

    dictionary = Dictionary.FIELD
    name = "道路交通"


class UserFactory(factory.django.DjangoModelFactory):
    """``role`` and ``region`` (or ``unit``) give the account one role; without it, a stranger."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"用户{n}")

    @factory.post_generation
    def role(self, create, role, region=None, unit=None, **kwargs):
        if role:
            RoleAssignment.objects.create(user=self, role=role, region=region, unit=unit)


def staff(**kwargs):
    return UserFactory(role=Role.STAFF, **kwargs)


def town_clerk(town, **kwargs):
    return UserFactory(role=Role.TOWN_STAFF, role__region=town, **kwargs)
