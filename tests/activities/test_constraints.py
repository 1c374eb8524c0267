import uuid

import pytest

from activities.models import Attendance
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.activities import (
    ActivityFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


def _attendances():
    deputy = DeputyFactory()
    activity = ActivityFactory(deputies=[deputy])
    Attendance.objects.create(activity=activity, deputy=deputy)


BROKEN = {
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
