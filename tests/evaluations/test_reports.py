"""Bulletins say what the sheet's lines say, in every form."""

import datetime as dt
import io
import re
from decimal import Decimal

import docx
import openpyxl
import pytest
from pypdf import PdfReader

from congress_portal.core.enums import RegionLevel
from congress_portal.core.periods import quarter
from congress_portal.evaluations.enums import Method, SubjectType, WhenEmpty
from congress_portal.evaluations.frozen import build_rows
from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from congress_portal.evaluations.reports import (
    bulletin_docx,
    bulletin_html,
    bulletin_paper,
    bulletin_pdf,
    bulletin_xlsx,
    subject_sheet_pdf,
    subject_sheets_html,
)
from congress_portal.evaluations.reports import wording as say
from congress_portal.evaluations.reports.facts import facts_of
from congress_portal.evaluations.reports.wording import previous_words
from congress_portal.evaluations.scoring import Inputs, score_inputs, snapshot_of
from congress_portal.evaluations.selectors import Subject
from tests.factories.core import CountyFactory, TownFactory, UnitFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import StationFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 12)
LONG = "某某土家族苗族自治镇石桥村第一代表联络站点"


@pytest.fixture
def county():
    return CountyFactory(name="安澜县")


@pytest.fixture
def scheme(county):
    """For stations: 活动 20 (target 2), 办结 10 (ratio, left out if empty), 缺项 5 (−2 each)."""
    made = SchemeFactory(name="家站季度考评", ranks=True)
    IndicatorFactory(scheme=made, serial=1, name="组织活动", metric="activities", full=20, target=2)
    IndicatorFactory(
        scheme=made,
        serial=2,
        name="意见办结",
        metric="opinions_closed",
        denominator="opinions_taken",
        method=Method.RATIO,
        when_empty=WhenEmpty.SKIP,
        target=None,
    )
    IndicatorFactory(
        scheme=made,
        serial=3,
        name="簿册缺项",
        metric="books_missing",
        method=Method.DEDUCTION,
        full=5,
        first=2,
        target=None,
    )
    return made


def make_sheet(scheme, rows, number=3, **kwargs):
    """A sheet of a quarter of 2026 from counts: subject → (value, denominator) per line."""
    period = quarter(2026, number)
    sheet = ScoreSheet.objects.create(
        scheme=scheme,
        period_code=period.code,
        first_day=period.first,
        last_day=period.last,
        scheme_data=snapshot_of(scheme),
        computed_at=dt.datetime(2026, 10, 8, tzinfo=dt.UTC),
        **kwargs,
    )
    subjects = [
        Subject(
            row.pk,
            getattr(row, "number", getattr(row, "name", "")),
            row.name,
            getattr(row, "region_id", None) or getattr(row, "town_id", None),
        )
        for row in rows
    ]
    inputs = [
        [
            Inputs(None if v is None else Decimal(v), None if d is None else Decimal(d), {}, {})
            for v, d in counts
        ]
        for counts in rows.values()
    ]
    for score, lines in build_rows(sheet, score_inputs(sheet.scheme_data, subjects, inputs)):
        score.save()
        for line in lines:
            line.score = score
        ScoreLine.objects.bulk_create(lines)
    return sheet


@pytest.fixture
def stations(county):
    yun = TownFactory(code="421299100000", name="云溪镇")
    cheng = TownFactory(code="421299101000", name="城关街道", level=RegionLevel.SUBDISTRICT)
    return [
        StationFactory(number="JZ001", name="云溪镇人大代表之家", region=yun),
        StationFactory(number="JZ002", name=LONG, region=yun),
        StationFactory(number="JZ003", name="城关街道代表之家", region=cheng),
        StationFactory(number="JZ004", name="县代表联络服务中心", region=county),
    ]


@pytest.fixture
def sheet(scheme, stations):
    first, second, third, fourth = stations
    return make_sheet(
        scheme,
        {
            first: [(2, None), (3, 3), (0, None)],
            second: [(1, None), (1, 4), (1, None)],
            third: [(0, None), (0, 0), (3, None)],
            fourth: [(2, None), (3, 3), (0, None)],
        },
    )


