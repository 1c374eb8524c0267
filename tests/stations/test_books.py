"""Books are views over records: what stands in them, how fresh, who sees it, on paper."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from activities.models.support import TownSession
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.models import AuditEntry
from congress_portal.core.periods import quarter
from congress_portal.core.reference import load_reference
from stations.bookkeeping import book_views, sources_of
from stations.models import Book, Standard, StandardItem, StationType
from stations.selectors.books import BookPage, Newest
from stations.selectors.standards import Standing, standards_in_use
from tests.factories import homes
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.core import (
    EntryFactory,
    TownFactory,
    UnitFactory,
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
    StationFactory,
)
from tests.factories.suggestions import OpinionFactory, SuggestionFactory
from tests.factories.supervision import FindingFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 10, 2)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 09:00")


@pytest.fixture
def home():
    """The home of a town: held to 镇级一册一记八簿六档案."""
    load_reference()
    return StationFactory(name="云溪之家", type=StationType.objects.get(name="代表之家"))


def _books(station, day=None):
    """The progress of the station's set of books."""
    rows = type(station).objects.filter(pk=station.pk)
    period = quarter(day.year, (day.month + 2) // 3) if day else None
    every = Standing(period).of_stations(rows, standards_in_use())
    return next(each for each in every if each.standard.kind == "books")


def test_every_seeded_book_and_rule_has_a_view_with_a_source():
    load_reference()
    views = book_views()
    codes = set(Book.objects.values_list("code", flat=True))
    codes |= set(StandardItem.objects.exclude(rule="").values_list("rule", flat=True))

    assert {code for code in codes if code not in views or not sources_of(code)} == set()
    assert len(codes) == 22  # 18 books and four items made public


def _fill(home):
    """Records for fourteen of the sixteen books; no rules or plans, no session with papers."""
    deputy, town = DeputyFactory(town=home.region), home.region
    PostingFactory(station=home, deputy=deputy)
    training = ActivityFormFactory(name="专题培训", counts_as="training")
    survey = ActivityFormFactory(name="视察", counts_as="inspection")
    ActivityFactory(station=home, region=town, held_on=DAY, form=training)
    activity = ActivityFactory(station=home, region=town, held_on=DAY, form=survey)
    FindingFactory(activity=activity)
    homes.TownSessionFactory(region=town, begins_on=DAY, ends_on=DAY)
    NewsItemFactory(region=town, held_on=DAY)
    reception = ReceptionFactory(station=home, held_on=DAY, deputies=[deputy])
    OpinionFactory(reception=reception, station=home, raised_on=DAY)
    VisitFactory(deputy=deputy, region=town, held_on=DAY)
    DutyReportFactory(deputy=deputy, held_on=DAY)
    SuggestionFactory(lead=deputy, closed_on=DAY, handed_over_on=DAY, state="closed")


def test_fourteen_of_sixteen_with_the_missing_two_named(client, home):
    _fill(home)
    homes.WorkPlanFactory(region=home.region, year=2025, adopted_on=dt.date(2025, 3, 5))
    client.force_login(staff())

    page = client.get(reverse("stations:standing", args=["stations", home.pk])).text

    assert "87.5%（14/16）" in page
    assert "缺 2 项：会议档案、制度计划总结档案。" in page
    assert "没有记录，自2025年3月5日" in page
    assert "一直没有记录" in page


def test_a_running_quarter_is_no_lapse_yet(client, home):
    """What was kept until the last quarter can still be kept: nothing to hand over on day one."""
    ReceptionFactory(station=home, held_on=dt.date(2026, 9, 30))
    client.force_login(staff())

    line = next(each for each in _books(home).lines if each.item.name == "接待选民登记簿")
    others = [each for each in _books(home).gaps if each.days_left is None]
    mend = reverse("stations:mend", args=["stations", home.pk, line.item.standard_id])
    offered = {gap.line.item.name for gap in client.get(mend).context["gaps"]}

    assert line.words == "没有记录，自2026年9月30日，本期还剩 85 天"
    assert line.is_gap
    assert offered == {each.item.name for each in others}
    assert "接待选民登记簿" not in offered


def test_a_register_needs_an_entry_of_the_quarter_a_file_of_the_year(home):
    ReceptionFactory(station=home, held_on=dt.date(2026, 9, 30))
    homes.WorkPlanFactory(region=home.region, adopted_on=dt.date(2026, 1, 5))

    now = {line.item.name: line.is_there for line in _books(home).lines}
    before = {line.item.name: line for line in _books(home, dt.date(2026, 9, 1)).lines}

    assert (now["接待选民登记簿"], now["制度计划总结档案"]) == (False, True)
    assert before["接待选民登记簿"].is_there
    assert before["接待选民登记簿"].newest == dt.date(2026, 9, 30)


def test_what_is_not_verified_stands_in_no_book(home):
    ReceptionFactory(station=home, held_on=DAY, verification=Verification.PENDING)

    assert not next(x for x in _books(home).lines if x.item.rule == "receptions").is_there


def test_records_of_the_town_stand_in_its_home_only(home):
    homes.PartyMeetingFactory(region=home.region, held_on=DAY)
    village = StationFactory(
        region=home.region,
        type=StationType.objects.get(name="代表联络站"),
        village=VillageFactory(parent=home.region),
    )
    newest = Newest(DAY)

    assert newest.at(home, "meetings") == DAY
    assert newest.at(village, "meetings") is None
    assert newest.at(home.region, "meetings") == DAY
    assert newest.at(TownFactory(), "meetings") is None


def test_a_deputy_carries_the_records_only_while_posted(home):
    deputy = DeputyFactory(town=home.region)
    PostingFactory(station=home, deputy=deputy, ends_on=dt.date(2026, 6, 30))
    VisitFactory(deputy=deputy, region=home.region, held_on=dt.date(2026, 5, 1))

    assert Newest(dt.date(2026, 6, 30)).at(home, "visits") == dt.date(2026, 5, 1)
    assert Newest(dt.date(2026, 7, 1)).at(home, "visits") is None


def test_a_book_lists_its_entries_newest_first_by_period(client, home):
    for day in (dt.date(2026, 8, 3), DAY):
        ReceptionFactory(station=home, held_on=day)
    client.force_login(staff())
    path = reverse("stations:book", args=["stations", home.pk, "receptions"])

    every = client.get(path).context["page"]
    autumn = client.get(path, {"period": "2026Q4"}).context["page"]
    broken = client.get(path, {"period": "2026Q9"})

    assert [entry.cells[0] for entry in every] == ["2026年10月2日", "2026年8月3日"]
    assert [entry.cells[0] for entry in autumn] == ["2026年10月2日"]
    assert list(broken.context["page"]) == []
    assert "不是考评周期" in broken.text


def test_the_office_names_the_columns_of_a_book(client, home):
    Book.objects.filter(code="receptions").update(
        columns=[["held_on", "哪天"], ["matters", "何事"]]
    )
    ReceptionFactory(station=home, held_on=DAY)
    client.force_login(staff())

    page = client.get(reverse("stations:book", args=["stations", home.pk, "receptions"]))

    assert [head.title for head in page.context["book"].heads] == ["哪天", "何事"]
    assert [entry.cells for entry in page.context["page"]] == [("2026年10月2日", "")]


def test_every_view_opens_for_a_station_and_a_town(home):
    _fill(home)
    homes.RuleVersionFactory(document__region=home.region, effective_on=DAY)
    homes.WorkPlanFactory(region=home.region, adopted_on=DAY)
    homes.SessionPaperFactory(session=TownSession.objects.get())
    user, filled = staff(), {}

    for code, view in book_views().items():
        book = Book.objects.filter(code=code).first() or homes.BookFactory(code=code)
        for place in (home, home.region):
            found = BookPage(book, view, place, quarter(2026, 4), user, dt.date(2026, 10, 8))
            entries = list(found)
            assert len(entries) == len(found) == found.total
            assert all(len(entry.cells) == len(view.heads) for entry in entries)
            filled[code] = len(found)

    assert {code for code, number in filled.items() if not number} == {
        "activity_files", "opinion_files", "public_opinions", "public_rota",
    }  # fmt: skip


def test_a_book_prints_and_leaves_a_trace(client, home):
    for day in (dt.date(2026, 8, 3), DAY):
        ReceptionFactory(station=home, held_on=day, place=f"{day.month}月的地点")
    client.force_login(staff())

    path = [home.pk, "receptions"]
    pdf = client.get(reverse("stations:book_file", args=["stations", *path, "pdf"]))
    xlsx = client.get(reverse("stations:book_file", args=["stations", *path, "xlsx"]))

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert text.index("8月的地点") < text.index("10月的地点")
    assert "共 2 条" in text
    rows = list(openpyxl.load_workbook(io.BytesIO(xlsx.content)).active.values)
    assert [row[0] for row in rows[2:]] == ["2026年8月3日", "2026年10月2日"]
    assert AuditEntry.objects.filter(action="export").count() == 2


def test_an_empty_book_says_how_entries_come_in(client, home):
    client.force_login(staff())

    page = client.get(reverse("stations:book", args=["stations", home.pk, "receptions"])).text
    pdf = client.get(reverse("stations:book_file", args=["stations", home.pk, "receptions", "pdf"]))

    assert "这一期没有记录。" in page
    assert "在接待台登记接待" in page
    assert pdf.status_code == 200


def test_a_book_without_a_view_is_said_to_be_checked_by_a_person(client, home):
    homes.BookFactory(code="tea", title="茶水簿")
    client.force_login(staff())

    page = client.get(reverse("stations:books", args=["stations", home.pk])).text

    assert "茶水簿" in page
    assert "平台里没有这种记录，由人检查登记" in page
    assert (
        client.get(reverse("stations:book", args=["stations", home.pk, "tea"])).status_code == 404
    )


def test_strangers_find_no_books(client, home):
    client.force_login(town_clerk(TownFactory()))

    for where, pk in (("stations", home.pk), ("towns", home.region_id), ("seas", 1)):
        for name, rest in (("books", []), ("book", ["receptions"]), ("standing", [])):
            path = reverse(f"stations:{name}", args=[where, pk, *rest])
            assert client.get(path).status_code == 404
    for where, pk in (("stations", home.pk), ("towns", home.region_id)):
        path = reverse("stations:book_file", args=[where, pk, "receptions", "pdf"])
        assert client.get(path).status_code == 404


def test_officer_reads_what_is_theirs_and_is_told_of_the_rest(client, home):
    user = UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=home, user=user)
    SuggestionFactory(lead=PostingFactory(station=home).deputy, submitted_on=DAY)
    reception = ReceptionFactory(station=home, held_on=DAY)
    OpinionFactory(reception=reception, station=home, raised_on=DAY, matter="路灯不亮")
    client.force_login(user)

    page = client.get(reverse("stations:book", args=["stations", home.pk, "opinions"]))

    assert [entry.cells[2] for entry in page.context["page"]] == ["路灯不亮"]
    assert "另有 1 条您不能查看的记录没有列出" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_query_counts(client, home, size, django_assert_num_queries):
    for number in range(size):
        reception = ReceptionFactory(station=home, held_on=DAY - dt.timedelta(days=number))
        OpinionFactory(reception=reception, station=home, raised_on=DAY)
    client.force_login(staff())

    for name, rest, queries in (("book", ["receptions"], 13), ("books", [], 58)):
        path = reverse(f"stations:{name}", args=["stations", home.pk, *rest])
        with django_assert_num_queries(queries):
            client.get(path)


