import datetime as dt
import uuid

import pytest

from activities.models import Attendance
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories import homes
from tests.factories.activities import (
    ActivityFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.deputies import DeputyFactory, GroupFactory
from tests.factories.stations import StationFactory

pytestmark = pytest.mark.django_db


def _attendances():
    deputy = DeputyFactory()
    activity = ActivityFactory(deputies=[deputy])
    Attendance.objects.create(activity=activity, deputy=deputy)


def _same(factory, *names, **changed):
    """A second row that agrees with the first in these columns."""

    def make():
        first = factory(**changed)
        factory(**changed, **{name: getattr(first, name) for name in names})

    return make


EARLY = dt.date(2025, 1, 1)

SUPPORT = {
    "staff_post_time_of_a_person": lambda: homes.StaffPostFactory(name=""),
    "staff_post_dates_ordered": lambda: homes.StaffPostFactory(begins_on=homes.DAY, ends_on=EARLY),
    "duty_share_once": _same(homes.DutyShareFactory, "post", "work"),
    "duty_share_quarter_known": lambda: homes.DutyShareFactory(quarter=5),
    "duty_share_per_cent": lambda: homes.DutyShareFactory(share=101),
    "area_pairing_town_once": _same(homes.AreaPairingFactory, "leader", "region"),
    "area_pairing_station_once": lambda: _same(
        homes.AreaPairingFactory, "leader", station=StationFactory()
    )(),
    "area_pairing_dates_ordered": lambda: homes.AreaPairingFactory(ends_on=EARLY),
    "work_plan_once_a_year": _same(homes.WorkPlanFactory, "region"),
    "work_plan_station_once_a_year": lambda: _same(
        homes.WorkPlanFactory, station=StationFactory()
    )(),
    "plan_item_number_unique": _same(homes.PlanItemFactory, "plan", "number"),
    "plan_item_done_when_dated": lambda: homes.PlanItemFactory(state="done"),
    "town_session_once_a_day": _same(homes.TownSessionFactory, "region"),
    "town_session_dates_ordered": lambda: homes.TownSessionFactory(ends_on=EARLY),
    "town_session_present_within_due": lambda: homes.TownSessionFactory(present=61),
    "rule_document_title_unique": _same(homes.RuleDocumentFactory, "region", "title"),
    "rule_document_station_title_unique": lambda: _same(
        homes.RuleDocumentFactory, "title", station=StationFactory()
    )(),
    "rule_version_once": _same(homes.RuleVersionFactory, "document"),
    "rule_version_not_empty": lambda: homes.RuleVersionFactory(text=""),
    "budget_amount_positive": lambda: homes.BudgetFactory(amount=0),
    "budget_one_holder": lambda: homes.BudgetFactory(
        station=StationFactory(), group=GroupFactory()
    ),
    "budget_title_unique": _same(homes.BudgetFactory, "region", "title"),
    "expense_amount_not_zero": lambda: homes.ExpenseFactory(amount=0),
}

BROKEN = {
    **SUPPORT,
    "activity_hours_positive": lambda: ActivityFactory(hours=-1),
    "attendance_once": _attendances,
    "duty_report_ballots_within_voters": lambda: DutyReportFactory(
        voters_present=10, satisfied=9, basically_satisfied=1, unsatisfied=1
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("activities")


@pytest.mark.parametrize(
    "factory", [ActivityFactory, VisitFactory, DutyReportFactory, NewsItemFactory]
)
@pytest.mark.parametrize("column", ["idempotency_key", "row_key"])
def test_a_form_and_a_row_make_one_record(factory, column):
    key = uuid.uuid4()

    assert_refused(twice(factory, **{column: key if column == "idempotency_key" else str(key)}))
