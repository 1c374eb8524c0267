"""Questionnaires: 50 sheets of 5 districts give the table counted by hand; an answer a problem."""

import datetime as dt
import io
import random
import uuid
from collections import Counter

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError, fingerprint
from deputies.models import District
from suggestions.models import Survey, SurveyAnswer, SurveyProblem, SurveyResponse, Voice, VoiceRule
from suggestions.selectors.surveys import public_tables, results_of
from suggestions.services import surveys as service
from suggestions.services.surveys import Filled, SurveyError
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DistrictFactory
from tests.factories.surveys import (
    SurveyAnswerFactory,
    SurveyFactory,
    SurveyQuestionFactory,
    SurveyTargetFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def asked():
    """A questionnaire with four questions in five districts."""
    survey = SurveyFactory()
    kinds = [
        ("single", "见过\n没见过"),
        ("several", "电话\n微信\n走访"),
        ("scale", ""),
        ("words", ""),
    ]
    for serial, (kind, options) in enumerate(kinds, start=1):
        SurveyQuestionFactory(survey=survey, serial=serial, kind=kind, options=options)
    for _ in range(5):
        SurveyTargetFactory(survey=survey)
    return survey


def page(client, name, *args):
    return client.get(reverse(f"suggestions:{name}", args=args))


def test_fifty_sheets_of_five_districts_give_the_table_counted_by_hand(client, asked):
    client.force_login(staff())
    chance, hand = random.Random(127), Counter()
    one, several, scale, words = asked.questions.all()
    districts = [target.district for target in asked.targets.all()]
    for batch in range(5):
        data = {"key": str(uuid.uuid4()), "method": "paper"}
        for row in range(10):
            district, pick = districts[(batch + row) % 5], chance.choice([1, 2])
            many = chance.sample([1, 2, 3], 2)
            data |= {
                f"d{row}": district.pk, f"q{row}_{one.pk}": pick,
                f"q{row}_{several.pk}": f"{many[0]},{many[1]}", f"q{row}_{scale.pk}": 5,
                f"q{row}_{words.pk}": "路灯不亮" if row == 0 else "",
            }  # fmt: skip
            hand[one.pk, district.pk, pick] += 1
            hand.update((several.pk, district.pk, n) for n in many)
        for _ in range(2):  # the second tap enters nothing
            answer = client.post(reverse("suggestions:survey_sheets", args=[asked.pk]), data)
            assert answer.status_code == 302

    found = results_of(asked)

    assert (found.planned, found.answered) == (50, 50)
    assert [place.share for place in found.places] == ["100.0%（10/10）"] * 5
    for table in found.tables[:2]:
        for number, row in enumerate(table.rows, start=1):
            expected = tuple(hand[table.question.pk, each.pk, number] for each in districts)
            assert row.counts == expected
            assert row.total == sum(expected)
    assert sum(row.total for row in found.tables[0].rows) == found.tables[0].base == 50
    assert found.tables[3].base == 5
    assert page(client, "survey", asked.pk).status_code == 200
    book = load_workbook(io.BytesIO(page(client, "survey_excel", asked.pk).content))
    assert book.sheetnames == ["样本", "各题", "文字回答"]
    assert page(client, "survey_pdf", asked.pk).content.startswith(b"%PDF")
    sheet = page(client, "survey_blank", asked.pk).content
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(sheet)).pages)
    assert all(question.text in text for question in asked.questions.all())