def test_old_versions_of_a_standard_do_not_move_the_books(home):
    Standard.objects.filter(name="十有").update(is_active=False)
    ReceptionFactory(station=home, held_on=DAY)

    assert _books(home).rate.part == 1


def test_what_happened_at_a_point_stands_in_the_book_of_its_station(client, home):
    """Point-level records roll up (M17); a point out of use counts no more."""
    point = StationFactory(region=home.region, parent=home)
    shut = StationFactory(region=home.region, parent=home, is_active=False)
    for place in (point, shut):
        ReceptionFactory(station=place, held_on=dt.date(2026, 9, 1))
    client.force_login(staff())

    page = client.get(reverse("stations:book", args=["stations", home.pk, "receptions"]))

    [entry] = page.context["page"].object_list
    assert point.name in entry.cells
    assert Newest(dt.date(2026, 10, 1)).at(home, "receptions") == dt.date(2026, 9, 1)


def test_the_book_of_receptions_says_what_became_of_each_matter(client, home):
    reception = ReceptionFactory(station=home, held_on=dt.date(2026, 9, 1))
    route = EntryFactory(dictionary=Dictionary.ROUTE, name="转单位办理")
    facts = {"reception": reception, "raised_on": dt.date(2026, 9, 1)}
    OpinionFactory(matter="路灯不亮", route=route, unit=UnitFactory(name="县住建局"),
                   voter_told_on=dt.date(2026, 9, 8), closed_on=dt.date(2026, 9, 9),
                   rating="satisfied", **facts)  # fmt: skip
    OpinionFactory(matter="水渠淤塞", route=None, unit=None, **facts)
    client.force_login(staff())
    path = reverse("stations:book", args=["stations", reception.station_id, "receptions"])

    [entry] = client.get(path).context["page"].object_list

    assert entry.cells[4:] == (
        "1. 路灯不亮 2. 水渠淤塞",
        "1. 转单位办理（县住建局） 2. —",
        "1. 2026年9月9日办结，2026年9月8日告知，满意 2. 未办结",
    )


def test_a_released_day_of_the_running_quarter_is_public_before_it_comes(client, home):
    """Four-openness counts the published hours, not the days that have passed (M31)."""
    now = timezone.now()
    given = {"station": home, "rota__state": "released", "rota__released_at": now}
    for day in (dt.date(2026, 9, 15), dt.date(2026, 12, 15), dt.date(2027, 1, 15)):
        homes.RotaSlotFactory(held_on=day, **given)
    client.force_login(staff())
    homes.BookFactory(code="public_rota", title="公开接待时间")
    address = reverse("stations:book", args=["stations", home.pk, "public_rota"])

    now = client.get(address).text
    before = client.get(address, {"period": "2026Q3"}).text

    assert "12月15日" in now
    assert "2027年1月15日" not in now
    assert "9月15日" in before
    assert "12月15日" not in before
