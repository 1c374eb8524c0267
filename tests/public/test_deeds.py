"""The public ledger: published rows only, counts that equal them, no names of voters."""

import csv
import io

import pytest
from django.urls import reverse

from tests.factories.suggestions import VoiceFactory
from tests.factories.voices import DeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


def test_the_page_and_the_csv_hold_the_same_published_rows(client):
    voice = VoiceFactory(closed_on="2026-09-01", visitor_name="记号王", matter="记号事")
    DeedFactory(
        source="voice", voice=voice, verification="verified", is_published=True,
        evidence="记号据", beneficiaries=120,
    )  # fmt: skip
    DeedFactory(verification="verified", title="没有公开的")
    DeedFactory(title="没有核实的")

    page = client.get(reverse("public:deeds")).content.decode()
    text = client.get(reverse("public:deeds_csv")).content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert "为群众办实事 1 件" in page
    assert "100.0%（1/1）" in page
    assert [row[1] for row in rows[1:]] == ["东街口装了路灯"]
    assert not any(mark in page + text for mark in ("记号", "没有公开的", "没有核实的"))


def test_an_empty_ledger_says_so(client):
    page = client.get(reverse("public:deeds")).content.decode()

    assert "为群众办实事 0 件" in page
    assert "还没有公开的办实事记录" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        DeedFactory(verification="verified", is_published=True)
    client.get(reverse("public:deeds"))

    with django_assert_num_queries(6):
        client.get(reverse("public:deeds"))
