"""Composition of a term, and two terms side by side (MISSION M04)."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from congress_portal.desk.registers.selectors.composition import compare, shares
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


@pytest.fixture
def terms():
    now = TermFactory()
    before = TermFactory(
        name="第十七届", begins_on=dt.date(2016, 12, 1), ends_on=dt.date(2021, 11, 30)
    )
    return now, before


def _sit(term, **facts):
    deputy = DeputyFactory(**facts)
    MandateFactory(deputy=deputy, term=term)
    return deputy


def _filled(terms):
    now, before = terms
    for term, people in ((now, (("female", "农民", 1990), ("male", "党政干部", 1970),
                                ("female", "一线工人", 1962))),
                         (before, (("male", "农民", 1960), ("male", "", 1980)))):  # fmt: skip
        for sex, sector, year in people:
            born = dt.date(year, 6, 1)
            _sit(term, sex=sex, sector=sector, birth_month=born, ethnicity="汉", party="群众")


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_shares_make_exactly_a_hundred(counts):
    found = shares(counts)

    if sum(counts):
        assert sum(found) == Decimal("100.0")
        assert all(abs(part - Decimal(100 * n) / sum(counts)) < Decimal("0.1")
                   for part, n in zip(found, counts, strict=True))  # fmt: skip
    else:
        assert found == [None] * len(counts)


def test_two_terms_are_compared_with_differences(terms):
    _filled(terms)

    found = {each.title: each for each in compare(staff(), terms, None)}

    sexes = [(line.label, [g.count for g in line.groups], [g.share for g in line.groups],
              line.change_text, line.points_text) for line in found["性别"].lines]  # fmt: skip
    assert sexes == [
        ("男", [1, 2], [Decimal("33.3"), Decimal("100.0")], "少 1 人", "降 66.7 个百分点"),
        ("女", [2, 0], [Decimal("66.7"), Decimal("0.0")], "多 2 人", "升 66.7 个百分点"),
    ]
    bases = [(line.label, [g.count for g in line.groups]) for line in found["基层代表"].lines]
    assert bases == [("基层代表", [2, 1]), ("其他代表", [1, 0]), ("未填写", [0, 1])]


def test_ages_are_those_of_the_terms_first_month(terms):
    """Born in June 1980: 36 in December 2016, and would be 46 today."""
    _filled(terms)

    ages = {each.title: each for each in compare(staff(), [terms[1]], None)}["年龄"]

    assert [(line.label, line.groups[0].count) for line in ages.lines] == [
        ("36—45岁", 1), ("56—60岁", 1),
    ]  # fmt: skip


def test_every_share_column_but_the_fields_sums_up(terms):
    _filled(terms)

    for dimension in compare(staff(), terms, None):
        if dimension.sums_up:
            for term in range(2):
                assert sum(line.groups[term].share for line in dimension.lines) == 100


def test_page_takes_the_running_term_and_the_one_before(client, terms):
    _filled(terms)
    client.force_login(staff())

    page = client.get(reverse("desk:compare_terms"))

    assert [name for _, name in page.context["terms"]] == ["第十八届", "第十七届"]
    assert "<svg" in page.content.decode()


def test_page_says_plainly_that_there_is_only_one_term(client):
    _sit(TermFactory(), sex="male")
    client.force_login(staff())

    page = client.get(reverse("desk:compare_terms")).content.decode()

    assert "平台里只有这一届有代表名册" in page
    assert "<svg" not in page.partition("<main")[2]


def test_one_of_two_terms_may_be_seen_alone_and_the_page_says_how_to_compare(client, terms):
    _filled(terms)
    client.force_login(staff())

    page = client.get(reverse("desk:compare_terms"), {"term": terms[1].pk, "other": ""})

    assert [name for _, name in page.context["terms"]] == ["第十七届"]
    assert "请在「和哪一届比」里选另一届" in page.content.decode()


def test_an_unknown_term_is_a_fault_not_other_figures(client, terms):
    _filled(terms)
    client.force_login(staff())

    page = client.get(reverse("desk:compare_terms"), {"term": "99999", "other": "x"})

    assert page.status_code == 200
    assert page.context["dimensions"] == []


def test_excel_holds_the_figures_of_the_page(client, terms):
    _filled(terms)
    client.force_login(staff())

    reply = client.get(reverse("desk:compare_terms_excel"))
    sheet = openpyxl.load_workbook(BytesIO(reply.content)).active
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]

    assert ("性别", "女", 2, 66.7, 0, 0, 2, 66.7) in rows
    assert ("性别", "代表总数", 3, 100, 2, 100, 1, None) in rows


def test_a_town_sees_its_own_and_a_stranger_nothing(client, terms):
    town = TownFactory()
    _sit(terms[0], town=town, sex="female")
    _filled(terms)

    client.force_login(town_clerk(town))
    page = client.get(reverse("desk:compare_terms"))
    client.force_login(UserFactory())

    assert page.context["dimensions"][0].wholes == (1,)
    assert client.get(reverse("desk:compare_terms")).status_code == 404
    assert client.get(reverse("desk:compare_terms_excel")).status_code == 404


@pytest.mark.parametrize("people", [1, 3])
def test_the_number_of_queries_does_not_grow(client, terms, people, django_assert_num_queries):
    for _ in range(people):
        _sit(terms[0], sex="male")
        _sit(terms[1], sex="female")
    client.force_login(staff())
    client.get(reverse("desk:compare_terms"))

    with django_assert_num_queries(16):
        client.get(reverse("desk:compare_terms"))
