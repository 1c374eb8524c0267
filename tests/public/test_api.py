"""Open data, version 1: shapes, paging, conditional GET, and nothing that is not public."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from congress_portal.core.audit import save_recorded
from congress_portal.public import api
from deputies.models import Deputy
from tests.factories.core import VillageFactory
from tests.factories.deputies import DeputyFactory, DistrictFactory, MandateFactory
from tests.factories.public import DeputyCardFactory, PublishedNewsFactory
from tests.factories.stations import PostingFactory, StationFactory
from tests.factories.suggestions import HandlingFactory, ReplyFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
MOBILE = "13912345678"
LISTS = [name for _, _, name in api.ROUTES if name != "api_suggestion"]


@pytest.fixture(autouse=True)
def _day(freeze):
    freeze("2026-10-08 10:00")


def published(**given):
    given = {
        "state": "handling", "submitted_on": dt.date(2026, 7, 1),
        "handed_over_on": dt.date(2026, 7, 2), "consents_to_publication": True,
        "published_on": dt.date(2026, 9, 1), **given,
    }  # fmt: skip
    return SuggestionFactory(**given)


def read(client, name, *args, **query):
    return client.get(reverse(f"public:{name}", args=args), query)


@pytest.mark.parametrize("name", LISTS)
def test_empty_county_answers(client, name):
    response = read(client, name)

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert client.post(reverse(f"public:{name}")).status_code == 405


@pytest.mark.parametrize("name", LISTS)
def test_address_and_fields_are_described(client, name):
    page = client.get(reverse("public:open")).text

    assert reverse(f"public:{name}") in page
    content = read(client, name)
    if content["Content-Type"].startswith("application/json"):
        keys = set(content.json()) - {"documentation", "resources"}
        assert [key for key in keys if key not in page] == []


def test_index_leads_to_every_list(client):
    found = read(client, "api").json()["resources"]

    assert len(found) == len(LISTS)  # the index itself is no list; the ledger of deeds is one
    for address in found.values():
        assert client.get(urlsplit(address).path).status_code == 200


def test_old_addresses_give_the_same(client):
    DeputyFactory(seat=True)
    published()
    for old, new in (
        ("deputies_json", "api_deputies"), ("suggestions_csv", "api_suggestions_csv"),
        ("statistics_csv", "api_statistics_csv"),
    ):  # fmt: skip
        assert read(client, old).content == read(client, new).content


def test_list_is_paged(client, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 2)
    for _ in range(3):
        StationFactory()

    first, last = read(client, "api_stations").json(), read(client, "api_stations", page=2).json()

    assert (first["count"], first["pages"], len(first["stations"])) == (3, 2, 2)
    assert first["next"].endswith("/api/v1/stations.json?page=2")
    assert (last["page"], last["next"], len(last["stations"])) == (2, None, 1)
    for page in ("x", "0", "3", "-1"):  # who counts up comes to an end
        assert client.get(reverse("public:api_stations"), {"page": page}).status_code == 404


def test_station_carries_its_place_and_door(client):
    village = VillageFactory(name="东村")
    station = StationFactory(
        region=village.parent, village=village, address=f"东村 1 号，{MOBILE}",
        longitude="110.5", latitude="23.25",
    )  # fmt: skip
    StationFactory(is_active=False)

    data = read(client, "api_stations").json()
    row = data["stations"][0]

    assert data["count"] == 1
    assert (row["number"], row["village"]) == (station.number, "东村")
    assert (row["longitude"], row["latitude"]) == (110.5, 23.25)
    assert row["address"] == "东村 1 号，（号码略）"
    assert row["write_url"].endswith(f"/s/{station.number}/write/")
    assert station.name in read(client, "api_stations_csv").text


def test_posts_count_who_sits_for_them(client):
    district = DistrictFactory(name="第一选区", seats=3)
    for _ in range(2):
        MandateFactory(term=district.term, district=district)
    hidden = MandateFactory(term=district.term, district=district).deputy
    DeputyCardFactory(deputy=hidden, is_hidden=True)
    DistrictFactory(term=district.term, name="空选区")

    data = read(client, "api_posts").json()

    assert [(row["label"], row["seats"], row["held"]) for row in data["posts"]] == [
        ("第一选区", 3, 2)
    ]
    assert data["organizations"][0]["id"] == data["posts"][0]["organization_id"]
    ids = {row["post_id"] for row in read(client, "api_deputies").json()["memberships"]}
    assert ids == {data["posts"][0]["id"]}


def test_deputies_csv_has_a_line_for_each_seat(client):
    deputy = DeputyFactory(name="梁飞天", seat=True, phone=MOBILE)
    posting = PostingFactory(deputy=deputy)

    lines = read(client, "api_deputies_csv").text.splitlines()

    assert len(lines) == 2
    assert "梁飞天" in lines[1]
    assert posting.station.name in lines[1]
    assert MOBILE not in lines[1]


def test_suggestion_has_its_text_and_public_replies_without_numbers(client):
    row = published(title=f"路灯 {MOBILE}", content=f"请打 {MOBILE}")
    handling = HandlingFactory(suggestion=row)
    ReplyFactory(handling=handling, body=f"已办，{MOBILE}")
    inner = published(published_on=None)

    detail = read(client, "api_suggestion", row.pk).json()

    assert detail["title"] == "路灯 （号码略）"
    assert [each["text"] for each in detail["replies"]] == ["已办，（号码略）"]
    assert MOBILE not in read(client, "api_suggestions").text
    assert read(client, "api_suggestion", inner.pk).status_code == 404
    assert read(client, "api_suggestions").json()["count"] == 1


def test_small_rates_have_no_numerator(client):
    published()

    rates = read(client, "api_statistics").json()["rates"]

    assert rates[0] == {
        "code": "answered", "name": "答复率", "numerator": None, "denominator": 1, "rate": None,
    }  # fmt: skip


def test_etag_answers_304_until_the_content_changes(client):
    station = StationFactory()
    address = reverse("public:api_stations")
    first = client.get(address)

    again = client.get(address, headers={"if-none-match": first["ETag"]})
    station.name = "新名字"
    save_recorded(station)
    changed = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)


def test_last_modified_is_midnight_until_something_is_written(client, freeze):
    station = StationFactory()
    address = reverse("public:api_stations")
    first = client.get(address)["Last-Modified"]
    assert first == "Wed, 07 Oct 2026 16:00:00 GMT"
    assert client.get(address, headers={"if-modified-since": first}).status_code == 304

    freeze("2026-10-08 11:00")
    station.name = "新名字"
    save_recorded(station)

    changed = client.get(address, headers={"if-modified-since": first})
    assert (changed.status_code, changed["Last-Modified"]) == (200, "Thu, 08 Oct 2026 03:00:00 GMT")
    later = client.get(address, headers={"if-modified-since": changed["Last-Modified"]})
    assert later.status_code == 304
    other = client.get(reverse("public:api_suggestions"), headers={"if-modified-since": first})
    assert other.status_code == 304  # stations are none of its business


@pytest.mark.parametrize(
    "name", ["home", "stations", "deputies", "news", "rules", "suggestions", "figures", "open"]
)
def test_public_page_is_sent_again_only_when_it_changed(client, name):
    address = reverse(f"public:{name}")
    client.get(address)  # brings the cookie behind the form's token
    first = client.get(address)
    assert client.get(address).content != first.content  # the token differs each time

    again = client.get(address, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert client.post(address).status_code == 405


def test_public_page_changes_with_its_rows_and_with_the_type_size(client):
    address = reverse("public:news")
    client.get(address)
    etag = client.get(address)["ETag"]

    client.post(reverse("desk:type_size"), {"elder": "1", "next": address})
    large = client.get(address, headers={"if-none-match": etag})
    PublishedNewsFactory()
    more = client.get(address, headers={"if-none-match": large["ETag"]})

    assert (large.status_code, more.status_code) == (200, 200)


def test_feeds_are_conditional(client):
    PublishedNewsFactory()
    for name in ("news_feed", "calendar_feed", "sitemap"):
        first = client.get(reverse(f"public:{name}"))
        again = client.get(reverse(f"public:{name}"), headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("api_deputies", 5), ("api_posts", 4), ("api_stations", 3), ("api_suggestions", 3),
        ("api_deputies_csv", 4), ("api_stations_csv", 2), ("api_suggestions_csv", 2),
    ],
)  # fmt: skip
def test_lists_ask_the_same_for_one_and_three(
    client, django_assert_num_queries, name, queries, count
):
    for _ in range(count):
        district = DistrictFactory()
        deputy = MandateFactory(term=district.term, district=district).deputy
        PostingFactory(deputy=deputy)
        published(lead=deputy)
    assert Deputy.objects.count() == count

    with django_assert_num_queries(queries):
        read(client, name)