def test_a_questionnaire_is_written_as_lines_and_opened(client):
    town = TownFactory()
    district = DistrictFactory(region=town, name="东街选区")
    client.force_login(town_clerk(town))
    data = {
        "key": str(uuid.uuid4()), "title": "调查", "purpose": "想知道", "region": town.pk,
        "closes_on": "2026-10-31", "targets": "东街选区 10",
        "questions": "单选：见过代表吗｜见过｜没见过\n问答：还有什么话",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(reverse("suggestions:new_survey"), data).status_code == 302
    survey = Survey.objects.get()
    assert [each.kind for each in survey.questions.all()] == ["single", "words"]
    assert survey.targets.get().district == district
    assert client.get(reverse("public:survey", args=[survey.token])).status_code == 404

    step = reverse("suggestions:survey_step", args=[survey.pk, "open"])
    client.post(step, {"seen": fingerprint(survey)})
    survey.refresh_from_db()
    assert survey.state == "open"


@pytest.mark.parametrize(
    ("name", "words", "fault"),
    [
        ("questions", "见过代表吗", "先写题型"),
        ("questions", "单选：见过吗｜见过", "至少要两个选项"),
        ("questions", "问答：见过吗｜见过｜没有", "不写选项"),
        ("targets", "没有的选区 10", "没有找到选区"),
        ("targets", "东街选区", "看不懂"),
        ("closes_on", "2026-10-01", "不能早于今天"),
    ],
)
def test_writing_refuses(client, name, words, fault):
    town = TownFactory()
    DistrictFactory(region=town, name="东街选区")
    client.force_login(staff())
    data = {
        "key": str(uuid.uuid4()), "title": "调查", "purpose": "想知道", "region": town.pk,
        "closes_on": "2026-10-31", "targets": "东街选区 10", "questions": "问答：还有什么话",
    }  # fmt: skip

    answer = client.post(reverse("suggestions:new_survey"), data | {name: words})

    assert fault in answer.content.decode()
    assert not Survey.objects.exists()


@pytest.mark.parametrize(
    ("state", "to", "words"),
    [("open", "open", "草拟"), ("closed", "open", "草拟"), ("draft", "closed", "调查中"),
     ("closed", "closed", "调查中")],
)  # fmt: skip
def test_a_questionnaire_goes_one_way(state, to, words):
    survey = SurveyFactory(state=state)

    with pytest.raises(SurveyError, match=words):
        service.move_survey(actor=staff(), survey_pk=survey.pk, state=to, seen=fingerprint(survey))
    with pytest.raises(StaleRecordError):
        service.move_survey(actor=staff(), survey_pk=survey.pk, state=to, seen="old")


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_nothing_is_entered_while_it_is_not_open(asked, state):
    Survey.objects.update(state=state)
    sheet = Filled(asked.targets.first().district, {asked.questions.first().pk: [1]}, {})

    with pytest.raises(SurveyError, match="调查中"):
        service.enter_sheets(
            actor=staff(), survey_pk=asked.pk, method="paper", sheets=[sheet], key=uuid.uuid4()
        )


def test_a_voter_answers_by_the_link_once_without_a_name(client, asked):
    one, several, scale, words = asked.questions.all()
    address = reverse("public:survey", args=[asked.token])
    data = {
        "key": str(uuid.uuid4()), "district": asked.targets.first().district_id,
        f"q{one.pk}": 2, f"q{several.pk}": [1, 3], f"q{scale.pk}": 4, f"q{words.pk}": "灯",
    }  # fmt: skip
    assert "我看过上面的说明" in client.post(address, data).content.decode()
    for _ in range(2):
        assert client.post(address, data | {"agrees": "on"}).status_code == 302

    response = SurveyResponse.objects.get()
    assert (response.method, response.entered_by) == ("web", None)
    assert [each.picked for each in response.answers.all()] == [[2], [1, 3], [4], []]


def test_the_link_closes_with_the_day(client, asked, freeze):
    freeze("2026-11-01 08:00")

    answer = client.get(reverse("public:survey", args=[asked.token]))

    assert "已经截止" in answer.content.decode()


def test_an_address_that_answers_often_is_asked_a_sum_and_then_stopped(client, asked):
    sheet = Filled(asked.targets.first().district, {asked.questions.first().pk: [1]}, {})
    given = {"survey": asked, "sheet": sheet, "address": "127.0.0.1"}
    for _ in range(VoiceRule().most_posts):
        service.answer_survey(key=uuid.uuid4(), **given)
    with pytest.raises(SurveyError, match="太多"):
        service.answer_survey(key=uuid.uuid4(), **given)

    answer = client.get(reverse("public:survey", args=[asked.token]))

    assert "等于几" in answer.content.decode()


def test_an_answer_becomes_a_problem_once(client):
    answer = SurveyAnswerFactory(picked=[], words="路灯不亮", question__kind="words")
    unit, address = UnitFactory(), reverse("suggestions:survey_problem", args=[answer.pk])
    client.force_login(staff())
    data = {"matter": "路灯不亮", "cause": "线路老化", "measure": "换线", "unit": unit.pk}
    for _ in range(2):
        assert client.post(address, data | {"due_on": "2026-11-30"}).status_code == 302

    problem, voice = SurveyProblem.objects.get(), Voice.objects.get()
    assert (problem.answer, problem.voice, problem.unit) == (answer, voice, unit)
    assert (voice.source, voice.unit) == ("survey", unit)
    link = reverse("suggestions:voice_detail", args=[voice.pk])
    assert link in page(client, "survey", answer.question.survey_id).content.decode()
    back = client.get(link).content.decode()
    assert reverse("suggestions:survey", args=[answer.question.survey_id]) in back


def test_small_numbers_stay_hidden_and_cannot_be_worked_out(client):
    survey = SurveyFactory(state="closed", is_published=True)
    question = SurveyQuestionFactory(survey=survey, options="甲\n乙\n丙")
    target = SurveyTargetFactory(survey=survey)
    for picked, count in ((1, 9), (2, 6), (3, 2)):
        for _ in range(count):
            SurveyAnswerFactory(
                question=question, response__district=target.district, picked=[picked]
            )

    found = public_tables(survey)[0]
    SurveyFactory(title="还没有截止的")
    listed = client.get(reverse("public:surveys")).text
    assert reverse("public:survey_results", args=[survey.pk]) in listed
    assert "还没有截止的" not in listed
    text = client.get(reverse("public:survey_results", args=[survey.pk])).content.decode()

    assert found.rows == (("甲", "52.9%（9/17）"), ("乙", "少，不单列"), ("丙", "少，不单列"))
    assert "52.9%" in text
    assert "11.8%" not in text


def test_results_that_are_not_let_out_are_nobodys(client):
    survey = SurveyFactory(state="closed")

    assert client.get(reverse("public:survey_results", args=[survey.pk])).status_code == 404


def test_a_formula_stays_words_in_the_workbook(client):
    answer = SurveyAnswerFactory(picked=[], words="=1+1", question__kind="words")
    client.force_login(staff())

    book = load_workbook(
        io.BytesIO(page(client, "survey_excel", answer.question.survey_id).content)
    )

    cell = next(c for row in book["文字回答"].iter_rows() for c in row if c.value == "=1+1")
    assert cell.data_type == "s"


def test_who_reads_and_who_runs(client):
    answer = SurveyAnswerFactory(picked=[], words="灯", question__kind="words")
    survey = answer.question.survey
    client.force_login(UserFactory())
    for name in ("survey", "survey_sheets", "survey_excel", "survey_pdf", "survey_blank"):
        assert page(client, name, survey.pk).status_code == 404
    assert page(client, "survey_problem", answer.pk).status_code == 404
    assert page(client, "new_survey").status_code == 403
    client.force_login(UserFactory(role="auditor"))
    assert page(client, "survey_sheets", survey.pk).status_code in (403, 404)
    assert SurveyAnswer.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        SurveyFactory()
    client.force_login(staff())
    page(client, "surveys")

    with django_assert_num_queries(5):
        page(client, "surveys")


def test_a_draft_is_changed_line_by_line_and_taken_away(client):
    survey = SurveyFactory(state="draft", title="代表联系选民调查")
    SurveyQuestionFactory(survey=survey, serial=1, kind="single", options="见过\n没见过")
    SurveyTargetFactory(survey=survey, people=10, district__region=survey.region)
    client.force_login(staff())
    address = reverse("suggestions:change_survey", args=[survey.pk])
    form = client.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}
    assert "单选：" in given["questions"]
    assert given["questions"].endswith("｜见过｜没见过")

    client.post(address, given | {"questions": "打分：满意吗", "title": "改过的名称"})
    survey.refresh_from_db()
    assert (survey.title, [each.kind for each in survey.questions.all()]) == (
        "改过的名称",
        ["scale"],
    )
    assert [each.people for each in survey.targets.all()] == [10]
    stale = client.post(address, given)
    assert "刚" in stale.text
    seen = client.get(page_of(survey)).context["seen"]
    client.post(reverse("suggestions:survey_step", args=[survey.pk, "discard"]), {"seen": seen})
    assert not Survey.objects.exists()


