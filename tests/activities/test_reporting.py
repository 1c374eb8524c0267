"""Reports to the voters: the term's board, drafts, ballots and results, what follows (M113, M114)."""

import datetime as dt
import io
import uuid

import docx
import pytest
from django.urls import reverse
from pypdf import PdfReader

from activities.enums import Comparison, CountsAs, ShareOf
from activities.models import BallotScale, DutyReport, ReportMeeting, VoterQuestion
from activities.selectors import reporting as selectors
from activities.selectors.scales import outcome, with_rules
from activities.selectors.verifying import kind_of, waiting_rows
from activities.services import reporting as services
from activities.services.reporting import Counted, ReportingError, questions_digest
from congress_portal.core.enums import Role, Verification
from congress_portal.core.models import Notice
from congress_portal.core.stale import StaleRecordError, fingerprint
from congress_portal.core.verification import VerificationError, verify
from deputies.enums import BeginKind, EndKind
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    VisitFactory,
)
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, DistrictFactory, MandateFactory, TermFactory
from tests.factories.reporting import ReportMeetingFactory, ScaleFactory, VoterQuestionFactory
from tests.factories.stations import ReceptionFactory
from tests.factories.suggestions import OpinionFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
FOUR = ("优秀", "称职", "基本称职", "不称职")


@pytest.fixture(autouse=True)
def today(freeze):
    return freeze("2026-09-10 09:00")


@pytest.fixture
def town():
    return TownFactory(name="云溪镇")


@pytest.fixture
def district(town):
    return DistrictFactory(region=town, name="第九选区")


@pytest.fixture
def deputy(town, district):
    person = DeputyFactory(name="田守义", town=town, user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=person, term=district.term, district=district)
    return person


@pytest.fixture
def meeting(town, district):
    return ReportMeetingFactory(region=town, district=district, place="柳林村文化广场")


def called(meeting, *deputies):
    clerk = town_clerk(meeting.region)
    reports = services.call_to_report(actor=clerk, meeting_pk=meeting.pk, deputies=deputies)
    return clerk, reports


def counted(clerk, meeting, votes, *, present=30):
    meeting = ReportMeeting.objects.get(pk=meeting.pk)
    lines = [
        Counted(report.pk, fingerprint(report), votes)
        for report in DutyReport.objects.filter(meeting=meeting)
    ]
    return services.record_meeting(
        actor=clerk, meeting_pk=meeting.pk, seen=fingerprint(meeting), voters_present=present,
        counts=lines,
    )  # fmt: skip


def scale_with(**kwargs):
    return with_rules(BallotScale.objects.all()).get(pk=ScaleFactory(**kwargs).pk)


# The scale decides


@pytest.mark.parametrize(
    ("votes", "result", "advice"),
    [
        ((24, 6, 0), "满意", ""),
        ((23, 7, 0), "基本满意", ""),
        ((10, 5, 15), "基本满意", ""),
        ((10, 4, 16), "不满意", "书面整改"),
    ],
)
def test_the_first_rule_that_holds_names_the_result(votes, result, advice):
    made = outcome(scale_with(), votes, 30)

    assert (made.result, made.advice) == (result, advice)


def test_the_local_rule_may_take_the_share_of_those_present():
    scale = scale_with()
    assert outcome(scale, (24, 6, 0), 40).result == "满意"

    scale.share_of = ShareOf.PRESENT

    made = outcome(scale, (24, 6, 0), 40)
    assert made.result == "基本满意"
    assert "到会人数 40 人" in made.basis


def test_no_ballots_no_result():
    assert outcome(scale_with(), (0, 0, 0), 30) is None


# Who owes


def test_the_board_counts_a_verified_report_of_the_term(town, district, deputy):
    user = staff()
    other = DeputyFactory(town=town)
    MandateFactory(deputy=other, term=district.term, district=district)
    before = selectors.board(user, district.term)
    DutyReportFactory(deputy=deputy)
    DutyReportFactory(deputy=other, verification=Verification.PENDING)

    after = selectors.board(user, district.term)

    assert str(before.total.rate) == "0.0%（0/2）"
    assert str(after.total.rate) == "50.0%（1/2）"
    assert [(str(line.place), str(line.rate)) for line in after.districts] == [
        ("第九选区", "50.0%（1/2）")
    ]
    assert [seat.deputy for seat in selectors.missing(user, district.term)] == [other]


