import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.periods import quarter
from suggestions.models import Suggestion
from suggestions.selectors import due_soon, due_within, handed_over_due_before, overdue
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyFactory,
    SuggestionFactory,
    VoiceFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (dt.date(2026, 3, 1), dt.date(2025, 11, 30)),  # due 28 February
        (dt.date(2026, 2, 28), dt.date(2025, 11, 27)),
        (dt.date(2026, 10, 8), dt.date(2026, 7, 7)),
    ],
)
def test_handed_over_due_before_meets_the_months_end(day, last):
    assert handed_over_due_before(day) == last


def handed(day, **facts):
    return SuggestionFactory(submitted_on=day, handed_over_on=day, **facts)


def test_overdue_and_due_soon_part_at_the_due_day():
    late = handed(dt.date(2026, 6, 2))  # due 2 September
    today = handed(dt.date(2026, 6, 3))
    soon = handed(dt.date(2026, 6, 18))
    handed(dt.date(2026, 6, 19))
    extended = handed(dt.date(2026, 3, 1), extended_to=dt.date(2026, 9, 2))
    ReplyFactory(handling=HandlingFactory(suggestion=handed(dt.date(2026, 1, 5))))
    on = dt.date(2026, 9, 3)

    assert set(overdue(Suggestion.objects.all(), on)) == {late, extended}
    assert set(due_soon(Suggestion.objects.all(), on)) == {today, soon}


def test_due_within_takes_both_ends_of_the_quarter():
    first, last = handed(dt.date(2026, 4, 1)), handed(dt.date(2026, 6, 30))
    handed(dt.date(2026, 3, 31)), handed(dt.date(2026, 7, 1))
    moved = handed(dt.date(2026, 1, 1), extended_to=dt.date(2026, 7, 1))

    assert set(due_within(Suggestion.objects.all(), quarter(2026, 3))) == {first, last, moved}


def test_strangers_do_not_find_a_suggestion_or_a_voice(client):
    suggestion, voice = SuggestionFactory(), VoiceFactory()
    pages = [
        reverse("suggestions:detail", args=[suggestion.pk]),
        reverse("suggestions:voice_detail", args=[voice.pk]),
    ]
    for user in (town_clerk(TownFactory()), UserFactory(role=Role.DEPUTY)):
        client.force_login(user)

        assert [client.get(page).status_code for page in pages] == [404, 404]


def test_unit_officer_reads_what_the_unit_was_handed(client):
    handling = HandlingFactory(suggestion__handed_over_on=dt.date(2026, 7, 20))
    HandlingFactory()
    client.force_login(UserFactory(role=Role.UNIT_OFFICER, role__unit=handling.unit))

    listed = client.get(reverse("suggestions:list")).context["page"].object_list
    detail = client.get(reverse("suggestions:detail", args=[handling.suggestion_id]))

    assert list(listed) == [handling.suggestion]
    assert f"{handling.unit}主办" in detail.text


def test_voters_are_masked(client):
    voice = VoiceFactory(visitor_name="王大爷", visitor_phone="13812345678")
    client.force_login(staff())

    pages = [
        client.get(reverse("suggestions:voice_list")).text,
        client.get(reverse("suggestions:voice_detail", args=[voice.pk])).text,
    ]

    assert ["王大爷" in page for page in pages] == [False, False]
    assert "138****5678" in pages[1]
    assert "13812345678" not in pages[1]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("name", "make", "queries"),
    [
        ("suggestions:list", ReplyFactory, 11),
        ("suggestions:voice_list", OpinionFactory, 8),
    ],
)
def test_lists_ask_a_fixed_number_of_queries(
    client, django_assert_num_queries, name, make, queries, rows
):
    for _ in range(rows):
        make()
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        client.get(reverse(name))


def test_suggestion_list_narrows_by_state_and_unit(client, freeze):
    freeze("2026-09-03 09:00")
    unit = UnitFactory()
    late, fresh = handed(dt.date(2026, 5, 1)), SuggestionFactory()
    HandlingFactory(suggestion=late, unit=unit)
    client.force_login(staff())

    def listed(**filters):
        page = client.get(reverse("suggestions:list"), filters).context["page"]
        return list(page.object_list)

    assert listed(state="overdue") == [late]
    assert listed(state="fresh") == [fresh]
    assert listed(unit=unit.pk) == [late]
    assert listed(lead_unit=unit.pk, state="soon") == []
    assert listed(state="nonsense") == []


def test_voice_list_narrows_to_the_stale_ones(client, freeze):
    freeze("2026-09-03 09:00")
    stale = VoiceFactory(raised_on=dt.date(2026, 8, 3))
    VoiceFactory(raised_on=dt.date(2026, 8, 4))
    VoiceFactory(raised_on=dt.date(2026, 1, 1), closed_on=dt.date(2026, 1, 2))
    client.force_login(staff())

    page = client.get(reverse("suggestions:voice_list"), {"state": "stale"}).context["page"]

    assert list(page.object_list) == [stale]
