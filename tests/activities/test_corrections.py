import uuid

import pytest
from django.urls import reverse

from activities.models import CorrectionRequest, Visit
from activities.selectors.corrections import mark_of
from congress_portal.core.audit import save_recorded
from congress_portal.core.enums import Role
from congress_portal.core.models import AuditEntry, Notice
from tests.factories.activities import ActivityFactory, DutyReportFactory, VisitFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import ReceptionFactory
from tests.factories.suggestions import SuggestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return TownFactory(name="云溪镇")


@pytest.fixture
def deputy(town):
    return DeputyFactory(name="张伟", town=town, user=UserFactory(role=Role.DEPUTY))


@pytest.fixture
def visit(deputy):
    return VisitFactory(deputy=deputy, entered_by=deputy.user)


def ask(client, row=None, **data):
    about = f"?about={mark_of(row)}" if row else ""
    data = {"key": uuid.uuid4(), "kind": "wrong", "text": "人次应当是 12", **data}
    return client.post(f"{reverse('activities:ask_correction')}{about}", data, follow=True)


@pytest.fixture
def asked(client, deputy, visit):
    client.force_login(deputy.user)
    ask(client, visit)
    return CorrectionRequest.objects.get()


def answer(client, asked, **data):
    address = reverse("activities:correction", args=[asked.pk])
    return client.post(address, {"answer": "已按登记表核对", **data}, follow=True)


def test_deputy_asks_and_the_towns_office_is_told(client, town, deputy, visit):
    clerk = town_clerk(town)
    client.force_login(deputy.user)

    response = ask(client, visit)

    asked = CorrectionRequest.objects.get()
    assert (asked.deputy, asked.row, asked.kind, asked.state) == (deputy, visit, "wrong", "open")
    assert "已提出。" in response.text
    notice = Notice.objects.get(user=clerk)
    assert notice.title == "张伟代表提出更正申请：记错了"
    assert notice.link == reverse("activities:correction", args=[asked.pk])


def test_double_tap_makes_one_request(client, deputy, visit):
    client.force_login(deputy.user)
    key = uuid.uuid4()

    for _ in range(2):
        ask(client, visit, key=key)

    assert CorrectionRequest.objects.count() == 1


def test_second_request_for_the_same_record_is_refused(client, asked, visit):
    response = ask(client, visit)

    assert "正在处理，不用再提" in response.text
    assert CorrectionRequest.objects.count() == 1


def test_every_kind_of_own_record_may_be_asked_about(client, deputy):
    client.force_login(deputy.user)
    rows = [
        ActivityFactory(deputies=[deputy]),
        DutyReportFactory(deputy=deputy),
        ReceptionFactory(deputies=[deputy]),
        SuggestionFactory(lead=deputy),
    ]

    for row in rows:
        ask(client, row)

    assert [asked.row for asked in CorrectionRequest.objects.order_by("pk")] == rows


def test_another_deputys_record_is_not_found(client, deputy):
    foreign = VisitFactory()
    client.force_login(deputy.user)

    assert ask(client, foreign).status_code == 404
    address = reverse("activities:ask_correction")
    for mark in ("activities.visit.x", "core.user.1", "nonsense", "activities.visit."):
        assert client.get(address, {"about": mark}).status_code == 404
    assert CorrectionRequest.objects.count() == 0


@pytest.mark.parametrize("role", [None, Role.TOWN_STAFF, Role.LEADER])
def test_only_deputies_ask(client, town, role):
    client.force_login(UserFactory(role=role, role__region=town))

    assert client.get(reverse("activities:ask_correction")).status_code == 403


def test_wrong_record_is_mended_first_then_answered(client, town, asked, visit):
    clerk = town_clerk(town)
    client.force_login(clerk)

    early = answer(client, asked, do="accept")
    visit.people = 12
    save_recorded(visit)
    client.force_login(clerk)
    answer(client, asked, do="accept")

    assert "请先改好这条记录再答复" in early.text
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("accepted", clerk)
    told = Notice.objects.get(user=asked.deputy.user)
    assert (told.title, told.body) == ("您的更正申请已更正", "已按登记表核对")


