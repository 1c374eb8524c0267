"""Towns side by side: figures by hand, unevenness, links that open into the same (M43, M140)."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from congress_portal.core.models import DictionaryEntry
from congress_portal.core.periods import quarter
from congress_portal.desk.registers.selectors.balance import COLUMNS, balance, spread_of
from tests.factories import homes
from tests.factories.activities import ActivityFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.stations import ReceptionFactory, StationFactory
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyFactory,
    SuggestionFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 8, 5)
Q3 = quarter(2026, 3)


@pytest.fixture(autouse=True)
def october(time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))


def test_unevenness_equals_the_hand_computation():
    """Of 0, 2 and 4: mean 2, range 4, cv sqrt(8/3)/2, Gini (4+8+4)/(2·9·2)."""
    found = spread_of(COLUMNS[0], [Decimal(0), Decimal(2), Decimal(4)])

    assert (found.mean, found.range) == (Decimal("2.00"), Decimal("4.00"))
    assert (found.cv, found.gini) == (Decimal("0.82"), Decimal("0.44"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], (None, None, None, None)),
        ([5], (5, None, None, None)),  # one town alone is not uneven
        ([3, 3], (3, 0, 0, 0)),
        ([0, 0], (0, 0, None, None)),  # no mean to divide by
        ([0, 0, 0, 8], (2, 8, Decimal("1.73"), Decimal("0.75"))),  # one has all: 1 - 1/4
    ],
)
def test_unevenness_at_the_edges(values, expected):
    found = spread_of(COLUMNS[0], [Decimal(each) for each in values])

    assert (found.mean, found.range, found.cv, found.gini) == expected


def one_town(town):
    deputies = DeputyFactory.create_batch(2, town=town)
    for deputy in deputies:
        MandateFactory(deputy=deputy)
    homes.PartyMeetingFactory(region=town, held_on=DAY)
    homes.PartyMeetingFactory(region=town, held_on=dt.date(2026, 10, 1))  # the next quarter
    budget = homes.BudgetFactory(region=town)
    homes.ExpenseFactory(budget=budget, spent_on=DAY, amount=Decimal(300))
    homes.ExpenseFactory(budget=budget, spent_on=dt.date(2026, 6, 30), amount=Decimal(999))
    homes.ExpenseFactory(budget=budget, spent_on=DAY, amount=Decimal(77), kind__is_proper=False)
    homes.StaffPostFactory(region=town, time="full")
    homes.StaffPostFactory(region=town, name="", time="")
    plan = homes.WorkPlanFactory(region=town)
    homes.PlanItemFactory(plan=plan, state="done", done_on=DAY)
    homes.PlanItemFactory(plan=plan, state="done", done_on=dt.date(2026, 10, 1))
    homes.PlanItemFactory(plan=plan)
    homes.PlanItemFactory(plan=plan, state="dropped", result="并")
    ActivityFactory(region=town, held_on=DAY)
    ActivityFactory(region=town, held_on=DAY, verification="pending")
    reception = ReceptionFactory(station=StationFactory(region=town), held_on=DAY)
    OpinionFactory(reception=reception, region=town, raised_on=DAY, closed_on=DAY)
    OpinionFactory(reception=reception, region=town, raised_on=DAY)
    for code in "AB":
        known = DictionaryEntry.objects.filter(dictionary="reply_class", code=code).first()
        reply_class = known or EntryFactory(dictionary="reply_class", code=code, name=f"{code}类")
        suggestion = SuggestionFactory(lead=deputies[0], handed_over_on=dt.date(2026, 7, 20))
        handling = HandlingFactory(suggestion=suggestion)
        ReplyFactory(handling=handling, replied_on=DAY, reply_class=reply_class)


HAND = {
    "meetings": (1, "1"), "funds": (150, "300/2"), "staff": (50, "1/2"),
    "plan": (Decimal("33.33"), "1/3"), "activities": (5, "1/2"), "receptions": (5, "1/2"),
    "closed": (50, "1/2"), "solved": (50, "1/2"),
}  # fmt: skip


def test_each_figure_equals_the_hand_count_and_names_its_parts():
    town, empty = TownFactory(code="421299101000"), TownFactory(code="421299102000")
    one_town(town)

    found = balance(staff(), Q3)

    by_code = {cell.column.code: (cell.value, cell.basis) for cell in found.lines[0].cells}
    assert by_code == HAND
    none = {cell.column.code for cell in found.lines[1].cells if cell.value is None}
    assert found.lines[1].town == empty
    assert none == {"funds", "staff", "plan", "activities", "receptions", "closed", "solved"}
    spreads = {each.column.code: each.towns for each in found.spreads}
    assert spreads["meetings"] == 2
    assert spreads["plan"] == 1  # what has no denominator is no zero


def test_each_figure_opens_into_the_records_counted(client):
    town = TownFactory(code="421299101000")
    TownFactory(code="421299102000")
    one_town(town)
    client.force_login(staff())

    for cell in balance(staff(), Q3).lines[0].cells:
        page = client.get(cell.address)
        shown = page.context["page"].paginator.count
        counts = {"funds": 1, "meetings": 1, "plan": 1, "activities": 1, "receptions": 1}
        assert shown == counts.get(cell.column.code, 2), cell.column.code
        assert page.context["form"].is_valid()


def test_shading_follows_the_place_between_the_extremes():
    for n, times in enumerate((0, 1, 3, 4)):
        town = TownFactory(code=f"42129910{n}000")
        homes.PartyMeetingFactory.create_batch(times, region=town, held_on=DAY)

    found = balance(staff(), Q3)

    assert [line.cells[0].level for line in found.lines] == [1, 2, 4, 4]
    assert [line.cells[1].level for line in found.lines] == [0, 0, 0, 0]


def test_a_clerk_sees_the_own_town_only_and_a_stranger_nothing(client):
    town = TownFactory(code="421299101000")
    TownFactory(code="421299102000")
    client.force_login(town_clerk(town))

    page = client.get(reverse("desk:balance"), {"period": "2026Q3"})

    assert [line.town for line in page.context["data"].lines] == [town]
    assert "不说明哪一列引起哪一列" in page.text
    client.force_login(UserFactory(role="deputy"))
    assert client.get(reverse("desk:balance")).status_code == 404
    assert client.get(reverse("desk:balance_excel")).status_code == 404


def test_the_workbook_holds_the_same_figures(client):
    town = TownFactory(name="云溪镇", code="421299101000")
    one_town(town)
    client.force_login(staff())

    answer = client.get(reverse("desk:balance_excel"), {"period": "2026Q3"})

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert rows[0][:5] == ["云溪镇", 1, "1", 150, "300/2"]
    assert [row[0] for row in rows[1:]] == ["平均", "极差", "变异系数", "基尼系数"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_asks_a_fixed_number_of_questions(client, count, django_assert_num_queries):
    for n in range(count):
        one_town(TownFactory(code=f"42129910{n}000"))
    client.force_login(staff())

    with django_assert_num_queries(13):
        client.get(reverse("desk:balance"), {"period": "2026Q3"})
