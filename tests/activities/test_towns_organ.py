"""Staff of towns' organs: the report, the flags, the division of work (M09, M10)."""

import datetime as dt

import pytest
from django.urls import reverse

from activities.models.support import DutyShare, StaffPost
from activities.services.keeping import KeepingError
from activities.services.organ import WorkShare, set_shares, shares_seen
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError
from tests.factories import homes
from tests.factories.core import CountyFactory, TownFactory, staff, town_clerk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("october")]


@pytest.fixture
def october(time_machine):
    time_machine.move_to(dt.datetime(2026, 10, 8, 10, tzinfo=dt.timezone(dt.timedelta(hours=8))))


@pytest.fixture
def town():
    return TownFactory(name="云溪镇", code="421299101000")


@pytest.fixture
def chair(town):
    return homes.StaffPostFactory(
        region=town, name="何主席", kind=homes.StaffPostKindFactory(name="人大主席", is_chair=True)
    )


def shares(post, *works, congress=20, quarter=4):
    homes.DutyShareFactory(
        post=post, quarter=quarter, work="人大工作", is_congress=True, share=congress
    )
    for name, share in works:
        homes.DutyShareFactory(post=post, quarter=quarter, work=name, share=share)


def page(client, **query):
    return client.get(reverse("activities:posts"), query)


