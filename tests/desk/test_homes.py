"""What stations do, the models they learn from, and what hangs on their walls."""

import datetime as dt
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from congress_portal.core.documents.pdf import render_html
from congress_portal.core.enums import Level, Rating, Verification
from congress_portal.core.models import AuditEntry
from congress_portal.core.reference import load_reference
from congress_portal.desk.registers.board import board, code_sheet
from stations.enums import OfficerKind, RotaState
from stations.models import StandardItem, Station
from stations.selectors.network import station_in_full
from tests.factories import homes
from tests.factories.activities import ActivityFactory
from tests.factories.core import TownFactory, UnitFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupFactory, MandateFactory, TermFactory
from tests.factories.stations import (
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StationFactory,
)
from tests.factories.suggestions import VoiceFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _work(client, station):
    return client.get(reverse("desk:network_station", args=[station.pk]))


def test_enterprise_demands_are_told_with_handling_and_satisfaction(client):
    firm = homes.EnterpriseFactory()
    station = StationFactory(enterprise=firm, region=firm.region)
    closed = {"closed_on": dt.date(2026, 8, 1), "enterprise": firm, "region": firm.region}
    VoiceFactory(matter="用电不足", rating=Rating.SATISFIED, **closed)
    VoiceFactory(matter="招工难", rating=Rating.UNSATISFIED, **closed)
    VoiceFactory(matter="道路窄", enterprise=firm, region=firm.region)
    VoiceFactory(matter="别家的事", enterprise=homes.EnterpriseFactory())
    client.force_login(staff())

    response = _work(client, station)

    demands = response.context["work"].demands
    assert demands.raised == 3
    assert (str(demands.closed), str(demands.satisfied)) == ("66.7%（2/3）", "50.0%（1/2）")
    assert "用电不足" in response.text
    assert "别家的事" not in response.text


def test_specialist_station_shows_group_department_and_issues(client):
    group, unit = GroupFactory(name="文明创建专业小组"), UnitFactory(name="县创文办")
    station = StationFactory(group=group, unit=unit)
    VoiceFactory(
        matter="占道经营", region=station.region, reception=ReceptionFactory(station=station),
        source="reception",
    )  # fmt: skip
    client.force_login(staff())

    text = _work(client, station).text

    assert all(words in text for words in ("文明创建专业小组", "县创文办", "占道经营"))


def test_studio_shows_its_deputy_and_activities(client):
    posting = PostingFactory(deputy__name="程燕梅")
    ActivityFactory(
        station=posting.station, region=posting.station.region, title="工作室开放日",
        verification=Verification.VERIFIED,
    )  # fmt: skip
    client.force_login(staff())

    text = _work(client, posting.station).text

    assert "程燕梅" in text
    assert "工作室开放日" in text


def test_points_roll_up_to_the_station(client):
    station = StationFactory()
    points = StationFactory.create_batch(5, parent=station, region=station.region)
    for point in points:
        ReceptionFactory(station=point)
    ReceptionFactory(station=station)
    client.force_login(town_clerk(station.region))

    found = _work(client, station).context["roll_up"]

    assert [line.receptions for line in found.lines] == [1] * 6
    assert {f.label: f.value for f in found.figures}["接待"] == 6


def test_service_tags_count_the_years_activities_and_open_them(client):
    tag = homes.ServiceTagFactory(name="法律")
    station = StationFactory()
    station.tags.add(tag)
    common = {"station": station, "region": station.region}
    inside = ActivityFactory(
        held_on=dt.date(2026, 1, 1), verification=Verification.VERIFIED, **common
    )
    ActivityFactory(held_on=dt.date(2025, 12, 31), verification=Verification.VERIFIED, **common)
    ActivityFactory(held_on=dt.date(2026, 2, 1), verification=Verification.PENDING, **common)
    client.force_login(staff())

    lines = client.get(reverse("desk:network")).context["tags"]
    opened = client.get(
        reverse("activities:list"),
        {"service": tag.pk, "period": "2026", "verification": "verified"},
    ).context["page"]

    assert [(line.tag, line.stations, line.activities) for line in lines] == [(tag, 1, 1)]
    assert list(opened.object_list) == [inside]


def test_every_count_of_the_network_opens_its_list(client):
    county_station = StationFactory()
    StationFactory.create_batch(2, region=TownFactory())
    client.force_login(staff())

    network = client.get(reverse("desk:network")).context["network"]

    for place in network.places:
        for line, count in zip(network.types, place.counts, strict=True):
            filters = {"region": place.region.pk, "type": line.type.pk}
            page = client.get(reverse("stations:list"), filters).context["page"]
            assert page.paginator.count == count
    assert county_station in network.stations