def test_late_starters_owe_from_their_first_day_and_leavers_nothing(town, district):
    late, gone = DeputyFactory(town=town), DeputyFactory(town=town)
    MandateFactory(
        deputy=late, term=district.term, begins_on=dt.date(2026, 8, 1),
        begin_kind=BeginKind.BY_ELECTION,
    )  # fmt: skip
    MandateFactory(
        deputy=gone, term=district.term, ends_on=dt.date(2025, 1, 1), end_kind=EndKind.RESIGNED
    )
    DutyReportFactory(deputy=late, held_on=dt.date(2026, 7, 1))

    board = selectors.board(staff(), district.term)

    assert str(board.total.rate) == "0.0%（0/1）"
    assert (board.late, board.left) == (1, 1)


def test_one_report_counts_at_each_level(town, district, deputy):
    own = TermFactory(level="town", region=town, name="第十九届")
    MandateFactory(deputy=deputy, term=own)
    DutyReportFactory(deputy=deputy)

    for term in (district.term, own):
        assert str(selectors.board(staff(), term).total.rate) == "100.0%（1/1）"


def test_a_clerk_counts_the_own_town_only(town, district, deputy):
    MandateFactory(term=district.term)

    assert selectors.board(town_clerk(town), district.term).total.rate.whole == 1
    assert selectors.board(staff(), district.term).total.rate.whole == 2


# The meeting


def test_a_meeting_is_planned_once(client, town, district):
    client.force_login(town_clerk(town))
    data = {
        "key": str(uuid.uuid4()), "region": town.pk, "district": district.pk,
        "held_on": "2026-09-20", "place": "村委会", "scale": ScaleFactory().pk,
    }  # fmt: skip
    address = reverse("activities:new_report_meeting")

    for _ in range(2):
        client.post(address, data)

    meeting = ReportMeeting.objects.get()
    assert meeting.title == "云溪镇第九选区代表向选民述职会"


def test_another_towns_meeting_is_not_there(client, meeting, deputy):
    _, [report] = called(meeting, deputy)
    client.force_login(town_clerk(TownFactory()))

    for name in ("report_meeting", "edit_report_meeting", "call_to_report", "count_reports",
                 "report_ballot_pdf", "report_result_pdf"):  # fmt: skip
        assert client.get(reverse(f"activities:{name}", args=[meeting.pk])).status_code == 404
    for name in ("duty_report", "write_report", "report_questions", "report_feedback",
                 "rectify_report", "report_pdf"):  # fmt: skip
        assert client.get(reverse(f"activities:{name}", args=[report.pk])).status_code == 404
    for name in ("drop_report", "verify_report", "draft_report"):
        assert client.post(reverse(f"activities:{name}", args=[report.pk])).status_code == 404
    assert not client.get(reverse("activities:report_meetings")).context["page"].object_list


def test_a_meeting_of_another_place_is_refused(meeting):
    with pytest.raises(ReportingError, match="人大工作人员组织"):
        services.announce_results(actor=town_clerk(TownFactory()), meeting_pk=meeting.pk)


def test_called_deputies_get_a_draft_and_one_notice(client, meeting, deputy, town):
    ActivityFactory(title="检查农田水利", deputies=[deputy], held_on=dt.date(2026, 3, 4))
    ActivityFactory(title="届前的活动", deputies=[deputy], held_on=dt.date(2021, 3, 4))
    ActivityFactory(title="没核实的", deputies=[deputy], verification=Verification.PENDING)
    learning = ActivityFormFactory(name="培训学习", counts_as=CountsAs.TRAINING)
    ActivityFactory(form=learning, deputies=[deputy], hours="4.5")
    VisitFactory(deputy=deputy, people=7, matter="王某家的低保")
    SuggestionFactory(lead=deputy, title="修建渡口的建议", submitted_on=dt.date(2026, 1, 20))
    client.force_login(town_clerk(town))
    address = reverse("activities:call_to_report", args=[meeting.pk])

    client.post(address, {"deputies": [deputy.pk]})
    again = client.post(address, {"deputies": [deputy.pk]})

    report = DutyReport.objects.get()
    assert "检查农田水利" in report.text
    assert "届前的活动" not in report.text
    assert "没核实的" not in report.text
    assert "参加学习培训 1 次，共 4.5 学时" in report.text
    assert "走访联系选民 1 次、7 人次" in report.text
    assert "王某" not in report.text
    assert "领衔提出建议 1 件" in report.text
    assert "修建渡口的建议" in report.text
    assert Notice.objects.get().user == deputy.user
    assert again.status_code == 200
    assert report.verification == Verification.PENDING