def page_of(survey):
    return reverse("suggestions:survey", args=[survey.pk])


def test_what_has_begun_is_neither_changed_nor_taken_away(client, asked):
    District.objects.update(region=asked.region)
    client.force_login(staff())
    address = reverse("suggestions:change_survey", args=[asked.pk])
    form = client.get(address).context["form"]
    given = {name: form[name].value() or "" for name in form.fields}

    assert "已经开始的问卷不能再改" in client.post(address, given).text
    with pytest.raises(SurveyError, match="已经开始"):
        service.discard_survey(actor=staff(), survey_pk=asked.pk, seen=fingerprint(asked))
    assert asked.questions.count() == 4


@pytest.mark.parametrize(
    ("words", "told"), [("路灯坏了 13912345678", "请删去"), ("", "一题也没有答")]
)
def test_a_sheet_without_answers_or_with_a_number_is_refused(client, asked, words, told):
    district, question = asked.targets.first().district, asked.questions.last()
    client.force_login(staff())
    data = {"key": str(uuid.uuid4()), "method": "paper", "d0": district.pk}
    answer = client.post(
        reverse("suggestions:survey_sheets", args=[asked.pk]),
        data | {f"q0_{question.pk}": words},
    )

    assert told in answer.text
    assert not SurveyResponse.objects.exists()


