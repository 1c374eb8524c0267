"""Complaints about published texts: anybody reports, the office hides or keeps, and answers."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from congress_portal.core.models import AuditEntry, Notice
from congress_portal.public.models import AbuseReport
from congress_portal.public.selectors import shown_suggestions
from suggestions.models import DoorKnock
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.public import AbuseReportFactory, PublishedNewsFactory
from tests.factories.suggestions import HandlingFactory, ReplyFactory, SuggestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(freeze):
    freeze("2026-10-08 10:00")


@pytest.fixture
def suggestion():
    return SuggestionFactory(
        state="handling", submitted_on=dt.date(2026, 7, 1), handed_over_on=dt.date(2026, 7, 2),
        consents_to_publication=True, published_on=dt.date(2026, 9, 1), title="修路灯的建议",
    )  # fmt: skip


@pytest.fixture
def reply(suggestion):
    return ReplyFactory(handling=HandlingFactory(suggestion=suggestion), body="路灯已经换新")


def send(client, kind, pk, **data):
    given = {"key": str(uuid.uuid4()), "reason": "personal", "words": "写了电话", **data}
    return client.post(reverse("public:report", args=[kind, pk]), given, follow=True)


def decide(client, report, **data):
    address = reverse("public:abuse_report", args=[report.pk])
    seen = client.get(address).context["form"].initial["seen"]
    given = {"seen": seen, "state": "hidden", "answer": "已核实，停止公开。", **data}
    return client.post(address, given, follow=True)


def test_anybody_reports_and_the_office_hears_of_it(client, suggestion):
    office = staff()
    page = client.get(reverse("public:suggestion", args=[suggestion.pk])).text
    assert reverse("public:report", args=["suggestion", suggestion.pk]) in page

    answer = send(client, "suggestion", suggestion.pk)

    report = AbuseReport.objects.get()
    assert (report.title, report.region, report.state) == (
        "修路灯的建议", suggestion.region, "received",
    )  # fmt: skip
    assert "待处理" in answer.text
    notice = Notice.objects.get(user=office)
    assert notice.link == reverse("public:abuse_report", args=[report.pk])
    assert "写了电话" not in notice.title + notice.body


def test_nothing_of_the_person_is_kept(client, suggestion):
    send(client, "suggestion", suggestion.pk)

    assert "127.0.0.1" not in DoorKnock.objects.get().address_hash
    assert AbuseReport.objects.get().decided_by is None


def test_hidden_suggestion_leaves_every_page_and_file(client, suggestion, reply):
    send(client, "suggestion", suggestion.pk)
    client.force_login(staff())

    assert "已停止公开" in decide(client, AbuseReport.objects.get()).text

    client.logout()
    assert not shown_suggestions().exists()
    names = ("suggestions", "api_suggestions", "suggestions_csv", "sitemap")
    for name in names:
        assert "修路灯的建议" not in client.get(reverse(f"public:{name}")).text
    for name in ("suggestion", "api_suggestion"):
        assert client.get(reverse(f"public:{name}", args=[suggestion.pk])).status_code == 404
    token = AbuseReport.objects.get().token
    assert "已核实，停止公开。" in client.get(reverse("public:report_answer", args=[token])).text


def test_hidden_reply_leaves_the_suggestion_standing(client, suggestion, reply):
    address = reverse("public:suggestion", args=[suggestion.pk])
    assert "路灯已经换新" in client.get(address).text
    send(client, "reply", reply.pk)
    client.force_login(staff())

    decide(client, AbuseReport.objects.get())

    page = client.get(address)
    assert (page.status_code, "路灯已经换新" in page.text) == (200, False)
    detail = client.get(reverse("public:api_suggestion", args=[suggestion.pk])).json()
    assert detail["replies"] == []


def test_hidden_news_leaves_page_list_and_feed_and_comes_back(client):
    row = PublishedNewsFactory()
    send(client, "news", row.pk)
    send(client, "news", row.pk)
    client.force_login(staff())
    first, second = AbuseReport.objects.all()

    decide(client, first)

    second.refresh_from_db()
    assert second.state == "hidden"  # one text, one decision
    for name in ("news", "news_feed"):
        assert row.news.title not in client.get(reverse(f"public:{name}")).text
    assert client.get(reverse("public:news_item", args=[row.pk])).status_code == 404

    decide(client, second, state="kept", answer="更正后公开。")
    assert client.get(reverse("public:news_item", args=[row.pk])).status_code == 200
    first.refresh_from_db()
    assert (first.state, first.answer) == ("kept", "更正后公开。")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"website": "http://spam"}, "没有收下"),
        ({"reason": ""}, "为什么举报"),
        ({"reason": "x"}, "为什么举报"),
        ({"key": "x"}, "请重新打开再填"),
    ],
)
def test_bad_report_is_refused_in_words(client, suggestion, data, fault):
    assert fault in send(client, "suggestion", suggestion.pk, **data).text
    assert not AbuseReport.objects.exists()


def test_double_tap_is_one_report(client, suggestion):
    key = str(uuid.uuid4())

    pages = [send(client, "suggestion", suggestion.pk, key=key) for _ in range(2)]

    assert AbuseReport.objects.count() == 1
    assert pages[0].redirect_chain == pages[1].redirect_chain


def test_many_reports_are_asked_a_question_and_then_stopped(client, suggestion):
    for _ in range(2):
        send(client, "suggestion", suggestion.pk)
    assert "等于几" in send(client, "suggestion", suggestion.pk).text
    assert AbuseReport.objects.count() == 2

    hashed = DoorKnock.objects.first().address_hash
    DoorKnock.objects.bulk_create(DoorKnock(kind="report", address_hash=hashed) for _ in range(8))
    form = client.get(reverse("public:report", args=["suggestion", suggestion.pk])).context["form"]
    one, other = (each for each in form.fields["answer"].label if each in _DIGITS)
    right = str(_DIGITS.index(one) + _DIGITS.index(other))
    signed = form.fields["signed"].initial
    page = send(client, "suggestion", suggestion.pk, answer=right, signed=signed)

    assert "今天举报太多了" in page.text
    assert AbuseReport.objects.count() == 2


_DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize("kind", ["suggestion", "news", "reply", "deputy"])
def test_what_is_not_public_cannot_be_reported(client, kind):
    assert client.get(reverse("public:report", args=[kind, 1])).status_code == 404
    assert client.get(reverse("public:report_answer", args=["x"])).status_code == 404


def test_stale_and_empty_decisions_change_nothing(client):
    report = AbuseReportFactory(region=CountyFactory())
    client.force_login(staff())

    assert "处理说明" in decide(client, report, answer=" ").text
    assert "刚被别人改过" in decide(client, report, seen="x").text
    report.refresh_from_db()
    assert report.state == "received"


def test_town_decides_its_own_and_strangers_find_nothing(client):
    report = AbuseReportFactory()
    address = reverse("public:abuse_report", args=[report.pk])
    people = (town_clerk(TownFactory()), UserFactory(), town_clerk(report.region))

    seen = []
    for user in people:
        client.force_login(user)
        listed = client.get(reverse("public:abuse_list"))
        seen.append(
            (client.get(address).status_code, listed.status_code, "村口路灯侧记" in listed.text)
        )

    assert seen == [(404, 200, False), (404, 403, False), (200, 200, True)]


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_one_and_three(client, django_assert_num_queries, count):
    AbuseReportFactory.create_batch(count)
    client.force_login(staff())
    client.get(reverse("public:abuse_list"))

    with django_assert_num_queries(5):
        page = client.get(reverse("public:abuse_list"))

    assert page.text.count("村口路灯侧记") == count


def test_decision_is_in_the_trail_without_the_link(client):
    report = AbuseReportFactory(region=CountyFactory())
    client.force_login(staff())

    decide(client, report)

    entry = AuditEntry.objects.filter(model="public.AbuseReport").first()
    assert entry.reason == "已核实，停止公开。"
    assert report.token not in str(entry.changes)


def test_decided_report_has_an_answer():
    with pytest.raises(IntegrityError), transaction.atomic():
        AbuseReportFactory(state="hidden")