def body(sheet, **kwargs):
    html = bulletin_html(sheet, day=DAY, **kwargs)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.split("<body", 1)[1]))


def test_title_addressee_and_signature(sheet):
    head = bulletin_paper(sheet, day=DAY, number="安人代〔2026〕9号").head

    assert head.title == "关于2026年第三季度代表家站考评情况的通报"
    assert head.addressee == "各镇人大主席团、各街道人大工委"
    assert head.issuer == "安澜县人大常委会代表工作委员会"
    assert (head.date_text, head.number) == ("2026年10月12日", "安人代〔2026〕9号")


@pytest.mark.parametrize(
    ("state", "mark"),
    [
        ("draft", "草稿，未发布"), ("checked", "草稿，未发布"), ("disclosed", "公示稿，未发布"),
        ("decided", "公示稿，未发布"), ("published", ""),
    ],
)  # fmt: skip
def test_a_paper_made_before_publication_says_so(sheet, state, mark):
    sheet.state, sheet.digest = state, "0" * 64

    assert sheet.paper_mark == mark
    paper = bulletin_paper(sheet, day=DAY)
    assert paper.head.mark == mark


def test_a_bulletin_says_up_to_when_records_counted(sheet):
    sheet.computed_at = None
    whole = say.basis(facts_of(sheet), say.STATIONS).text
    sheet.computed_at = dt.datetime(2026, 9, 1, 2, tzinfo=dt.UTC)
    early = say.basis(facts_of(sheet), say.STATIONS).text

    assert "记录截至2026年9月30日。" in whole
    assert "记录截至2026年9月1日（2026年第三季度还没有结束）。" in early


def test_the_reason_of_a_correction_ends_as_a_sentence(sheet):
    sheet.version, sheet.reason = 2, "漏计一次接待"

    assert "更正理由：漏计一次接待。" in body(sheet)


def test_the_office_of_the_settings_signs(sheet, settings):
    settings.PORTAL_OFFICE = "安澜县人大常委会办公室"

    assert bulletin_paper(sheet, day=DAY).head.issuer == "安澜县人大常委会办公室"


def test_first_paragraph_tells_the_result_in_figures(sheet):
    assert bulletin_paper(sheet, day=DAY).blocks[0].text == (
        "2026年第三季度，安澜县4个家站平均得分21.38分；31.5分及以上2个，21分以下2个。"
        "第一名为云溪镇人大代表之家（35.00分）等2个，失分最多的是“组织活动”，"
        "占全部失分的67.4%。现通报如下："
    )


def test_equal_totals_share_a_rank_in_the_table(sheet):
    table = bulletin_paper(sheet, day=DAY).annexes[0].blocks[1]

    assert [(row[0], row[1]) for row in table.rows] == [
        ("1", "云溪镇人大代表之家"),
        ("1", "县代表联络服务中心"),
        ("3", LONG),
        ("4", "城关街道代表之家"),
    ]
    assert [row[2] for row in table.rows] == ["云溪镇", "县本级", "云溪镇", "城关街道"]


def test_every_lost_point_is_explained_with_its_sum(sheet):
    rows = bulletin_paper(sheet, day=DAY).annexes[1].blocks[0].rows

    assert ("组织活动", "1 次 ÷ 目标 2 次 × 20 分 = 10.00 分", "10.00", "10.00") in rows
    assert ("意见办结", "1 条 ÷ 4 条 × 10 分 = 2.50 分", "2.50", "7.50") in rows
    assert ("簿册缺项", "5 分 − 1 册 × 2 分 = 3.00 分", "3.00", "2.00") in rows


def test_lost_points_of_the_annex_add_up_to_those_of_the_sheet(sheet):
    rows = bulletin_paper(sheet, day=DAY).annexes[1].blocks[0].rows
    told = sum(Decimal(row[3]) for row in rows if len(row) == 4 and row[3] not in ("", "—"))

    lines = ScoreLine.objects.filter(score__sheet=sheet, points__isnull=False)
    assert told == sum(line.full - line.points for line in lines) == facts_of(sheet).lost


