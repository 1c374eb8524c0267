"""Papers of suggestions: exact words, real files, and nothing inner in any of them."""

import datetime as dt
import io
import re

import pytest
from pypdf import PdfReader

from congress_portal.core.enums import Rating
from congress_portal.core.masking import without_numbers
from suggestions import reports, services
from suggestions.enums import Kind, LetterPart, State
from suggestions.models import (
    Appraisal,
    LetterText,
    Promise,
    Reply,
    Suggestion,
    Supervision,
)
from suggestions.reports.wording import fill, names_of
from suggestions.selectors import open_list
from tests.factories.papers import (
    DEPUTY_PHONE,
    NOTE,
    VOTER,
    VOTER_PHONE,
    opinion_given,
    paper_case,
    paper_cast,
    sheet_of,
    supervised,
    word_text,
)
from tests.factories.workflow import (
    answered,
    draft,
    handed_over,
    in_state,
    rate,
    reply_drafted,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def cast(freeze):
    freeze("2026-03-02 09:00")
    return paper_cast()


@pytest.fixture
def case(cast):
    return paper_case(cast)


def html_of(paper):
    """The page's text with its tags, without the wrapping of figures."""
    text = reports.paper_html(paper)
    return re.sub(r"<span class=nb>(.*?)</span>", r"\1", text)


def text_of(pdf):
    reader = PdfReader(io.BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages)
    return len(reader.pages), re.sub(r"\s", "", text)


# Words


def test_known_words_are_replaced_once_and_nothing_is_compiled():
    text = "【标题】{{ secret }}{% now 'Y' %}【没有】"

    assert fill(text, {"标题": "【编号】", "编号": "7"}) == (
        "【编号】{{ secret }}{% now 'Y' %}【没有】"
    )


def test_stored_text_is_escaped_and_never_run(cast, case):
    row = LetterText.objects.get(code=LetterPart.REPLY_CLOSING)
    row.text = "{{ document.unit }}<b>【单位】</b>"
    row.save()

    html = html_of(reports.reply_paper(reports.letter_of(sheet_of(case, cast.lead))))

    assert "<p>{{ document.unit }}&lt;b&gt;县交通运输局&lt;/b&gt;</p>" in html


def test_emptied_wording_is_left_out(cast, case):
    LetterText.objects.filter(code=LetterPart.REPLY_OPENING).update(text="")

    html = html_of(reports.reply_paper(reports.letter_of(sheet_of(case, cast.lead))))

    assert '<div class="text">\n<p>已经完成修补。</p>' in html


# The form


def test_form_shows_every_field_of_the_suggestion(cast, case):
    html = html_of(reports.suggestion_form(case, cast.office))

    number = f"编号：〔2026〕第{case.number}号"
    assert f"<span>{number}</span><span>会次：{names(case)}</span>" in html
    for label, value in (
        ("领衔代表", "张三"),
        ("联系电话", DEPUTY_PHONE),
        ("同意公开", "■是　　□否"),
        ("要求面商", "□是　　■否"),
    ):
        pattern = f"<p>{label}</p></th><td[^>]*><p>{value}</p></td>"
        assert re.search(pattern, html), label
    assert "李四（2026-03-02确认）" in html
    assert "<p>白鹤村通往集镇的三公里公路破损严重，雨天难以通行，学生上学不便。</p>" in html


def names(item):
    return names_of(item).session


def test_form_bears_the_number_of_the_deputys_card_where_known(cast, case):
    pattern = "<p>代表证号</p></th><td[^>]*><p>{}</p></td>"
    blank = html_of(reports.suggestion_form(case, cast.office))
    case.lead.mandates.update(serial=37)
    filled = html_of(reports.suggestion_form(case, cast.office))

    assert "<p>代表证号</p>" in blank
    assert "<p>37</p>" not in blank
    assert re.search(pattern.format("37"), filled)


def test_form_gives_the_phone_to_staff_and_the_lead_deputy_only(cast, case):
    assert DEPUTY_PHONE in html_of(reports.suggestion_form(case, cast.lead.user))
    for reader in (cast.mate.user, cast.officer(), cast.leader()):
        assert DEPUTY_PHONE not in html_of(reports.suggestion_form(case, reader))


def test_form_shows_units_only_confirmed_cosigners(cast):
    item = handed_over(cast)
    item.cosignatures.create(deputy=cast.mate, state="invited")

    assert "李四（待确认）" in html_of(reports.suggestion_form(item, cast.office))
    assert "李四" not in html_of(reports.suggestion_form(item, cast.officer()))


def test_motion_form_has_its_own_parts(cast):
    item = draft(cast, kind=Kind.MOTION)

    html = html_of(reports.suggestion_form(item, cast.lead.user))

    labels = re.findall(r'<th scope="row" class="label"><p>([^<]*)</p>', html)
    assert [label for label in labels if label in ("案由", "案据", "分析", "方案")] == [
        "案据",
        "分析",
        "方案",
    ]
    assert "代表议案表" in html


def test_long_text_runs_over_pages(cast):
    item = draft(cast, situation="道路破损，请求修复。\n" * 200)

    pages, text = text_of(reports.paper_pdf(reports.suggestion_form(item, cast.lead.user)))

    assert pages > 5
    assert text.count("道路破损，请求修复。") == 200


@pytest.mark.parametrize("kind", Kind)
def test_blank_form_is_one_sheet_of_two_sides(cast, kind):
    pages, text = text_of(reports.paper_pdf(reports.blank_form(kind, cast.county, "第十八届")))

    assert pages == 2
    assert "安澜县第十八届人民代表大会" in text
    assert "与网上提出的同一序列" in text


# Letters


def test_reply_letter_has_title_class_contact_and_sheet(cast, case):
    html = html_of(reports.reply_paper(reports.letter_of(sheet_of(case, cast.mate))))

    assert '<p class="mark">B类</p>' in html
    assert '<p class="issuer issuer-l">县交通运输局</p>' in html
    title = "".join(re.findall(r"<span>([^<]*)</span>", html.split("</h1>")[0]))
    assert title == f"关于{names(case)}“第{case.number}号”建议的答复"
    assert '<p class="addressee">李四代表：</p>' in html
    assert "联系人赵科长，电话0700-1234567" in html
    assert "<p>附件：办理情况征询意见表</p>" in html
    assert "抄送：安澜县人大常委会代表工作委员会，安澜县人民政府办公室。" in html


def test_reply_letter_as_file(cast, case):
    paper = reports.reply_paper(reports.letter_of(sheet_of(case, cast.lead)))

    pages, text = text_of(reports.paper_pdf(paper))

    assert pages == 3
    assert "张三代表：" in text
    assert "代表签名：" in text
    word = word_text(reports.paper_docx(paper))
    assert "B类" in word.splitlines()
    assert "□满意　　□基本满意　　□不满意" in word


def test_merged_item_is_answered_by_its_own_number(cast):
    part = reply_drafted(cast)
    main = part.suggestion
    other = services.submit_suggestion(
        pk=services.save_draft(
            actor=cast.mate.user, data={**main_text(main), "field": cast.field}
        ).pk,
        actor=cast.mate.user,
    )
    other = services.accept_suggestion(pk=other.pk, actor=cast.office)
    services.merge_suggestion(pk=other.pk, into_pk=main.pk, actor=cast.office, comment="相同")
    services.approve_reply(handling_pk=part.pk, actor=cast.leader())

    letter = reports.letter_of(sheet_of(Suggestion.objects.get(pk=other.pk), cast.mate))

    assert (letter.names.number, letter.deputy) == (other.number, "李四")


def main_text(item):
    fields = ("title", "situation", "analysis", "proposal", "is_one_matter")
    return {name: getattr(item, name) for name in fields}


def test_second_round_answers_again(cast):
    item = in_state(cast, State.REDO)
    answered(cast, part=item.handlings.get())
    sheet = Appraisal.objects.get(reply__round=2)

    html = html_of(reports.reply_paper(reports.letter_of(sheet)))

    assert "建议的再次答复" in html
    assert "经重新研究办理，现再次答复如下：" in html


def test_opinion_goes_to_the_lead_unit(cast):
    part = opinion_given(cast)

    pages, text = text_of(reports.paper_pdf(reports.opinion_paper(reports.opinion_of(part))))

    assert pages == 2
    assert "县交通运输局：" in text
    assert "同意安装限高架" in text
    assert "建议的会办意见" in text


# The sheet


def test_sheet_ticks_what_was_rated(cast, case):
    sheet = sheet_of(case, cast.lead)
    services.appraise_reply(
        appraisal_pk=sheet.pk,
        actor=cast.lead.user,
        process=Rating.SATISFIED,
        result=Rating.UNSATISFIED,
        words="大修没有时间表",
        was_contacted=True,
    )

    html = html_of(reports.appraisal_paper(Appraisal.objects.get(pk=sheet.pk)))

    ticked = re.findall(r'class="centre" colspan="5"><p>([^<]*)</p>', html)
    assert ticked == [
        "■联系过　　□没有联系",
        "■满意　　□基本满意　　□不满意",
        "□满意　　□基本满意　　■不满意",
    ]
    assert "<p>大修没有时间表</p>" in html
    assert "代表签名：张三　　2026年3月2日" in html


def test_sheet_fits_one_page(cast, case):
    paper = reports.appraisal_paper(sheet_of(case, cast.lead))

    assert text_of(reports.paper_pdf(paper))[0] == 1
    assert "代表签名：" in word_text(reports.paper_docx(paper))


# Notices


def test_hand_over_list_counts_each_units_part(cast):
    first, second = handed_over(cast, assisting=1), handed_over(cast)

    facts = reports.hand_over_facts(Suggestion.objects.all(), cast.county, DAY)
    html = html_of(reports.hand_over_paper(facts))

    assert [row.number for row in facts.rows] == [first.number, second.number]
    assert "<p>2026年3月2日交办2件，涉及承办单位2个。答复期限为2026年6月2日。</p>" in html
    unit = '<td class="name">县交通运输局</td><td class="figure">2</td><td class="figure">0</td>'
    assert f'{unit}<td class="name">主办{first.number}、{second.number}</td>' in html
    assert "在7个工作日内书面说明理由退回" in html


@pytest.mark.parametrize("count", [1, 3])
def test_lists_ask_no_more_for_more_rows(cast, count, django_assert_num_queries):
    for _ in range(count):
        handed_over(cast, assisting=2)
    rows = Suggestion.objects.all()

    with django_assert_num_queries(4):
        reports.hand_over_paper(reports.hand_over_facts(rows, cast.county, DAY))
    with django_assert_num_queries(18):
        reports.year_paper(reports.year_facts(rows, cast.county, 2026, DAY))


def test_hand_over_list_keeps_the_day_it_was_given(cast):
    item = handed_over(cast)
    Suggestion.objects.filter(pk=item.pk).update(extended_to=dt.date(2026, 9, 2))

    facts = reports.hand_over_facts(Suggestion.objects.all(), cast.county, DAY)

    assert facts.rows[0].due_on == dt.date(2026, 6, 2)


def test_reminder_counts_the_days_late(cast, freeze):
    item = handed_over(cast)

    paper = reports.supervision_paper(reports.supervision_facts(item, dt.date(2026, 6, 12)))

    late = "应于2026年6月2日前答复代表，至今没有答复，已逾期10天。"
    assert late in html_of(paper)


def test_supervision_notice_tells_what_was_demanded(cast):
    item = handed_over(cast)
    record = supervised(cast, item)

    paper = reports.supervision_paper(reports.supervision_facts(item, DAY, record))

    html = html_of(paper)
    assert (
        "<p>2026年3月2日，由王副主任主持，在县交通运输局开展督办会。大修资金没有落实。</p>" in html
    )
    assert "<p>1. 年内开工。</p>" in html
    assert "2026年12月31日前办结并报告办理情况。" in html
    assert text_of(reports.paper_pdf(paper))[0] == 2


# The year


def test_year_report_gives_rates_with_their_numbers(cast, case):
    handed_over(cast)
    rate(cast, case, Rating.UNSATISFIED, words="没有修")

    facts = reports.year_facts(Suggestion.objects.all(), cast.county, 2026, dt.date(2026, 7, 1))
    html = html_of(reports.year_paper(facts))

    assert "答复率50.0%（1/2），满意率0.0%（0/1），A类率0.0%（0/1）" in html
    assert "逾期答复或者逾期未答复的1件。</span>县交通运输局1件；编号：" in html
    assert f"代表不满意的1件。</span>县交通运输局1件；编号：{case.number}。" in html
    assert Promise.objects.get().content in html
    pages, text = text_of(reports.paper_pdf(reports.year_paper(facts)))
    assert pages >= 6
    assert "承办单位考评得分和算式" in text


def test_year_report_of_nothing_is_still_a_paper(cast):
    facts = reports.year_facts(Suggestion.objects.all(), cast.county, 2026, DAY)

    html = html_of(reports.year_paper(facts))

    assert "答复率无（0/0）" in html
    assert "没有逾期、没有答复或者代表不满意的件。" in html


# The open list


def test_open_list_has_consented_items_with_public_replies_only(cast, case):
    Reply.objects.update(body="已修。联系13812345678，0700-1234567。")
    services.publish_suggestion(pk=case.pk, actor=cast.office)
    silent = answered(cast)
    facts = reports.open_facts(open_list(), cast.county, 2026, DAY)

    assert [item.number for item in facts.items] == [case.number]
    html = html_of(reports.open_paper(facts))
    assert "<p>已修。联系（号码略），（号码略）。</p>" in html
    assert silent.number not in re.findall(r"<td>(\d+)</td>", html)

    Reply.objects.update(is_public=False)
    again = reports.open_facts(open_list(), cast.county, 2026, DAY)
    assert "已修" not in html_of(reports.open_paper(again))
    assert text_of(reports.paper_pdf(reports.open_paper(facts)))[0] == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("身份证51010119900101123X。", "身份证（号码略）。"),
        ("共1381234件，投资13812345678900元", "共1381234件，投资13812345678900元"),
    ],
)
def test_numbers_of_persons_are_cut(text, shown):
    assert without_numbers(text) == shown


# What no paper holds


def test_no_paper_holds_voters_data_or_internal_notes(cast, case):
    services.publish_suggestion(pk=case.pk, actor=cast.office)
    case = Suggestion.objects.get(pk=case.pk)
    sheet = sheet_of(case, cast.lead)
    supervised(cast, case)
    rows = Suggestion.objects.all()
    papers = [
        reports.suggestion_form(case, cast.office),
        reports.reply_paper(reports.letter_of(sheet)),
        reports.appraisal_paper(sheet),
        reports.hand_over_paper(reports.hand_over_facts(rows, cast.county, DAY)),
        reports.supervision_paper(reports.supervision_facts(case, DAY, Supervision.objects.get())),
        reports.year_paper(reports.year_facts(rows, cast.county, 2026, DAY)),
        reports.open_paper(reports.open_facts(open_list(), cast.county, 2026, DAY)),
    ]

    for paper in papers:
        text = reports.paper_html(paper) + word_text(reports.paper_docx(paper))
        for secret in (VOTER, VOTER_PHONE, NOTE):
            assert secret not in text, paper.title
    for paper in papers[1:]:
        assert DEPUTY_PHONE not in reports.paper_html(paper), paper.title
