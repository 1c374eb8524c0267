import datetime as dt
import uuid

import pytest

from activities.enums import ActivityState
from activities.models import (
    Attendance,
    BallotCount,
    BallotMark,
    BallotOption,
    BallotPaper,
    BallotScale,
    Tag,
)
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories import homes
from tests.factories.activities import (
    ActivityFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.calling import InvitationFactory, PlanFactory, SupportItemFactory
from tests.factories.campaigns import (
    CampaignFactory,
    CampaignTaskFactory,
    CircularReceiptFactory,
    TagFactory,
)
from tests.factories.contact import (
    ContactRuleFactory,
    FixedVoterFactory,
    MemberContactFactory,
    NotebookEntryFactory,
    WorkOpinionFactory,
)
from tests.factories.corrections import CorrectionRequestFactory
from tests.factories.credit import ExchangePostFactory, GoodDeedFactory, HonourFactory
from tests.factories.deputies import DeputyFactory, GroupFactory
from tests.factories.entry_sheets import EntrySheetFactory
from tests.factories.learning import (
    CourseCompletionFactory,
    QuizQuestionFactory,
    TrainingPlanFactory,
)
from tests.factories.stations import StationFactory
from tests.factories.supervision import (
    BallotFactory,
    FindingFactory,
    InterviewFactory,
    ProjectFactory,
    QuestionFactory,
    ScaleFactory,
)

pytestmark = pytest.mark.django_db


def _attendances():
    deputy = DeputyFactory()
    activity = ActivityFactory(deputies=[deputy])
    Attendance.objects.create(activity=activity, deputy=deputy)


def _same(factory, *names, **changed):
    """A second row that agrees with the first in these columns."""

    def make():
        first = factory(**changed)
        factory(**changed, **{name: getattr(first, name) for name in names})

    return make


EARLY = dt.date(2025, 1, 1)

SUPPORT = {
    "organ_rule_numbers_positive": lambda: homes.OrganRuleFactory(sessions_a_year=0),
    "staff_post_time_of_a_person": lambda: homes.StaffPostFactory(name=""),
    "staff_post_dates_ordered": lambda: homes.StaffPostFactory(begins_on=homes.DAY, ends_on=EARLY),
    "duty_share_once": _same(homes.DutyShareFactory, "post", "work"),
    "duty_share_quarter_known": lambda: homes.DutyShareFactory(quarter=5),
    "duty_share_per_cent": lambda: homes.DutyShareFactory(share=101),
    "area_pairing_town_once": _same(homes.AreaPairingFactory, "leader", "region"),
    "area_pairing_station_once": lambda: _same(
        homes.AreaPairingFactory, "leader", station=StationFactory()
    )(),
    "area_pairing_dates_ordered": lambda: homes.AreaPairingFactory(ends_on=EARLY),
    "work_plan_once_a_year": _same(homes.WorkPlanFactory, "region"),
    "work_plan_station_once_a_year": lambda: _same(
        homes.WorkPlanFactory, station=StationFactory()
    )(),
    "plan_item_number_unique": _same(homes.PlanItemFactory, "plan", "number"),
    "plan_item_done_when_dated": lambda: homes.PlanItemFactory(state="done"),
    "town_session_once_a_day": _same(homes.TownSessionFactory, "region"),
    "town_session_dates_ordered": lambda: homes.TownSessionFactory(ends_on=EARLY),
    "town_session_present_within_due": lambda: homes.TownSessionFactory(present=61),
    "rule_document_title_unique": _same(homes.RuleDocumentFactory, "region", "title"),
    "rule_document_station_title_unique": lambda: _same(
        homes.RuleDocumentFactory, "title", station=StationFactory()
    )(),
    "rule_version_once": _same(homes.RuleVersionFactory, "document"),
    "rule_version_not_empty": lambda: homes.RuleVersionFactory(text=""),
    "budget_amount_positive": lambda: homes.BudgetFactory(amount=0),
    "budget_one_holder": lambda: homes.BudgetFactory(
        station=StationFactory(), group=GroupFactory()
    ),
    "budget_title_unique": _same(homes.BudgetFactory, "region", "title"),
    "expense_amount_not_zero": lambda: homes.ExpenseFactory(amount=0),
}


def _campaign_twice():
    first = CampaignFactory()
    CampaignFactory(region=first.region, title=first.title, begins_on=first.begins_on)


def _task_twice():
    first = CampaignTaskFactory()
    CampaignTaskFactory(campaign=first.campaign, number=first.number)


def _receipt_twice():
    first = CircularReceiptFactory()
    CircularReceiptFactory(circular=first.circular, deputy=first.deputy)


def _option(**fields):
    scale = BallotScale.objects.get_or_create(name="甲")[0]
    return BallotOption.objects.create(scale=scale, **fields)


def _marks(times):
    ballot = BallotFactory(items=["甲"])
    paper = BallotPaper.objects.create(key=uuid.uuid4(), ballot=ballot)
    item = ballot.items.get()
    BallotMark.objects.bulk_create([BallotMark(paper=paper, item=item) for _ in range(times)])


def _counts(times):
    ballot = BallotFactory(items=["甲"])
    given = {"item": ballot.items.get(), "option": ballot.scale.options.first()}
    BallotCount.objects.bulk_create([BallotCount(**given) for _ in range(times)])


def _letters():
    given = {"activity": PlanFactory(), "deputy": DeputyFactory(), "kind": "letter"}
    twice(SupportItemFactory, **given)()


def _completions():
    first = CourseCompletionFactory()
    CourseCompletionFactory(course=first.course, deputy=first.deputy)


def _honours():
    HonourFactory.create_batch(2, deputy=DeputyFactory(), title="优秀人大代表")


BROKEN = {
    **SUPPORT,
    "training_plan_once": lambda: TrainingPlanFactory.create_batch(2, title="培训计划"),
    "quiz_right_answer_named": lambda: QuizQuestionFactory(right=0),
    "course_completion_once": _completions,
    "good_deed_amount_positive": lambda: GoodDeedFactory(amount=-1),
    "good_deed_published_with_consent": lambda: GoodDeedFactory(
        published_on=dt.date(2026, 9, 1), is_publishable=False
    ),
    "honour_once": _honours,
    "exchange_post_refused_has_reason": lambda: ExchangePostFactory(state="refused"),
    "contact_rule_in_order": lambda: ContactRuleFactory(pairs_least=3, pairs_most=2),
    "fixed_voter_dates_ordered": lambda: FixedVoterFactory(ends_on=dt.date(2025, 12, 31)),
    "work_opinion_answered_has_text": lambda: WorkOpinionFactory(state="answered"),
    "work_opinion_answered_after_raised": lambda: WorkOpinionFactory(
        answered_on=dt.date(2026, 7, 6)
    ),
    "ballot_option_once": lambda: twice(_option, label="满意")(),
    "ballot_item_once": lambda: BallotFactory(items=["甲", "甲"]),
    "ballot_voter_once": lambda: BallotFactory(voters=[DeputyFactory()] * 2),
    "ballot_mark_once": lambda: _marks(2),
    "ballot_count_once": lambda: _counts(2),
    "result_rule_percent_in_range": lambda: ScaleFactory().rules.update(percent=101),
    "finding_recheck_dated": lambda: FindingFactory(recheck="done"),
    "finding_rechecked_after_mended": lambda: FindingFactory(
        is_mended=True, recheck="done", rechecked_on=dt.date(2026, 7, 31)
    ),
    "interview_declined_has_reason": lambda: InterviewFactory(state="declined"),
    "interview_held_has_outcome": lambda: InterviewFactory(state="held"),
    "correction_request_answered": lambda: CorrectionRequestFactory(state="accepted"),
    "correction_request_names_record": lambda: CorrectionRequestFactory(
        row=None, deputy=DeputyFactory()
    ),
    "project_once": lambda: ProjectFactory.create_batch(2, name="水厂"),
    "tag_once": lambda: Tag.objects.bulk_create([Tag(axis=TagFactory().axis, name="进社区")]),
    "drive_once": _campaign_twice,
    "drive_dates_ordered": lambda: CampaignFactory(ends_on=dt.date(2026, 2, 28)),
    "campaign_task_number_once": _task_twice,
    "circular_receipt_once": _receipt_twice,
    "invitation_once": lambda: PlanFactory(called=[DeputyFactory()] * 2),
    "invitation_leave_has_reason": lambda: InvitationFactory(answer="leave_asked"),
    "support_amount_positive": lambda: SupportItemFactory(amount=-1),
    "employer_letter_once": _letters,
    "support_number_once": lambda: twice(SupportItemFactory, series="a-2026", serial=1)(),
    "activity_verified_was_held": lambda: ActivityFactory(state=ActivityState.PLANNED),
    "activity_hours_positive": lambda: ActivityFactory(hours=-1),
    "attendance_once": _attendances,
    "entry_sheet_once": _same(EntrySheetFactory, "region", serial=1),
    "entry_sheet_mark_once": lambda: EntrySheetFactory.create_batch(
        2, mark="activities.visit.1", used_at=dt.datetime(2026, 9, 2, tzinfo=dt.UTC)
    ),
    "entry_sheet_used_or_not": lambda: EntrySheetFactory(mark="activities.visit.1"),
    "duty_report_ballots_within_voters": lambda: DutyReportFactory(
        voters_present=10, satisfied=9, basically_satisfied=1, unsatisfied=1
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("activities")


@pytest.mark.parametrize(
    "factory",
    [ActivityFactory, VisitFactory, DutyReportFactory, NewsItemFactory, MemberContactFactory],
)
@pytest.mark.parametrize("column", ["idempotency_key", "row_key"])
def test_a_form_and_a_row_make_one_record(factory, column):
    key = uuid.uuid4()

    assert_refused(twice(factory, **{column: key if column == "idempotency_key" else str(key)}))


@pytest.mark.parametrize(
    "factory",
    [
        NotebookEntryFactory,
        WorkOpinionFactory,
        FindingFactory,
        QuestionFactory,
        InterviewFactory,
        BallotFactory,
    ],
)
def test_a_form_makes_one_page(factory):
    assert_refused(twice(factory, idempotency_key=uuid.uuid4()))
