"""Voters hear outside the portal: each step once, a number and a link, until they opt out."""

import json
import uuid

import pytest
from django.core import mail
from django.urls import reverse

from congress_portal.core.channels import carry_waiting, send_again
from congress_portal.core.enums import DeliveryState, Role
from congress_portal.core.models import Delivery
from congress_portal.core.retention import erase, kinds
from congress_portal.core.workdays import seed_calendar
from suggestions.models import Voice, VoiceCase
from suggestions.services.voices import voter
from suggestions.services.voices.handling import Facts, take_voice_step
from suggestions.services.voices.telling import tell_voter
from suggestions.voice_workflow import VoiceAction
from tests.activities import test_channels
from tests.factories.core import UnitFactory, UserFactory, VillageFactory
from tests.factories.stations import OfficerFactory, StationFactory
from tests.factories.suggestions import VoiceFactory
from tests.factories.voices import ConsentTextFactory, VoiceCaseFactory

pytestmark = pytest.mark.django_db
A = VoiceAction
hook = test_channels.hook  # the receiver of SMS
ADDRESS = "voter@example.com"
SECRETS = ("路灯", "记号王", "13812345678", "换新", "县住建局")


@pytest.fixture(autouse=True)
def _clock(freeze, settings):
    freeze("2026-10-09 10:00")
    seed_calendar(2026)
    settings.NOTICE_EMAIL = True
    settings.SITE_URL = "https://portal.example"


@pytest.fixture
def station():
    station = StationFactory(number="JZ778")
    VillageFactory(parent=station.region, name="东村")
    ConsentTextFactory()
    return station


@pytest.fixture
def officer(station):
    return OfficerFactory(station=station, user=UserFactory(role=Role.STATION_OFFICER)).user


@pytest.fixture
def post(client, station):
    def send(**data):
        given = {
            "key": str(uuid.uuid4()), "matter": "村口的路灯不亮", "visitor_name": "记号王",
            "village": station.region.children.get().pk, "visitor_phone": "13812345678",
            "visitor_email": ADDRESS, "told_by": "email", "has_consent": "on", **data,
        }  # fmt: skip
        address = reverse("public:write_station", args=[station.number])
        return client.post(address, given, follow=True)

    return send


def step(action, voice, actor, **facts):
    given = {"action": action, "voice_pk": voice.pk, "actor": actor, "comment": "换新"}
    return take_voice_step(**given, facts=Facts(**facts))


def queued(voice):
    return Delivery.objects.filter(outside__startswith=f"voice-{voice.pk}-").count()


def test_receipt_and_each_step_of_others_are_queued_once(post, officer):
    post()
    voice = Voice.objects.get()
    assert queued(voice) == 1

    step(A.ACCEPT, voice, officer)
    step(A.SOLVE_AT_ONCE, Voice.objects.create(
        source="web", region=voice.region, station=voice.station, raised_on=voice.raised_on,
        matter="别的事",
    ), officer)  # fmt: skip
    assert queued(voice) == 2
    log = voice.log.get()

    assert tell_voter(voice, log) is False  # said before
    assert (queued(voice), Delivery.objects.count()) == (2, 2)


def test_mail_holds_the_number_and_the_link_and_nothing_else(post, officer):
    post()
    step(A.ACCEPT, Voice.objects.get(), officer)

    assert (carry_waiting(), carry_waiting()) == (2, 0)

    token = VoiceCase.objects.get().token
    assert [letter.to for letter in mail.outbox] == [[ADDRESS], [ADDRESS]]
    assert "JZ778-2026-0001" in mail.outbox[0].subject
    for letter in mail.outbox:
        said = f"{letter.subject}{letter.body}"
        assert f"https://portal.example/v/{token}/" in said
        assert not any(secret in said for secret in SECRETS)


def test_opt_out_is_kept_even_by_what_waits(client, post, officer):
    page = post()
    assert "每有进展就用电子邮件通知您" in page.text
    voice = Voice.objects.get()
    address = reverse("public:voice_quiet", args=[voice.case.token])
    assert client.get(address).status_code == 405

    again = [client.post(address, follow=True).text for _ in range(2)]

    assert not any("通知您" in text for text in again)
    assert carry_waiting() == 0
    receipt = Delivery.objects.get(outside=f"voice-{voice.pk}-0")
    assert receipt.state == DeliveryState.NO_ADDRESS
    step(A.ACCEPT, Voice.objects.get(), officer)
    assert queued(voice) == 1
    assert mail.outbox == []