def test_the_draft_tells_opinions_and_what_became_of_them(meeting, deputy):
    reception = ReceptionFactory(deputies=[deputy])
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 8, 1))
    OpinionFactory(reception=reception)

    _, [report] = called(meeting, deputy)

    assert "在代表家站值班接待选民 1 天" in report.text
    assert "收到群众意见 2 条，已经办结 1 条" in report.text


def test_only_who_has_not_reported_is_offered_first(client, meeting, deputy, town, district):
    done = DeputyFactory(town=town)
    MandateFactory(deputy=done, term=district.term, district=district)
    DutyReportFactory(deputy=done)
    MandateFactory(term=district.term)  # of another district
    client.force_login(town_clerk(town))
    address = reverse("activities:call_to_report", args=[meeting.pk])

    few = client.get(address).context["form"]["deputies"].field.choices
    all_of_them = client.get(address, {"all": "on"}).context["form"]["deputies"].field.choices

    assert [key for key, _ in few] == [str(deputy.pk)]
    assert [key for key, _ in all_of_them] == [str(deputy.pk), str(done.pk)]


def test_a_stranger_to_the_district_is_not_called(meeting):
    stranger = MandateFactory().deputy

    with pytest.raises(ReportingError, match="不在这个选区"):
        called(meeting, stranger)


