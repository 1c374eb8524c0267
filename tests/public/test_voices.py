"""The voter's door: a post without account, one number, one link, the same answer for unknown."""

import datetime as dt
import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.public.reports import deputy_sheet, qr_svg
from congress_portal.public.selectors import shown_deputies
from suggestions.models import Voice, VoicePhoto
from tests.factories.core import UserFactory, VillageFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.public import DeputyCardFactory
from tests.factories.stations import OfficerFactory, PostingFactory, StationFactory
from tests.factories.voices import ConsentTextFactory, VoiceRuleFactory

pytestmark = pytest.mark.django_db

NAMED = {"visitor_name": "记号王", "visitor_phone": "13812345678", "has_consent": "on"}


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def station():
    return StationFactory(number="JZ001")


@pytest.fixture
def village(station):
    code = station.region.code[:9] + "201"
    return VillageFactory(name="东村", parent=station.region, code=code)


@pytest.fixture
def send(client, station, village):
    def post(name="write_station", **data):
        args = [station.number] if name == "write_station" else []
        given = {"key": str(uuid.uuid4()), "matter": "村口路灯不亮", "village": village.pk, **data}
        return client.post(reverse(f"public:{name}", args=args), given, follow=True)

    return post


def photo():
    out = io.BytesIO()
    image = Image.new("RGB", (40, 30), "red")
    exif = image.getexif()
    exif[0x010F] = "MARKER"
    image.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("我的家.jpg", out.getvalue(), "image/jpeg")


def test_three_fields_give_a_number_and_a_link(send, station, village):
    OfficerFactory(station=station, user=UserFactory(role=Role.STATION_OFFICER))

    page = send()

    voice = Voice.objects.get()
    assert (voice.source, voice.region, voice.village) == ("web", station.region, village)
    assert "JZ001-2026-0001" in page.text
    assert len(voice.case.token) >= 24
    assert Notice.objects.get().title == "收到一件网上留言"


def test_place_alone_finds_the_station(send, station):
    assert "JZ001-2026-0001" in send("write").text
    assert Voice.objects.get().station == station


def test_photo_is_made_new_under_a_name_that_tells_nothing(send):
    page = send(photo=photo())

    row = VoicePhoto.objects.get()
    with row.image.open("rb") as file:
        assert b"MARKER" not in file.read()
    assert "我的家" not in row.image.name
    assert Voice.objects.get().source == "photo"
    assert reverse("public:voice_photo", args=[row.voice.case.token, row.pk]) in page.text


def test_double_post_is_one(send):
    key = str(uuid.uuid4())

    first, second = send(key=key), send(key=key)

    assert Voice.objects.count() == 1
    assert first.redirect_chain == second.redirect_chain


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"website": "http://spam"}, "没有收下"),
        ({"matter": ""}, "什么事"),
        ({"village": "0"}, "在哪个村"),
        ({"key": "x"}, "请重新打开再填"),
        (NAMED | {"has_consent": ""}, "才能留下姓名和电话"),
        (NAMED | {"visitor_phone": "12"}, "请核对电话号码"),
        ({"wants_answer": "on"}, "请留电话"),
    ],
)
def test_bad_post_is_refused_in_words(send, data, fault):
    ConsentTextFactory()

    page = send(**data)

    assert fault in page.text
    assert Voice.objects.count() == 0


def test_consent_keeps_its_version(send):
    text = ConsentTextFactory(version=3)

    send(**NAMED)

    assert Voice.objects.get().case.consent == text


def test_without_a_text_in_force_nothing_personal_is_taken(send):
    send(**NAMED)

    assert Voice.objects.get().visitor_phone == ""


def test_fourth_post_of_the_day_asks_and_later_ones_wait(send, station, client):
    VoiceRuleFactory(region=station.region, easy_posts=1, most_posts=2)
    send()

    first = send().text
    assert "请先算出这道题" in first
    assert "答案不对" not in first
    form = client.get(reverse("public:write_station", args=["JZ001"])).context["form"]
    question, signed = form.fields["answer"].label, form.fresh
    assert "答案不对" in send(answer="0", signed=signed).text
    digits = "零一二三四五六七八九"
    right = digits.index(question[0]) + digits.index(question[2])
    send(answer=str(right), signed=signed)
    assert Voice.objects.count() == 2
    assert "太多了" in send(answer=str(right), signed=signed).text
    assert Voice.objects.count() == 2


def test_look_up_needs_number_and_tail_and_says_the_same_for_unknown(send, client):
    ConsentTextFactory()
    send(**NAMED)
    address = reverse("public:look_up")

    right = client.post(address, {"number": "jz001-2026-1", "tail": "5678"})
    wrong = client.post(address, {"number": "JZ001-2026-0001", "tail": "9999"})
    unknown = client.post(address, {"number": "JZ009-2026-0001", "tail": "5678"})

    assert right.url == reverse("public:voice", args=[Voice.objects.get().case.token])
    same = "没有查到：登记号或电话后四位不对"
    assert same in wrong.text
    assert same in unknown.text
    for _ in range(7):
        client.post(address, {"number": "x", "tail": "1234"})
    blocked = client.post(address, {"number": "JZ001-2026-0001", "tail": "5678"})
    assert "查询太频繁" in blocked.text


