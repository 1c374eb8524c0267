import datetime as dt

import pytest
from django.urls import reverse

from activities.forms.verifying import mark_of
from activities.models import Activity, Visit
from activities.selectors.verifying import KINDS, kind_of, piles, twins, waiting_rows, what, who
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice, Record
from stations.models import Reception
from suggestions.models import Deed
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupMembershipFactory, MandateFactory
from tests.factories.stations import ReceptionFactory

pytestmark = pytest.mark.django_db
LIST = "activities:verify"


@pytest.fixture
def town():
    return TownFactory(name="云溪镇")


@pytest.fixture
def deputy(town):
    return DeputyFactory(name="张伟", town=town, user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def visits(deputy):
    return VisitFactory.create_batch(
        3, deputy=deputy, entered_by=deputy.user, verification="pending"
    )


def post(client, code, rows, **data):
    return client.post(
        reverse("activities:check", args=[code]),
        {"rows": [mark_of(row) for row in rows], **data},
        follow=True,
    )


def test_every_kind_of_record_can_be_verified():
    """What was done for people is verified in its own ledger, a floor above."""
    assert {kind.model for kind in KINDS} == {*Record.__subclasses__()} - {Deed}


def test_work_list_counts_by_kind_with_the_oldest_age(client, town, deputy, visits, freeze):
    freeze("2026-09-10 09:00")
    Visit.objects.filter(pk=visits[0].pk).update(
        entered_at=dt.datetime(2026, 9, 3, 9, tzinfo=dt.UTC)
    )
    DutyReportFactory(deputy=deputy, verification="pending")
    ReceptionFactory(station__region=town, verification="pending")
    NewsItemFactory(region=town)  # verified: does not wait

    counts = {heap.kind.code: (heap.count, heap.days) for heap in piles(town_clerk(town))}

    assert counts["visit"] == (3, 7)
    assert (counts["report"][0], counts["reception"][0], counts["news"][0]) == (1, 1, 0)


def test_who_planned_an_activity_verifies_it_who_only_entered_one_does_not(town):
    """An office of one person planned, called and held it: nobody else would find it."""
    clerk = town_clerk(town)
    facts = {"region": town, "verification": "pending", "entered_by": clerk}
    planned = ActivityFactory(notified_on=dt.date(2026, 9, 1), **facts)
    ActivityFactory(**facts)

    assert list(waiting_rows(kind_of("activity"), clerk)) == [planned]


def test_one_occasion_logged_twice_is_marked_for_the_clerk_and_told_to_the_deputies(
    client, deputy, town
):
    """The fellow who was ticked hears of it; who logs it again is warned, and so is the clerk."""
    fellow = DeputyFactory(town=town, seat=True, user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=deputy)
    group = GroupMembershipFactory(deputy=deputy).group
    GroupMembershipFactory(deputy=fellow, group=group)
    form = ActivityFormFactory(name="视察")
    data = {"title": "走访市场", "held_on": "2026-09-03", "form": form.pk}
    address = reverse("activities:log_activity")

    client.force_login(deputy.user)
    first = client.post(address, data | {"fellows": [fellow.pk]}, follow=True)
    told = Notice.objects.get(user=fellow.user)
    client.force_login(fellow.user)
    again = client.post(address, data, follow=True)
    client.force_login(town_clerk(town))
    page = client.get(reverse("activities:verify"), {"kind": "activity"})

    assert "同一天还有一条" not in first.text
    assert f"{deputy}登记了您也参加的活动：走访市场" == told.title
    assert "同一天还有一条「走访市场」" in again.text
    assert page.text.count("是同一次") == 2
    ActivityFactory(form=form, held_on=dt.date(2026, 9, 3), region=town)  # others', that day
    assert len(twins(Activity.objects.all())) == 2


def test_clerk_verifies_all_ticked_at_once(client, town, visits):
    clerk = town_clerk(town)
    client.force_login(clerk)

    response = post(client, "visit", visits[:2], do="verify")

    assert "已核实 2 条，从现在起计入统计和考评。" in response.text
    states = Visit.objects.order_by("pk").values_list("verification", "verified_by")
    assert list(states) == [("verified", clerk.pk), ("verified", clerk.pk), ("pending", None)]
    assert AuditEntry.objects.filter(model="activities.Visit", action="update").count() == 2


def test_clerk_refuses_all_ticked_with_one_reason_and_the_deputy_is_told(client, town, visits):
    client.force_login(town_clerk(town))

    post(client, "visit", visits, do="refuse", reason="人次填错了")

    assert set(Visit.objects.values_list("verification", "refusal_reason")) == {
        ("refused", "人次填错了")
    }
    notices = Notice.objects.filter(user=visits[0].entered_by)
    assert notices.count() == 3
    assert notices.first().body.startswith("原因：人次填错了")
    assert notices.get(key__contains=f"-{visits[0].pk}-").link == reverse(
        "activities:edit_visit", args=[visits[0].pk]
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"do": "refuse", "reason": " "}, "请写明未通过的原因"),
        ({"do": "verify", "rows": []}, "请先勾选要核实的记录"),
        ({"do": "verify", "rows": ["1; drop"]}, "请先勾选要核实的记录"),
    ],
)
def test_bad_request_is_told_and_changes_nothing(client, town, visits, data, told):
    client.force_login(town_clerk(town))
    rows = [mark_of(row) for row in visits]

    response = client.post(
        reverse("activities:check", args=["visit"]), {"rows": rows} | data, follow=True
    )

    assert told in response.text
    assert set(Visit.objects.values_list("verification", flat=True)) == {"pending"}


