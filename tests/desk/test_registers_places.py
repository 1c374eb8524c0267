import pytest

from congress_portal.core.enums import RegionLevel, Role
from congress_portal.core.models import Region
from tests.factories.core import (
    CountyFactory,
    TownFactory,
    UserFactory,
    VillageFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, DistrictFactory
from tests.factories.stations import StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    """A county with a farm, one village, 15 grids and 133 cells, as in the first office's files."""
    county = CountyFactory(registered_population=300, households=90)
    farm = TownFactory(
        code="421299400000", name="红旗华侨农场", level=RegionLevel.FARM, registered_population=200
    )
    TownFactory(code="421299100000", name="云溪镇", registered_population=90)
    village = VillageFactory(parent=farm, number=200, name="东风社区", level=RegionLevel.COMMUNITY)
    grids = [
        Region.objects.create(
            code=f"421299400200{n:03d}", name=f"第{n}网格", level=RegionLevel.GRID, parent=village
        )
        for n in range(1, 16)
    ]
    for n in range(133):
        grid = grids[n % 15]
        Region.objects.create(
            code=f"{grid.code}{n:03d}", name=f"第{n}单元", level=RegionLevel.CELL, parent=grid,
            households=2, enterprises=1,
        )  # fmt: skip
    return county


def _totals(client):
    totals = client.get("/registers/places/").context["totals"]
    return {total.level: (total.places, *total.sums) for total in totals}


def test_totals_equal_the_input(client, county):
    client.force_login(staff())

    assert _totals(client) == {
        "county": (1, 300, None, 90, None),
        "town": (1, 90, None, None, None),
        "farm": (1, 200, None, None, None),
        "community": (1, None, None, None, None),
        "grid": (15, None, None, None, None),
        "cell": (133, None, None, 266, 133),
    }


def test_sums_that_do_not_agree_are_named(client, county):
    client.force_login(staff())

    page = client.get("/registers/places/").content.decode()

    assert "有 1 处下级合计与本级登记数不符" in page
    assert "户籍人口：登记 300，下级合计 290" in page


def test_count_opens_to_the_places(client, county):
    client.force_login(staff())

    page = client.get("/registers/places/list/?level=cell&under=421299400000").content.decode()

    assert "共 133 个" in page


def test_place_page_shows_what_lies_below(client, county):
    community = Region.objects.get(name="东风社区")
    DeputyFactory(town=community.parent, village=community, seat=True)
    client.force_login(staff())

    response = client.get("/registers/places/421299400000/")

    assert "红旗华侨农场" in response.content.decode()
    for code in ("421299000000", "421299400000", community.code):
        number = client.get(f"/registers/places/{code}/").context["deputies"]
        found = client.get(f"/registers/deputies/persons/?home={code}").context["page"]
        assert found.paginator.count == number == 1
    assert {t.level: t.places for t in response.context["totals"]} == {
        "community": 1, "grid": 15, "cell": 133,
    }  # fmt: skip


def test_town_clerk_sees_only_the_own_town(client, county):
    town = Region.objects.get(name="云溪镇")
    client.force_login(town_clerk(town))

    page = client.get("/registers/places/").content.decode()

    assert "云溪镇" in page
    assert "红旗华侨农场" not in page
    assert client.get("/registers/places/421299400000/").status_code == 404
    assert client.get(f"/registers/places/{town.code}/").status_code == 200


@pytest.mark.parametrize("path", ["", "places/", "places/list/", "places/421299000000/"])
def test_stranger_gets_404(client, county, path):
    client.force_login(UserFactory(role=Role.DEPUTY))

    assert client.get(f"/registers/places/{path}").status_code == 404


def test_empty_county_says_what_to_do(client):
    client.force_login(staff())

    assert "还没有行政区划" in client.get("/registers/places/").content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, size, django_assert_num_queries):
    for _ in range(size):
        town = TownFactory()
        VillageFactory(parent=town)
        StationFactory(region=town)
        DistrictFactory(region=town)
    client.force_login(staff())

    with django_assert_num_queries(4):
        client.get("/registers/places/")
    with django_assert_num_queries(8):
        client.get(f"/registers/places/{town.code}/")
    with django_assert_num_queries(5):
        client.get("/registers/places/list/")
