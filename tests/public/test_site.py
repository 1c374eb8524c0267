"""The public site: who sees what without an account, and what never leaves."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from congress_portal.core.enums import Level
from congress_portal.public.models import ChatGroup, DeputyCard, PublishedNews
from congress_portal.public.selectors import parts_of
from deputies.models import Mandate
from stations.models import ReceptionDuty, Rota, RotaDuty, RotaSlot
from suggestions.models import Suggestion
from tests.factories.core import CountyFactory, TownFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.public import ChatGroupFactory, DeputyCardFactory, PublishedNewsFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationFactory,
)
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)
MOBILE = "13912345678"
LISTS = (
    "home", "stations", "deputies", "news", "rules", "suggestions", "figures", "open",
    "news_feed", "calendar_feed", "deputies_json", "suggestions_csv", "statistics_csv",
    "robots", "sitemap",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(dt.datetime(2026, 10, 8, 2, tzinfo=dt.UTC), tick=False):
        yield


def published(**given):
    given = {
        "state": "handling", "submitted_on": dt.date(2026, 7, 1),
        "handed_over_on": dt.date(2026, 7, 2), "consents_to_publication": True,
        "published_on": dt.date(2026, 9, 1), **given,
    }  # fmt: skip
    return SuggestionFactory(**given)


def released_day(station, deputy, day=dt.date(2026, 10, 15), state="released"):
    rota = Rota.objects.create(
        region=station.region, title="四季度", first_on=TODAY, last_on=dt.date(2026, 12, 31),
        state=state,
        released_at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC) if state == "released" else None,
    )  # fmt: skip
    slot = RotaSlot.objects.create(
        rota=rota, station=station, held_on=day, starts_at=dt.time(9), ends_at=dt.time(11)
    )
    RotaDuty.objects.create(slot=slot, deputy=deputy, held_on=day)
    return slot


def addresses(*rows):
    """Every public address: the lists, and the pages and files of the given rows."""
    found = [reverse(f"public:{name}") for name in LISTS]
    for view, key in rows:
        found.append(reverse(f"public:{view}", args=key))
    return found


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("name", LISTS)
def test_list_opens_without_an_account_on_an_empty_county(client, name):
    assert client.get(reverse(f"public:{name}")).status_code == 200


def test_front_page_sends_who_signed_in_to_the_desk(client):
    assert "public/home.html" in [each.name for each in client.get("/").templates]

    client.force_login(staff())

    assert "desk/home.html" in [each.name for each in client.get("/").templates]


def test_station_page_names_who_is_there_next(client):
    station, deputy = StationFactory(), DeputyFactory(name="梁飞天", seat=True)
    PostingFactory(station=station, deputy=deputy)
    released_day(station, deputy)

    page = client.get(reverse("public:station", args=[station.number])).text

    assert "下次接待：2026年10月15日（周四）" in page
    assert page.count("梁飞天") >= 2


def test_draft_rota_is_not_public(client):
    station = StationFactory()
    released_day(station, DeputyFactory(seat=True), state="draft")

    assert "2026年10月15日" not in client.get(reverse("public:home")).text
    assert b"BEGIN:VEVENT" not in client.get(reverse("public:calendar_feed")).content


def test_closed_station_is_404(client):
    station = StationFactory(is_active=False)

    for view, key in (("station", [station.number]), ("station_qr", [station.number])):
        assert client.get(reverse(f"public:{view}", args=key)).status_code == 404


def test_mobile_of_an_officer_stays_private_and_an_office_line_is_shown(client):
    private, office = StationFactory(), StationFactory()
    OfficerFactory(station=private, phone=MOBILE)
    OfficerFactory(station=office, phone="0775-1234567")

    assert MOBILE not in client.get(reverse("public:station", args=[private.number])).text
    assert "0775-1234567" in client.get(reverse("public:station", args=[office.number])).text


def test_ended_and_hidden_deputies_are_absent(client):
    ended, hidden, shown = DeputyFactory(), DeputyFactory(seat=True), DeputyFactory(seat=True)
    MandateFactory(deputy=ended, ends_on=dt.date(2026, 6, 30), end_kind="resigned")
    DeputyCardFactory(deputy=hidden, is_hidden=True)

    cards = client.get(reverse("public:deputies")).context["cards"]

    assert [card.pk for card in cards] == [shown.pk]
    for gone in (ended, hidden):
        assert client.get(reverse("public:deputy", args=[gone.pk])).status_code == 404
    assert Mandate.objects.count() == 3


def test_phone_and_photo_need_a_dated_consent(client):
    card = DeputyCardFactory(phone=MOBILE, photo="cards/x.jpg")
    address = reverse("public:deputy", args=[card.deputy_id])

    assert MOBILE not in client.get(address).text
    photo = client.get(reverse("public:deputy_photo", args=[card.deputy_id]))
    assert photo.status_code == 404

    DeputyCard.objects.update(phone_consented_on=TODAY)
    assert MOBILE in client.get(address).text


def test_suggestion_needs_consent_and_publication(client):
    shown = published()
    kept = [published(state="withdrawn"), published(published_on=None)]

    assert list(client.get(reverse("public:suggestions")).context["page"]) == [shown]
    for row in kept:
        assert client.get(reverse("public:suggestion", args=[row.pk])).status_code == 404


def test_inner_reply_stays_inside(client):
    row = published()
    handling = HandlingFactory(suggestion=row)
    ReplyFactory(handling=handling, body="内部答复", is_public=False)
    page = client.get(reverse("public:suggestion", args=[row.pk])).text

    assert "内部答复" not in page
    assert "还没有可以公开的答复" in page


def test_withdrawn_and_unverified_news_are_404(client):
    shown = PublishedNewsFactory()
    gone = [PublishedNewsFactory(is_withdrawn=True), PublishedNewsFactory()]
    gone[1].news.verification = "pending"
    gone[1].news.save()

    assert list(client.get(reverse("public:news")).context["page"]) == [shown]
    for row in gone:
        assert client.get(reverse("public:news_item", args=[row.pk])).status_code == 404


def test_small_rates_are_hidden_and_figures_open_their_lists(client):
    for number in range(5):
        handling = HandlingFactory(suggestion=published())
        if number < 4:
            ReplyFactory(handling=handling, rating="satisfied")

    rates = {rate.code: rate for rate in client.get(reverse("public:figures")).context["rates"]}
    page = client.get(reverse("public:suggestions"), {"only": "answered"}).context["page"]

    assert (rates["answered"].share, rates["satisfied"].share) == ("80.0%", "")
    assert page.paginator.count == rates["answered"].part == 4
    assert "满意率,,4," in client.get(reverse("public:statistics_csv")).text


def test_titles_in_csv_are_no_formulas(client):
    published(title="=1+1")

    assert "'=1+1" in client.get(reverse("public:suggestions_csv")).text


def test_open_data_is_conditional_and_open_to_other_sites(client):
    DeputyFactory(seat=True)
    address = reverse("public:deputies_json")
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, first["Access-Control-Allow-Origin"]) == (304, "*")
    assert client.post(address).status_code == 405
    data = first.json()
    assert (data["count"], len(data["persons"]), len(data["memberships"])) == (1, 1, 1)


def _mark(row, marker, kept):
    """Plant the marker in every text field of the row that the page has no leave to show."""
    for field in row._meta.concrete_fields:
        is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
        if is_text and not field.unique and field.name not in kept:
            value = marker[: field.max_length] if field.max_length else marker
            type(row).objects.filter(pk=row.pk).update(**{field.name: value})


def test_no_personal_field_reaches_the_public(client):
    """A marker in each text field outside the allow-list is on no page, feed, file or print."""
    station, deputy = StationFactory(), DeputyFactory(name="梁飞天", seat=True)
    PostingFactory(station=station, deputy=deputy)
    officer, card = OfficerFactory(station=station), DeputyCardFactory(deputy=deputy)
    slot = released_day(station, deputy)
    row = published(lead=deputy)
    reply = ReplyFactory(handling=HandlingFactory(suggestion=row))
    voice = OpinionFactory(reception=ReceptionFactory(station=station), has_consent=True)
    news, chat = PublishedNewsFactory(), ChatGroupFactory()
    seat = deputy.mandates.get()
    marker = "秘密标记XYZ"
    _mark(deputy, marker, {"name"})
    _mark(card, marker, {"photo"})
    _mark(seat, marker, set())
    _mark(officer, marker, set())
    _mark(reply, marker, {"body"})
    _mark(voice, marker, set())
    _mark(chat, marker, set())
    _mark(station, marker, {"name", "number", "address", "opening_hours"})
    _mark(
        row, marker, {"title", "number", "content", "reason", "situation", "analysis", "proposal"}
    )
    _mark(slot.duties.get(), marker, set())
    Suggestion.objects.filter(pk=row.pk).update(content=f"请打 {MOBILE}", title=f"路灯 {MOBILE}")
    reply.body = f"联系人 {MOBILE}"
    reply.save(update_fields=["body"])
    PublishedNews.objects.update(text=f"电话 {MOBILE}")

    found = addresses(
        ("station", [station.number]), ("station_qr", [station.number]),
        ("deputy", [deputy.pk]), ("deputy_qr", [deputy.pk]),
        ("news_item", [news.pk]), ("suggestion", [row.pk]),
    )  # fmt: skip

    leaks = [
        address
        for address in found
        for text in [body(client, address).decode()]
        if marker in text or "标记XYZ" in text or MOBILE in text
    ]
    assert leaks == []
    assert b"\xe6\xa2\x81\xe9\xa3\x9e\xe5\xa4\xa9" in body(client, reverse("public:deputies_json"))


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("deputies", 5), ("stations", 2), ("suggestions", 4), ("news", 2)]
)
def test_lists_ask_the_same_for_one_and_three(
    client, django_assert_num_queries, name, queries, count
):
    for _ in range(count):
        deputy = DeputyFactory(seat=True)
        PostingFactory(deputy=deputy)
        published(lead=deputy)
        PublishedNewsFactory()

    with django_assert_num_queries(queries):
        client.get(reverse(f"public:{name}"))


def test_towns_keep_their_own_groups_and_only_the_office_publishes():
    chat, news = ChatGroupFactory(), PublishedNewsFactory()
    own, other = town_clerk(chat.region), town_clerk(ChatGroupFactory().region)

    assert list(ChatGroup.objects.editable_by(own)) == [chat]
    assert chat not in ChatGroup.objects.visible_to(other)
    assert list(PublishedNews.objects.editable_by(town_clerk(news.news.region))) == []
    assert list(PublishedNews.objects.editable_by(staff())) == [news]


def test_chat_group_once():
    first = ChatGroupFactory()

    with pytest.raises(IntegrityError, match=r"chat_group_once|UNIQUE"), transaction.atomic():
        ChatGroupFactory(region=first.region, kind=first.kind, name=first.name)


def test_deputies_of_higher_congresses_are_counted_apart(client):
    station = StationFactory()
    for level in (Level.TOWN, Level.COUNTY, Level.CITY):
        deputy = DeputyFactory(town=station.region, seat=True)
        Mandate.objects.filter(deputy=deputy).update(level=level, region=station.region)
        PostingFactory(deputy=deputy, station=station)
    term = TermFactory(level=Level.TOWN, name="第五届")
    MandateFactory(
        deputy=deputy, term=term, level=Level.TOWN, region=TownFactory()
    )  # of another town

    figures = client.get(reverse("public:figures")).text
    assert "本级代表 2 名，驻镇（街道）的上级代表 2 名，两样都是的 1 名只算一人" in figures
    page = client.get(reverse("public:station", args=[station.number])).text
    assert "本级代表 1 名，驻区的上级代表 2 名" in page


@pytest.mark.parametrize(
    ("day", "words"), [("2099-01-01", "不能晚于今天"), ("1899-01-01", "核对日期的年份")]
)
@pytest.mark.parametrize("field", ["photo_consented_on", "phone_consented_on"])
def test_a_consent_was_given_on_a_day_that_has_been(field, day, words):
    card = DeputyCardFactory()
    setattr(card, field, dt.date.fromisoformat(day))
    with pytest.raises(ValidationError, match=words):
        card.full_clean()


def test_news_of_a_day_to_come_waits_for_it(client, freeze):
    freeze("2026-10-08 10:00")
    row = PublishedNewsFactory(published_on=dt.date(2026, 10, 9))
    assert client.get(reverse("public:news_item", args=[row.pk])).status_code == 404
    freeze("2026-10-09 00:01")
    assert client.get(reverse("public:news_item", args=[row.pk])).status_code == 200


def test_the_calendar_names_only_days_with_a_deputy(client, freeze):
    freeze("2026-10-08 10:00")
    station, deputy = StationFactory(), DeputyFactory(seat=True)
    slot = released_day(station, deputy)
    RotaSlot.objects.create(
        rota=slot.rota, station=station, held_on=dt.date(2026, 10, 16), starts_at=dt.time(9),
        ends_at=dt.time(11),
    )  # fmt: skip
    text = client.get(reverse("public:calendar_feed")).text

    assert text.count("BEGIN:VEVENT") == 1
    assert deputy.name in text
    assert "DTSTAMP:20261007T160000Z" in text


def test_the_sitemap_leads_to_every_public_list(client):
    text = client.get(reverse("public:sitemap")).text
    for name in ("wishes", "halls", "deeds", "rules"):
        assert f"{reverse(f'public:{name}')}</loc>" in text


def test_a_suggestion_in_parts_is_printed_once(client):
    row = SuggestionFactory(content="全文一段", situation="情况一段", analysis="", proposal="")
    assert [text for _, text in parts_of(row)] == ["情况一段"]
    row.situation = ""
    assert [text for _, text in parts_of(row)] == ["全文一段"]


def test_once_registered_a_day_shows_who_came(client):
    """Who was set was ill; the voters at the door are told of the one who receives them."""
    station = StationFactory()
    ill, came = DeputyFactory(name="常琴", seat=True), DeputyFactory(name="贺英慧", seat=True)
    slot = released_day(station, ill, TODAY)
    RotaDuty.objects.filter(slot=slot).update(state="absent", reason="生病")
    reception = ReceptionFactory(station=station, held_on=TODAY)
    ReceptionDuty.objects.create(reception=reception, deputy=came)
    RotaSlot.objects.filter(pk=slot.pk).update(reception=reception)

    page = client.get(reverse("public:station", args=[station.number])).text
    client.force_login(staff())
    day = client.get(reverse("stations:rota_day", args=[slot.pk])).text

    assert "值班代表：贺英慧" in page
    assert "常琴" not in page
    assert "<dt>实际接待的代表</dt><dd>贺英慧</dd>" in day


def test_at_the_countys_own_centre_its_deputies_are_its_own(client):
    county = CountyFactory()
    centre = StationFactory(region=county)
    term = TermFactory(level=Level.COUNTY, region=county)
    for _ in range(2):
        PostingFactory(station=centre, deputy=MandateFactory(term=term).deputy)

    page = client.get(reverse("public:station", args=[centre.number])).text

    assert "本级代表 2 名" in page
    assert "驻区的上级代表 2 名" not in page