def test_of_two_officers_one_wins_and_the_other_reads_why(client, town, visits):
    first, second = town_clerk(town, name="王干事"), town_clerk(town)
    client.force_login(first)
    post(client, "visit", visits[:1], do="verify")
    client.force_login(second)

    response = post(client, "visit", visits[:1], do="refuse", reason="人次不对")

    assert "已由王干事核实为「已核实」" in response.text
    assert Visit.objects.get(pk=visits[0].pk).verification == "verified"


def test_what_was_changed_since_is_left_and_the_rest_is_done(client, town, visits):
    client.force_login(town_clerk(town))
    Visit.objects.filter(pk=visits[0].pk).update(people=99)

    response = post(client, "visit", visits, do="verify")

    assert "已核实 2 条" in response.text
    assert "1 条没有处理" in response.text
    assert "刚被别人改过" in response.text
    assert Visit.objects.get(pk=visits[0].pk).verification == "pending"


def test_clerk_of_another_town_sees_and_verifies_nothing(client, visits):
    client.force_login(town_clerk(TownFactory()))

    page = client.get(reverse(LIST))
    response = post(client, "visit", visits, do="verify")

    assert page.context["lines"] == []
    assert "没有这条记录，或不归您核实。" in response.text
    assert set(Visit.objects.values_list("verification", flat=True)) == {"pending"}


@pytest.mark.parametrize("role", [None, Role.DEPUTY, Role.AUDITOR, Role.LEADER])
def test_only_staff_open_the_work_list(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse("activities:check", args=["visit"])).status_code == 403


def test_a_clerk_who_is_a_deputy_does_not_verify_the_own_records(client, town):
    clerk = town_clerk(town)
    own = DeputyFactory(town=town, user=clerk)
    visit = VisitFactory(deputy=own, entered_by=clerk, verification="pending")
    client.force_login(clerk)

    response = post(client, "visit", [visit], do="verify")

    assert "自己登记、自己参加的记录要由别人核实" in response.text
    assert list(waiting_rows(kind_of("visit"), clerk)) == []
    assert list(waiting_rows(kind_of("visit"), town_clerk(town))) == [visit]


def test_an_activity_waits_only_once_it_was_held(town):
    planned = ActivityFactory(region=town, verification="pending", state="planned")
    held = ActivityFactory(region=town, verification="pending")
    clerk = town_clerk(town)

    assert list(waiting_rows(kind_of("activity"), clerk)) == [held]
    assert planned in Activity.objects.editable_by(clerk)


def test_rows_say_whose_and_what(town, deputy):
    ReceptionFactory(station__region=town, deputies=[deputy], verification="pending")
    clerk = town_clerk(town)
    kind = kind_of("reception")
    row = Reception.objects.get()

    assert list(waiting_rows(kind, clerk)) == [row]
    row.there = list(row.duties.all())
    assert (who(row), what(row)) == ("张伟", f"在{row.station}接待选民")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("code", "make", "queries"),
    [("visit", VisitFactory, 16), ("activity", ActivityFactory, 18)],
)
def test_work_list_asks_a_fixed_number_of_queries(
    client, django_assert_num_queries, code, make, queries, rows
):
    make.create_batch(rows, verification="pending")
    TownFactory.create_batch(2)
    client.force_login(staff())

    with django_assert_num_queries(queries):
        response = client.get(reverse(LIST), {"kind": code})

    assert len(response.context["lines"]) == rows
