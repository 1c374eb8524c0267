"""Each number of the voices' figures opens exactly the records that it counts (M76, M81, M115)."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from suggestions.models import Voice
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import StationFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory, VoiceFactory
from tests.factories.voices import VoiceCaseFactory

pytestmark = pytest.mark.django_db
PAGE = "suggestions:voice_figures"
LINK = re.compile(r'href="([^"]*/voices/\?[^"]+)">(\d+)</a>')


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-09 10:00")


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def voices(town):
    station = StationFactory(region=town)
    deputy, unit = DeputyFactory(town=town), UnitFactory(name="县住建局")
    usual = {"region": town, "station": station, "source": "web"}
    old, done = dt.date(2026, 7, 20), dt.date(2026, 10, 1)
    main = VoiceFactory(**usual, raised_on=old)
    merged = VoiceFactory(**usual, raised_on=old)
    VoiceCaseFactory(voice=merged, state="merged", merged_into=main)
    told = VoiceFactory(**usual, raised_on=old)  # answered together with the main matter
    VoiceCaseFactory(
        voice=told, state="answered", merged_into=main, answer="已修好",
        answered_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    VoiceFactory(**usual, unit=unit, raised_on=dt.date(2026, 9, 30))
    VoiceFactory(region=town, source="paper", raised_on=dt.date(2026, 9, 1))
    VoiceFactory(**usual, raised_on=old, suggestion=SuggestionFactory())
    for rating in ("satisfied", "basically", "satisfied", "unsatisfied", "basically"):
        VoiceFactory(
            **usual, raised_on=old, deputy=deputy, closed_on=done, rating=rating, has_consent=True
        )
    VoiceFactory(source="photo", raised_on=dt.date(2025, 12, 1))  # of another town
    for duties in (1, 2):
        opinion = OpinionFactory(closed_on=done, rating="satisfied")
        for _ in range(duties):
            opinion.reception.duties.create(deputy=deputy)
            deputy = DeputyFactory(town=town)
    return Voice.objects.all()


@pytest.mark.parametrize("query", ["", "period=2026Q3", "town={town}", "town={town}&period=2025"])
def test_every_number_opens_as_many_records(client, voices, town, query):
    client.force_login(staff())
    page = client.get(f"{reverse(PAGE)}?{query.format(town=town.pk)}").text
    links = LINK.findall(page)

    assert len(links) >= 2
    for address, number in links:
        answer = client.get(address.replace("&amp;", "&"))
        assert answer.context["form"].is_valid(), address
        assert answer.context["page"].paginator.count == int(number), address


def test_merged_matters_count_once_and_rates_show_both_numbers(client, voices, town):
    client.force_login(staff())
    shown = client.get(f"{reverse(PAGE)}?town={town.pk}")

    turned = {line.source: str(line.rate) for line in shown.context["turned"]}
    assert turned == {"扫码留言": "12.5%（1/8）", "纸质来件": "0.0%（0/1）", "合计": "11.1%（1/9）"}
    owners = {row.owner: (row.total, row.ages) for row in shown.context["rows"]}
    assert owners["县住建局"] == (1, (0, 0, 0))
    assert owners[town.name] == (1, (1, 0, 0))
    assert [(row.rated, row.rate) for row in shown.context["tables"][0][1]] == [(5, 80)]


def test_a_wrong_period_shows_its_fault_and_no_figures(client, voices):
    client.force_login(staff())
    shown = client.get(f"{reverse(PAGE)}?period=2026Q9")

    assert "反映于" in shown.text
    assert not shown.context["rows"]
    assert not shown.context["turned"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_three(client, town, count, django_assert_num_queries):
    for _ in range(count):
        station = StationFactory(region=town)
        for done in (None, dt.date(2026, 10, 1)):
            VoiceFactory(
                region=town, station=station, unit=UnitFactory(), deputy=DeputyFactory(town=town),
                closed_on=done, rating="satisfied" if done else "", has_consent=True,
            )  # fmt: skip
    client.force_login(staff())

    with django_assert_num_queries(17):
        client.get(reverse(PAGE))


def test_deputies_and_units_have_no_figures(client, voices):
    for user in (UserFactory(role=Role.DEPUTY), UserFactory()):
        client.force_login(user)
        assert client.get(reverse(PAGE)).status_code == 403