def test_the_report_says_how_many_chairs_do_other_work_and_opens_into_them(client, town, chair):
    shares(chair, ("农业", 10), congress=60)
    free = homes.StaffPostFactory(region=town, kind=chair.kind, name="李主席", time="full")
    shares(free, congress=100)
    untold = homes.StaffPostFactory(region=town, kind=chair.kind, name="赵主席")
    homes.StaffPostFactory(region=town, name="", time="")  # vacant
    clerk = homes.StaffPostFactory(region=town, name="小周")
    shares(clerk, ("招商", 90), congress=10)  # not a chair
    client.force_login(town_clerk(town))

    report = page(client).context["report"]

    assert (report.loaded.part, report.loaded.whole) == (1, 3)
    assert (report.flagged, report.untold) == (0, 1)
    assert (report.vacant.part, report.vacant.whole) == (1, 5)
    assert (report.full.part, report.full.whole) == (1, 4)
    names = {
        state: [line.post.name for line in page(client, state=state).context["lines"]]
        for state in ("loaded", "untold", "vacant", "full")
    }
    assert names == {
        "loaded": ["何主席"], "untold": [untold.name], "vacant": [""], "full": ["李主席"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("works", "congress", "flags"),
    [
        ([("农业", 50)], 50, ()),  # as much as any other is first
        ([("农业", 51)], 49, ("人大工作只占 49%，农业占 51%",)),
        ([(n, 10) for n in ("农业", "招商", "安全", "信访")], 60, ()),
        ([(n, 10) for n in ("农业", "招商", "安全", "信访", "环保")], 50, ("兼管其他工作 5 项",)),
    ],
)
def test_a_chair_is_flagged_by_share_and_by_five_portfolios(client, chair, works, congress, flags):
    shares(chair, *works, congress=congress)
    client.force_login(town_clerk(chair.region))

    [line] = page(client).context["lines"]

    assert line.flags == flags
    flagged = page(client, state="flagged").context["lines"]
    assert [each.post for each in flagged] == ([chair] if flags else [])


def test_the_countys_number_of_portfolios_decides(client, chair):
    homes.OrganRuleFactory(region=CountyFactory(code="421299000000"), portfolios_most=2)
    shares(chair, ("农业", 10), ("招商", 10), congress=80)
    client.force_login(town_clerk(chair.region))

    assert page(client).context["lines"][0].flags == ("兼管其他工作 2 项",)


def test_each_quarter_has_its_own_division(client, chair):
    shares(chair, ("农业", 90), congress=10, quarter=3)
    client.force_login(town_clerk(chair.region))

    assert page(client).context["report"].loaded.part == 0
    assert page(client, quarter="2026Q3").context["report"].flagged == 1


def test_shares_are_laid_down_once_compared_and_recorded(chair):
    clerk = town_clerk(chair.region)
    given = [WorkShare("人大工作", 70, is_congress=True), WorkShare("农业", 30)]
    call = {"actor": clerk, "post_pk": chair.pk, "year": 2026, "quarter": 4}

    set_shares(**call, shares=given)
    set_shares(**call, shares=given)  # a double tap

    assert AuditEntry.objects.filter(model="activities.DutyShare").count() == 2
    with pytest.raises(StaleRecordError):
        set_shares(**call, shares=given[:1], seen="")
    set_shares(**call, shares=given[:1], seen=shares_seen(chair.pk, 2026, 4))
    assert [row.work for row in DutyShare.objects.all()] == ["人大工作"]


def test_more_than_the_whole_time_or_a_work_twice_is_refused(chair):
    call = {"actor": town_clerk(chair.region), "post_pk": chair.pk, "year": 2026, "quarter": 4}

    with pytest.raises(KeepingError, match="合计 101%"):
        set_shares(**call, shares=[WorkShare("农业", 51), WorkShare("招商", 50)])
    with pytest.raises(KeepingError, match="写了两次"):
        set_shares(**call, shares=[WorkShare("农业", 5), WorkShare("农业", 5)])


def test_a_new_quarter_begins_with_the_one_before(client, chair):
    shares(chair, ("农业", 40), congress=60, quarter=3)
    client.force_login(town_clerk(chair.region))
    address = f"{reverse('activities:post_shares', args=[chair.pk])}?quarter=2026Q4"

    shown = client.get(address)
    assert "已填上一季度的分工" in shown.text
    data = {"seen": "", "work_0": "人大工作", "share_0": "80", "congress_0": "on"}
    assert client.post(address, {**data, "work_1": "农业"}).status_code == 200  # no share
    assert client.post(address, {**data, "work_1": "农业", "share_1": "20"}).status_code == 302

    found = DutyShare.objects.filter(quarter=4).values_list("work", "share", "is_congress")
    assert list(found) == [("人大工作", 80, True), ("农业", 20, False)]


def test_a_post_is_entered_once_and_a_vacant_one_has_no_name(client, town):
    kind = homes.StaffPostKindFactory()
    client.force_login(town_clerk(town))
    blank = client.get(reverse("activities:new_staff_post"))
    data = {"key": blank.context["form"].initial["key"], "region": town.pk, "kind": kind.pk}

    for _ in range(2):
        assert client.post(reverse("activities:new_staff_post"), data).status_code == 302
    wrong = client.post(reverse("activities:new_staff_post"), {**data, "key": "", "name": "小周"})

    assert [(row.name, row.time) for row in StaffPost.objects.all()] == [("", "")]
    assert "请选专职还是兼职" in wrong.text


def test_a_stranger_finds_nothing_and_another_town_writes_nothing(client, chair, town):
    client.force_login(town_clerk(TownFactory()))
    for name in ("post", "edit_staff_post", "post_shares"):
        assert client.get(reverse(f"activities:{name}", args=[chair.pk])).status_code == 404
    assert page(client).context["lines"] == []
    blank = {"region": town.pk, "kind": chair.kind_id}
    assert client.post(reverse("activities:new_staff_post"), blank).status_code == 200
    assert StaffPost.objects.count() == 1
    client.force_login(staff())
    assert [line.post for line in page(client).context["lines"]] == [chair]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_a_fixed_number_of_questions(
    client, chair, town, count, django_assert_num_queries
):
    for n in range(count - 1):
        shares(homes.StaffPostFactory(region=town, kind=chair.kind, name=f"主席{n}"), ("农业", 5))
    client.force_login(town_clerk(town))

    with django_assert_num_queries(11):
        page(client)


def test_the_list_as_excel_is_in_the_trail(client, chair):
    shares(chair, ("农业", 90), congress=10)
    client.force_login(town_clerk(chair.region))

    answer = client.get(reverse("activities:posts_excel"), {"quarter": "2026Q4"})

    assert answer["Content-Type"].endswith("sheet")
    assert AuditEntry.objects.filter(action="export").count() == 1