def test_a_sheet_entered_wrongly_is_found_and_taken_out(client, asked):
    district, question = asked.targets.first().district, asked.questions.first()
    sheets = [Filled(district, {question.pk: [1]}, {}), Filled(district, {question.pk: [2]}, {})]
    given = {"survey_pk": asked.pk, "method": "paper", "key": uuid.uuid4()}
    service.enter_sheets(actor=staff(), sheets=sheets, **given)
    wrong = SurveyResponse.objects.last()
    client.force_login(staff())
    shown = client.get(reverse("suggestions:survey_responses", args=[asked.pk])).text
    assert "1 题：没见过" in shown

    address = reverse("suggestions:discard_response", args=[wrong.pk])
    client.post(address, {"reason": "录错了"})
    assert list(SurveyResponse.objects.all()) == [SurveyResponse.objects.first()]
    assert AuditEntry.objects.filter(action="delete", reason="录错了").count() == 2
    client.force_login(town_clerk(TownFactory()))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheets_cost_the_same_for_one_and_three(client, asked, django_assert_num_queries, rows):
    district, question = asked.targets.first().district, asked.questions.first()
    sheets = [Filled(district, {question.pk: [1]}, {}) for _ in range(rows)]
    given = {"survey_pk": asked.pk, "method": "paper", "key": uuid.uuid4()}
    service.enter_sheets(actor=staff(), sheets=sheets, **given)
    client.force_login(staff())

    with django_assert_num_queries(8):
        client.get(reverse("suggestions:survey_responses", args=[asked.pk]))


def test_districts_of_another_town_are_not_asked(client):
    own, other = TownFactory(), TownFactory()
    DistrictFactory(name="外镇第一选区", region=other)
    client.force_login(town_clerk(own))
    data = {
        "key": str(uuid.uuid4()), "title": "调查", "purpose": "看看", "region": own.pk,
        "closes_on": "2026-12-01", "questions": "打分：满意吗", "targets": "外镇第一选区 5",
    }  # fmt: skip
    told = client.post(reverse("suggestions:new_survey"), data).text

    assert "没有找到选区「外镇第一选区」" in told
    assert not Survey.objects.exists()


def test_marks_have_a_mean_with_its_base(asked):
    district, scale = asked.targets.first().district, asked.questions.get(kind="scale")
    sheets = [Filled(district, {scale.pk: [mark]}, {}) for mark in (5, 4, 4)]
    given = {"survey_pk": asked.pk, "method": "paper", "key": uuid.uuid4()}
    service.enter_sheets(actor=staff(), sheets=sheets, **given)

    means = [table.mean for table in results_of(asked).tables]
    assert means == ["", "", "平均 4.3 分（3 人打分）", ""]


def test_the_unit_reads_and_answers_what_an_answer_became(client):
    town = TownFactory()
    answer = SurveyAnswerFactory(words="路灯不亮", response__district=DistrictFactory(region=town))
    unit = UnitFactory()
    clerk = UserFactory(role=Role.UNIT_OFFICER, role__unit=unit)
    given = {"matter": "路灯不亮", "cause": "没有人修", "measure": "换灯", "unit": unit}
    problem = service.problem_from_answer(
        actor=staff(), answer_pk=answer.pk, due_on=dt.date(2026, 11, 1), **given
    )

    assert problem.voice.region == town
    client.force_login(clerk)
    assert "路灯不亮" in client.get("/").text
    shown = client.get(reverse("suggestions:voice_detail", args=[problem.voice_id])).text
    assert "没有人修" in shown
    assert "2026年11月1日" in shown
