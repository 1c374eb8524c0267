import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from activities.enums import CountsAs
from congress_portal.core.enums import AuditAction, Dictionary, Role
from congress_portal.core.models import AuditEntry, Region
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import CountingText, SavedView
from congress_portal.evaluations.statistics.figures import periods_until
from congress_portal.evaluations.statistics.wording import TextFaultError, check_text, filled
from tests.admin_pages import sent
from tests.factories.activities import ActivityFactory, ActivityFormFactory, VisitFactory
from tests.factories.core import (
    EntryFactory,
    TownFactory,
    UnitFactory,
    UserFactory,
    staff,
    town_clerk,
)
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import ReceptionFactory, StationFactory
from tests.factories.statistics import CountingTextFactory, SavedViewFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
PAGE = "/evaluations/statistics/"
DAY = dt.date(2026, 7, 7)
THIRD = quarter(2026, 3)


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def office(client):
    client.force_login(staff())
    return client


@pytest.fixture
def towns():
    return [
        TownFactory(name="甲镇", code="421299101000"),
        TownFactory(name="乙镇", code="421299102000"),
    ]


def texts(response):
    return {
        line.who.label: [cell.text for cell in line.cells]
        for line in response.context["grid"].lines
    }


def test_figures_of_the_quarters_stand_side_by_side(office, towns):
    ActivityFactory(region=towns[0], held_on=DAY)
    ActivityFactory(region=towns[0], held_on=dt.date(2026, 4, 8))
    ActivityFactory(region=towns[0], held_on=DAY, verification="pending")

    response = office.get(f"{PAGE}?count=3&until=2026-09-30")

    assert texts(response)["甲镇"] == ["0", "1", "1"]
    assert texts(response)["乙镇"] == ["0", "0", "0"]
    assert [cell.text for cell in response.context["grid"].totals] == ["0", "1", "1"]


def test_a_rate_stands_with_its_numbers_and_an_empty_whole_has_none(office):
    one, other = (StationFactory(name=name) for name in ("一站", "二站"))
    reception = ReceptionFactory(station=one, held_on=DAY)
    for closed in (DAY, None, None):
        OpinionFactory(reception=reception, closed_on=closed)

    response = office.get(
        f"{PAGE}?figure=station.opinions_closed&base=station.opinions_taken&count=1&until=2026-09-30"
    )

    assert texts(response) == {one.name: ["33.3%（1/3）"], other.name: ["无（0/0）"]}
    assert response.context["grid"].totals[0].text == "33.3%（1/3）"


def test_a_figure_opens_into_its_records(office, towns):
    counted = ActivityFactory(region=towns[0], held_on=DAY, title="查看河道")
    ActivityFactory(region=towns[1], held_on=DAY, title="别处的事")
    query = f"figure=town.activities&period=2026Q3&subject={towns[0].pk}"

    response = office.get(f"{PAGE}records/?{query}")

    (group,) = response.context["groups"]
    assert [item.address for item in group.items] == [
        reverse("activities:detail", args=[counted.pk])
    ]
    assert response.context["cell"].text == "1"


def test_a_town_sees_its_own_place_only(client, towns):
    ActivityFactory(region=towns[0], held_on=DAY)
    ActivityFactory(region=towns[1], held_on=DAY)
    client.force_login(UserFactory(role=Role.LEADER, role__region=towns[0]))

    assert list(texts(client.get(f"{PAGE}?count=1&until=2026-09-30"))) == ["甲镇"]
    query = f"figure=town.activities&period=2026Q3&subject={towns[1].pk}"
    assert client.get(f"{PAGE}records/?{query}").status_code == 404
    assert client.get(f"{PAGE}?figure=unit.replied").context["form"].errors


@pytest.mark.parametrize("path", ["", "records/", "texts/", "xlsx/"])
@pytest.mark.parametrize("role", [Role.DEPUTY, Role.UNIT_OFFICER, None])
def test_who_reads_no_place_meets_404(client, path, role):
    client.force_login(UserFactory(role=role) if role != Role.UNIT_OFFICER else _handler())
    assert client.get(f"{PAGE}{path}").status_code == 404