def test_own_steps_and_what_was_said_in_person_are_not_told(post, officer):
    post()
    voice = Voice.objects.get()
    step(A.SOLVE_AT_ONCE, voice, officer)
    step(A.TELL, voice, officer)
    voter.say_not_solved(case=VoiceCase.objects.get(), reason="还是不亮")

    assert queued(voice) == 2  # the receipt and the answer


def test_both_merged_voters_are_told_of_the_answer(post, officer, station):
    post()
    first = Voice.objects.get()
    second = VoiceFactory(
        station=station, region=station.region, has_consent=True, told_by="email",
        visitor_email="other@example.com",
    )  # fmt: skip
    VoiceCaseFactory(voice=second)
    unit = UnitFactory(name="县住建局")
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    step(A.ACCEPT, first, officer)
    step(A.MERGE, second, officer, main=first)
    step(A.ASSIGN, first, officer, lead=unit)
    carry_waiting()
    mail.outbox.clear()

    step(A.ANSWER, first, clerk)
    carry_waiting()

    assert sorted(letter.to[0] for letter in mail.outbox) == ["other@example.com", ADDRESS]


def test_erased_voter_gets_nothing(post):
    post()
    erase(kinds()["voice"], Voice.objects.get(), reason="本人 10 月 9 日来电提出")

    assert carry_waiting() == 0
    assert mail.outbox == []
    assert send_again(Delivery.objects.all()) == 1
    assert carry_waiting() == 0


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"visitor_email": ""}, "请留电子邮箱"),
        ({"visitor_email": "不是邮箱"}, "电子邮箱"),
        ({"has_consent": ""}, "才能留下姓名和电话"),
        ({"told_by": "sms"}, "每有进展就通知我"),
    ],
)
def test_bad_wish_is_refused_in_words(post, data, fault):
    assert fault in post(**data).text
    assert not Voice.objects.exists()


def test_without_a_channel_nothing_is_offered_or_kept(client, post, station, settings):
    settings.NOTICE_EMAIL = False
    page = client.get(reverse("public:write_station", args=[station.number]))

    post()

    assert "每有进展就通知我" not in page.text
    assert "电子邮箱" not in page.text
    assert (Voice.objects.get().told_by, Delivery.objects.count()) == ("", 0)


def test_channel_that_takes_other_notices_only_is_not_offered(client, station, settings):
    settings.NOTICE_EMAIL_ONLY = ["call-"]

    page = client.get(reverse("public:write_station", args=[station.number]))

    assert "每有进展就通知我" not in page.text


def test_sms_wants_a_mobile(post, settings):
    settings.NOTICE_HOOKS = [{
        "code": "sms", "name": "短信", "url": "http://127.0.0.1:9/x", "secret": "x" * 16,
        "template": {}, "only": (), "ok": "",
    }]  # fmt: skip

    assert "请留 11 位手机号码" in post(told_by="sms", visitor_phone="7222333").text
    post(told_by="sms")
    assert Delivery.objects.get().channel == "sms"


def test_sms_goes_to_the_voter_s_mobile_with_number_and_link_only(post, hook):
    post(told_by="sms")

    assert (carry_waiting(), carry_waiting()) == (1, 0)

    body = json.loads(hook.got[0][1])
    token = VoiceCase.objects.get().token
    assert (len(hook.got), body["mobile"]) == (1, "13812345678")
    said = "".join(body["content"])
    assert "JZ778-2026-0001" in said
    assert f"https://portal.example/v/{token}/" in said
    assert not any(secret in said for secret in SECRETS)


def test_sms_that_was_not_taken_is_tried_again(post, hook, freeze):
    hook.answers.append((500, b""))
    post(told_by="sms")
    assert carry_waiting() == 0
    receipt = Delivery.objects.get(channel="sms", outside__startswith="voice-")
    assert (receipt.state, receipt.attempts) == (DeliveryState.WAITING, 1)
    assert "13812345678" not in receipt.fault

    freeze("2026-10-09 10:05")

    assert carry_waiting() == 1
    assert len(hook.got) == 2
