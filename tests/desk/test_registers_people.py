import datetime as dt

import pytest

from congress_portal.core.enums import Dictionary, Level, Role
from deputies.enums import BeginKind
from tests.factories.activities import ActivityFactory, DutyReportFactory, VisitFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory, TermFactory
from tests.factories.stations import PostingFactory, StationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


def _in_town(town):
    return TermFactory(level=Level.TOWN, region=town, name="现届")


def _three_level(town):
    deputy = DeputyFactory(name="三级代表", town=town, seat=True)
    city = TermFactory(level=Level.CITY, region=None, name="市现届")
    MandateFactory(deputy=deputy, term=city)
    MandateFactory(deputy=deputy, term=_in_town(town))
    return deputy


def _strength(client):
    return client.get("/registers/deputies/").context["strength"]


def test_three_level_deputy_is_one_head_and_three_seats(client):
    _three_level(TownFactory())
    client.force_login(staff())

    strength = _strength(client)

    assert (strength.heads, strength.seats) == (1, 3)
    assert [(line.label, line.heads, line.seats) for line in strength.levels] == [
        ("省", 0, 0), ("市", 1, 1), ("县", 1, 1), ("镇", 1, 1),
    ]  # fmt: skip
    assert [(line.label, line.heads) for line in strength.several] == [("身兼3级", 1)]


def test_three_level_deputy_logs_an_activity_once(client):
    deputy = _three_level(TownFactory())
    ActivityFactory(deputies=[deputy], region=deputy.town)
    client.force_login(staff())

    page = client.get(f"/registers/deputies/{deputy.pk}/file/").content.decode()

    assert "视察调研：1 次" in page


def test_own_and_upper_deputies_of_a_town_are_counted_apart(client):
    town, other = TownFactory(name="云溪镇"), TownFactory(name="石门镇")
    MandateFactory(deputy=DeputyFactory(town=town), term=_in_town(town))
    DeputyFactory(town=town, seat=True)
    visitor = DeputyFactory(town=other, seat=True)
    PostingFactory(deputy=visitor, station=StationFactory(region=town))
    client.force_login(staff())

    lines = {line.town.name: line for line in _strength(client).towns}

    assert (lines["云溪镇"].own.value, lines["云溪镇"].upper.value) == (1, 2)
    assert (lines["石门镇"].own.value, lines["石门镇"].upper.value) == (0, 1)


def test_a_subdistrict_has_no_congress_of_its_own(client):
    street = TownFactory(level="subdistrict", name="城关街道")
    DeputyFactory(town=street, seat=True)
    client.force_login(staff())

    line = _strength(client).towns[0]

    assert line.own is None
    assert "不设人大" in client.get("/registers/deputies/").content.decode()


def test_figures_of_a_town_open_to_the_same_persons(client):
    town, other = TownFactory(), TownFactory()
    MandateFactory(deputy=DeputyFactory(town=town), term=_in_town(town))
    for home in (town, other):
        deputy = DeputyFactory(town=home, seat=True)
        PostingFactory(deputy=deputy, station=StationFactory(region=town))
    client.force_login(staff())

    line = next(line for line in _strength(client).towns if line.town == town)

    for number in (line.own, line.upper, *line.by_level):
        assert client.get(number.url).context["page"].paginator.count == number.value


def _compose(client):
    dimensions = client.get("/registers/deputies/").context["dimensions"]
    return {d.title: {line.label: line for line in d.lines} for d in dimensions}


def test_composition_reads_the_offices_words_as_one(client):
    EntryFactory(dictionary=Dictionary.ETHNICITY, name="汉族", synonyms="汉")
    EntryFactory(dictionary=Dictionary.PARTY, name="中共党员", synonyms="党员")
    for ethnicity, party, sex in (
        ("汉", "党员", "female"), ("汉族", "中共党员", "male"), ("土家族", "群众", "female"),
    ):  # fmt: skip
        DeputyFactory(ethnicity=ethnicity, party=party, sex=sex, sector="农民", seat=True)
    client.force_login(staff())

    found = _compose(client)

    assert str(found["要点"]["妇女代表"].rate) == "66.7%（2/3）"
    assert str(found["要点"]["少数民族代表"].rate) == "33.3%（1/3）"
    assert str(found["要点"]["中共党员"].rate) == "66.7%（2/3）"
    assert str(found["民族"]["汉族"].rate) == "66.7%（2/3）"
    assert found["年龄"]["未填写"].rate.part == 3


