import datetime as dt
import uuid
import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from congress_portal.core.batches import services as batches
from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry, Batch
from congress_portal.core.periods import quarter
from congress_portal.evaluations import views
from congress_portal.evaluations.enums import Method, SubjectType
from congress_portal.evaluations.models import Score, ScoreSheet
from congress_portal.evaluations.services import compute_sheet, new_version, publish_sheet
from tests.factories.activities import ActivityFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory
from tests.factories.suggestions import OpinionFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)


@pytest.fixture
def scheme():
    scheme = SchemeFactory(name="家站考评", ranks=True)
    IndicatorFactory(scheme=scheme, name="接待选民日")
    IndicatorFactory(
        scheme=scheme, name="意见办结", metric="opinions_closed", denominator="opinions_taken",
        method=Method.RATIO, target=None,
    )  # fmt: skip
    return scheme


@pytest.fixture
def office(client):
    client.force_login(staff())
    return client


def draft_of(scheme):
    return compute_sheet(scheme=scheme, period=Q3, actor=None)


def published_of(scheme):
    return publish_sheet(sheet=draft_of(scheme), actor=None)


def deputies_scheme():
    scheme = SchemeFactory(name="代表履职", subject_type=SubjectType.DEPUTY)
    IndicatorFactory(scheme=scheme, name="参加活动", metric="activities")
    return scheme


def test_empty_list_says_what_to_do(office):
    assert "还没有考评结果。" in office.get(reverse("evaluations:list")).content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_sheets(office, size):
    for _ in range(size):
        one = SchemeFactory()
        IndicatorFactory(scheme=one)
        draft_of(one)

    with CaptureQueriesContext(connection) as queries:
        page = office.get(reverse("evaluations:list")).content.decode()

    assert (page.count("● 草稿"), len(queries)) == (size, 9)


@pytest.mark.parametrize("size", [1, 3])
def test_sheet_takes_the_same_queries_for_any_number_of_scores(office, scheme, size):
    towns = TownFactory.create_batch(2)
    StationFactory.create_batch(size, region=towns[0])
    sheet = draft_of(scheme)

    with CaptureQueriesContext(connection) as queries:
        page = office.get(reverse("evaluations:sheet", args=[sheet.pk]))

    assert (page.context["page"].paginator.count, len(queries)) == (size, 17)


def test_sheet_is_sorted_by_rank_and_filtered_by_town(office, scheme):
    idle, busy, _ = StationFactory(), StationFactory(), StationFactory()
    ReceptionFactory(station=busy)
    address = reverse("evaluations:sheet", args=[draft_of(scheme).pk])

    labels = [score.label for score in office.get(address).context["page"]]
    of_town = office.get(address, {"town": idle.region.pk}).context["page"]

    assert labels[0] == busy.name
    assert [score.label for score in of_town] == [idle.name]


def test_persons_stand_in_the_order_of_places_not_of_points(office):
    idle = DeputyFactory(seat=True, town=TownFactory(code="421299101000"))
    busy = DeputyFactory(seat=True, town=TownFactory(code="421299102000"))
    ActivityFactory(deputies=[busy])
    sheet = draft_of(deputies_scheme())

    page = office.get(reverse("evaluations:sheet", args=[sheet.pk]))

    assert [score.label for score in page.context["page"]] == [idle.name, busy.name]
    assert "名次" not in page.content.decode()


