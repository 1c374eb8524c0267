"""The card of a station, the list, the model beside it, and how far stations lie apart."""

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from openpyxl import load_workbook

from congress_portal.core.enums import Level, RegionLevel, Role
from congress_portal.core.models import AuditEntry
from stations.enums import CheckState, Condition, FixtureGroup, OfficerKind
from stations.models import Station, StationOfficer
from stations.selectors.address import public_url
from stations.selectors.chart import chart
from stations.selectors.comparison import spread_of
from stations.selectors.furnishing import furnishing_of
from stations.selectors.posted import posted_at
from tests.factories import homes
from tests.factories.core import (
    CountyFactory,
    TownFactory,
    UserFactory,
    VillageFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import (
    InspectionMarkFactory,
    OfficerFactory,
    PostingFactory,
    StandardFactory,
    StationCheckFactory,
    StationFactory,
    StationTypeFactory,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _card(client, station):
    return client.get(reverse("stations:detail", args=[station.pk]))


def _room(name):
    return homes.FixtureKindFactory(name=name, group=FixtureGroup.ROOM)


@pytest.fixture
def furnished():
    """The street station of M32: 260 ㎡, five rooms; a reading room and 100 ㎡ are asked for."""
    kind = StationTypeFactory(name="代表之家", least_area=Decimal(100))
    station = StationFactory(type=kind, area=Decimal(260))
    for name, count in (("会议室", 1), ("立体展厅", 2), ("站长室", 1), ("接待室", 1)):
        room = _room(name)
        homes.FixtureFactory(station=station, kind=room, count=count, area=Decimal(20))
        homes.FixtureNeedFactory(type=kind, kind=room)
    return station


def test_five_rooms_of_260_square_metres_have_no_gap(furnished):
    found = furnishing_of([furnished])[furnished.pk]

    assert (found.rooms, found.room_area, found.gaps) == (5, Decimal(80), [])


def test_gaps_name_what_is_missing_and_what_cannot_be_used(furnished):
    homes.FixtureNeedFactory(type=furnished.type, kind=_room("阅览室"))
    furnished.fixtures.filter(kind__name="站长室").update(condition=Condition.UNUSABLE)
    furnished.area = Decimal(90)

    gaps = [gap.words for gap in furnishing_of([furnished])[furnished.pk].gaps]

    assert sorted(gaps) == [
        "站长室应有 1 间，现有 0 间", "阅览室应有 1 间，现有 0 间", "面积应有 100 ㎡，现有 90 ㎡",
    ]  # fmt: skip


def test_rooms_that_only_the_ledger_names_are_there(furnished):
    furnished.fixtures.all().delete()
    furnished.rooms = "接待室、会议室，站长室"

    gaps = [gap.words for gap in furnishing_of([furnished])[furnished.pk].gaps]

    assert gaps == ["立体展厅应有 1 间，现有 0 间"]


def test_unknown_area_is_a_gap():
    station = StationFactory(type=StationTypeFactory(name="中心", least_area=Decimal(100)))

    gaps = furnishing_of([station])[station.pk].gaps

    assert [gap.words for gap in gaps] == ["面积没有登记，应有 100 ㎡"]


def _posted(station, level, region, **dates):
    term = TermFactory(level=level, region=region)
    deputy = DeputyFactory(town=station.region)
    MandateFactory(deputy=deputy, term=term, level=level, region=region)
    return PostingFactory(station=station, deputy=deputy, **dates)


def test_own_seats_and_upper_deputies_are_counted_apart():
    station = StationFactory()
    own = _posted(station, Level.TOWN, station.region)
    MandateFactory(
        deputy=own.deputy, term=TermFactory(level=Level.COUNTY), level=Level.COUNTY
    )  # fmt: skip
    _posted(station, Level.CITY, None)
    PostingFactory(station=station)
    _posted(station, Level.TOWN, station.region, ends_on=dt.date(2026, 9, 30))

    found = posted_at(station, staff(), TODAY)

    assert (found.own, found.upper, found.seatless) == (1, 1, 1)
    assert [line.standing for line in found.present] == ["本级代表", "驻区代表", "不在任"]
    assert found.present[0].words == "县代表、镇代表"
    assert [line.posting.ends_on for line in found.past] == [dt.date(2026, 9, 30)]


def test_card_names_the_vacant_office(client):
    station = OfficerFactory(kind=OfficerKind.HEAD).station
    client.force_login(staff())

    response = _card(client, station)

    assert response.context["vacant"] == ["联络员"]
    assert "没有联络员" in response.text


@pytest.mark.parametrize(
    ("vacancy", "expected"),
    [("any", ["甲", "乙", "丙"]), ("head", ["甲", "丙"]), ("liaison", ["乙", "丙"])],
)
def test_vacancy_list_tells_which_office_is_vacant(client, vacancy, expected):
    OfficerFactory(station=StationFactory(name="甲", number="1"), kind=OfficerKind.LIAISON)
    OfficerFactory(station=StationFactory(name="乙", number="2"), kind=OfficerKind.HEAD)
    OfficerFactory(
        station=StationFactory(name="丙", number="3"), ends_on=dt.date(2026, 10, 7)
    )  # fmt: skip
    full = StationFactory(name="丁", number="4")
    for kind in OfficerKind:
        OfficerFactory(station=full, kind=kind)
    StationFactory(name="停", number="5", is_active=False)
    client.force_login(staff())

    page = client.get(reverse("stations:list"), {"vacancy": vacancy}).context["page"]

    assert [row.name for row in page.object_list] == expected


def test_list_narrows_by_service_feature_and_model(client):
    tag = homes.ServiceTagFactory(name="法律")
    tagged, known, model, _ = (StationFactory() for _ in range(4))
    tagged.tags.add(tag)
    homes.FeatureProfileFactory(station=known)
    homes.ModelStationFactory(station=model)
    client.force_login(staff())

    def listed(**filters):
        page = client.get(reverse("stations:list"), filters).context["page"]
        return list(page.object_list)

    assert listed(tag=tag.pk) == [tagged]
    assert listed(known="feature") == [known]
    assert listed(known="model") == [model]


def _sheet(response):
    return list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))


