"""Deputies below a line of the office: figures with denominators, never a consequence (M07)."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from activities.models import Attendance
from congress_portal.core.periods import year
from congress_portal.evaluations.models import WarningRule
from congress_portal.evaluations.warnings.selectors import warned_in
from deputies.models import ExitCase, Mandate
from tests.factories.activities import ActivityFactory, DutyReportFactory
from tests.factories.core import TownFactory, staff
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import WarningRuleFactory
from tests.factories.seats import ExitCaseFactory

pytestmark = pytest.mark.django_db
YEAR = year(2026)
DAY = dt.date(2026, 5, 6)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def deputy(*presences):
    found = DeputyFactory(seat=True)
    for presence in presences:
        activity = ActivityFactory(held_on=DAY)
        Attendance.objects.create(activity=activity, deputy=found, presence=presence)
    return found


def listed(**more):
    rules = WarningRule.objects.filter(is_active=True)
    return {
        row.deputy: [hint.words for hint in row.hints] for row in warned_in(YEAR, staff(), rules)
    }


@pytest.mark.parametrize(
    ("presences", "words"),
    [
        (("present", "absent", "absent"), ["33.3%（1/3），低于 50%"]),
        (("present", "absent"), None),
        (("present", "leave", "leave"), None),
        (("absent",), ["0.0%（0/1），低于 50%"]),
        ((), None),
    ],
)
def test_attendance_counts_absence_without_leave_only(presences, words):
    WarningRuleFactory()
    found = deputy(*presences)

    assert listed().get(found) == words


def test_a_small_denominator_is_left_alone():
    WarningRuleFactory(at_least=4)
    deputy("absent", "absent", "absent")

    assert listed() == {}


@pytest.mark.parametrize(("announced", "told"), [(True, True), (False, False)])
def test_votes_count_once_they_are_announced(announced, told, freeze):
    WarningRuleFactory(metric="述职满意和基本满意票数", denominator="述职评议票数")
    found = DeputyFactory(seat=True)
    report = DutyReportFactory(
        deputy=found, held_on=DAY, satisfied=10, basically_satisfied=10, unsatisfied=40
    )
    report.announced_at = dt.datetime(2026, 5, 6, 4, tzinfo=dt.UTC) if announced else None
    report.save()

    assert listed() == ({found: ["33.3%（20/60），低于 50%"]} if told else {})


def test_a_plain_figure_is_compared_in_its_unit():
    WarningRuleFactory(metric="活动次数", denominator="", below=2)
    found = deputy("present")

    assert listed() == {found: ["1 次，低于 2 次"]}


@pytest.mark.parametrize(("below", "denominator", "fits"), [
    (100, "应到次数", True), (101, "应到次数", False), (101, "", True),
])  # fmt: skip
def test_a_line_in_per_cent_ends_at_a_hundred(below, denominator, fits):
    rule = WarningRuleFactory.build(below=below, denominator=denominator)
    if fits:
        rule.clean()
    else:
        with pytest.raises(ValidationError, match="最多填 100"):
            rule.clean()


def test_nothing_follows_by_itself(client):
    WarningRuleFactory()
    found = deputy("absent", "absent")
    client.force_login(staff())
    page = client.get(reverse("evaluations:warnings"), {"period": "2026"}).content.decode()

    assert found.name in page
    assert "0.0%（0/2），低于 50%" in page
    assert not ExitCase.objects.exists()
    assert Mandate.objects.get(deputy=found).ends_on is None


def test_an_open_case_is_shown_instead_of_a_new_one(client):
    WarningRuleFactory()
    found = deputy("absent")
    seat = found.mandates.get()
    client.force_login(staff())
    page = reverse("evaluations:warnings")
    assert reverse("deputies:exit_open", args=[seat.pk]) in client.get(page).content.decode()
    case = ExitCaseFactory(mandate=seat)
    told = client.get(page).content.decode()
    assert reverse("deputies:exit_case", args=[case.pk]) in told
    assert reverse("deputies:exit_open", args=[seat.pk]) not in told


def test_a_rule_with_an_unknown_metric_says_so(client):
    WarningRuleFactory(metric="没有的口径")
    deputy("absent")
    client.force_login(staff())
    told = client.get(reverse("evaluations:warnings")).content.decode()

    assert "没有「没有的口径」这个计数口径" in told


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, django_assert_num_queries, rows):
    WarningRuleFactory()
    TownFactory()
    for _ in range(rows):
        MandateFactory(deputy=deputy("absent"), term__name="第十七届")
    client.force_login(staff())
    with django_assert_num_queries(11):
        client.get(reverse("evaluations:warnings"), {"period": "2026"})