def test_a_new_day_goes_to_the_reports(meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    values = {name: getattr(meeting, name) for name in
              ("title", "region", "district", "place", "scale")}  # fmt: skip

    services.save_meeting(
        actor=clerk, meeting_pk=meeting.pk, seen=fingerprint(meeting),
        values={**values, "held_on": dt.date(2026, 9, 18)},
    )  # fmt: skip

    report.refresh_from_db()
    assert report.held_on == dt.date(2026, 9, 18)


def test_a_deputy_is_dropped_before_the_meeting_only(meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    counted(clerk, meeting, (24, 6, 0))
    with pytest.raises(ReportingError, match="已经召开"):
        services.drop_from_meeting(actor=clerk, report_pk=report.pk)

    ReportMeeting.objects.update(is_held=False)
    services.drop_from_meeting(actor=clerk, report_pk=report.pk)

    assert not DutyReport.objects.exists()
    assert Notice.objects.filter(user=deputy.user, title__startswith="不用参加了").count() == 1


# The words


def test_the_deputy_edits_the_own_report_and_a_stale_page_keeps_its_text(client, meeting, deputy):
    _, [report] = called(meeting, deputy)
    client.force_login(deputy.user)
    address = reverse("activities:write_report", args=[report.pk])
    seen = client.get(address).context["form"].initial["seen"]

    client.post(address, {"text": "我自己的话。", "seen": seen})
    page = client.post(address, {"text": "另一台手机上的话。", "seen": seen})

    report.refresh_from_db()
    assert report.text == "我自己的话。"
    assert "刚被别人改过" in page.text
    assert "另一台手机上的话。" in page.text


def test_the_draft_can_be_written_anew(client, meeting, deputy):
    _, [report] = called(meeting, deputy)
    ActivityFactory(title="后来登记的活动", deputies=[deputy])
    client.force_login(deputy.user)

    client.post(reverse("activities:draft_report", args=[report.pk]), {"seen": fingerprint(report)})

    report.refresh_from_db()
    assert "后来登记的活动" in report.text


def test_a_deputy_may_not_count_or_see_the_others(client, meeting, deputy, town, district):
    other = DeputyFactory(town=town)
    MandateFactory(deputy=other, term=district.term, district=district)
    _, reports = called(meeting, deputy, other)
    theirs = next(report for report in reports if report.deputy == other)
    client.force_login(deputy.user)

    page = client.get(reverse("activities:report_meeting", args=[meeting.pk]))

    assert [report.deputy for report, _, _ in page.context["lines"]] == [deputy]
    assert client.get(reverse("activities:duty_report", args=[theirs.pk])).status_code == 404
    assert client.get(reverse("activities:count_reports", args=[meeting.pk])).status_code == 403
    assert client.get(reverse("activities:reporting")).status_code == 404


# Ballots


def test_thirty_ballots_give_rates_and_the_deputy_hears(client, meeting, deputy, town):
    _, [report] = called(meeting, deputy)
    client.force_login(town_clerk(town))
    form = client.get(reverse("activities:count_reports", args=[meeting.pk])).context["form"]
    mark = f"r{report.pk}"
    data = {
        "seen": form.initial["seen"], "voters_present": 32, "note": "",
        f"{mark}_seen": form.initial[f"{mark}_seen"],
        f"{mark}_0": 25, f"{mark}_1": 4, f"{mark}_2": 1,
    }  # fmt: skip

    client.post(reverse("activities:count_reports", args=[meeting.pk]), data)
    client.post(reverse("activities:announce_reports", args=[meeting.pk]))
    client.post(reverse("activities:announce_reports", args=[meeting.pk]))

    page = client.get(reverse("activities:duty_report", args=[report.pk]))
    assert "满意 83.3%（25/30）" in page.text
    assert "不满意 3.3%（1/30）" in page.text
    assert "没有投票的 2 人" in page.text
    report.refresh_from_db()
    assert (report.result, report.voters_present) == ("满意", 32)
    told = Notice.objects.filter(user=deputy.user, title="述职评议结果：满意")
    assert told.count() == 1


def test_more_ballots_than_voters_are_refused_beside_the_deputy(client, meeting, deputy, town):
    _, [report] = called(meeting, deputy)
    client.force_login(town_clerk(town))
    mark = f"r{report.pk}"
    data = {
        "seen": fingerprint(ReportMeeting.objects.get()), "voters_present": 10,
        f"{mark}_seen": fingerprint(report), f"{mark}_0": 10, f"{mark}_1": 1, f"{mark}_2": 0,
    }  # fmt: skip

    page = client.post(reverse("activities:count_reports", args=[meeting.pk]), data)

    assert "票数合计 11 张，多于到会选民 10 人" in page.text
    assert not ReportMeeting.objects.get().is_held


def test_four_grades_use_the_column_for_excellent(meeting, deputy):
    ReportMeeting.objects.update(
        scale=ScaleFactory(
            name="四档", labels=FOUR, rules=[(0, 0, Comparison.MORE_THAN, 50, "优秀", "")]
        )
    )
    clerk, [report] = called(ReportMeeting.objects.get(), deputy)

    counted(clerk, meeting, (16, 10, 3, 1))

    report.refresh_from_db()
    stored = (report.excellent, report.satisfied, report.basically_satisfied, report.unsatisfied)
    assert stored == (16, 10, 3, 1)
    assert report.result == "优秀"


def test_a_correction_withdraws_the_announcement_until_verified(meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    counted(clerk, meeting, (24, 6, 0))
    services.announce_results(actor=clerk, meeting_pk=meeting.pk)

    counted(clerk, meeting, (10, 4, 16))
    report.refresh_from_db()
    corrected = (report.result, report.announced_at)
    verify(report, actor=clerk)

    assert corrected == ("不满意", None)
    with pytest.raises(ReportingError, match="已经核实"):
        counted(clerk, meeting, (30, 0, 0))


def test_two_clerks_counting_one_is_told(meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    old = fingerprint(ReportMeeting.objects.get()), fingerprint(report)
    counted(clerk, meeting, (24, 6, 0))

    with pytest.raises(StaleRecordError):
        services.record_meeting(
            actor=clerk, meeting_pk=meeting.pk, seen=old[0], voters_present=30,
            counts=[Counted(report.pk, old[1], (1, 1, 1))],
        )  # fmt: skip


def test_voters_present_stay_once_a_report_is_verified(meeting, deputy):
    clerk, _ = called(meeting, deputy)
    counted(clerk, meeting, (24, 6, 0))
    DutyReport.objects.filter(meeting=meeting).update(verification="verified")
    given = {"actor": clerk, "meeting_pk": meeting.pk, "counts": []}

    with pytest.raises(ReportingError, match="到会选民不能再改"):
        services.record_meeting(
            **given, seen=fingerprint(ReportMeeting.objects.get()), voters_present=5
        )
    same = services.record_meeting(
        **given, seen=fingerprint(ReportMeeting.objects.get()), voters_present=30, note="补记"
    )
    assert (same.voters_present, same.note) == (30, "补记")


def test_results_are_not_entered_ahead_of_the_day(freeze, meeting, deputy):
    clerk, _ = called(meeting, deputy)
    freeze("2026-09-09 12:00")

    with pytest.raises(ReportingError, match="还没到"):
        counted(clerk, meeting, (24, 6, 0))


def test_a_planned_report_neither_waits_nor_counts(meeting, deputy, town):
    clerk, [report] = called(meeting, deputy)
    kind = kind_of("report")

    assert not waiting_rows(kind, clerk).exists()
    with pytest.raises(VerificationError, match="还没有召开"):
        verify(report, actor=clerk)

    counted(clerk, meeting, (24, 6, 0))
    assert list(waiting_rows(kind, clerk)) == [report]
    verify(report, actor=clerk)
    assert str(selectors.board(clerk, deputy.mandates.get().term).total.rate) == "100.0%（1/1）"


# What follows


def test_questions_become_exactly_those_of_the_page(client, meeting, deputy, town):
    _, [report] = called(meeting, deputy)
    VoterQuestionFactory.create_batch(2, report=report)
    client.force_login(town_clerk(town))
    address = reverse("activities:report_questions", args=[report.pk])
    data = {
        "seen": questions_digest(report.questions.order_by("serial", "pk")),
        "asked-TOTAL_FORMS": 2, "asked-INITIAL_FORMS": 2,
        "asked-0-question": "路什么时候修？", "asked-0-answer": "明年。",
        "asked-1-question": "要删的", "asked-1-DELETE": "on",
    }  # fmt: skip

    client.post(address, data)
    stale = client.post(address, data)

    assert [row.question for row in report.questions.all()] == ["路什么时候修？"]
    assert "刚被别人改过" in stale.text


def test_feedback_reaches_the_deputy_who_says_what_was_mended(client, meeting, deputy, town):
    clerk, [report] = called(meeting, deputy)
    counted(clerk, meeting, (10, 4, 16))
    services.announce_results(actor=clerk, meeting_pk=meeting.pk)
    waiting = selectors.to_rectify(clerk)
    client.force_login(clerk)
    address = reverse("activities:report_feedback", args=[report.pk])
    seen = client.get(address).context["form"].initial["seen"]
    client.post(address, {"seen": seen, "feedback": "走访太少。"})
    client.force_login(deputy.user)
    address = reverse("activities:rectify_report", args=[report.pk])
    seen = client.get(address).context["form"].initial["seen"]

    early = client.post(
        address, {"seen": seen, "rectification": "已补访", "rectified_on": "2026-09-01"}
    )
    client.post(address, {"seen": seen, "rectification": "已补访", "rectified_on": "2026-09-10"})

    assert "不能早于述职日期" in early.text
    assert waiting == [report]
    assert selectors.to_rectify(clerk) == []
    report.refresh_from_db()
    assert (report.feedback, report.rectified_on) == ("走访太少。", dt.date(2026, 9, 10))
    assert Notice.objects.filter(user=deputy.user, body="走访太少。").count() == 1


# Papers


def text_of(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return "".join(page.extract_text() for page in pages)


def test_papers_show_the_same_figures(client, meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    VoterQuestionFactory(report=report)
    counted(clerk, meeting, (24, 6, 0))
    client.force_login(clerk)
    address = reverse("activities:report_result_pdf", args=[meeting.pk])
    before = client.get(address)
    services.announce_results(actor=clerk, meeting_pk=meeting.pk)

    result = text_of(client.get(address))
    own = text_of(client.get(reverse("activities:report_pdf", args=[report.pk])))
    ballot = text_of(client.get(reverse("activities:report_ballot_pdf", args=[meeting.pk])))

    assert before.status_code == 404
    assert "评议结果为满意" in result.replace("\n", "")
    assert "村口的路灯" in own
    assert "田守义" in ballot


def test_word_files_carry_the_same_words(client, meeting, deputy):
    clerk, [report] = called(meeting, deputy)
    counted(clerk, meeting, (24, 6, 0))
    services.announce_results(actor=clerk, meeting_pk=meeting.pk)
    client.force_login(clerk)

    for name, key in (("report_docx", report.pk), ("report_ballot_docx", meeting.pk),
                      ("report_result_docx", meeting.pk)):  # fmt: skip
        answer = client.get(reverse(f"activities:{name}", args=[key]))
        file = docx.Document(io.BytesIO(answer.content))
        words = [p.text for p in file.paragraphs]
        words += [cell.text for table in file.tables for cell in table._cells]
        assert "田守义" in "".join(words)


# Lists


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three(client, django_assert_num_queries, town, rows):
    district = DistrictFactory(region=town)
    for _ in range(rows):
        MandateFactory(deputy=DeputyFactory(town=town), term=district.term, district=district)
    ReportMeetingFactory.create_batch(rows, region=town)
    client.force_login(town_clerk(town))
    for name, queries in (("reporting", 13), ("reporting_missing", 7), ("report_meetings", 5)):
        address = reverse(f"activities:{name}")
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_meeting_costs_the_same_for_one_and_three(
    client, django_assert_num_queries, meeting, rows
):
    DutyReportFactory.create_batch(
        rows, meeting=meeting, scale=meeting.scale, deputy__town=meeting.region
    )
    client.force_login(town_clerk(meeting.region))
    address = reverse("activities:report_meeting", args=[meeting.pk])
    client.get(address)

    with django_assert_num_queries(12):
        assert len(client.get(address).context["lines"]) == rows


def test_admin_shows_meetings_of_the_town(client, meeting, deputy, town):
    called(meeting, deputy)
    other = ReportMeetingFactory()
    client.force_login(town_clerk(town))

    page = client.get(reverse("admin:activities_reportmeeting_changelist"))
    own = client.get(reverse("admin:activities_reportmeeting_change", args=[meeting.pk]))
    afar = client.get(reverse("admin:activities_reportmeeting_change", args=[other.pk]))

    assert list(page.context["cl"].result_list) == [meeting]
    assert (own.status_code, afar.status_code) == (200, 404)


def test_questions_are_read_with_their_report(deputy, town):
    VoterQuestionFactory(report__deputy=deputy)
    colleague = DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))

    readers = (deputy.user, town_clerk(town), staff(), town_clerk(TownFactory()), colleague.user)

    assert [VoterQuestion.objects.visible_to(user).count() for user in readers] == [1, 1, 1, 0, 0]


def test_the_deputy_reads_the_votes_only_when_they_are_announced(client, meeting, deputy, town):
    clerk, [report] = called(meeting, deputy)
    counted(clerk, meeting, (26, 3, 1))
    pages = [
        reverse("activities:duty_report", args=[report.pk]),
        reverse("activities:report_meeting", args=[meeting.pk]),
    ]

    def seen_by(user):
        client.force_login(user)
        return ["还没有宣布" in client.get(page).text for page in pages]

    assert seen_by(deputy.user) == [True, True]
    client.force_login(deputy.user)
    assert "86.7%" not in client.get(pages[0]).text
    file = client.get(reverse("desk:duty_file", args=[deputy.pk]), {"year": 2026})
    assert "满意 26 票" not in file.text
    services.announce_results(actor=clerk, meeting_pk=meeting.pk)
    assert seen_by(deputy.user) == [False, False]


def test_a_report_without_votes_is_not_verified(client, meeting, deputy, town):
    report = DutyReportFactory(
        deputy=deputy,
        verification=Verification.PENDING,
        voters_present=0,
        satisfied=0,
        held_on=dt.date(2026, 9, 1),
    )
    client.force_login(town_clerk(town))

    page = client.post(reverse("activities:verify_report", args=[report.pk]), follow=True)

    report.refresh_from_db()
    assert "还没有登记票数" in page.text
    assert report.verification == Verification.PENDING