def test_each_figure_of_the_composition_opens_to_its_persons(client):
    EntryFactory(dictionary=Dictionary.ETHNICITY, name="汉族", synonyms="汉")
    for n, ethnicity in enumerate(("汉", "汉族", "苗族", "")):
        DeputyFactory(
            ethnicity=ethnicity, sex="female", birth_month=dt.date(1960 + 12 * n, 10, 1),
            education="大专", party="群众", sector="农民", seat=True,
        )  # fmt: skip
    client.force_login(staff())

    for lines in _compose(client).values():
        for line in lines.values():
            page = client.get(line.url).context["page"]
            assert (line.label, page.paginator.count) == (line.label, line.rate.part)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (dt.date(1990, 10, 1), "36—45岁"),
        (dt.date(1990, 11, 1), "35岁以下"),
        (dt.date(1965, 10, 1), "61岁以上"),
        (dt.date(1965, 11, 1), "56—60岁"),
    ],
)
def test_age_bands_turn_with_the_month(client, born, band):
    DeputyFactory(birth_month=born, seat=True)
    client.force_login(staff())

    assert list(_compose(client)["年龄"]) == [band]


@pytest.mark.parametrize("words", ["医疗", "城管", "卫生院", "专业技术"])
def test_search_finds_by_expertise_sector_and_employer(client, words):
    doctor = DeputyFactory(
        name="卢医生", employer="云溪镇卫生院医生", sector="专业技术人员", seat=True
    )
    doctor.expertise.add(
        EntryFactory(dictionary=Dictionary.EXPERTISE, name="医疗"),
        EntryFactory(dictionary=Dictionary.EXPERTISE, name="城建城管"),
    )
    DeputyFactory(name="别的人", employer="农民", seat=True)
    client.force_login(staff())

    page = client.get("/registers/deputies/persons/", {"q": words}).context["page"]

    assert [deputy.name for deputy in page] == ["卢医生"]


def test_term_switch_counts_only_its_own_days(client):
    town = TownFactory()
    old = TermFactory(
        name="第十七届", begins_on=dt.date(2016, 12, 1), ends_on=dt.date(2021, 11, 30)
    )
    new = TermFactory()
    deputy = DeputyFactory(town=town, seat=True)
    MandateFactory(deputy=deputy, term=old)
    VisitFactory(deputy=deputy, held_on=dt.date(2021, 11, 30))
    for day in (dt.date(2021, 12, 1), dt.date(2026, 10, 1)):
        VisitFactory(deputy=deputy, held_on=day)
    client.force_login(staff())

    def visits(term):
        figures = client.get(f"/registers/terms/{term.pk}/").context["totals"].figures
        return next(figure for figure in figures if figure.label == "联系走访")

    assert visits(old).value == 1
    assert visits(new).value == 2
    assert client.get(visits(new).url).context["page"].paginator.count == 2
    assert client.get("/registers/terms/").url == f"/registers/terms/{new.pk}/"


def test_deputies_without_a_report_in_the_term_are_listed(client):
    done, owing = DeputyFactory(seat=True), DeputyFactory(name="没述职的", seat=True)
    DutyReportFactory(deputy=owing, held_on=dt.date(2021, 11, 30))
    DutyReportFactory(deputy=done)
    term = TermFactory()
    client.force_login(staff())

    reports = client.get(f"/registers/terms/{term.pk}/").context["totals"].reports
    assert str(reports.rate) == "50.0%（1/2）"
    assert [d.name for d in client.get(reports.missing_url).context["page"]] == ["没述职的"]

    DutyReportFactory(deputy=owing)
    reports = client.get(f"/registers/terms/{term.pk}/").context["totals"].reports
    assert str(reports.rate) == "100.0%（2/2）"


def test_by_election_and_departure_show_in_the_term(client):
    term = TermFactory()
    DeputyFactory(seat=True, seat__begin_kind=BeginKind.BY_ELECTION)
    DeputyFactory(seat=True, seat__ends_on=dt.date(2026, 3, 1), seat__end_kind="resigned")
    client.force_login(staff())

    seats = client.get(f"/registers/terms/{term.pk}/").context["totals"].seats

    assert [(s.label, s.value) for s in seats] == [
        ("代表", 2), ("其中届内离任", 1), ("届内补选", 1), ("选区", 0),
    ]  # fmt: skip


def test_town_clerk_sees_only_the_own_town(client):
    mine, other = TownFactory(), TownFactory()
    DeputyFactory(name="本镇的", town=mine, seat=True)
    DeputyFactory(name="外镇的", town=other, seat=True)
    VisitFactory(deputy=DeputyFactory(name="外镇走访", town=other, seat=True))
    client.force_login(town_clerk(mine))

    assert (_strength(client).heads, len(_strength(client).towns)) == (1, 1)
    for path in ("deputies/persons/", f"deputies/persons/?town={other.pk}", "records/visits/"):
        assert "外镇" not in client.get(f"/registers/{path}").content.decode()


@pytest.mark.parametrize(
    "path", ["", "deputies/", "deputies/persons/", "terms/", "records/visits/", "news/"]
)
def test_stranger_gets_404(client, path):
    client.force_login(UserFactory(role=Role.DEPUTY))

    assert client.get(f"/registers/{path}").status_code == 404


def test_unknown_kind_and_bad_filters_are_no_error(client):
    client.force_login(staff())

    assert client.get("/registers/records/secrets/").status_code == 404
    page = client.get("/registers/records/visits/?first=昨天&region=x").content.decode()
    assert "没有符合条件的记录" in page
    assert client.get("/registers/deputies/?level=galaxy&town=x").status_code == 200


