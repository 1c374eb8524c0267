import datetime as dt

import pytest

from congress_portal.core.enums import RegionLevel, Role
from congress_portal.core.reference import load_reference
from stations.enums import StandardKind
from stations.models import Standard, StandardUse, StationCheck, StationType
from tests.factories.activities import ActivityFactory, NewsItemFactory
from tests.factories.core import (
    CountyFactory,
    TownFactory,
    UserFactory,
    VillageFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StandardFactory,
    StationFactory,
    StationTypeFactory,
)
from tests.factories.suggestions import VoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _network(client):
    return client.get("/registers/network/").context["network"]


def test_types_are_rows_and_counted(client):
    for name, number in (("代表之家", 2), ("人民议事厅", 1)):
        for _ in range(number):
            StationFactory(type=StationTypeFactory(name=name))
    StationFactory(is_active=False)
    StationTypeFactory(name="新办的代表驿站")
    client.force_login(staff())

    found = _network(client)

    assert {line.type.name: line.count for line in found.types} == {"代表之家": 2, "人民议事厅": 1}
    assert "新办的代表驿站" in {kind.name for kind in found.unused}


def test_tree_follows_parents_and_else_the_town(client):
    town = TownFactory()
    home = StationFactory(type=StationTypeFactory(name="代表之家", order=20), region=town)
    station = StationFactory(region=town, name="柳林联络站")
    StationFactory(
        type=StationTypeFactory(name="代表联络点", order=70), region=town, parent=station
    )
    client.force_login(staff())

    place = next(place for place in _network(client).places if place.region == town)

    root = place.roots[0]
    assert root.station == home
    assert [(node.station, node.is_assumed) for node in root.children] == [(station, True)]
    assert len(root.children[0].children) == 1


def test_station_without_liaison_is_flagged(client):
    kept, vacant = StationFactory(), StationFactory(name="空缺联络站")
    OfficerFactory(station=kept)
    OfficerFactory(station=vacant, ends_on=dt.date(2026, 9, 30))
    client.force_login(staff())

    assert [node.station for node in _network(client).vacant] == [vacant]
    assert "没有联络员" in client.get(f"/registers/network/{vacant.pk}/").content.decode()
    assert "没有联络员" not in client.get(f"/registers/network/{kept.pk}/").content.decode()


def test_points_roll_up_to_their_station(client):
    station = StationFactory()
    for _ in range(5):
        point = StationFactory(region=station.region, parent=station)
        ActivityFactory(station=point, region=station.region)
        reception = ReceptionFactory(station=point)
        VoiceFactory(source="reception", reception=reception, region=station.region)
    ActivityFactory(station=StationFactory(), title="别站的")
    client.force_login(staff())

    roll_up = client.get(f"/registers/network/{station.pk}/").context["roll_up"]

    assert {figure.label: figure.value for figure in roll_up.figures} == {
        "进站代表": 0, "活动": 5, "接待": 5, "群众意见": 5,
    }  # fmt: skip
    for figure in roll_up.figures[1:]:
        assert client.get(figure.url).context["page"].paginator.count == 5


def test_studio_lists_its_deputy_and_activities(client):
    studio = StationFactory(type=StationTypeFactory(name="代表工作室", order=40))
    PostingFactory(station=studio, deputy=DeputyFactory(name="欧阳䶮"))
    ActivityFactory(title="工作室开放日", station=studio)
    client.force_login(staff())

    page = client.get(f"/registers/network/{studio.pk}/").content.decode()

    assert "欧阳䶮" in page
    assert "工作室开放日" in page


def _record(client, station, standard, states, on="2026-10-01"):
    items = list(standard.items.order_by("number"))
    path = f"/standards/stations/{station.pk}/check/{standard.pk}/"
    data = {"on": on, "seen": client.get(path).context["form"]["seen"].value()}
    for item, state in zip(items, states, strict=True):
        data |= {f"state_{item.pk}": state, f"note_{item.pk}": ""}
    return client.post(path, data)


def test_ten_items_show_eight_and_name_the_two_gaps(client):
    load_reference()
    standard, station = Standard.objects.get(name="十有"), StationFactory()
    client.force_login(staff())

    _record(client, station, standard, ["yes"] * 5 + ["no", "partial"] + ["yes"] * 3)

    page = client.get(f"/registers/network/{station.pk}/").content.decode()
    assert "80.0%（8/10）" in page
    assert "有经费（无，2026年10月1日起）" in page
    assert "有人员（部分，2026年10月1日起）" in page
    gaps = client.get("/registers/standards/gaps/").context["page"]
    assert [gap.line.item.name for gap in gaps if gap.standard == standard] == ["有经费", "有人员"]


def test_gap_keeps_the_day_since_when(client):
    standard, station = StandardFactory(items=["有组织"]), StationFactory()
    client.force_login(staff())

    _record(client, station, standard, ["no"], on="2026-08-01")
    _record(client, station, standard, ["no"], on="2026-09-01")

    check = StationCheck.objects.get()
    assert (check.since, check.checked_on) == (dt.date(2026, 8, 1), dt.date(2026, 9, 1))