def test_a_line_that_is_left_out_says_why_and_how_the_total_came(sheet):
    text = body(sheet)

    assert "没有可计的数据，不计此项" in text
    assert "满分 35 分 ÷ 计入各项满分 25 分" in text


def test_problems_and_requests_come_from_the_losses(sheet):
    text = body(sheet)

    assert "（一）组织活动失分30.00分。占全部失分的" in text
    assert "2个家站未达到2次的目标，要排出活动计划并按期组织。" in text
    for heading in ("一、基本情况", "二、考评结果", "三、存在问题", "四、下步要求"):
        assert heading in text


def test_comparison_with_the_quarter_before(scheme, stations, sheet):
    make_sheet(scheme, {stations[0]: [(1, None), (3, 3), (0, None)]}, number=2)
    facts = facts_of(sheet)
    table = bulletin_paper(sheet, day=DAY).annexes[0].blocks[1]

    assert [period.code for period in facts.periods] == ["2026Q2", "2026Q3"]
    assert facts.mean_before == Decimal("25.00")
    assert table.rows[0][-3:] == ("35.00", "25.00", "+10.00")
    assert table.rows[2][-2:] == ("—", "—")
    assert "上升10分及以上的1个家站（云溪镇人大代表之家升10.00分）" in body(sheet)


def test_a_gap_between_quarters_is_not_compared_across(scheme, stations, sheet):
    make_sheet(scheme, {stations[0]: [(1, None), (3, 3), (0, None)]}, number=1)

    assert facts_of(sheet).periods == (quarter(2026, 3),)


def test_facts_cost_the_same_number_of_queries_for_any_rows(
    scheme, stations, sheet, django_assert_num_queries
):
    one = make_sheet(scheme, {stations[0]: [(1, None), (3, 3), (0, None)]}, number=1)
    with django_assert_num_queries(6):
        facts_of(one)
    sheet = ScoreSheet.objects.select_related("scheme").get(pk=sheet.pk)
    with django_assert_num_queries(6):
        facts_of(sheet)


def test_pdf_shows_the_figures_of_the_sheet_on_numbered_pages(sheet):
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(bulletin_pdf(sheet, day=DAY))).pages]

    assert "平均得分" in pages[0]
    assert "家站得分分布" in pages[0]
    assert [f"{n}" in page.splitlines()[-1] or "—" in page for n, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)
    assert LONG in "".join(pages).replace("\n", "")


def test_a_sheet_without_any_data_still_makes_a_paper(scheme, stations):
    sheet = make_sheet(scheme, {})

    assert "没有可计的数据" in bulletin_paper(sheet, day=DAY).blocks[0].text
    assert bulletin_pdf(sheet, day=DAY).startswith(b"%PDF")


def test_word_and_workbook_carry_the_same_totals(sheet):
    document = docx.Document(io.BytesIO(bulletin_docx(sheet, day=DAY)))
    word = {c.text for table in document.tables for row in table.rows for c in row.cells}
    book = openpyxl.load_workbook(io.BytesIO(bulletin_xlsx(sheet)))
    totals = [row[7] for row in book["得分"].iter_rows(min_row=3, values_only=True)]

    expected = list(Score.objects.filter(sheet=sheet).order_by("rank", "serial"))
    assert [Decimal(str(total)) for total in totals] == [score.total for score in expected]
    assert {f"{score.total:.2f}" for score in expected} <= word
    assert book["明细"].max_row == 2 + 4 * 3


def test_workbook_of_some_scores_holds_no_others(sheet):
    own = Score.objects.filter(sheet=sheet, key="JZ002")
    book = openpyxl.load_workbook(io.BytesIO(bulletin_xlsx(sheet, own)))

    keys = {row[1] for row in book["得分"].iter_rows(min_row=3, values_only=True)}
    lines = {row[0] for row in book["明细"].iter_rows(min_row=3, values_only=True)}
    assert (keys, lines) == ({"JZ002"}, {"JZ002"})


