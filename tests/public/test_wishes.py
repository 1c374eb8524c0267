"""Wishes for everybody: asked for without an account, published without names, counted."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from suggestions.enums import WishState
from suggestions.models import VoiceCase, Wish
from suggestions.selectors.wishes import WishCount, wish_counts
from tests.factories.core import VillageFactory
from tests.factories.public import DeputyCardFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.uploads import picture
from tests.factories.voices import DeedFactory, VoiceCaseFactory, WishClaimFactory, WishFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


def test_a_voter_asks_with_three_fields_and_gets_a_number_and_a_link(client):
    station = StationFactory(number="JZ001")
    village = VillageFactory(parent=station.region, code=station.region.code[:9] + "201")
    given = {"key": str(uuid.uuid4()), "matter": "想要一盏台灯", "village": village.pk}

    for _ in range(2):
        page = client.post(reverse("public:write_wish"), given, follow=True)

    assert "JZ001-2026-0001" in page.content.decode()
    wish = Wish.objects.get()
    assert (wish.state, wish.voice.source, wish.voice.village) == ("waiting", "wish", village)


@pytest.mark.parametrize("state", WishState)
def test_only_published_wishes_are_shown_and_never_the_voter(client, state):
    extra = {"reason": "不合适"} if state == "declined" else {}
    wish = WishFactory(open=True, state=state, **extra)
    wish.voice.matter, wish.voice.visitor_name = "原话记号", "记号王"
    wish.voice.save()

    page = client.get(reverse("public:wishes")).content.decode()

    assert ("一盏台灯" in page) == (state in ("open", "claimed", "fulfilled"))
    assert not any(mark in page for mark in ("原话记号", "记号王", "13800000000"))


def test_counts_have_denominators_by_station():
    station = StationFactory(name="东街站")
    case = lambda: VoiceCaseFactory(  # noqa: E731
        voice=VoiceFactory(source="wish", station=station, region=station.region)
    )
    for state in ("open", "claimed", "fulfilled", "fulfilled"):
        WishFactory(open=True, state=state, voice=case().voice)
    WishFactory(voice=case().voice)

    assert wish_counts() == [WishCount(station.region.name, "东街站", 4, 3, 2)]


def test_a_photo_is_open_only_while_its_wish_is_fulfilled(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    claim = WishClaimFactory(result="送了", fulfilled_on="2026-10-08")
    claim.photo.save("a.jpg", ContentFile(picture("JPEG")))
    address = reverse("public:wish_photo", args=[claim.pk])

    assert client.get(address).status_code == 404
    Wish.objects.update(state="fulfilled")
    answer = client.get(address)
    assert b"".join(answer.streaming_content)
    answer.close()


def test_thanks_go_by_the_link_alone_and_once(client):
    claim = WishClaimFactory(wish__state="fulfilled", result="送了", fulfilled_on="2026-10-08")
    token = VoiceCase.objects.get().token

    assert client.post(reverse("public:voice_thanks", args=["x"])).status_code == 404
    assert "谢谢</button>" in client.get(reverse("public:voice", args=[token])).content.decode()
    page = client.post(reverse("public:voice_thanks", args=[token]), {"words": ""}, follow=True)

    assert "您的谢意已经转达" in page.content.decode()
    claim.wish.refresh_from_db()
    assert claim.wish.thanked_at is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        WishClaimFactory()
    client.get(reverse("public:wishes"))

    with django_assert_num_queries(5):
        client.get(reverse("public:wishes"))


def test_a_deputy_who_is_shown_nowhere_is_not_named_here_either(client):
    card = DeputyCardFactory(is_hidden=True, deputy__name="记号某")
    WishClaimFactory(deputy=card.deputy, helper="")
    DeedFactory(deputy=card.deputy, verification="verified", is_published=True)

    wishes = client.get(reverse("public:wishes")).text
    assert "一位代表认领" in wishes
    for name in ("deeds", "deeds_csv"):
        assert "记号某" not in client.get(reverse(f"public:{name}")).content.decode("utf-8-sig")
    assert "记号某" not in wishes