@pytest.mark.parametrize(
    ("level", "type_name", "in_village", "standard", "items"),
    [
        (RegionLevel.TOWN, "代表之家", False, "镇级一册一记八簿六档案", 16),
        (RegionLevel.SUBDISTRICT, "代表之家", False, "街道一册一记六簿四档案", 12),
        (RegionLevel.TOWN, "代表联络站", True, "村级一册五簿三档案", 9),
        (RegionLevel.SUBDISTRICT, "代表联络站", False, "联络站一册四簿", 5),
    ],
)
def test_book_standard_follows_type_and_place(
    client, level, type_name, in_village, standard, items
):
    load_reference()
    town = TownFactory(level=level)
    station = StationFactory(
        type=StationType.objects.get(name=type_name),
        region=town,
        village=VillageFactory(parent=town) if in_village else None,
    )
    client.force_login(staff())

    progress = client.get(f"/registers/network/{station.pk}/").context["progress"]

    books = [each for each in progress if each.standard.kind == StandardKind.BOOKS]
    assert [(each.standard.name, len(each.items)) for each in books] == [(standard, items)]


def test_books_are_told_by_records_beside_the_count_of_the_ledger(client):
    load_reference()
    station = StationFactory(
        type=StationType.objects.get(name="代表之家"), books_required=8, books_kept=7
    )
    ReceptionFactory(station=station, held_on=dt.date(2026, 10, 2))
    ReceptionFactory(station=StationFactory(), held_on=dt.date(2026, 10, 3))
    client.force_login(staff())

    page = client.get(f"/registers/network/{station.pk}/").content.decode()

    assert "台账登记 87.5%（7/8）" in page
    assert "6.3%（1/16）" in page
    assert "接待选民登记簿（" not in page
    assert "会议记录簿（一直没有记录）" in page


def test_every_item_must_be_answered(client):
    standard, station = StandardFactory(items=["有组织", "有场所"]), StationFactory()
    client.force_login(staff())

    page = client.post(
        f"/standards/stations/{station.pk}/check/{standard.pk}/", {"on": "2026-10-01"}
    ).content.decode()

    assert "没有保存" in page
    assert not StationCheck.objects.exists()


def test_an_office_may_bind_a_standard_of_its_own(client):
    standard = StandardFactory(name="九有", kind="facilities", items=["有牌子"])
    station = StationFactory(type=StationTypeFactory(name="人民议事厅"))
    StandardUse.objects.create(standard=standard, type=StationTypeFactory(name="代表之家"))
    client.force_login(staff())

    assert client.get(f"/registers/network/{station.pk}/").context["progress"] == []


def test_scope_of_stations(client):
    mine, other = StationFactory(), StationFactory(name="外镇站")
    standard = StandardFactory(items=["有组织"])
    StationCheck.objects.create(station=other, item=standard.items.get(), state="no")
    client.force_login(town_clerk(mine.region))

    for path in ("network/", f"standards/{standard.pk}/", "standards/gaps/"):
        assert "外镇站" not in client.get(f"/registers/{path}").content.decode()
    assert client.get(f"/registers/network/{other.pk}/").status_code == 404
    assert client.get(f"/standards/stations/{other.pk}/check/{standard.pk}/").status_code == 404
    assert client.get(f"/standards/stations/{mine.pk}/check/{standard.pk}/").status_code == 200


def test_liaison_records_checks_of_the_own_station_only(client):
    user = UserFactory(role=Role.STATION_OFFICER)
    own, other = StationFactory(), StationFactory()
    OfficerFactory(station=own, user=user)
    standard = StandardFactory(items=["有组织"])
    client.force_login(user)

    _record(client, own, standard, ["yes"])

    assert StationCheck.objects.get().station == own
    assert client.get(f"/registers/network/{other.pk}/").status_code == 404
    assert client.get("/registers/network/").status_code == 404


def test_leader_reads_but_does_not_record(client):
    station, standard = StationFactory(), StandardFactory(items=["有组织"])
    client.force_login(UserFactory(role=Role.LEADER))

    assert client.get(f"/registers/network/{station.pk}/").status_code == 200
    assert client.get(f"/standards/stations/{station.pk}/check/{standard.pk}/").status_code == 403


def test_empty_county_says_what_to_do(client):
    client.force_login(staff())

    for path, words in (
        ("network/", "还没有在用的家站"), ("standards/", "还没有在用的建设标准"),
        ("standards/gaps/", "没有登记到缺项"), ("news/", "还没有镇（街道）"),
        ("groups/", "还没有代表小组"),
    ):  # fmt: skip
        assert words in client.get(f"/registers/{path}").content.decode()


def test_news_months_mark_the_missing_towns(client):
    town = TownFactory(name="云溪镇")
    for month in (1, 3, 3):
        NewsItemFactory(region=town, held_on=dt.date(2026, month, 5))
    NewsItemFactory(region=CountyFactory(), held_on=dt.date(2026, 2, 5))
    client.force_login(staff())

    news = client.get("/registers/news/?year=2026").context["news"]

    line = news.towns[0]
    assert [cell.count for cell in line.cells] == [1, 0, 2] + [0] * 9
    assert [cell.is_missing for cell in line.cells] == [
        False, True, False, True, True, True, True, True, True, False, False, False,
    ]  # fmt: skip
    assert str(line.rate) == "22.2%（2/9）"
    assert client.get(line.cells[2].url).context["page"].paginator.count == 2
    assert client.get("/registers/news/?year=1066").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, size, django_assert_num_queries):
    standard = StandardFactory(items=["有组织"])
    TownFactory(), TownFactory()  # with one town only the filter would not ask for it
    for _ in range(size):
        station = StationFactory()
        OfficerFactory(station=station)
        NewsItemFactory(region=station.region)
        StationCheck.objects.create(station=station, item=standard.items.get(), state="no")
    client.force_login(staff())

    for path, queries in (
        ("network/", 11), (f"network/{station.pk}/", 24), ("standards/", 9),
        (f"standards/{standard.pk}/", 11), ("standards/gaps/", 12), ("news/", 5),
    ):  # fmt: skip
        with django_assert_num_queries(queries):
            client.get(f"/registers/{path}")