def test_empty_county_says_what_to_do(client):
    client.force_login(staff())

    assert "还没有在任的代表" in client.get("/registers/deputies/").content.decode()
    assert "还没有登记届次" in client.get("/registers/terms/").content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, size, django_assert_num_queries):
    TownFactory(), TownFactory()  # with one town only the filter would not ask for it
    for _ in range(size):
        deputy = DeputyFactory(seat=True)
        VisitFactory(deputy=deputy)
    client.force_login(staff())
    term = TermFactory()

    with django_assert_num_queries(9):
        client.get("/registers/deputies/")
    with django_assert_num_queries(12):
        client.get("/registers/deputies/persons/")
    with django_assert_num_queries(21):
        client.get(f"/registers/terms/{term.pk}/")
    with django_assert_num_queries(5):
        client.get("/registers/records/visits/")


def test_three_level_deputy_logs_once_and_counts_once_a_level(client):
    deputy = _three_level(TownFactory())
    other = DeputyFactory(town=deputy.town, seat=True)
    ActivityFactory(deputies=[deputy, other], region=deputy.town, held_on=dt.date(2026, 9, 30))
    VisitFactory(deputy=deputy, people=4, held_on=dt.date(2026, 9, 30))
    VisitFactory(deputy=deputy, people=9, held_on=dt.date(2026, 9, 30), verification="pending")
    VisitFactory(deputy=deputy, people=9, held_on=dt.date(2026, 10, 1))
    client.force_login(staff())

    lines = client.get("/registers/deputies/levels/", {"period": "2026Q3"}).context["lines"]

    figures = [{name: value for name, _, value in line.figures} for line in lines]
    assert [
        (line.label, line.heads, each["活动（人次）"], each["联系选民人次"])
        for line, each in zip(lines, figures, strict=True)
    ] == [
        ("市", 1, 1, 4),
        ("县", 2, 2, 4),
        ("镇", 1, 1, 4),
        ("合计（一人算一次）", 2, 2, 4),
    ]


def test_every_figure_of_the_levels_opens_into_the_deputies_behind_it(client):
    deputy = _three_level(TownFactory())
    other = DeputyFactory(town=deputy.town, seat=True)
    ActivityFactory(deputies=[deputy, other], region=deputy.town, held_on=dt.date(2026, 9, 30))
    VisitFactory(deputy=deputy, people=4, held_on=dt.date(2026, 9, 30))
    VisitFactory(deputy=other, people=1, held_on=dt.date(2026, 9, 30))
    client.force_login(staff())
    table = client.get("/registers/deputies/levels/", {"period": "2026Q3"})

    opened = 0
    for line in table.context["lines"]:
        for _, url, value in line.figures:
            figure = client.get(url).context["figure"]
            assert (figure.total, sum(each.value for each in figure.shares)) == (value, value)
            assert value == 0 or url.replace("&", "&amp;") in table.text
            opened += 1
    assert opened == 28
    page = client.get("/registers/deputies/levels/county/voters_contacted/?period=2026Q3")
    assert [each.deputy for each in page.context["figure"].shares] == [deputy, other]
    assert f"/registers/deputies/{deputy.pk}/file/?year=2026" in page.text


def test_figures_of_levels_stay_within_the_readers_town(client):
    near, far = (DeputyFactory(seat=True) for _ in range(2))
    for each in (near, far):
        VisitFactory(deputy=each, held_on=dt.date(2026, 9, 30))
    client.force_login(town_clerk(near.town))

    page = client.get("/registers/deputies/levels/all/voters_contacted/?period=2026Q3")

    assert [each.deputy for each in page.context["figure"].shares] == [near]
    assert client.get("/registers/deputies/levels/all/nothing/").status_code == 404
    assert client.get("/registers/deputies/levels/moon/activities/").status_code == 404
    client.force_login(UserFactory(role=Role.DEPUTY))
    assert client.get("/registers/deputies/levels/all/activities/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_figure_of_a_level_asks_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    for deputy in DeputyFactory.create_batch(rows, seat=True):
        VisitFactory(deputy=deputy, held_on=dt.date(2026, 10, 1))
    client.force_login(staff())

    with django_assert_num_queries(7):
        client.get("/registers/deputies/levels/county/voters_contacted/?period=2026Q4")


@pytest.mark.parametrize("rows", [1, 3])
def test_work_by_level_asks_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    for deputy in DeputyFactory.create_batch(rows, seat=True):
        VisitFactory(deputy=deputy, held_on=dt.date(2026, 10, 1))
    client.force_login(staff())

    with django_assert_num_queries(8):
        client.get("/registers/deputies/levels/")


def test_work_by_level_is_for_readers_of_places(client):
    client.force_login(UserFactory(role=Role.DEPUTY))

    assert client.get("/registers/deputies/levels/").status_code == 404