def test_office_computes_from_the_page(office, scheme):
    StationFactory()

    answer = office.post(
        reverse("evaluations:compute"), {"scheme": scheme.pk, "period": "2026Q3"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == reverse(
        "evaluations:sheet", args=[ScoreSheet.objects.get().pk]
    )
    assert "已按现在的记录计算，请核对后发布。" in answer.content.decode()


@pytest.mark.parametrize(
    ("period", "fault"),
    [("", "请填写周期。"), ("2026年", "「2026年」不是考评周期"), ("2026Q5", "不是考评周期")],
)
def test_compute_tells_a_faulty_period(office, scheme, period, fault):
    answer = office.post(reverse("evaluations:compute"), {"scheme": scheme.pk, "period": period})

    assert (answer.status_code, fault in answer.content.decode()) == (422, True)
    assert not ScoreSheet.objects.exists()


def test_compute_of_a_published_period_is_refused_with_the_way_out(office, scheme):
    StationFactory()
    published_of(scheme)

    answer = office.post(reverse("evaluations:compute"), {"scheme": scheme.pk, "period": "2026Q3"})

    assert "要更正请发布新版本" in answer.content.decode()


def test_publish_shows_the_summary_first_and_needs_the_tick(office, scheme):
    StationFactory()
    sheet = draft_of(scheme)
    address = reverse("evaluations:publish", args=[sheet.pk])

    page = office.get(address).content.decode()
    refused = office.post(address, {"digest": sheet.digest}).content.decode()

    assert "请核对：家站考评（2026年第三季度）" in page
    assert "1 个，其中 1 个有总分" in page
    assert "请核对后勾选" in refused
    assert not ScoreSheet.objects.published().exists()


def test_publish_freezes_what_was_looked_at(office, scheme):
    StationFactory()
    sheet = draft_of(scheme)
    address = reverse("evaluations:publish", args=[sheet.pk])

    office.post(address, {"digest": sheet.digest, "confirmed": "on"})

    assert ScoreSheet.objects.published().get() == sheet


def test_publish_of_a_draft_computed_meanwhile_is_refused(office, scheme):
    station = StationFactory()
    seen = draft_of(scheme).digest
    ReceptionFactory(station=station)
    sheet = draft_of(scheme)

    answer = office.post(
        reverse("evaluations:publish", args=[sheet.pk]), {"digest": seen, "confirmed": "on"}
    )

    assert "刚被重新计算" in answer.content.decode()
    assert not ScoreSheet.objects.published().exists()
    again = {each.name: each.value() for each in answer.context["form"]}
    assert again == {"digest": sheet.digest, "confirmed": False}
    office.post(reverse("evaluations:publish", args=[sheet.pk]), {**again, "confirmed": "on"})
    assert ScoreSheet.objects.published().exists()


def test_publish_page_warns_when_records_changed(office, scheme):
    station = StationFactory()
    sheet = draft_of(scheme)
    ReceptionFactory(station=station)

    page = office.get(reverse("evaluations:publish", args=[sheet.pk])).content.decode()

    assert "计算之后记录有改动" in page


def test_correction_makes_a_second_version_and_shows_the_difference(office, scheme):
    station = StationFactory()
    first = published_of(scheme)
    ReceptionFactory(station=station)

    answer = office.post(
        reverse("evaluations:correct", args=[first.pk]), {"reason": "漏记一次接待"}, follow=True
    )

    page = answer.content.decode()
    assert "与第1版的差别" in page
    assert "更正理由：漏记一次接待" in page
    assert station.name in page


def test_correction_needs_a_reason(office, scheme):
    StationFactory()
    sheet = published_of(scheme)

    answer = office.post(reverse("evaluations:correct", args=[sheet.pk]), {"reason": ""})

    assert "请写明更正的理由。" in answer.content.decode()


def test_score_says_each_line_as_a_sum(office, scheme):
    station = StationFactory()
    reception = ReceptionFactory(station=station)
    OpinionFactory(reception=reception, closed_on=reception.held_on)
    OpinionFactory(reception=reception)
    score = draft_of(scheme).scores.get()

    page = office.get(reverse("evaluations:score", args=[score.pk])).content.decode()

    assert f"{station.name}：8.33 分" in page
    assert "1 天 ÷ 目标 3 天 × 10 分 = 3.33 分" in page
    assert "1 条 ÷ 2 条 × 10 分 = 5.00 分" in page
    assert "看 2 条记录" in page


def test_evidence_lists_the_records_and_tells_what_is_gone(office, scheme):
    station = StationFactory()
    kept = ReceptionFactory(station=station, held_on=dt.date(2026, 7, 7))
    gone = ReceptionFactory(station=station, held_on=dt.date(2026, 8, 4))
    line = draft_of(scheme).scores.get().lines.get(indicator="接待选民日")
    gone.delete()

    page = office.get(reverse("evaluations:evidence", args=[line.pk])).content.decode()

    assert "2026年7月7日（周二）" in page
    assert reverse("stations:reception_detail", args=[kept.pk]) in page
    assert "另有 1 条在计算之后已经删除" in page


@pytest.mark.parametrize("size", [1, 3])
def test_evidence_takes_the_same_queries_for_any_number_of_records(office, scheme, size):
    station = StationFactory()
    for day in range(size):
        OpinionFactory(
            reception=ReceptionFactory(station=station, held_on=dt.date(2026, 7, 1 + day))
        )
    line = draft_of(scheme).scores.get().lines.get(indicator="意见办结")

    with CaptureQueriesContext(connection) as queries:
        office.get(reverse("evaluations:evidence", args=[line.pk]))

    assert len(queries) == 6


def cast():
    """Who sees a published station's score of their own town, of another town, and of a draft."""
    town = TownFactory()
    return {
        "office": (staff(), True, True),
        "leader": (UserFactory(role=Role.LEADER), True, True),
        "clerk": (town_clerk(town), True, False),
        "deputy": (UserFactory(role=Role.DEPUTY), False, False),
        "stranger": (UserFactory(), False, False),
    }, town


@pytest.mark.parametrize("who", ["office", "leader", "clerk", "deputy", "stranger"])
def test_scores_are_seen_only_in_scope(client, scheme, who):
    people, town = cast()
    own, other = StationFactory(region=town), StationFactory()
    ReceptionFactory(station=other)
    sheet = published_of(scheme)
    user, sees_own, sees_other = people[who]
    client.force_login(user)

    for station, sees in ((own, sees_own), (other, sees_other)):
        score = Score.objects.get(station=station)
        pages = [
            reverse("evaluations:score", args=[score.pk]),
            reverse("evaluations:evidence", args=[score.lines.first().pk]),
        ]
        assert {client.get(page).status_code for page in pages} == {200 if sees else 404}
        listed = client.get(reverse("evaluations:sheet", args=[sheet.pk])).content.decode()
        assert (station.name in listed) == sees


def test_deputy_sees_the_own_published_score_and_no_other(client):
    user = UserFactory(role=Role.DEPUTY)
    DeputyFactory(seat=True, user=user)
    other = DeputyFactory(seat=True)
    scheme = deputies_scheme()
    draft = draft_of(scheme)
    client.force_login(user)
    address = reverse("evaluations:sheet", args=[draft.pk])

    assert client.get(address).status_code == 404
    publish_sheet(sheet=draft, actor=None)
    page = client.get(address)

    assert [score.deputy.user for score in page.context["page"]] == [user]
    theirs = Score.objects.get(deputy=other)
    assert client.get(reverse("evaluations:score", args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize("name", ["publish", "correct", "check"])
def test_a_reader_without_the_right_meets_403_and_a_stranger_404(client, scheme, name):
    StationFactory()
    address = reverse(f"evaluations:{name}", args=[draft_of(scheme).pk])

    client.force_login(UserFactory(role=Role.LEADER))
    assert client.get(address).status_code == 403
    client.force_login(UserFactory())
    assert client.get(address).status_code == 404


def test_town_clerk_takes_away_only_the_own_towns_rows(client, scheme):
    town = TownFactory()
    own, other = StationFactory(region=town), StationFactory()
    ReceptionFactory(station=other)
    sheet = published_of(scheme)
    client.force_login(town_clerk(town))

    listed = client.get(reverse("evaluations:sheet", args=[sheet.pk]))
    answer = client.get(reverse("evaluations:download", args=[sheet.pk, "xlsx"]))

    assert [paper.code for paper in listed.context["papers"]] == ["pages", "xlsx"]
    book = openpyxl.load_workbook(BytesIO(answer.content))
    cells = {str(cell) for page in book for row in page.values for cell in row}
    assert (own.number in cells, other.number in cells) == (True, False)
    for code in ("pdf", "docx", "nonsense"):
        address = reverse("evaluations:download", args=[sheet.pk, code])
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("code", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK"), ("pages", b"%PDF")]
)
def test_office_takes_away_every_paper_and_the_trail_knows(office, scheme, code, begins):
    StationFactory()
    sheet = draft_of(scheme)

    answer = office.get(reverse("evaluations:download", args=[sheet.pk, code]))

    assert answer.content.startswith(begins)
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 1


def test_versions_are_listed_for_those_who_may_see_them(client, scheme):
    StationFactory()
    first = published_of(scheme)
    new_version(sheet=first, reason="更正", actor=None)
    address = reverse("evaluations:sheet", args=[first.pk])

    client.force_login(staff())
    assert len(client.get(address).context["versions"]) == 2
    client.force_login(UserFactory(role=Role.DEPUTY))
    assert client.get(address).context["versions"] == []


def _page_file(office, sheet):
    """All score sheets made in the background, as the file that is taken away."""
    address = reverse("evaluations:pages", args=[sheet.pk])
    assert "开始制作" in office.get(address).content.decode()
    key = str(uuid.uuid4())
    first, second = (office.post(address, {"key": key}) for _ in range(2))
    assert first.url == second.url
    batch = Batch.objects.get()
    batches.work(batch.pk)
    answer = office.get(reverse("batches:file", args=[batch.token]))
    return b"".join(answer.streaming_content)


def test_all_score_sheets_are_made_in_the_background_by_town(office, scheme):
    towns = [TownFactory(name="云溪镇"), TownFactory(name="石门镇")]
    StationFactory.create_batch(2, region=towns[0])
    StationFactory(region=towns[1])
    sheet = published_of(scheme)

    found = zipfile.ZipFile(BytesIO(_page_file(office, sheet)))

    sizes = {name: len(PdfReader(BytesIO(found.read(name))).pages) for name in found.namelist()}
    assert sizes == {"云溪镇.pdf": 2, "石门镇.pdf": 1}
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 1


def test_score_sheets_of_one_town_are_one_pdf(office, scheme):
    StationFactory(region=TownFactory())

    assert _page_file(office, draft_of(scheme)).startswith(b"%PDF")


def test_many_score_sheets_are_not_made_in_the_request(office, scheme, monkeypatch):
    monkeypatch.setattr(views, "MOST_AT_ONCE", 1)
    StationFactory.create_batch(2)
    sheet = draft_of(scheme)

    answer = office.get(reverse("evaluations:download", args=[sheet.pk, "pages"]))

    assert answer.url == reverse("evaluations:pages", args=[sheet.pk])


def test_score_sheets_of_a_result_computed_anew_meanwhile_are_refused(office, scheme):
    station = StationFactory()
    sheet = draft_of(scheme)
    office.post(reverse("evaluations:pages", args=[sheet.pk]), {"key": str(uuid.uuid4())})
    ReceptionFactory(station=station, held_on=dt.date(2026, 7, 1))
    draft_of(scheme)

    batch = Batch.objects.get()
    batches.work(batch.pk)

    batch.refresh_from_db()
    assert (batch.state, "重新" in batch.message) == ("failed", True)


def test_pages_of_a_sheet_that_one_may_not_read_are_not_there(client, scheme):
    StationFactory()
    sheet = published_of(scheme)
    for user in (UserFactory(), UserFactory(role=Role.DEPUTY)):
        client.force_login(user)
        address = reverse("evaluations:pages", args=[sheet.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"key": str(uuid.uuid4())}).status_code == 404
    assert Batch.objects.count() == 0


def test_a_period_that_has_not_begun_is_not_computed(client, freeze):
    freeze("2026-10-08 09:00")
    scheme = SchemeFactory(name="还早的方案")
    client.force_login(staff())
    told = client.post(reverse("evaluations:compute"), {"scheme": scheme.pk, "period": "2099Q1"})

    assert "2099年第一季度还没有开始，没有可计的记录。" in told.content.decode()
    assert not ScoreSheet.objects.filter(scheme=scheme).exists()