def test_double_record_is_taken_out_with_a_trace(client, town, deputy, visit):
    client.force_login(deputy.user)
    ask(client, visit, kind="double", text="9 月 3 日记了两次")
    asked = CorrectionRequest.objects.get()
    client.force_login(town_clerk(town))

    answer(client, asked, do="accept")

    visit.refresh_from_db()
    assert visit.verification == "refused"
    assert visit.refusal_reason == "更正申请（记重了）：已按登记表核对"
    entry = AuditEntry.objects.get(model="activities.Visit", action="update")
    assert entry.reason == "更正申请（记重了）：已按登记表核对"


def test_missing_record_is_entered_on_behalf_and_named(client, town, deputy, visit):
    client.force_login(deputy.user)
    ask(client, kind="missing", text="8 月 5 日走访漏了")
    asked = CorrectionRequest.objects.get()
    client.force_login(town_clerk(town))

    without = answer(client, asked, do="accept")
    entered = VisitFactory(deputy=deputy, on_behalf=True)
    older = answer(client, asked, do="accept", entered=f"activities.visit.{visit.pk}")
    answer(client, asked, do="accept", entered=f"activities.visit.{entered.pk}")

    assert "请先代录漏记的记录" in without.text
    assert "选择一个有效的选项" in older.text  # it was there before the request
    asked.refresh_from_db()
    assert (asked.state, asked.row) == ("accepted", entered)


def test_refusal_needs_an_answer_and_is_told(client, town, asked):
    client.force_login(town_clerk(town))

    empty = answer(client, asked, do="refuse", answer=" ")
    answer(client, asked, do="refuse", answer="签到表上是 3 人")

    assert "答复代表" in empty.text
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "签到表上是 3 人")
    assert Notice.objects.get(user=asked.deputy.user).title == "您的更正申请不予更正"


def test_of_two_officers_one_answers_and_the_other_reads_it(client, town, asked):
    client.force_login(town_clerk(town, name="王干事"))
    answer(client, asked, do="refuse")
    client.force_login(town_clerk(town))

    second = answer(client, asked, do="refuse", answer="另一个答复")

    assert "已由王干事答复为「不予更正」" in second.text
    asked.refresh_from_db()
    assert asked.answer == "已按登记表核对"


def test_requests_stay_within_the_scope(client, asked):
    address = reverse("activities:correction", args=[asked.pk])
    for stranger in (town_clerk(TownFactory()), UserFactory(role=Role.DEPUTY), UserFactory()):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
        page = client.get(reverse("activities:corrections")).context["page"]
        assert list(page.object_list) == []


def test_the_deputy_reads_but_does_not_answer(client, asked):
    assert client.get(reverse("activities:correction", args=[asked.pk])).status_code == 200
    assert answer(client, asked, do="accept").status_code == 403


def test_a_clerk_does_not_answer_the_own_request(client, town):
    clerk = town_clerk(town)
    clerk.role_assignments.create(role=Role.DEPUTY)
    own = DeputyFactory(town=town, user=clerk)
    visit = VisitFactory(deputy=own)
    client.force_login(clerk)
    ask(client, visit)

    response = answer(client, CorrectionRequest.objects.get(), do="refuse")

    assert "自己提出的申请要由别人处理" in response.text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_a_fixed_number_of_queries(client, django_assert_num_queries, rows):
    for visit in VisitFactory.create_batch(rows):
        CorrectionRequest.objects.create(deputy=visit.deputy, kind="wrong", text="错", row=visit)
    client.force_login(staff())

    with django_assert_num_queries(6):
        response = client.get(reverse("activities:corrections"))

    assert len(response.context["page"].object_list) == rows
    assert Visit.objects.count() == rows