def test_export_holds_what_the_list_shows_and_is_recorded(client):
    mine = StationFactory(name="云溪联络站", opening_hours="周三")
    StationFactory()
    client.force_login(town_clerk(mine.region))

    rows = _sheet(client.get(reverse("stations:export")))

    assert [row[1] for row in rows if row[0] == mine.number] == ["云溪联络站"]
    assert sum(str(row[0]).startswith("JZ") for row in rows) == 1
    assert AuditEntry.objects.filter(action="export", label="代表家站名单").count() == 1


def test_feature_report_shows_the_newest_figure_and_exports_it(client):
    profile = homes.FeatureProfileFactory(title="代表之家＋公司＋群众", company="果业公司")
    kind = homes.FigureKindFactory(name="带动户数", unit="户")
    for day, value in ((dt.date(2025, 12, 31), 90), (dt.date(2026, 6, 30), 126)):
        homes.FeatureFigureFactory(profile=profile, kind=kind, as_of=day, value=value)
    homes.FeatureProfileFactory(title="不列入", is_shown=False)
    client.force_login(staff())

    page = client.get(reverse("stations:features"))
    rows = _sheet(client.get(reverse("stations:features_export")))

    assert [line.profile for line in page.context["lines"]] == [profile]
    assert "126 户" in page.text
    assert "90 户" not in page.text
    assert [row[7] for row in rows if row[2] == profile.title] == [126]


def test_strangers_find_none_of_the_pages(client):
    station = StationFactory()
    officer = OfficerFactory(station=station)
    profile = homes.FeatureProfileFactory(station=station)
    client.force_login(town_clerk(TownFactory()))
    pages = [
        *(reverse(f"stations:{name}", args=[station.pk])
          for name in ("detail", "edit", "add_officer", "compare")),
        reverse("stations:end_officer", args=[officer.pk]),
    ]  # fmt: skip

    assert [client.get(page).status_code for page in pages] == [404] * 5
    assert profile.title not in client.get(reverse("stations:features")).text


def test_readers_who_do_not_keep_a_station_may_not_change_it(client):
    officer = OfficerFactory()
    client.force_login(UserFactory(role=Role.LEADER))

    pages = [
        reverse("stations:edit", args=[officer.station_id]),
        reverse("stations:add_officer", args=[officer.station_id]),
        reverse("stations:end_officer", args=[officer.pk]),
    ]

    assert [client.post(page).status_code for page in pages] == [403, 403, 403]


def test_clerk_changes_the_hours_and_a_stale_form_is_refused(client):
    station = StationFactory(opening_hours="周一")
    client.force_login(town_clerk(station.region))
    page = reverse("stations:edit", args=[station.pk])
    seen = client.get(page).context["form"].initial["seen"]
    data = {"address": "人民路 12 号", "opening_hours": "周三", "rooms": "", "seen": seen}

    assert client.post(page, data).status_code == 302
    again = client.post(page, data | {"opening_hours": "周五"})

    station.refresh_from_db()
    assert (station.address, station.opening_hours) == ("人民路 12 号", "周三")
    assert "刚被别人改过" in again.text
    assert AuditEntry.objects.filter(model="stations.Station", object_key=station.pk).count() == 1