def test_contact_shows_on_no_page_and_in_no_trail(send, client):
    ConsentTextFactory()
    page = send(**NAMED)

    voice = Voice.objects.get()
    trail = "".join(str(e.changes) + e.label for e in AuditEntry.objects.all())
    for text in (page.text, trail, *Notice.objects.values_list("body", flat=True)):
        assert "记号王" not in text
        assert "13812345678" not in text
    assert voice.case.token not in trail
    assert client.get(reverse("public:voice", args=["x" * 24])).status_code == 404


def test_station_without_villages_asks_for_none(client):
    station = StationFactory()
    address = reverse("public:write_station", args=[station.number])
    assert 'name="village"' not in client.get(address).text

    client.post(address, {"key": str(uuid.uuid4()), "matter": "村口路灯不亮"})

    voice = Voice.objects.get()
    assert (voice.village, voice.station, voice.region) == (None, station, station.region)


def test_open_form_offers_the_town_itself_only_without_villages(send, client, station, village):
    bare = StationFactory()
    choices = dict(client.get(reverse("public:write")).context["form"].fields["village"].choices)
    assert choices[station.region.name] == [(village.pk, "东村")]
    assert choices[bare.region.name] == [(bare.region_id, f"{bare.region.name}（不分村）")]

    assert "请选所在的村" in send("write", village=station.region_id).text
    send("write", village=bare.region_id)

    voice = Voice.objects.get()
    assert (voice.village, voice.station) == (None, bare)


def test_what_is_written_to_a_deputy_is_the_deputy_s_own_case(client, village, station):
    user = UserFactory(role=Role.DEPUTY)
    deputy = DeputyFactory(town=station.region, user=user, seat=True)
    PostingFactory(deputy=deputy, station=station)
    address = reverse("public:write_deputy", args=[deputy.pk])
    assert f"写给代表{deputy.name}" in client.get(address).text

    page = client.post(
        address,
        {"key": str(uuid.uuid4()), "matter": "村口路灯不亮", "village": village.pk},
        follow=True,
    )

    voice = Voice.objects.get()
    assert (voice.deputy, voice.station) == (deputy, station)
    assert deputy.name not in page.text
    assert Notice.objects.get(user=user).title == "有选民扫码给您留言"
    client.force_login(user)
    detail = client.get(reverse("suggestions:voice_detail", args=[voice.pk]))
    assert "写给的代表" in detail.text


def test_hidden_or_homeless_deputy_is_not_written_to(client):
    hidden = DeputyCardFactory(is_hidden=True).deputy
    PostingFactory(deputy=hidden)
    for deputy in (hidden, DeputyFactory(seat=True)):
        address = reverse("public:write_deputy", args=[deputy.pk])
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("size", ["a4", "a3"])
def test_deputy_sheet_says_who_and_where_and_holds_two_codes(client, station, size):
    deputy = DeputyFactory(name="梁飞天", phone="13912345678", seat=True)
    PostingFactory(deputy=deputy, station=station)

    content = client.get(reverse("public:deputy_print", args=[deputy.pk, size])).content

    paper = PdfReader(io.BytesIO(content))
    text = paper.pages[0].extract_text()
    assert len(paper.pages) == 1
    assert all(words in text for words in ("梁飞天", station.name, "扫码写给代表", "扫码看"))
    assert "13912345678" not in text
    assert client.get(reverse("public:deputy_print", args=[deputy.pk, "a5"])).status_code == 404


def test_deputy_sheet_codes_open_the_card_and_the_form(settings, station):
    settings.SITE_URL = "https://portal.example"
    deputy = DeputyFactory(seat=True)
    PostingFactory(deputy=deputy, station=station)
    shown = shown_deputies(dt.date(2026, 10, 8)).get()

    sheet = deputy_sheet(shown, dt.date(2026, 10, 8), "a4")

    assert sheet.card_qr == qr_svg("public:deputy", deputy.pk)
    assert sheet.write_qr == qr_svg("public:write_deputy", deputy.pk)
    assert sheet.card_qr != sheet.write_qr


def test_link_of_a_voter_is_not_kept_by_the_trail(client, send):
    send()
    token = Voice.objects.get().case.token
    client.force_login(UserFactory())

    assert client.get(reverse("public:voice_photo", args=[token, 9])).status_code == 404

    entry = AuditEntry.objects.get(action="refused")
    assert entry.label == "GET /v/…/photos/9.jpg"


def test_confidence_is_kept_from_the_deputy_written_to(client, village, station):
    ConsentTextFactory()
    deputy = DeputyFactory(town=station.region, user=UserFactory(role=Role.DEPUTY), seat=True)
    PostingFactory(deputy=deputy, station=station)
    address = reverse("public:write_deputy", args=[deputy.pk])
    assert "勾选「请为我保密」的看不到" in client.get(address).text
    given = {"matter": "村口路灯不亮", "village": village.pk, **NAMED}
    for extra in ({}, {"is_confidential": "on"}):
        client.post(address, {"key": str(uuid.uuid4()), **given, **extra})
    client.force_login(deputy.user)

    statuses = [
        client.get(reverse("suggestions:voice_contact", args=[voice.pk])).status_code
        for voice in Voice.objects.order_by("pk")
    ]

    assert statuses == [200, 404]