def _handler():
    return UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory())


@pytest.mark.parametrize("size", [1, 3])
def test_page_query_count(office, size):
    town = TownFactory()
    for _ in range(size):
        ActivityFactory(deputies=[DeputyFactory(town=town, seat=True)], held_on=DAY)

    with CaptureQueriesContext(connection) as queries:
        response = office.get(f"{PAGE}?figure=deputy.activities&count=2&until=2026-09-30")

    assert (len(response.context["lines"]), len(queries)) == (size, 11)


def test_screen_excel_and_paper_have_the_same_figures(office, towns):
    for _ in range(7):
        VisitFactory(region=towns[0], held_on=DAY)
    query = "figure=town.visits&count=1&until=2026-09-30"

    shown = texts(office.get(f"{PAGE}?{query}"))["甲镇"]
    book = openpyxl.load_workbook(io.BytesIO(office.get(f"{PAGE}xlsx/?{query}").content))
    paper = PdfReader(io.BytesIO(office.get(f"{PAGE}pdf/?{query}").content))

    cells = {row[0]: row[2] for row in book["统计"].iter_rows(values_only=True)}
    assert shown == ["7"]
    assert cells["甲镇"] == 7
    words = "".join("".join(page.extract_text().split()) for page in paper.pages)
    assert "甲镇7" in words
    assert "2026年10月8日" in words
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 2


@pytest.mark.parametrize(
    "query", ["figure=none", "base=deputy.activities", "step=week", "until=9.9.", "count=99"]
)
def test_a_choice_that_cannot_be_read_says_so(office, query):
    response = office.get(f"{PAGE}?{query}")
    assert response.status_code == 200
    assert response.context["form"].errors
    for kind in ("pdf", "xlsx"):  # the files of it lead to the page that says so
        assert office.get(f"{PAGE}{kind}/?{query}")["Location"] == f"{PAGE}?{query}"


@pytest.mark.parametrize("query", ["", "subject=1", "figure=town.none&subject=1", "subject=²"])
def test_records_of_nothing_are_not_found(office, query):
    assert office.get(f"{PAGE}records/?{query}").status_code == 404


def test_periods_end_with_the_day():
    assert [p.code for p in periods_until(DAY, "half", 2)] == ["2026H1", "2026H2"]
    assert [p.code for p in periods_until(DAY, "month", 2)] == ["2026-06", "2026-07"]
    assert periods_until(DAY, "term", 2) == ()


# --- kept views -------------------------------------------------------------------------------


def test_a_kept_view_is_replaced_under_its_name(office):
    for query in ("figure=town.visits", "figure=town.news"):
        office.post(f"{PAGE}keep/", {"name": "走访", "query": query, "is_shared": "on"})

    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("figure=town.news", True)


def test_a_view_needs_a_name_and_a_figure_that_there_is(office, towns):
    shown = "figure=town.visits&step=year"

    unnamed = office.post(f"{PAGE}keep/", {"name": " ", "query": shown})
    forged = office.post(f"{PAGE}keep/", {"name": "假的", "query": "figure=nonsense"})

    assert unnamed.url == f"{PAGE}?{shown}", "what was chosen stays on the page"
    assert forged.url == PAGE
    assert not SavedView.objects.exists()


def test_a_leader_keeps_views_but_shares_none(client, towns):
    client.force_login(UserFactory(role=Role.LEADER, role__region=towns[0]))
    client.post(f"{PAGE}keep/", {"name": "走访", "query": "step=year", "is_shared": "on"})
    assert not SavedView.objects.get().is_shared


def test_views_of_others_are_seen_when_shared_and_never_deleted(office):
    own = SavedViewFactory(name="不共用")
    shared = SavedViewFactory(name="共用的", is_shared=True)

    assert list(office.get(PAGE).context["views"]) == [shared]
    for view in (own, shared):
        assert office.post(f"{PAGE}views/{view.pk}/drop/").status_code == 404
    assert SavedView.objects.count() == 2