def test_model_page_lists_the_meeting_with_three_materials(client):
    term = homes.ModelStationFactory(title="县级示范代表之家")
    papers = homes.MaterialFactory.create_batch(3, station=term.station)
    meeting = homes.ExchangeFactory(
        activity__title="家站建设现场会", host=term.station, lessons="公示接待日"
    )
    meeting.materials.set(papers)
    visitor = StationFactory(name="来学的站")
    meeting.visitors.add(visitor)
    homes.ExchangeFactory(activity__title="别处的会", host=StationFactory())
    client.force_login(town_clerk(TownFactory()))

    response = client.get(reverse("desk:model", args=[term.pk]))

    assert [each.activity.title for each in response.context["found"].exchanges] == [
        "家站建设现场会"
    ]
    assert all(paper.title in response.text for paper in papers)
    assert "来学的站" in response.text
    assert "公示接待日" in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_model_pages_ask_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        term = homes.ModelStationFactory()
    for _ in range(rows):
        meeting = homes.ExchangeFactory(host=term.station)
        meeting.materials.add(homes.MaterialFactory(station=term.station))
        meeting.visitors.add(StationFactory())
    client.force_login(staff())

    with django_assert_num_queries(4):
        client.get(reverse("desk:models"))
    with django_assert_num_queries(11):
        client.get(reverse("desk:model", args=[term.pk]))


@pytest.fixture
def station():
    """With one deputy on duty next week, a closed matter, a confidential one and a rule."""
    load_reference()
    station = StationFactory(name="云溪代表之家", opening_hours="周三 9:00—11:00", number="JZ900")
    OfficerFactory(station=station, name="李联络", phone="0712-1234567")
    OfficerFactory(station=station, kind=OfficerKind.HEAD, name="何站长", phone="13800000000")
    deputy = DeputyFactory(name="欧阳䶮", town=station.region)
    MandateFactory(
        deputy=deputy, level=Level.TOWN, region=station.region,
        term=TermFactory(level=Level.TOWN, region=station.region),
    )  # fmt: skip
    PostingFactory(station=station, deputy=deputy)
    rota = homes.RotaFactory(
        region=station.region, state=RotaState.RELEASED,
        released_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    slot = homes.RotaSlotFactory(rota=rota, station=station, held_on=dt.date(2026, 10, 15))
    homes.RotaDutyFactory(slot=slot, deputy=deputy)
    for matter, is_confidential in (("路灯不亮", False), ("家里的私事", True)):
        VoiceFactory(
            station=station, region=station.region, matter=matter,
            closed_on=dt.date(2026, 8, 1), is_confidential=is_confidential,
        )  # fmt: skip
    homes.RuleDocumentFactory(region=station.region, title="接待选民制度")
    homes.RuleDocumentFactory(region=station.region, title="内部制度", is_public=False)
    return station


def _full(station):
    return station_in_full(Station.objects.all(), TODAY).get(pk=station.pk)


def test_board_has_the_four_blocks_with_what_the_records_tell(station):
    paper = board(_full(station), staff(), TODAY, "a3")

    name = '<span class="name">欧阳䶮</span>'  # a line does not break inside it
    assert [(block.title, block.summary, block.lines) for block in paper.blocks] == [
        ("公开代表信息", "", (("本级代表（1 人）", name),)),
        ("公开接待时间", "", (("10月15日（周四）09:00—11:00", name),)),
        ("公开意见办理", "今年收到意见 2 件，已办结 2 件。", (("08-01 办结", "路灯不亮"),)),
        ("公开工作制度", "", (("", "《接待选民制度》"),)),
    ]


def test_board_follows_the_standard_that_the_office_changes(station):
    load_reference()
    item = _last_item()
    item.name, item.rule, item.demand = "公开监督电话", "", "监督电话 0712-7654321"
    item.save()

    paper = board(_full(station), staff(), TODAY, "a4")

    assert paper.blocks[-1].title == "公开监督电话"
    assert paper.blocks[-1].lines == (("", "监督电话 0712-7654321"),)


def _last_item():
    return StandardItem.objects.get(standard__name="四公开", number=4)


def test_wall_sheets_hold_no_number_that_is_not_for_voters(station):
    html = render_html(board(_full(station), staff(), TODAY, "a4"))

    assert "0712-1234567" in html
    assert "13800000000" not in html
    assert "家里的私事" not in html


def test_code_is_that_of_the_public_address(station, settings):
    settings.SITE_URL = "https://rd.example.gov.cn"

    paper = code_sheet(_full(station), TODAY, "a4")

    assert paper.url == "https://rd.example.gov.cn/s/JZ900/"
    assert paper.code.startswith("data:image/svg+xml")


@pytest.mark.parametrize("name", ["wall_board", "wall_code"])
@pytest.mark.parametrize(("size", "width"), [("a3", 842), ("a4", 595)])
def test_wall_sheets_are_one_page_each(client, station, name, size, width):
    PostingFactory.create_batch(30, station=station)
    client.force_login(town_clerk(station.region))

    response = client.get(reverse(f"desk:{name}", args=[station.pk, size]))

    pages = PdfReader(BytesIO(response.content)).pages
    assert [round(page.mediabox.width) for page in pages] == [width]
    assert "云溪代表之家" in pages[0].extract_text()
    assert AuditEntry.objects.filter(action="export", model="stations.Station").count() == 1


def test_wall_sheets_are_for_those_who_see_the_station(client, station):
    client.force_login(town_clerk(TownFactory()))
    pages = [
        reverse(f"desk:{name}", args=[station.pk, "a4"]) for name in ("wall_board", "wall_code")
    ]

    assert [client.get(page).status_code for page in pages] == [404, 404]
    client.force_login(staff())
    assert client.get(reverse("desk:wall_board", args=[station.pk, "a5"])).status_code == 404
