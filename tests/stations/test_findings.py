"""What has to be put right: opened, reported, re-checked, closed, overdue once."""

import datetime as dt

import pytest
from django.urls import reverse

from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from stations.enums import RectificationState
from stations.models import Rectification, RectificationStep
from stations.services import findings
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.stations import OfficerFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(freeze):
    return freeze("2026-07-20 09:00")


@pytest.fixture
def finding(today):
    """Due on 15 August 2026."""
    return homes.RectificationFactory()


@pytest.fixture
def officer(finding):
    user = UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=finding.station, user=user)
    return user


def step(client, user, finding, name, **data):
    client.force_login(user)
    finding.refresh_from_db()
    address = reverse("inspection:finding_step", args=[finding.pk, name])
    return client.post(address, {"seen": finding.state, "words": "已办", **data})


def test_reported_failed_reported_and_closed(client, finding, officer):
    office = staff()

    step(client, officer, finding, "report")
    step(client, office, finding, "fail", new_due_on="2026-08-30")
    step(client, officer, finding, "report")
    step(client, office, finding, "pass")

    finding.refresh_from_db()
    assert (finding.state, finding.due_on, finding.closed_on) == (
        RectificationState.CLOSED, dt.date(2026, 8, 30), dt.date(2026, 7, 20),
    )  # fmt: skip
    kinds = RectificationStep.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["report", "failed", "report", "passed"]
    page = client.get(reverse("inspection:finding", args=[finding.pk]))
    assert page.text.count("<li>2026年7月20日") == 4


def test_the_place_does_not_close_its_own(client, finding, officer):
    clerk = town_clerk(finding.region)
    step(client, officer, finding, "report")

    answers = [step(client, user, finding, "pass").status_code for user in (officer, clerk)]

    assert answers == [403, 403]
    assert Rectification.objects.get().state == RectificationState.REPORTED


def test_a_report_sent_twice_is_one(client, finding, officer):
    client.force_login(officer)
    address = reverse("inspection:finding_step", args=[finding.pk, "report"])
    data = {"seen": "open", "words": "已买"}

    first, second = client.post(address, data), client.post(address, data)

    assert first.status_code == 302
    assert "刚被别人办过" in second.text
    assert RectificationStep.objects.count() == 1


def test_a_later_day_is_later(client, finding):
    office = staff()

    same = step(client, office, finding, "extend", new_due_on="2026-08-15")
    later = step(client, office, finding, "extend", new_due_on="2026-09-01")

    assert "新的期限应比原来的晚" in same.text
    assert later.status_code == 302
    finding.refresh_from_db()
    assert finding.due_on == dt.date(2026, 9, 1)


def test_strangers_do_not_find_it(client, finding):
    pages = [
        reverse("inspection:finding", args=[finding.pk]),
        reverse("inspection:finding_step", args=[finding.pk, "report"]),
    ]
    for user in (UserFactory(), town_clerk(TownFactory())):
        client.force_login(user)
        assert [client.get(page).status_code for page in pages] == [404, 404]


def test_the_office_opens_one_and_the_place_is_told_once(client, today):
    officer = OfficerFactory(user=UserFactory(role=Role.STATION_OFFICER))
    client.force_login(staff())
    data = {
        "station": officer.station.pk, "region": "", "words": "牌子掉漆", "due_on": "2026-08-20",
    }  # fmt: skip

    first = client.post(reverse("inspection:new_finding"), data)
    second = client.post(reverse("inspection:new_finding"), data)

    assert first.status_code == 302
    assert "已经在整改" in second.text
    assert Notice.objects.filter(user=officer.user).count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"words": "", "due_on": "2026-08-20"}, "问题"),
        ({"words": "缺", "due_on": "2026-07-19"}, "不能早于今天"),
        ({"words": "缺", "due_on": "2026-08-20", "station": ""}, "请选家站"),
    ],
)
def test_faults_of_a_new_one_are_named(client, today, data, words):
    client.force_login(staff())
    station = StationFactory()

    page = client.post(
        reverse("inspection:new_finding"), {"station": station.pk, "region": "", **data}
    )

    assert words in page.text
    assert not Rectification.objects.exists()


def test_overdue_is_told_once_a_day_that_passed(finding, officer):
    days = [dt.date(2026, 8, day) for day in (15, 16, 17)]
    said = [findings.remind_of_findings(day)["整改逾期"] for day in days]
    Rectification.objects.update(due_on=dt.date(2026, 8, 20))
    said.append(findings.remind_of_findings(dt.date(2026, 8, 21))["整改逾期"])

    assert said == [0, 1, 0, 1]


def test_the_board_counts_and_narrows(client, finding, freeze):
    closed = homes.RectificationFactory(
        state=RectificationState.CLOSED, closed_on=dt.date(2026, 7, 18)
    )
    freeze("2026-08-16 09:00")
    client.force_login(staff())
    board = reverse("inspection:findings")

    late = client.get(board, {"state": "overdue"}).context["page"]
    found = client.get(board, {"q": closed.station.name}).context["page"]
    towns = client.get(board).context["towns"]

    going = client.get(board, {"state": "open"}).context["page"]

    assert (list(late.object_list), list(found.object_list)) == ([finding], [closed])
    assert not going.object_list, "a matter stands in one column only"
    assert sorted((t.overdue, t.open, t.closed) for t in towns) == [(0, 0, 1), (1, 0, 0)]


def test_a_clerk_reads_the_own_town_only(client, finding):
    homes.RectificationFactory()
    client.force_login(town_clerk(finding.region))

    page = client.get(reverse("inspection:findings")).context["page"]

    assert list(page.object_list) == [finding]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_a_fixed_number_of_queries(client, django_assert_num_queries, today, rows):
    CountyFactory()
    TownFactory.create_batch(2)
    homes.RectificationFactory.create_batch(rows)
    client.force_login(staff())

    with django_assert_num_queries(8):
        client.get(reverse("inspection:findings"))
