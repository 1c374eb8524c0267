import datetime as dt
import io

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from congress_portal.core.enums import AuditAction, Role
from congress_portal.core.models import AuditEntry
from congress_portal.evaluations.models import ReportDraft
from congress_portal.evaluations.statistics.reports import report_paper
from tests.factories.activities import VisitFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.statistics import ReportDraftFactory

pytestmark = pytest.mark.django_db
PAGE = "/evaluations/statistics/reports/"


@pytest.fixture(autouse=True)
def _today(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def office(client):
    CountyFactory()
    client.force_login(staff())
    return client


def words(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def given(**fields):
    return {
        "title": "代表工作情况的报告",
        "region": CountyFactory().pk,
        "period_code": "2026Q3",
        "practice": "走访{联系走访次数}次。",
        "figures": ["visits"],
        "has_towns": "on",
        "problems": "走访不平衡。",
        "advice": "",
        "seen": "",
    } | fields


def test_a_draft_is_kept_and_its_figures_are_read_when_printed(office):
    town = TownFactory(name="甲镇", code="421299101000")
    VisitFactory(region=town)
    office.post(f"{PAGE}new/", given())
    draft = ReportDraft.objects.get()

    first = words(office.get(f"{PAGE}{draft.pk}/pdf/"))
    VisitFactory(region=town)
    second = words(office.get(f"{PAGE}{draft.pk}/pdf/"))

    assert "一、主要做法走访1次。二、数据2026年第三季度，安澜县联系走访次数1次。" in first
    assert "三、存在问题走访不平衡。" in first
    assert "四、" not in first  # an empty section is left out
    assert "数字于2026年10月8日读取" in first
    assert "走访2次。" in second
    assert "甲镇2" in second
    assert "合计2" in second
    assert draft.practice == "走访{联系走访次数}次。"
    assert AuditEntry.objects.filter(action=AuditAction.EXPORT).count() == 2


def test_word_says_the_same(office):
    VisitFactory(region=TownFactory())
    draft = ReportDraftFactory(
        practice="走访{联系走访次数}次。", has_chart=True, figures=["visits"]
    )

    document = docx.Document(io.BytesIO(office.get(f"{PAGE}{draft.pk}/docx/").content))

    text = "".join(paragraph.text for paragraph in document.paragraphs)
    assert "走访1次。" in text
    assert "联系走访次数1次。" in text


@pytest.mark.parametrize("code", ["2026Q3", "2026H2", "2026"])
def test_reports_of_quarters_halves_and_years(office, code):
    VisitFactory(region=TownFactory())
    draft = ReportDraftFactory(period_code=code, figures=["visits"], has_chart=False)
    assert "联系走访次数1次" in words(office.get(f"{PAGE}{draft.pk}/pdf/"))


def test_words_that_cannot_be_counted_are_refused_and_kept(office):
    response = office.post(f"{PAGE}new/", given(practice="走访{没有}次"))
    assert "没有「没有」" in response.content.decode()
    assert "走访{没有}次" in response.content.decode()
    assert not ReportDraft.objects.exists()


def test_two_writers_do_not_overwrite_each_other(office):
    draft = ReportDraftFactory(practice="先写的")
    seen = draft.changed_at.isoformat()
    address = f"{PAGE}{draft.pk}/"

    assert office.post(address, given(seen=seen, practice="甲写的")).status_code == 302
    response = office.post(address, given(seen="2026-01-01", practice="乙写的"))

    assert "别人刚改过" in response.content.decode()
    assert ReportDraft.objects.get().practice == "甲写的"


def test_a_town_writes_about_its_own_place_only(client):
    own, other = TownFactory(), TownFactory()
    foreign = ReportDraftFactory(region=other)
    client.force_login(town_clerk(own))

    assert client.get(f"{PAGE}{foreign.pk}/").status_code == 404
    assert client.get(f"{PAGE}{foreign.pk}/pdf/").status_code == 404
    client.post(f"{PAGE}new/", given(region=other.pk))
    assert ReportDraft.objects.count() == 1
    client.post(f"{PAGE}new/", given(region=own.pk))
    assert ReportDraft.objects.filter(region=own).exists()


def test_a_leader_reads_and_a_stranger_meets_404(client):
    draft = ReportDraftFactory()
    client.force_login(UserFactory(role=Role.LEADER, role__region=CountyFactory()))
    assert client.get(f"{PAGE}{draft.pk}/pdf/").status_code == 200
    assert client.get(f"{PAGE}{draft.pk}/").status_code == 403
    client.force_login(UserFactory())
    for path in ("", "new/", f"{draft.pk}/", f"{draft.pk}/pdf/"):
        assert client.get(PAGE + path).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_list_query_count(office, size):
    for _ in range(size):
        ReportDraftFactory()

    with CaptureQueriesContext(connection) as queries:
        response = office.get(PAGE)

    assert (len(response.context["page"]), len(queries)) == (size, 5)


def test_the_head_names_the_body_that_wrote_it():
    town = TownFactory(name="双河镇")
    own = ReportDraftFactory(region=town, written_by=town_clerk(town))
    from_above = ReportDraftFactory(region=town, written_by=staff())

    heads = [
        report_paper(each, each.written_by, dt.date(2026, 10, 8)).head.issuer
        for each in (own, from_above)
    ]

    assert heads == ["双河镇人民代表大会主席团", f"{town.parent.name}人大常委会代表工作委员会"]