def test_a_subjects_page_is_one_page_with_each_sum(sheet):
    score = Score.objects.get(sheet=sheet, key="JZ002")
    reader = PdfReader(io.BytesIO(subject_sheet_pdf(score)))
    text = reader.pages[0].extract_text()

    assert len(reader.pages) == 1
    assert "总分 15.50" in text
    assert "1 条 ÷ 4 条 × 10 分 = 2.50 分" in text
    assert reader.metadata.title == f"家站季度考评得分单（2026年第三季度）：{LONG}"


def test_pages_of_many_subjects_follow_the_given_order(sheet):
    html = subject_sheets_html(Score.objects.filter(sheet=sheet).order_by("-serial"))

    assert re.findall(r"<h1>(.+)</h1>", html)[::3] == ["县代表联络服务中心", "云溪镇人大代表之家"]


@pytest.fixture
def persons(county):
    town = TownFactory(code="421299100000", name="云溪镇")
    scheme = SchemeFactory(name="代表履职情况", subject_type=SubjectType.DEPUTY)
    IndicatorFactory(
        scheme=scheme,
        name="接待选民",
        method=Method.FIRST_THEN_EACH,
        full=12,
        first=4,
        further=2,
        target=None,
    )
    names = ["欧阳䶮", "李㛃", "王𠮷"]
    deputies = [DeputyFactory(name=name, town=town) for name in names]
    counts = [[(3, None)], [(0, None)], [(1, None)]]
    return make_sheet(scheme, dict(zip(deputies, counts, strict=True)))


def test_persons_are_listed_by_register_and_not_ranked(persons):
    paper = bulletin_paper(persons, day=DAY)
    (annex,) = paper.annexes

    rows = annex.blocks[-1].rows
    assert [row[0] for row in rows] == ["云溪镇　3名代表，平均4.00分", "欧阳䶮", "李㛃", "王𠮷"]
    assert rows[1] == ("欧阳䶮", "3　8.00", "8.00", "4.00")
    assert "名次" not in body(persons).replace("不排名次", "")


def test_persons_are_never_named_for_what_they_lack(persons):
    text = body(persons).split("附件：", 1)[0]

    assert "没有接待选民记录的代表1名" in text
    for name in ("欧阳䶮", "李㛃", "王𠮷"):
        assert name not in text


def test_rare_names_are_drawn(persons):
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(bulletin_pdf(persons))).pages)

    assert all(name in text for name in ("欧阳䶮", "李㛃", "王𠮷"))


def test_units_without_replies_have_no_rank_and_are_named(county):
    scheme = SchemeFactory(name="承办单位办理", subject_type=SubjectType.UNIT, ranks=True)
    IndicatorFactory(
        scheme=scheme,
        name="按时答复",
        metric="on_time",
        denominator="replied",
        method=Method.RATIO,
        when_empty=WhenEmpty.SKIP,
        target=None,
    )
    units = [UnitFactory(name=name) for name in ("县教育局", "县财政局")]
    sheet = make_sheet(scheme, {units[0]: [(1, 2)], units[1]: [(0, 0)]})
    text = body(sheet)

    assert bulletin_paper(sheet, day=DAY).head.addressee == "各承办单位"
    assert "50.0%（1/2）" in text
    assert "没有可计数据、不计总分的承办单位：县财政局。" in text


def test_a_second_version_says_so_with_its_reason(scheme, stations):
    rows = {stations[0]: [(2, None), (3, 3), (0, None)]}
    sheet = make_sheet(scheme, rows, version=2, reason="漏计一次活动")

    assert bulletin_paper(sheet, day=DAY).title.endswith("的通报（第2版）")
    assert "本通报为第2版，更正理由：漏计一次活动" in body(sheet)


@pytest.mark.parametrize(
    ("code", "words"),
    [("2026Q3", "上季度"), ("2026H1", "上个半年"), ("2026", "上年"), ("2026-09", "上月")],
)
def test_the_period_before_is_called_by_its_length(sheet, code, words):
    sheet.period_code = code
    assert previous_words(facts_of(sheet)) == words
