"""专题询问: questions, answers, follow-up (M84)."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from activities.models import Question
from activities.reports.supervision import inquiry_paper
from activities.selectors import questions as selectors
from activities.services import questions as services
from activities.services.questions import QuestionError
from congress_portal.core.documents.blocks import Heading, Paragraph
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.stale import fingerprint
from tests.factories.activities import ActivityFactory, ActivityFormFactory
from tests.factories.core import TownFactory, UnitFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.supervision import QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return staff()


@pytest.fixture
def deputy():
    return DeputyFactory(name="张伟", user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def inquiry(deputy):
    form = ActivityFormFactory(name="询问", synonyms="专题询问", counts_as="other")
    return ActivityFactory(form=form, title="供水专题询问", deputies=[deputy])


def rows_of(*texts, **fields):
    data = {"question-TOTAL_FORMS": 3, "question-INITIAL_FORMS": 0, "key": str(uuid.uuid4())}
    for place, text in enumerate(texts):
        data[f"question-{place}-text"] = text
        data |= {f"question-{place}-{name}": value for name, value in fields.items()}
    return data


def test_three_questions_with_answers_and_follow_up(client, office, deputy, inquiry, freeze):
    freeze("2026-09-01 09:00")
    officer = UserFactory(role=Role.UNIT_OFFICER, role__unit=UnitFactory(name="县水利局"))
    unit = officer.role_assignments.get().unit
    client.force_login(office)
    data = rows_of("一问", "二问", "三问", unit=unit.pk, asker=deputy.pk)
    address = reverse("activities:add_questions", args=[inquiry.pk])
    client.post(address, data)
    client.post(address, data)
    assert [row.text for row in inquiry.questions.all()] == ["一问", "二问", "三问"]
    assert Notice.objects.get(user=officer).title == "人大询问3个问题，请准备到会答复"

    first, second, third = inquiry.questions.all()
    for row, due in ((first, dt.date(2026, 8, 1)), (second, dt.date(2026, 10, 1)), (third, None)):
        values = {"answer": "已列入计划", "follow_up": "年底前改完", "due_on": due}
        services.change_question(
            actor=office, question_pk=row.pk, seen=fingerprint(row), values=values
        )
    second.refresh_from_db()
    step = reverse("activities:question_step", args=[second.pk, "done"])
    done = {"seen": fingerprint(second), "follow_up": "已改完", "on": "2026-08-30"}
    client.post(step, done)
    client.post(step, done)

    page = client.get(reverse("activities:questions", args=[inquiry.pk]))
    assert [standing.words for _, standing in page.context["lines"]] == [
        "后续办理已逾期 31 天",
        "后续已办结",
        "已答复",
    ]
    assert "答复 100.0%（3/3），后续办结 50.0%（1/2）" in page.text
    assert Notice.objects.filter(user=deputy.user, title="您询问的事已办结").count() == 1


def test_the_official_list_holds_every_question(client, office, deputy, inquiry):
    QuestionFactory(
        activity=inquiry, asker=deputy, unit=UnitFactory(name="县水利局"), text="何时改完？",
        answered_by="局长李某", answer="年底前。", follow_up="换管 3 公里", due_on=dt.date(2026, 12, 31),
    )  # fmt: skip
    QuestionFactory(activity=inquiry)

    paper = inquiry_paper(inquiry, list(selectors.questions_of(inquiry)))

    assert paper.title == "供水专题询问与答复一览"
    assert Heading("1. 何时改完？", level=2) in paper.blocks
    assert Paragraph("张伟代表询问。县水利局局长李某答复：年底前。") in paper.blocks
    [annex] = paper.annexes
    assert annex.blocks[0].rows == (("1", "换管 3 公里", "县水利局", "2026-12-31", "—"),)
    client.force_login(office)
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.get(reverse("activities:question_paper", args=[inquiry.pk, kind]))
        assert answer.content.startswith(begins)


def test_without_questions_there_is_no_paper(client, office, inquiry):
    client.force_login(office)

    address = reverse("activities:question_paper", args=[inquiry.pk, "pdf"])
    assert client.get(address).status_code == 404


def test_only_the_office_writes_and_a_stranger_sees_nothing(client, deputy, inquiry):
    row = QuestionFactory(activity=inquiry)
    client.force_login(deputy.user)
    assert client.get(reverse("activities:questions", args=[inquiry.pk])).status_code == 200
    for name, args in (("add_questions", [inquiry.pk]), ("question_step", [row.pk, "edit"])):
        assert client.post(reverse(f"activities:{name}", args=args)).status_code == 403
    client.force_login(town_clerk(TownFactory()))
    for name, args in (("questions", [inquiry.pk]), ("question_step", [row.pk, "edit"])):
        assert client.get(reverse(f"activities:{name}", args=args)).status_code == 404
    with pytest.raises(QuestionError):
        services.add_questions(
            actor=deputy.user, activity_pk=inquiry.pk, questions=[{"text": "甲"}]
        )


def test_a_stale_answer_is_refused_with_its_text(client, office, inquiry):
    row = QuestionFactory(activity=inquiry)
    old = fingerprint(row)
    Question.objects.update(answered_by="别人")
    client.force_login(office)

    address = reverse("activities:question_step", args=[row.pk, "edit"])
    page = client.post(address, {"seen": old, "text": row.text, "answer": "我写的答复"})

    assert "刚被别人改过" in page.text
    assert "我写的答复" in page.text


def test_what_was_answered_is_not_taken_out(office, inquiry):
    row, other = QuestionFactory(activity=inquiry, answer="好"), QuestionFactory(activity=inquiry)

    with pytest.raises(QuestionError, match="不能删去"):
        services.remove_question(actor=office, question_pk=row.pk, seen=fingerprint(row))
    services.remove_question(actor=office, question_pk=other.pk, seen=fingerprint(other))
    assert Question.objects.get() == row


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    client, office, inquiry, rows, django_assert_num_queries
):
    QuestionFactory.create_batch(rows, activity=inquiry, asker=DeputyFactory(), unit=UnitFactory())
    client.force_login(office)
    address = reverse("activities:questions", args=[inquiry.pk])
    client.get(address)

    with django_assert_num_queries(6):
        client.get(address)
