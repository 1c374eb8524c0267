import datetime as dt

import pytest
from django.urls import reverse

from activities.models import Tag, TagAxis, Visit
from activities.selectors.coverage import by_channel, by_tags, coverage_of
from activities.selectors.habits import habits_of
from congress_portal.core.enums import Dictionary, RegionLevel, Role, Verification
from congress_portal.core.models import Region
from congress_portal.core.periods import year
from deputies.models import Deputy
from tests.factories.activities import ActivityFactory, VisitFactory
from tests.factories.core import (
    EntryFactory,
    TownFactory,
    UserFactory,
    VillageFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, DistrictFactory, MandateFactory
from tests.factories.stations import ReceptionFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 10, 31)


@pytest.fixture(autouse=True)
def today(freeze):
    freeze("2026-10-31 10:00")


@pytest.fixture
def town():
    return TownFactory()


@pytest.fixture
def village(town):
    return VillageFactory(parent=town, name="柳林村")


@pytest.fixture
def deputy(town, village):
    return DeputyFactory(town=town, village=village, seat=True, user=UserFactory(role=Role.DEPUTY))


def network(village, grids=15, cells=133):
    """Grids of a village with so many cells, spread evenly."""
    made = []
    for number in range(1, grids + 1):
        code = f"{village.code}{number:03d}"
        grid = Region.objects.create(
            code=code, name=f"第{number}网格", level=RegionLevel.GRID, parent=village
        )
        made += [
            Region(code=f"{code}{cell:03d}", name=f"{cell}单元", level="cell", parent=grid)
            for cell in range(number, cells + 1, grids)
        ]
    return Region.objects.bulk_create(made)


def habits(deputy, on=TODAY):
    return habits_of(Deputy.objects.filter(pk=deputy.pk), year(2026), on)[0]


# --- coverage (M72) ---------------------------------------------------------------------------


def test_all_of_133_cells_in_15_grids_were_reached(client, deputy, village):
    for cell in network(village):
        VisitFactory(deputy=deputy, spot=cell)
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:coverage")).text

    for told in ("100.0%（133/133）", "100.0%（15/15）", "100.0%（1/1）"):
        assert f">{told}</a>" in page


def test_a_visit_to_a_cell_reaches_its_grid_and_village_only(deputy, town, village):
    VillageFactory(parent=town)
    cells = network(village, grids=2, cells=4)
    VisitFactory(deputy=deputy, village=village, spot=cells[0])
    VisitFactory(deputy=deputy, village=village)

    line = coverage_of([town], Visit.objects.all())[0]

    rates = (str(line.village_rate), str(line.grid_rate), str(line.cell_rate))
    assert rates == ("50.0%（1/2）", "50.0%（1/2）", "25.0%（1/4）")
    assert [place.visits for place in line.villages if place.is_reached] == [2]


def test_town_page_names_the_cell_never_reached(client, deputy, village):
    *reached, last = network(village, grids=1, cells=3)
    for cell in reached:
        VisitFactory(deputy=deputy, spot=cell)
    VisitFactory(deputy=deputy, spot=last, verification=Verification.PENDING)
    VisitFactory(deputy=deputy, spot=last, held_on=dt.date(2025, 12, 31))
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:town_coverage", args=[deputy.town.pk])).text

    assert '没有走到的单元 <small class="quiet">1 个</small>' in page
    assert "<p>3单元</p>" in page
    assert "66.7%（2/3）" in page


def test_a_number_of_the_town_page_opens_into_its_visits(client, deputy, village):
    grid_one, grid_two = (cell for cell in network(village, grids=2, cells=2))
    VisitFactory(deputy=deputy, spot=grid_one, people=1)
    VisitFactory(deputy=deputy, village=village, people=2)
    VisitFactory(deputy=deputy, spot=grid_two, people=4)
    client.force_login(town_clerk(deputy.town))

    people = [
        sorted(visit.people for visit in client.get(
            reverse("activities:visit_list"), {"region": region.pk, "period": "2026"}
        ).context["page"])
        for region in (village, grid_one.parent, grid_two)
    ]  # fmt: skip

    assert people == [[1, 2, 4], [1], [4]]


def test_another_towns_coverage_is_not_found(client, town):
    client.force_login(town_clerk(TownFactory()))

    assert client.get(reverse("activities:town_coverage", args=[town.pk])).status_code == 404


