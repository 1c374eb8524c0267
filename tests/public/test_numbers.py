"""Numbers of people are caught before a text is public, whichever text and whichever page."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Dictionary
from congress_portal.core.masking import count_numbers
from suggestions.enums import State
from suggestions.models import Suggestion
from suggestions.services import publish_suggestion
from tests.admin_pages import sent
from tests.factories.activities import NewsItemFactory
from tests.factories.core import EntryFactory, staff
from tests.factories.public import PublishedNewsFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import HandlingFactory, ReplyFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
MOBILE, IDENTITY = "13912345678", "421299198001010015"
SAID = f"请打 {MOBILE}，身份证 {IDENTITY}"


@pytest.fixture(autouse=True)
def _day(freeze):
    freeze("2026-10-08 10:00")


def closed(**given):
    return SuggestionFactory(
        state=State.CLOSED, submitted_on=dt.date(2026, 7, 1), closed_on=dt.date(2026, 9, 1),
        handed_over_on=dt.date(2026, 7, 2), consents_to_publication=True, **given,
    )  # fmt: skip


def test_no_published_text_shows_a_number(client):
    texts = dict.fromkeys(("title", "content", "reason", "situation", "analysis", "proposal"), SAID)
    row = closed(published_on=dt.date(2026, 9, 2), **texts)
    ReplyFactory(handling=HandlingFactory(suggestion=row), body=SAID)
    news = PublishedNewsFactory(text=SAID, news__title=SAID)
    station = StationFactory(address=SAID, opening_hours=SAID)
    found = [
        reverse(f"public:{name}")
        for name in (
            "home", "news", "news_feed", "stations", "suggestions", "suggestions_csv",
            "api_stations", "api_stations_csv", "api_suggestions", "api_suggestions_csv",
        )
    ]  # fmt: skip
    found += [
        reverse("public:news_item", args=[news.pk]),
        reverse("public:station", args=[station.number]),
        reverse("public:suggestion", args=[row.pk]),
        reverse("public:api_suggestion", args=[row.pk]),
        reverse("public:report", args=["suggestion", row.pk]),
    ]

    for address in found:
        text = client.get(address).text
        assert MOBILE not in text, address
        assert IDENTITY not in text, address


def test_published_suggestions_are_found_by_title_field_and_year(client):
    lamp = closed(title=f"装路灯 {MOBILE}", year=2026, published_on=dt.date(2026, 9, 2))
    roads = EntryFactory(dictionary=Dictionary.FIELD)
    road = closed(title="修路", year=2025, field=roads, published_on=dt.date(2026, 9, 3))
    closed(title="装路灯，不公开")
    address = reverse("public:suggestions")

    def found(**given):
        page = client.get(address, given)
        assert MOBILE not in page.text.replace(given.get("words", "没有"), "")
        return {row.pk for row in page.context["page"]}

    assert found() == {lamp.pk, road.pk}
    assert found(words="路灯") == {lamp.pk}
    assert found(field=roads.pk) == {road.pk}
    assert found(year="2026") == {lamp.pk}
    assert found(year="2025", words="灯") == set()
    assert found(words=MOBILE) == set(), "nobody is found by a number that is not shown"
    assert found(year="二〇二五", field="没有的") == {lamp.pk, road.pk}
    assert found(field="99999999") == set()
    assert "没有找到这样的建议" in client.get(address, {"words": "桥"}).text


def test_office_is_told_of_numbers_when_it_publishes():
    row = closed(title=f"路灯 {MOBILE}", content=SAID)
    ReplyFactory(handling=HandlingFactory(suggestion=row), body=MOBILE)
    other = closed()

    for each in (row, other):
        publish_suggestion(pk=each.pk, actor=staff())

    said = [each.log.order_by("-pk").first().comment for each in (row, other)]
    assert said == ["文字里有 4 处电话、证件号码，公开时略去", ""]
    assert Suggestion.objects.published().count() == 2


def test_office_is_told_of_numbers_in_news(client):
    news = NewsItemFactory(verification="verified")
    client.force_login(staff())
    address = reverse("admin:public_publishednews_add")
    given = sent(client.get(address), news=news.pk, text=SAID, published_on="2026-10-08")

    page = client.post(address, given, follow=True)

    assert "有 2 处电话、证件号码" in page.text


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("路灯 3 盏", 0), (SAID, 2), (f"{MOBILE}、{MOBILE}", 2), ("（号码略）", 0)],
)
def test_numbers_are_counted(text, count):
    assert count_numbers(text) == count
