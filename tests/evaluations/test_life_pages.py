"""Pages of the steps, objections, marks and questions: who meets which, and what it costs."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from activities.enums import Presence
from activities.models import CorrectionRequest
from congress_portal.core.enums import Dictionary, Role, Verification
from congress_portal.core.periods import quarter
from congress_portal.core.workdays import seed_calendar
from congress_portal.evaluations.life.hints import hints_for
from congress_portal.evaluations.models import Appeal, Rating, Score, ScoreSheet, SheetProof, Unlock
from congress_portal.evaluations.raters import marks_to_give
from congress_portal.evaluations.services import (
    check_sheet,
    compute_sheet,
    disclose_sheet,
    open_sheet,
)
from tests.factories.activities import ActivityFactory, ActivityFormFactory, VisitFactory
from tests.factories.core import EntryFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, MandateFactory
from tests.factories.evaluations import (
    AppealFactory,
    IndicatorFactory,
    RatingFactory,
    SchemeFactory,
    UnlockFactory,
)
from tests.factories.stations import ReceptionFactory
from tests.factories.uploads import PDF

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
DAY = dt.datetime(2026, 10, 9, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def clock():
    seed_calendar(2026)
    with time_machine.travel(DAY, tick=False) as moment:
        yield moment


@pytest.fixture
def office():
    return staff()


@pytest.fixture
def deputy():
    found = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=found)
    return found


@pytest.fixture
def scheme():
    scheme = SchemeFactory(name="代表履职评价", subject_type="deputy", objection_days=5)
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", target=1)
    return scheme


@pytest.fixture
def draft(scheme, deputy, office):
    return compute_sheet(scheme=scheme, period=Q3, actor=office)


@pytest.fixture
def disclosed(draft, office):
    check_sheet(actor=office, sheet_pk=draft.pk, digest=draft.digest)
    return disclose_sheet(actor=office, sheet_pk=draft.pk)


def page(client, user, name, *args, post=None, **query):
    client.force_login(user)
    address = reverse(f"evaluations:{name}", args=args)
    return client.post(address, post) if post is not None else client.get(address, query)


def test_office_walks_from_draft_to_disclosure(client, draft, office, deputy):
    shown = page(client, office, "sheet", draft.pk).content.decode()
    assert "step/check" in shown
    assert "核对并发布" not in shown

    page(client, office, "step", draft.pk, "check", post={"digest": draft.digest})
    assert "10月15日" in page(client, office, "step", draft.pk, "disclose").content.decode()
    page(client, office, "step", draft.pk, "disclose", post={"digest": draft.digest})
    again = page(client, office, "step", draft.pk, "disclose", post={"digest": draft.digest})

    assert "不能公示" in again.content.decode()
    assert ScoreSheet.objects.get().state == "disclosed"
    assert "公示中" in page(client, deputy.user, "sheet", draft.pk).content.decode()


def test_lines_by_hand_without_marks_are_named_before_the_marks_close(client, scheme, office):
    IndicatorFactory(
        scheme=scheme, name="综合评价", metric="rating", method="manual", target=None,
        raters="镇街1", when_empty="skip",
    )  # fmt: skip
    marked, _ = MandateFactory.create_batch(2)
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=office)
    told = page(client, office, "step", sheet.pk, "check").content.decode()
    assert "「综合评价」2 个对象中 2 个没有评分，按方案不计" in told

    RatingFactory(scheme=scheme, indicator="综合评价", deputy=marked.deputy, period_code=Q3.code)
    compute_sheet(scheme=scheme, period=Q3, actor=office)
    told = page(client, office, "step", sheet.pk, "check").content.decode()
    assert "「综合评价」2 个对象中 1 个没有评分" in told


def test_a_page_of_an_older_draft_is_refused(client, draft, office):
    told = page(client, office, "step", draft.pk, "check", post={"digest": "0" * 64})

    assert "刚被重新计算" in told.content.decode()
    assert ScoreSheet.objects.get().state == "draft"
    again = {"digest": told.context["form"]["digest"].value()}  # of the figures now on the page
    page(client, office, "step", draft.pk, "check", post=again)
    assert ScoreSheet.objects.get().state == "checked"


def test_a_step_back_needs_its_reason(client, draft, office):
    check_sheet(actor=office, sheet_pk=draft.pk, digest=draft.digest)

    assert page(client, office, "step", draft.pk, "reopen", post={"words": " "}).status_code == 200
    page(client, office, "step", draft.pk, "reopen", post={"words": "漏了一人"})

    assert ScoreSheet.objects.get().state == "draft"


PAGES = [("step", "check"), ("unlock",), ("hints",)]


@pytest.mark.parametrize("name", PAGES)
def test_office_pages_are_closed_to_others(client, disclosed, deputy, name):
    stranger = UserFactory()
    args = (name[0], disclosed.pk, *name[1:])

    assert page(client, stranger, *args).status_code == 404
    assert page(client, deputy.user, *args).status_code == 403


def test_scores_and_objections_of_others_are_not_found(client, disclosed, deputy):
    stranger = UserFactory(role=Role.DEPUTY)
    score = Score.objects.get()
    page(client, deputy.user, "object", score.pk, post=_words(client, deputy.user, score))
    appeal = Appeal.objects.get()

    for args in (("object", score.pk), ("appeal", appeal.pk), ("marks", disclosed.pk)):
        assert page(client, stranger, *args).status_code == 404
    assert "没有得分异议" in page(client, stranger, "appeals").content.decode()


def _words(client, user, score, line=""):
    form = page(client, user, "object", score.pk).context["form"]
    return {"key": form["key"].value(), "line": line, "words": "7月8日的视察没有算"}


def test_deputy_objects_once_and_another_officer_answers(client, disclosed, deputy, office):
    other, score = staff(), Score.objects.get()
    line = score.lines.get()
    sent = _words(client, deputy.user, score, line.pk)
    for _ in range(2):  # a double tap
        page(client, deputy.user, "object", score.pk, post=sent)
    appeal = Appeal.objects.get()
    answer = {"upheld": "no", "answer": "那次登记为请假"}

    assert "请由其他同志答复" in page(client, office, "appeal", appeal.pk).content.decode()
    page(client, office, "appeal", appeal.pk, post=answer)
    assert Appeal.objects.get().state == "open"
    assert page(client, deputy.user, "appeal", appeal.pk, post=answer).status_code == 403
    page(client, other, "appeal", appeal.pk, post=answer)
    late = page(client, other, "appeal", appeal.pk, post={"upheld": "yes", "answer": "改判"})

    assert "没有重复处理" in late.content.decode()
    assert "那次登记为请假" in page(client, deputy.user, "appeal", appeal.pk).content.decode()


def test_who_is_not_scored_is_offered_no_objection(client, disclosed, office):
    score = Score.objects.get()

    assert page(client, office, "object", score.pk).status_code == 403
    assert "对这一项提异议" not in page(client, office, "score", score.pk).content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_objections_take_the_same_queries_for_any_number(client, scheme, office, deputy, size):
    for _ in range(size - 1):
        MandateFactory(deputy=DeputyFactory(user=UserFactory(role=Role.DEPUTY)))
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=office)
    check_sheet(actor=office, sheet_pk=sheet.pk, digest=sheet.digest)
    disclose_sheet(actor=office, sheet_pk=sheet.pk)
    for score in Score.objects.all():
        page(
            client,
            score.deputy.user,
            "object",
            score.pk,
            post=_words(client, score.deputy.user, score),
        )
    client.force_login(office)

    with CaptureQueriesContext(connection) as queries:
        shown = client.get(reverse("evaluations:appeals"))

    assert (shown.context["page"].paginator.count, len(queries)) == (size, 5)


def test_records_that_do_not_count_say_why(client, deputy, scheme, office):
    training = ActivityFormFactory(name="培训学习", counts_as="training")
    ActivityFactory(title="学习法律", form=training, deputies=[deputy])
    ActivityFactory(title="等核实的", verification=Verification.PENDING, deputies=[deputy])
    refused = {"verification": Verification.REFUSED, "refusal_reason": "日期不对"}
    ActivityFactory(title="被退回的", deputies=[deputy], **refused)
    leave = ActivityFactory(title="请了假的", deputies=[deputy])
    leave.attendances.update(presence=Presence.LEAVE)
    ActivityFactory(title="算了的", deputies=[deputy])
    ActivityFactory(title="也算了的", deputies=[deputy])
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=office)
    check_sheet(actor=office, sheet_pk=sheet.pk, digest=sheet.digest)
    disclose_sheet(actor=office, sheet_pk=sheet.pk)
    line = Score.objects.get().lines.get()

    found = page(client, deputy.user, "evidence", line.pk)

    assert {each.row.title: each.reason for each in found.context["uncounted"]} == {
        "学习法律": "培训学习另计，不算活动次数",
        "等核实的": "还没有核实",
        "被退回的": "核实没有通过：日期不对",
        "请了假的": "登记为「请假」",
    }
    text = found.content.decode()
    assert "没有计入，因为还没有核实" in text
    assert "封顶" in text
    assert text.count("有错或重复") == 2


def test_deputy_flags_a_record_from_its_line(client, deputy, disclosed):
    ActivityFactory(title="重复的", deputies=[deputy])
    mark = f"activities.activity.{deputy.attendances.get().activity_id}"
    client.force_login(deputy.user)
    address = f"{reverse('activities:ask_correction')}?about={mark}"
    shown = client.get(address)

    assert shown.status_code == 200
    assert not CorrectionRequest.objects.exists()


def test_marks_are_given_on_the_page(client, scheme, deputy, office):
    IndicatorFactory(
        scheme=scheme, name="自评", metric="rating", method="manual", target=None, raters="自评1"
    )
    page(client, office, "begin", post={"scheme": scheme.pk, "period": "2026Q3"})
    sheet = ScoreSheet.objects.get()
    sent = {"indicator": "自评", "rater": "self", "points": "11"}

    assert (
        "0 到 10"
        in page(client, deputy.user, "mark", sheet.pk, deputy.pk, post=sent).content.decode()
    )
    page(client, deputy.user, "mark", sheet.pk, deputy.pk, post={**sent, "points": "9"})

    assert Rating.objects.get().points == 9
    assert deputy.name in page(client, deputy.user, "marks", sheet.pk).content.decode()
    assert page(client, town_clerk(TownFactory()), "marks", sheet.pk).status_code == 404


def test_unlock_names_one_place(client, disclosed, deputy, office):
    sent = {"until": "2026-10-11", "reason": "补评", "region": deputy.town_id}

    fault = page(client, office, "unlock", disclosed.pk, post={**sent, "region": ""})
    assert "请只选一个" in fault.content.decode()
    page(client, office, "unlock", disclosed.pk, post=sent)

    assert Unlock.objects.get().place == deputy.town
    assert "补评" in page(client, office, "unlock", disclosed.pk).content.decode()


def test_hints_ask_and_change_nothing(client, deputy, draft, office):
    words = "走访群众了解灌溉用水不足的问题并记录"
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    for day in range(1, 7):
        VisitFactory(deputy=deputy, held_on=dt.date(2026, 9, day), matter=words, channel=channel)
    deputy.visits.update(entered_at=dt.datetime(2026, 9, 30, 4, tzinfo=dt.UTC))
    ReceptionFactory(held_on=dt.date(2026, 7, 4))  # a Saturday
    digest = ScoreSheet.objects.get().digest

    groups = {group.title: len(group.hints) for group in hints_for(Q3, office)}
    shown = page(client, office, "hints", draft.pk).content.decode()

    assert groups == {"同样的文字": 1, "期末集中补录": 1, "休息日接待": 1}
    assert "不影响任何得分" in shown
    assert ScoreSheet.objects.get().digest == digest


@pytest.mark.parametrize("name", ["appeal", "rating", "unlock", "sheetproof"])
def test_the_admin_shows_what_the_services_keep(client, office, name):
    AppealFactory()
    RatingFactory()
    row = UnlockFactory()
    SheetProof.objects.create(sheet=row.sheet, proved_at=DAY, is_intact=True, has_changed=False)
    client.force_login(office)

    shown = client.get(reverse(f"admin:evaluations_{name}_changelist"))

    assert (shown.status_code, shown.context["cl"].result_count) == (200, 1)


def test_papers_of_the_office_are_hidden_from_strangers_and_raters_keep_their_own():
    unlock, rating, appeal = UnlockFactory(), RatingFactory(), AppealFactory()
    stranger = UserFactory(role=Role.DEPUTY)

    for row in (unlock, rating, appeal):
        assert not type(row).objects.visible_to(stranger).exists()
        assert not type(row).objects.editable_by(stranger).exists()
    assert list(Rating.objects.visible_to(rating.author)) == [rating]


def rated(scheme, raters, **more):
    given = {"metric": "rating", "method": "manual", "target": None, "full": 10}
    return IndicatorFactory(scheme=scheme, name="综合评价", raters=raters, **given | more)


def test_who_is_asked_for_marks_finds_them_on_the_first_page(client, scheme, deputy, office):
    rated(scheme, "自评1、镇街1、县2")
    other = MandateFactory(deputy__town=deputy.town).deputy
    sheet = open_sheet(scheme=scheme, period=Q3, actor=office)
    clerk = town_clerk(deputy.town)
    asked = {user: marks_to_give(user)[0] for user in (deputy.user, clerk, office)}
    assert [(each.asked, each.missing) for each in asked.values()] == [(1, 1), (2, 2), (2, 2)]
    assert marks_to_give(UserFactory(role=Role.DEPUTY)) == []

    client.force_login(deputy.user)
    own = reverse("evaluations:mark", args=[sheet.pk, deputy.pk])
    for address in ("/", reverse("evaluations:list")):
        assert f'href="{own}"' in client.get(address).text
    client.post(own, {"indicator": "综合评价", "rater": "self", "points": "9"})
    assert marks_to_give(deputy.user) == []
    assert own not in client.get("/").text

    client.force_login(clerk)
    page = reverse("evaluations:marks", args=[sheet.pk])
    assert list(client.get(page, {"q": other.name}).context["page"]) == [other]
    RatingFactory(
        scheme=scheme, indicator="综合评价", deputy=other, period_code=Q3.code, author=clerk
    )
    assert list(client.get(page, {"given": "yes"}).context["page"]) == [other]
    assert list(client.get(page, {"given": "no"}).context["page"]) == [deputy]
    assert marks_to_give(clerk)[0].missing == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_marks_cost_the_same_for_one_and_three(
    client, scheme, office, count, django_assert_num_queries
):
    rated(scheme, "县1")
    TownFactory()
    MandateFactory.create_batch(count, deputy__town=TownFactory())
    sheet = open_sheet(scheme=scheme, period=Q3, actor=office)
    client.force_login(office)
    with django_assert_num_queries(10):
        client.get(reverse("evaluations:marks", args=[sheet.pk]))


def test_a_mark_below_the_full_one_says_why(client, scheme, deputy, office):
    rated(scheme, "县1")
    sheet = open_sheet(scheme=scheme, period=Q3, actor=office)
    data = {"indicator": "综合评价", "rater": "county", "points": "8"}
    told = page(client, office, "mark", sheet.pk, deputy.pk, post=data).content.decode()
    assert "没有给满分，请写明理由" in told
    assert not Rating.objects.exists()

    page(client, office, "mark", sheet.pk, deputy.pk,
         post=data | {"reason": "缺席两次", "proof": "签到表"})  # fmt: skip
    given = Rating.objects.get()
    assert (given.reason, given.proof) == ("缺席两次", "签到表")


def test_marks_later_than_the_figures_are_told_before_a_step(client, scheme, deputy, office, clock):
    rated(scheme, "县1")
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=office)
    clock.shift(60)
    RatingFactory(
        scheme=scheme, indicator="综合评价", deputy=deputy, period_code=Q3.code, rater="county",
        given_at=timezone.now(),
    )  # fmt: skip
    for name, *args in (("sheet",), ("step", "check")):
        told = page(client, office, name, sheet.pk, *args).content.decode()
        assert "有 1 条评分晚于计算" in told
    compute_sheet(scheme=scheme, period=Q3, actor=office)
    assert "晚于计算" not in page(client, office, "sheet", sheet.pk).content.decode()


def test_an_unlock_stands_on_the_sheet_and_a_running_period_is_told(client, scheme, deputy, office):
    rated(scheme, "县1")
    sheet = compute_sheet(scheme=scheme, period=quarter(2026, 4), actor=office)
    check_sheet(actor=office, sheet_pk=sheet.pk, digest=sheet.digest)
    UnlockFactory(sheet=sheet, region=deputy.town, reason="漏评三人")
    told = page(client, office, "sheet", sheet.pk).content.decode()

    assert "漏评三人" in told
    assert "这一期到2026年12月31日" in told
    assert "才结束" in told
    assert "漏评三人" not in page(client, deputy.user, "list").content.decode()


def test_a_period_with_nobody_to_score_is_a_slip_of_the_pen(client, scheme, deputy, office):
    data = {"scheme": scheme.pk, "period": "1999Q1"}
    told = page(client, office, "compute", post=data)
    assert told.status_code == 422
    assert "没有可评的代表，请核对周期" in told.content.decode()
    assert not ScoreSheet.objects.exists()


def test_an_objection_carries_its_evidence_to_who_answers_it(client, disclosed, deputy, office):
    score = Score.objects.get(sheet=disclosed, deputy=deputy)
    sent = _words(client, deputy.user, score)
    wrong = SimpleUploadedFile("a.exe", b"MZ")
    told = page(client, deputy.user, "object", score.pk, post=sent | {"paper": wrong})
    assert "不支持" in told.content.decode()
    assert not Appeal.objects.exists()

    paper = SimpleUploadedFile("签到表.pdf", PDF)
    page(client, deputy.user, "object", score.pk, post=sent | {"paper": paper})

    appeal = Appeal.objects.get()
    address = reverse("evaluations:appeal_paper", args=[appeal.pk])
    for user in (deputy.user, office):
        assert address in page(client, user, "appeal", appeal.pk).content.decode()
        assert b"".join(client.get(address).streaming_content).startswith(b"%PDF")
    for user in (UserFactory(role=Role.DEPUTY), UserFactory()):
        client.force_login(user)
        assert client.get(address).status_code == 404
    appeal.paper = ""
    appeal.save()
    client.force_login(office)
    assert client.get(address).status_code == 404