@pytest.mark.parametrize("name", ["coverage", "habit_board", "voter_board"])
def test_boards_are_for_those_who_read_a_place(client, deputy, name):
    client.force_login(deputy.user)

    assert client.get(reverse(f"activities:{name}")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_coverage_costs_the_same_for_any_number(client, rows, django_assert_num_queries):
    for _ in range(rows):
        village = VillageFactory(parent=TownFactory())
        VisitFactory(deputy=DeputyFactory(town=village.parent), village=village)
    client.force_login(staff())

    with django_assert_num_queries(6):
        client.get(reverse("activities:coverage"))


# --- channels and places (M67, M50) -----------------------------------------------------------


def test_channels_are_counted_with_zeros(deputy):
    phone = EntryFactory(dictionary=Dictionary.CHANNEL, name="电话", order=20)
    EntryFactory(dictionary=Dictionary.CHANNEL, name="通信", order=30)
    VisitFactory(deputy=deputy, people=3, channel__order=10)
    VisitFactory(deputy=deputy, people=1, channel=phone)
    VisitFactory(deputy=deputy, people=1, channel=phone)

    lines = by_channel(Visit.objects.all())

    assert [(line.label, line.visits, line.people) for line in lines] == [
        ("走访", 1, 3), ("电话", 2, 2), ("通信", 0, 0),
    ]  # fmt: skip


def test_places_are_counted_by_their_tags(deputy):
    axis = TagAxis.objects.create(name="场所类型", for_visits=True)
    school = Tag.objects.create(axis=axis, name="学校", order=1)
    field = Tag.objects.create(axis=axis, name="田间地头", order=2)
    VisitFactory(deputy=deputy, people=5).tags.add(school)
    VisitFactory(deputy=deputy, people=2).tags.add(school, field)
    VisitFactory(deputy=deputy)

    found = by_tags(Visit.objects.all())

    assert [(line.label, line.visits, line.people) for line in found[0].lines] == [
        ("学校", 2, 7), ("田间地头", 1, 2),
    ]  # fmt: skip
    assert found[0].untagged == 1


def test_breakdown_opens_into_the_visits(client, deputy):
    phone = EntryFactory(dictionary=Dictionary.CHANNEL, name="电话")
    VisitFactory(deputy=deputy, people=1, channel=phone)
    VisitFactory(deputy=deputy, people=2)
    client.force_login(deputy.user)

    page = client.get(reverse("activities:channels")).text
    rows = client.get(reverse("activities:visit_list"), {"channel": phone.pk}).context["page"]

    assert f"?channel={phone.pk}&amp;period=2026&amp;verification=verified" in page
    assert [visit.people for visit in rows] == [1]


# --- breadth (M68) ----------------------------------------------------------------------------


def test_all_contacts_in_the_own_village_are_flagged(deputy, village):
    VisitFactory.create_batch(3, deputy=deputy, village=village)

    found = habits(deputy)

    assert (str(found.breadth.rate), found.is_narrow) == ("0.0%（0/3）", True)


def test_one_of_five_outside_meets_the_rule_of_twenty(deputy, town, village):
    other = VillageFactory(parent=town)
    VisitFactory.create_batch(4, deputy=deputy, village=village)
    VisitFactory(deputy=deputy, village=other)
    VisitFactory(deputy=deputy)  # by phone, nowhere: neither in nor out

    found = habits(deputy)

    assert (str(found.breadth.rate), found.is_narrow) == ("20.0%（1/5）", False)


def test_whose_village_is_unknown_is_not_called_narrow(town, village):
    deputy = DeputyFactory(town=town, seat=True)
    VisitFactory(deputy=deputy, village=village)

    assert habits(deputy).is_narrow is False


def test_villages_of_the_district_never_reached_are_named(town, village):
    near, far, alien = VillageFactory.create_batch(3, parent=town)
    district = DistrictFactory(region=town)
    district.villages.set([village, near, far])
    deputy = DeputyFactory(town=town, village=village)
    MandateFactory(deputy=deputy, term=district.term, district=district)
    VisitFactory(deputy=deputy, village=near)
    VisitFactory(deputy=deputy, village=alien)

    found = habits(deputy).breadth

    assert (set(found.never), found.by_town) == ({village, far}, False)


def test_without_villages_of_the_district_the_whole_town_stands_in(deputy, town, village):
    other = VillageFactory(parent=town)
    VillageFactory()
    VisitFactory(deputy=deputy, village=village)

    found = habits(deputy).breadth

    assert (found.never, found.by_town) == ((other,), True)


def test_the_outside_figure_opens_into_those_visits(client, deputy, town, village):
    VisitFactory(deputy=deputy, village=village, people=1)
    VisitFactory(deputy=deputy, village=VillageFactory(parent=town), people=2)
    VisitFactory(deputy=deputy, people=4)
    client.force_login(deputy.user)

    rows = client.get(
        reverse("activities:visit_list"), {"deputy": deputy.pk, "outside": "on"}
    ).context["page"]

    assert [visit.people for visit in rows] == [2]


# --- regularity (M69) -------------------------------------------------------------------------


def test_a_gap_of_four_months_is_flagged(deputy):
    for month in (1, 2, 3, 8, 9, 10):
        VisitFactory(deputy=deputy, held_on=dt.date(2026, month, 28))

    found = habits(deputy)

    assert (found.steadiness.gap, found.steadiness.gap_from) == (4, dt.date(2026, 4, 1))
    assert (str(found.steadiness.rate), found.is_unsteady) == ("60.0%（6/10）", True)


def test_a_gap_of_three_months_is_not(deputy):
    for month in (1, 2, 3, 7, 8, 9, 10):
        VisitFactory(deputy=deputy, held_on=dt.date(2026, month, 1))

    assert (habits(deputy).steadiness.gap, habits(deputy).is_unsteady) == (3, False)


def test_a_reception_on_duty_is_a_contact(deputy):
    for month in range(1, 11):
        ReceptionFactory(held_on=dt.date(2026, month, 15), deputies=[deputy])

    assert habits(deputy).steadiness.gap == 0


def test_unverified_contacts_do_not_close_a_gap(deputy):
    VisitFactory(deputy=deputy, verification=Verification.PENDING)

    assert habits(deputy).steadiness.with_contact == 0


def test_elected_in_mid_period_owes_only_the_months_since(town):
    deputy = DeputyFactory(town=town)
    MandateFactory(deputy=deputy, begins_on=dt.date(2026, 8, 20))
    VisitFactory(deputy=deputy, held_on=dt.date(2026, 8, 25))

    found = habits(deputy).steadiness

    assert (found.owed, found.with_contact, found.gap) == (3, 1, 2)


def test_resigned_owes_nothing_after_that(town):
    deputy = DeputyFactory(town=town)
    MandateFactory(deputy=deputy, ends_on=dt.date(2026, 2, 10))

    assert habits(deputy).steadiness.owed == 2


def test_months_to_come_are_not_owed(deputy):
    assert habits(deputy, dt.date(2026, 3, 31)).steadiness.owed == 3
    assert habits(deputy, dt.date(2026, 4, 1)).steadiness.owed == 4


def test_two_mandates_owe_a_month_once(deputy):
    MandateFactory(deputy=deputy, term__level="town", term__region=deputy.town)

    assert habits(deputy).steadiness.owed == 10


# --- initiative (M135) ------------------------------------------------------------------------


def test_only_organised_things_are_listed(client, deputy):
    keen = DeputyFactory(town=deputy.town, seat=True)
    VisitFactory(deputy=keen)
    VisitFactory(deputy=deputy, self_initiated=False)
    ActivityFactory(deputies=[deputy, keen], self_initiated=False)
    client.force_login(town_clerk(deputy.town))

    page = client.get(reverse("activities:habit_board"), {"flag": "organised"})

    assert [each.deputy for each in page.context["page"]] == [deputy]
    assert "0.0%（0/2）" in page.text


def test_own_activities_count_beside_own_visits(deputy):
    VisitFactory(deputy=deputy)
    VisitFactory(deputy=deputy, self_initiated=False)
    ActivityFactory(deputies=[deputy], self_initiated=True)
    ActivityFactory(deputies=[deputy], self_initiated=False)

    found = habits(deputy)

    assert (str(found.initiative.rate), found.only_organised) == ("50.0%（2/4）", False)


def test_initiative_opens_into_its_records(client, deputy):
    VisitFactory(deputy=deputy, people=1)
    VisitFactory(deputy=deputy, people=2, self_initiated=False)
    ActivityFactory(deputies=[deputy], title="自己办的", self_initiated=True)
    ActivityFactory(deputies=[deputy], self_initiated=False)
    client.force_login(deputy.user)
    query = {"deputy": deputy.pk, "initiative": "own"}

    visits = client.get(reverse("activities:visit_list"), query).context["page"]
    activities = client.get(reverse("activities:list"), query).context["page"]

    assert [visit.people for visit in visits] == [1]
    assert [activity.title for activity in activities] == ["自己办的"]


# --- pages ------------------------------------------------------------------------------------


def test_the_deputy_is_told_kindly(client, deputy, village):
    VisitFactory(deputy=deputy, village=village, held_on=dt.date(2026, 1, 5))
    client.force_login(deputy.user)

    page = client.get(reverse("activities:habits_of", args=[deputy.pk])).text

    assert "有空到别的村（社区）走走看看" in page
    assert "现在补记也不晚" in page
    assert "偏窄" not in page
    assert "忽冷忽热" not in page


def test_another_deputys_habits_are_not_found(client, deputy):
    other = DeputyFactory(town=deputy.town, user=UserFactory(role=Role.DEPUTY))
    client.force_login(other.user)

    page = reverse("activities:habits_of", args=[deputy.pk])

    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("flag", "shown"),
    [("narrow", ["窄"]), ("unsteady", ["歇"]), ("organised", ["歇"]), ("any", ["歇", "窄"])],
)
def test_board_shows_only_those_flagged(client, town, village, flag, shown):
    for name, place in (("窄", village), ("宽", VillageFactory(parent=town)), ("歇", None)):
        deputy = DeputyFactory(name=name, town=town, village=village, seat=True)
        for month in range(1, 11) if place else ():
            VisitFactory(deputy=deputy, village=place, held_on=dt.date(2026, month, 5))
    client.force_login(town_clerk(town))

    page = client.get(reverse("activities:habit_board"), {"flag": flag, "period": "2026"})

    assert sorted(each.deputy.name for each in page.context["page"]) == sorted(shown)


@pytest.mark.parametrize("rows", [1, 3])
def test_board_costs_the_same_for_any_number(client, town, rows, django_assert_num_queries):
    for _ in range(rows):
        village = VillageFactory(parent=town)
        VisitFactory(deputy=DeputyFactory(town=town, village=village, seat=True), village=village)
    client.force_login(town_clerk(town))

    with django_assert_num_queries(15):
        client.get(reverse("activities:habit_board"))