def test_officer_is_added_once_and_ended_once(client):
    station = StationFactory()
    client.force_login(town_clerk(station.region))
    page = reverse("stations:add_officer", args=[station.pk])
    data = {"kind": "head", "name": "何站长", "phone": "13800000000", "begins_on": "2026-10-08"}

    for _ in range(2):
        assert client.post(page, data).status_code == 302
    officer = StationOfficer.objects.get()
    end = reverse("stations:end_officer", args=[officer.pk])
    seen = client.get(end).context["form"].initial["seen"]
    for _ in range(2):
        response = client.post(end, {"ends_on": "2026-10-08", "seen": seen})

    officer.refresh_from_db()
    assert officer.ends_on == TODAY
    assert "刚被别人改过" in response.text


def test_officer_needs_a_telephone_that_can_be_rung(client):
    station = StationFactory()
    client.force_login(town_clerk(station.region))
    data = {"kind": "head", "name": "何站长", "phone": "12345", "begins_on": "2026-10-08"}

    response = client.post(reverse("stations:add_officer", args=[station.pk]), data)

    assert "请填写 11 位手机号" in response.text
    assert not StationOfficer.objects.exists()


@pytest.fixture
def pair():
    """Ours has 80 ㎡ and no hours; the model 260 ㎡, hours, a tag, one item more."""
    model = StationFactory(name="示范站", area=Decimal(260), opening_hours="周三")
    model.tags.add(homes.ServiceTagFactory(name="调解"))
    ours = StationFactory(name="本站", area=Decimal(80))
    items = StandardFactory(items=["有组织", "有场所"]).items.order_by("number")
    for item in items:
        StationCheckFactory(station=model, item=item)
    StationCheckFactory(station=ours, item=items[0])
    StationCheckFactory(station=ours, item=items[1], state=CheckState.NO)
    return ours, homes.ModelStationFactory(station=model)


def test_comparison_lists_the_differences(client, pair):
    ours, term = pair
    client.force_login(town_clerk(ours.region))

    response = client.get(reverse("stations:compare", args=[ours.pk]), {"model": term.pk})

    found = response.context["comparison"]
    lines = {line.label.partition("：")[2] or line.label: line for line in found.behind}
    assert set(lines) == {"面积", "开放时间", "“＋”服务", "有场所"}
    assert (lines["面积"].ours, lines["面积"].model) == ("80 ㎡", "260 ㎡")
    assert (lines["有场所"].ours, lines["有场所"].model) == ("无", "有")


def test_comparison_without_a_model_says_what_to_do(client):
    station = StationFactory()
    client.force_login(staff())
    page = reverse("stations:compare", args=[station.pk])

    assert "还没有可以对照的示范家站" in client.get(page).text
    assert client.get(page, {"model": "7"}).status_code == 404


def test_spread_is_that_of_the_whole_group():
    found = spread_of("镇", [Decimal(2), Decimal(4), Decimal(4), Decimal(6)])

    assert (found.width, found.mean, found.deviation) == (Decimal(4), Decimal(4), Decimal("1.41"))
    assert spread_of("镇", []) is None


def test_stations_below_the_line_lead_to_rectification(client):
    low, high = (StationFactory(region=TownFactory()) for _ in range(2))
    for station, score in ((low, 60), (low, 70), (high, 95)):
        InspectionMarkFactory(station=station, score=Decimal(score))
    unmarked = StationFactory()
    client.force_login(staff())

    response = client.get(reverse("stations:spread"), {"line": "80"})

    found = response.context["apart"]
    assert (found.whole.highest, found.whole.lowest, found.whole.width) == (95, 65, 30)
    assert found.whole.deviation == Decimal("15.00")
    assert [line.station for line in found.below] == [low]
    assert found.unmeasured == (unmarked,)
    assert f"{reverse('inspection:new_finding')}?station={low.pk}" in response.text


def test_spread_refuses_what_cannot_be_read(client):
    client.force_login(staff())

    text = client.get(
        reverse("stations:spread"), {"metric": "nothing", "line": "x", "period": "2026Q9"}
    ).text

    assert "请填写数字，如 80。" in text
    assert "没有算出差距" in text


def test_finding_form_begins_with_the_station_of_the_list(client):
    station = StationFactory()
    client.force_login(staff())

    text = client.get(reverse("inspection:new_finding"), {"station": station.pk}).text

    assert f'<option value="{station.pk}" selected>' in text


def test_chart_draws_outlines_and_fields_for_the_rest():
    county = CountyFactory()
    drawn, plain = TownFactory(parent=county), TownFactory(parent=county)
    homes.RegionOutlineFactory(
        region=drawn, polygons=[[[[110, 25], [111, 25], [111, 26], [110, 26], [110, 25]]]]
    )
    placed = StationFactory(region=drawn, longitude=Decimal("110.5"), latitude=Decimal("25.5"))
    rows = [placed, StationFactory(region=drawn), StationFactory(region=plain)]

    found = chart(rows, [county, drawn, plain])

    assert [shape.region for shape in found.shapes] == [drawn]
    assert [(cell.region, cell.number) for cell in found.cells] == [(plain, 1)]
    middle = next(mark for mark in found.marks if mark.station == placed)
    assert middle.is_exact
    name = found.shapes[0]  # stands above the middle of its outline
    assert (middle.x, middle.y) == (name.x, pytest.approx(name.y + 44, abs=0.1))
    assert len(found.marks) == 3
    assert all(0 < mark.x < 640 and 0 < mark.y < found.height for mark in found.marks)


