"""Two at once on the towns' registers, on PostgreSQL: one row a form, one number an item."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from activities.models.support import Budget, DutyShare, Expense, PlanItem, RuleVersion
from activities.services.funds import save_budget, save_expense
from activities.services.keeping import KeepingError
from activities.services.organ import WorkShare, set_shares
from activities.services.rule_documents import add_version
from activities.services.town_work import add_item, settle_item
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.activities.test_races_entries import _at_once as at_once
from tests.factories import homes
from tests.factories.core import TownFactory, town_clerk

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
DAY = dt.date(2026, 9, 3)


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def clerk(town):
    return town_clerk(town)


def test_a_form_sent_four_times_at_once_is_one_row(town, clerk):
    values = {
        "region": town, "year": 2026, "title": "代表活动经费", "amount": Decimal(10), "source": "",
        "station": None, "group": None,
    }  # fmt: skip
    key = uuid.uuid4()

    rows = at_once(*[lambda: save_budget(actor=clerk, values=values, key=key)] * 4)

    assert [row.pk for row in rows] == [Budget.objects.get().pk] * 4


def test_an_expense_sent_four_times_at_once_is_one(town, clerk):
    budget, kind = homes.BudgetFactory(region=town), homes.ExpenseKindFactory()
    values = {"spent_on": DAY, "kind": kind, "amount": Decimal(5), "purpose": "资料"}
    given = {"actor": clerk, "budget_pk": budget.pk, "values": values, "key": uuid.uuid4()}

    rows = at_once(*[lambda: save_expense(**given)] * 4)

    assert [row.pk for row in rows] == [Expense.objects.get().pk] * 4


def test_items_added_at_once_get_different_numbers(town, clerk):
    plan = homes.WorkPlanFactory(region=town)

    at_once(
        *(
            lambda n=n: add_item(actor=clerk, plan_pk=plan.pk, values={"content": f"第{n}件"})
            for n in range(4)
        )
    )

    assert list(PlanItem.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_of_versions_of_one_day_added_at_once_one_is_taken(town, clerk):
    rule = homes.RuleDocumentFactory(region=town)
    values = {"issuer": "镇人大", "effective_on": DAY, "text": "正文"}

    outcomes = at_once(*[lambda: add_version(actor=clerk, document_pk=rule.pk, values=values)] * 3)

    assert sum(isinstance(each, KeepingError) for each in outcomes) == 2
    assert RuleVersion.objects.get().version == 1


def test_of_two_answers_for_one_item_the_second_is_told(town, clerk):
    item = homes.PlanItemFactory(plan__region=town)
    given = {"actor": clerk, "pk": item.pk, "seen": fingerprint(item)}

    outcomes = at_once(
        lambda: settle_item(**given, state="done", done_on=DAY),
        lambda: settle_item(**given, state="dropped", result="不办了"),
    )

    assert sum(isinstance(each, StaleRecordError) for each in outcomes) == 1


def test_two_divisions_of_a_quarter_do_not_mix(town, clerk):
    post = homes.StaffPostFactory(region=town)
    given = {"actor": clerk, "post_pk": post.pk, "year": 2026, "quarter": 3}

    outcomes = at_once(
        lambda: set_shares(**given, shares=[WorkShare("农业", 60)]),
        lambda: set_shares(**given, shares=[WorkShare("招商", 60)]),
    )

    refused = [e for e in outcomes if isinstance(e, (StaleRecordError, KeepingError))]
    assert len(refused) == 1
    assert DutyShare.objects.count() == 1