def test_an_own_view_is_deleted(client):
    view = SavedViewFactory(owner=staff())
    client.force_login(view.owner)
    client.post(f"{PAGE}views/{view.pk}/drop/")
    assert not SavedView.objects.exists()


# --- sentences --------------------------------------------------------------------------------

PARAGRAPH = (
    "培训{活动次数·培训学习}次、接待日{接待天数}次、主题实践{活动次数·主题实践}次、"
    "接待走访{接待选民人次+走访联系人次:余}人次、意见{收集意见数:余}条、建议{提出建议数}件"
)


def _year_of_a_station():
    """What the station of M128 did, with one record of each kind that must not count."""
    town = TownFactory(name="甲镇", code="421299101000")
    station, deputy = StationFactory(region=town), DeputyFactory(town=town, seat=True)
    training = ActivityFormFactory(name="培训学习", counts_as=CountsAs.TRAINING)
    theme = EntryFactory(dictionary=Dictionary.THEME, name="主题实践")
    for number in range(8):
        ActivityFactory(region=town, form=training, held_on=DAY + dt.timedelta(number))
    for number in range(7):
        ActivityFactory(region=town, theme=theme, held_on=DAY + dt.timedelta(number))
    ActivityFactory(region=town, form=training, verification="pending", held_on=DAY)
    receptions = [
        ReceptionFactory(station=station, held_on=DAY + dt.timedelta(n)) for n in range(12)
    ]
    for number in range(108):
        OpinionFactory(reception=receptions[number % 12])
    for people in (300, 250, 160):
        VisitFactory(region=town, deputy=deputy, people=people, held_on=DAY)
    VisitFactory(region=town, deputy=deputy, people=999, held_on=dt.date(2026, 10, 1))
    for _ in range(42):
        SuggestionFactory(lead=deputy, submitted_on=DAY)


def test_the_paragraph_of_the_stations_year_is_written_from_records(office):
    _year_of_a_station()
    CountingTextFactory(name="家站一年", text=PARAGRAPH)

    response = office.get(f"{PAGE}texts/?period=2026Q3")

    ((_, words, fault),) = response.context["texts"]
    assert fault == ""
    assert words == ("培训8次、接待日12次、主题实践7次、接待走访800余人次、意见100余条、建议42件")
    assert "同一个人来两次，计两人次" in response.content.decode()


def test_a_sentence_of_a_town_counts_its_own_place(client, towns):
    for town in towns:
        VisitFactory(region=town, held_on=DAY)
    CountingTextFactory(text="走访{联系走访次数}次")
    client.force_login(town_clerk(towns[0]))
    ((_, words, _),) = client.get(f"{PAGE}texts/?period=2026Q3").context["texts"]
    assert words == "走访1次"


@pytest.mark.parametrize(
    ("value", "words"), [(99, "99"), (100, "100"), (101, "100余"), (800, "800"), (899, "800余")]
)
def test_round_hundreds(value, words, towns):
    VisitFactory(region=towns[0], people=value, held_on=DAY)
    assert filled("{走访联系人次:余}", THIRD, Region.objects.all()) == words
    assert filled("{走访联系人次：余}", THIRD, Region.objects.all()) == words


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{没有的数}", "没有「没有的数」"),
        ("{接待天数", "成对"),
        ("{接待天数:约}", "只能写「余」"),
        ("{接待天数·培训}", "不能按活动形式"),
        ("{活动次数·没有的形式}", "没有叫「没有的形式」"),
        ("{}", "没有「」"),
    ],
)
def test_a_sentence_that_cannot_be_counted_is_refused(text, fault):
    with pytest.raises(Exception, match=fault) as found:
        check_text(text)
    assert found.type is TextFaultError or "计数口径" in str(found.value)


def test_the_admin_refuses_a_sentence_that_cannot_be_counted(office):
    address = reverse("admin:evaluations_countingtext_add")
    page = office.get(address)

    refused = office.post(address, sent(page, name="一段话", text="接待{没有}次"))
    assert "没有「没有」" in refused.content.decode()
    office.post(address, sent(page, name="一段话", text="接待{接待天数}次"))
    assert CountingText.objects.get().text == "接待{接待天数}次"
