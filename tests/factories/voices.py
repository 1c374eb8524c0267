import datetime as dt

import factory

from suggestions.models import (
    ConsentText,
    Deed,
    DoorKnock,
    RightDoor,
    VoiceCase,
    VoiceLog,
    VoicePart,
    VoicePhoto,
    VoiceRule,
    Wish,
    WishClaim,
)
from tests.factories.core import EntryFactory, TownFactory, UnitFactory, UserFactory
from tests.factories.suggestions import VoiceFactory


class ConsentTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConsentText

    version = factory.Sequence(lambda n: n + 1)
    text = "姓名和电话只用来办理和回复这件事。"
    in_force_on = dt.date(2026, 1, 1)


class RightDoorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RightDoor

    name = factory.Sequence(lambda n: f"诉讼{n}")
    text = "请到县人民法院诉讼服务中心。"


class VoiceRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoiceRule

    region = factory.SubFactory(TownFactory)


class VoiceCaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoiceCase

    voice = factory.SubFactory(VoiceFactory)


class VoicePartFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoicePart

    voice = factory.SubFactory(VoiceFactory)
    unit = factory.SubFactory(UnitFactory)
    due_on = dt.date(2026, 8, 3)


class VoiceLogFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoiceLog

    voice = factory.SubFactory(VoiceFactory)
    action = "accept"
    label = "受理"
    from_state = "logged"
    to_state = "accepted"
    actor_name = "家站"


class VoicePhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = VoicePhoto

    voice = factory.SubFactory(VoiceFactory)
    kind = "reported"
    image = factory.django.ImageField(filename="a.jpg")


class DoorKnockFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DoorKnock

    kind = "post"
    address_hash = "x"


class WishFactory(factory.django.DjangoModelFactory):
    """Waiting to be published, with the case that a voter's post makes."""

    class Meta:
        model = Wish

    class Params:
        open = factory.Trait(
            state="open", text="一盏台灯",
            published_at=dt.datetime(2026, 10, 8, 2, tzinfo=dt.UTC),
        )  # fmt: skip

    voice = factory.LazyFunction(
        lambda: VoiceCaseFactory(voice=VoiceFactory(source="wish"), state="accepted").voice
    )


class WishClaimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WishClaim

    wish = factory.SubFactory(WishFactory, open=True, state="claimed")
    helper = "县供电公司"
    promised_on = dt.date(2026, 10, 20)
    claimed_by = factory.SubFactory(UserFactory)


class DeedFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Deed

    source = "self"
    region = factory.SubFactory(TownFactory)
    category = factory.SubFactory(EntryFactory, dictionary="field")
    title = "东街口装了路灯"
    evidence = "村里验收"
    finished_on = dt.date(2026, 9, 1)