def test_county_outline_is_a_frame_around_its_towns():
    county = CountyFactory()
    town = TownFactory(parent=county)
    for region, width in ((county, 3), (town, 1)):
        ring = [[110, 25], [110 + width, 25], [110 + width, 26], [110, 26], [110, 25]]
        homes.RegionOutlineFactory(region=region, polygons=[[ring]])
    rows = [StationFactory(region=county), StationFactory(region=town)]

    found = chart(rows, [county, town])

    assert [(shape.region, shape.is_named) for shape in found.shapes] == [
        (county, False), (town, True),
    ]  # fmt: skip
    assert [(cell.region, cell.number) for cell in found.cells] == [(county, 1)]
    assert len(found.marks) == 2


def test_chart_keeps_many_stations_inside_their_field():
    town = TownFactory(level=RegionLevel.TOWN)
    rows = StationFactory.create_batch(23, region=town)

    found = chart(rows, [town])

    cell = found.cells[0]
    assert all(cell.x < mark.x < cell.x + cell.width for mark in found.marks)
    assert all(cell.y < mark.y < cell.y + cell.height for mark in found.marks)


def test_public_address_is_made_of_the_number(settings):
    settings.SITE_URL = "https://rd.example.gov.cn"

    assert public_url(StationFactory.build(number="JZ007")) == "https://rd.example.gov.cn/s/JZ007/"


def test_material_is_sent_as_a_file_to_whoever_is_signed_in(client):
    paper = homes.MaterialFactory()
    paper.file.save("a.pdf", ContentFile(b"%PDF-1.7"))
    client.force_login(town_clerk(TownFactory()))

    page = client.get(reverse("stations:material", args=[paper.pk]))
    sent = client.get(reverse("stations:material_file", args=[paper.pk]))

    assert paper.title in page.text
    assert sent["Content-Disposition"].startswith("attachment")
    assert b"".join(sent.streaming_content) == b"%PDF-1.7"


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    TownFactory.create_batch(2)
    for _ in range(rows):
        figure = homes.FeatureFigureFactory()
        figure.profile.station.tags.add(homes.ServiceTagFactory())
        InspectionMarkFactory(station=figure.profile.station)
        homes.FixtureFactory(station=figure.profile.station)
        _posted(figure.profile.station, Level.CITY, None)
    client.force_login(staff())

    for page, queries in (
        (reverse("stations:features"), 5), (reverse("stations:spread"), 6),
        (reverse("stations:detail", args=[figure.profile.station.pk]), 18),
    ):  # fmt: skip
        with django_assert_num_queries(queries):
            client.get(page)


@pytest.mark.parametrize(
    ("address", "warns"),
    [("http://127.0.0.1:8000", True), ("https://rd.example.gov.cn", False)],
)
def test_a_code_that_leads_nowhere_is_told_before_it_is_printed(client, settings, address, warns):
    settings.SITE_URL = address
    station = StationFactory()
    client.force_login(staff())
    page = client.get(reverse("stations:detail", args=[station.pk])).content.decode()

    assert ("印在墙上扫不开" in page) is warns


def test_a_station_hangs_below_no_point_of_its_own_and_stands_in_its_town():
    """Else it falls out of the tree without a word, or is named by another town's village."""
    town, other = TownFactory(name="石门镇"), TownFactory(name="白沙镇")
    far = VillageFactory(name="和平村", parent=other)
    home = StationFactory(region=town)
    point = StationFactory(region=town, parent=home)

    for name, value, words in (
        ("parent", home, "不能是自己"),
        ("parent", point, "不能是自己下设的点"),
        ("parent", StationFactory(region=other), "请选石门镇的家站"),
        ("village", far, "和平村不在石门镇"),
        ("established_on", dt.date(2099, 1, 1), "建成时间不能晚于今天"),
        ("area", -5, "面积不能为负"),
    ):
        station = Station.objects.get(pk=home.pk)
        setattr(station, name, value)
        with pytest.raises(ValidationError, match=words):
            station.full_clean()
    assert far.choice_label == "白沙镇和平村"


def test_figures_of_a_feature_are_never_negative():
    figure = homes.FeatureFigureFactory()
    figure.value = -5
    with pytest.raises(ValidationError, match="数值不能为负"):
        figure.full_clean()
