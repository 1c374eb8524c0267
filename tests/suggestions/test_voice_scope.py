"""The chain's rows follow their voice; settings are the office's to write."""

import pytest
from django.contrib.auth.models import AnonymousUser

from congress_portal.core.enums import Role
from suggestions.models import ConsentText, DoorKnock, RightDoor, Voice, VoiceRule
from tests.cast import PEOPLE
from tests.factories.core import UserFactory
from tests.factories.voices import (
    ConsentTextFactory,
    DoorKnockFactory,
    RightDoorFactory,
    VoiceCaseFactory,
    VoiceLogFactory,
    VoicePartFactory,
    VoicePhotoFactory,
    VoiceRuleFactory,
)

pytestmark = pytest.mark.django_db

READERS = {"staff", "clerk_a", "officer", "deputy", "leader", "inspector", "admin"}


@pytest.mark.parametrize(
    "factory", [VoiceCaseFactory, VoiceLogFactory, VoicePartFactory, VoicePhotoFactory]
)
def test_rows_of_a_voice_follow_it(cast, factory):
    row = factory(voice=cast.row(Voice, "a"))
    model = type(row)

    seen = {name for name in PEOPLE if model.objects.visible_to(cast[name]).exists()}
    kept = {name for name in PEOPLE if model.objects.editable_by(cast[name]).exists()}

    assert seen == READERS
    assert kept == {"staff", "clerk_a", "officer"}
    assert not model.objects.visible_to(AnonymousUser()).exists()


def test_a_unit_reads_the_voice_once_it_is_handed_over(cast):
    voice = cast.row(Voice, "a")
    person = cast["unit_officer"]
    assert not Voice.objects.visible_to(person).exists()

    VoicePartFactory(voice=voice, unit_id=next(iter(person.scope.unit_ids)))

    assert list(Voice.objects.visible_to(person)) == [voice]
    assert not Voice.objects.editable_by(person).exists()


def test_settings_are_written_by_the_office(cast):
    VoiceRuleFactory(region=cast.town_a)
    for factory in (ConsentTextFactory, RightDoorFactory, DoorKnockFactory):
        factory()

    for model in (ConsentText, RightDoor, DoorKnock):
        assert model.objects.editable_by(cast["staff"]).exists()
        assert not model.objects.editable_by(cast["clerk_a"]).exists()
        assert not model.objects.visible_to(AnonymousUser()).exists()
    assert VoiceRule.objects.editable_by(cast["clerk_a"]).exists()
    assert not VoiceRule.objects.editable_by(cast["clerk_b"]).exists()
    assert not VoiceRule.objects.visible_to(UserFactory(role=Role.DEPUTY)).exists()
