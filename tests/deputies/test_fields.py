"""Names typed in one line: the own town first, and namesakes told apart."""

import pytest
from django import forms

from deputies.fields import DeputyChoiceField, DeputyNamesField
from deputies.models import Deputy
from tests.factories.core import TownFactory, VillageFactory
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def namesakes():
    """张伟 of 石门镇, of 云溪镇 and a third, also of 云溪镇."""
    near, far = TownFactory(name="石门镇"), TownFactory(name="云溪镇")
    village = VillageFactory(name="白鹤村", parent=far)
    return [
        DeputyFactory(name="张伟", town=near),
        DeputyFactory(name="张伟", town=far, village=village),
        DeputyFactory(name="张伟", town=far, phone="13812345678"),
    ]


def _field(*near):
    field = DeputyNamesField("代表")
    field.rows, field.near = Deputy.objects.all(), [town.prefix for town in near]
    return field


def test_name_alone_means_the_only_one_near(namesakes):
    assert _field(namesakes[0].town).clean("张伟") == [namesakes[0]]


def test_nearer_place_goes_before_the_county(namesakes):
    county = namesakes[0].town.parent

    assert _field(county, namesakes[0].town).clean("张伟") == [namesakes[0]]


@pytest.mark.parametrize(
    ("words", "place"), [("张伟（石门镇）", 0), ("张伟(白鹤村)", 1), ("张伟（5678）", 2)]
)
def test_mark_tells_namesakes_apart(namesakes, words, place):
    assert _field(namesakes[0].town).clean(words) == [namesakes[place]]


@pytest.mark.parametrize("words", ["张伟", "张伟（云溪镇）"])
def test_what_stays_unclear_names_the_ways(namesakes, words):
    with pytest.raises(forms.ValidationError) as fault:
        _field(namesakes[1].town).clean(words)

    (told,) = fault.value.messages
    assert "位代表叫「张伟」" in told
    assert "张伟（白鹤村）、张伟（5678）" in told
    assert ("张伟（石门镇）" in told) is (words == "张伟")


def test_unknown_name_is_told(namesakes):
    with pytest.raises(forms.ValidationError, match="没有找到代表「张卫」"):
        _field().clean("张卫")


def test_choice_names_the_town(namesakes):
    field = DeputyChoiceField(Deputy.objects.order_by("pk"))

    assert [label for _, label in field.choices][1:3] == ["张伟（石门镇）", "张伟（云溪镇）"]
