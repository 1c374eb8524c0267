import datetime as dt

import pytest
from django.utils import timezone

from congress_portal.evaluations.models import Score, ScoreLine, ScoreSheet
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories.contact import CommitteeMemberFactory
from tests.factories.core import TownFactory, UnitFactory, UserFactory
from tests.factories.credit import HonourFactory
from tests.factories.deputies import DeputyFactory, GroupFactory
from tests.factories.evaluations import (
    AppealFactory,
    GradeFactory,
    IndicatorFactory,
    RatingFactory,
    SchemeFactory,
    UnlockFactory,
    WarningRuleFactory,
)
from tests.factories.requirements import (
    ExemptionFactory,
    NudgeFactory,
    PartFactory,
    RequirementFactory,
    TypeThresholdFactory,
)
from tests.factories.reviews import (
    NomineeFactory,
    RecommendationFactory,
    ReviewObjectionFactory,
    ReviewTitleFactory,
    YearReviewFactory,
)
from tests.factories.stations import StationFactory
from tests.factories.statistics import SavedViewFactory

pytestmark = pytest.mark.django_db


def _sheet(**fields):
    given = {
        "period_code": "2026Q3", "computed_at": timezone.now(),
        "first_day": dt.date(2026, 7, 1), "last_day": dt.date(2026, 9, 30),
    }  # fmt: skip
    fields.setdefault("scheme", SchemeFactory())
    return ScoreSheet.objects.create(**{**given, **fields})


def _score(sheet, **fields):
    given = {"serial": 1, "key": "甲", "label": "甲", "region": TownFactory(code="421299101000")}
    return Score.objects.create(sheet=sheet, **{**given, **fields})


def _sheets():
    scheme = SchemeFactory()
    twice(_sheet, scheme=scheme)()


def _scores():
    sheet = _sheet()
    twice(_score, sheet=sheet, deputy=DeputyFactory())()


def _lines():
    score = _score(_sheet(), deputy=DeputyFactory())
    values = {"indicator": "活动", "metric": "activities", "method": "target", "full": 10}
    twice(ScoreLine.objects.create, score=score, serial=1, formula="", **values)()


def _names():
    first = IndicatorFactory()
    IndicatorFactory(scheme=first.scheme, name=first.name)


def _nudges(kind, make):
    given = {"deputy": None, kind: make(), "requirement": RequirementFactory()}
    return twice(NudgeFactory, **given)()


def _parts():
    first = PartFactory()
    PartFactory(requirement=first.requirement, name=first.name)


def _numbers():
    first = TypeThresholdFactory()
    TypeThresholdFactory(part=first.part, station_type=first.station_type)


LATE, EARLY = dt.date(2026, 9, 2), dt.date(2026, 9, 1)


def _two_grades(**same):
    scheme = SchemeFactory()
    twice(GradeFactory, scheme=scheme, **same)()


def _own_answer():
    person = UserFactory()
    AppealFactory(
        raised_by=person, decided_by=person, state="refused", answer="不成立",
        decided_at=timezone.now(),
    )  # fmt: skip


def _two_appeals(*, with_line):
    first = AppealFactory()
    values = {"indicator": "活动", "metric": "activities", "method": "target", "full": 10}
    line = ScoreLine.objects.create(score=first.score, serial=1, formula="", **values)
    line = line if with_line else None
    if with_line:
        AppealFactory(score=first.score, line=line)
    AppealFactory(score=first.score, line=line)


def _two_ratings(**subject):
    first = RatingFactory(**subject)
    RatingFactory(scheme=first.scheme, author=first.author, **subject)


def _views():
    first = SavedViewFactory()
    SavedViewFactory(owner=first.owner, name=first.name)


BROKEN = {
    "scheme_version_unique": twice(SchemeFactory, name="家站考评", is_active=False),
    "scheme_one_active_version": lambda: [SchemeFactory(name="家站", version=n) for n in (1, 2)],
    "indicator_name_unique": _names,
    "indicator_full_positive": lambda: IndicatorFactory(full=0),
    "indicator_target_given": lambda: IndicatorFactory(target=None),
    "indicator_denominator_given": lambda: IndicatorFactory(method="ratio"),
    "indicator_first_given": lambda: IndicatorFactory(method="deduction"),
    "score_sheet_version_unique": _sheets,
    "score_sheet_published_stamped": lambda: _sheet(state="published"),
    "score_subject_once": _scores,
    "warning_rule_below_positive": lambda: WarningRuleFactory(below=0),
    "warning_rule_base_positive": lambda: WarningRuleFactory(at_least=0),
    "score_one_subject": lambda: _score(_sheet(), deputy=DeputyFactory(), unit=UnitFactory()),
    "score_line_once": _lines,
    "indicator_quarters_given": lambda: IndicatorFactory(method="quarters", source=""),
    "score_sheet_disclosed_stamped": lambda: _sheet(state="disclosed"),
    "grade_name_unique": lambda: _two_grades(name="优秀"),
    "grade_threshold_unique": lambda: _two_grades(at_least=60),
    "appeal_decided_by_another": _own_answer,
    "appeal_answered": lambda: AppealFactory(state="refused", decided_at=timezone.now()),
    "appeal_line_open_once": lambda: _two_appeals(with_line=True),
    "appeal_score_open_once": lambda: _two_appeals(with_line=False),
    "unlock_one_place": lambda: UnlockFactory(region=None),
    "unlock_ends_later": lambda: UnlockFactory(until=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)),
    "rating_one_subject": lambda: RatingFactory(deputy=None),
    "rating_not_negative": lambda: RatingFactory(points=-1),
    "rating_adjust_reasoned": lambda: RatingFactory(rater="adjust"),
    "rating_deputy_once": lambda: _two_ratings(deputy=DeputyFactory()),
    "rating_station_once": lambda: _two_ratings(deputy=None, station=StationFactory()),
    "rating_unit_once": lambda: _two_ratings(deputy=None, unit=UnitFactory()),
    "rating_group_once": lambda: _two_ratings(deputy=None, group=GroupFactory()),
    "rating_town_once": lambda: _two_ratings(deputy=None, town=TownFactory()),
    "requirement_dates_ordered": lambda: RequirementFactory(active_from=LATE, active_to=EARLY),
    "requirement_part_once": _parts,
    "requirement_part_threshold_positive": lambda: PartFactory(threshold=-1),
    "type_threshold_once": _numbers,
    "type_threshold_positive": lambda: TypeThresholdFactory(threshold=-1),
    "exemption_one_subject": lambda: ExemptionFactory(town=TownFactory()),
    "exemption_dates_ordered": lambda: ExemptionFactory(begins_on=LATE, ends_on=EARLY),
    "nudge_one_subject": lambda: NudgeFactory(deputy=None),
    "nudge_deputy_once_a_day": lambda: _nudges("deputy", DeputyFactory),
    "nudge_station_once_a_day": lambda: _nudges("station", StationFactory),
    "nudge_group_once_a_day": lambda: _nudges("group", GroupFactory),
    "nudge_town_once_a_day": lambda: _nudges("town", TownFactory),
    "saved_view_name_unique": _views,
    "nudge_member_once_a_day": lambda: _nudges("member", CommitteeMemberFactory),
    "year_review_once": lambda: YearReviewFactory.create_batch(2, title="评优"),
    "year_review_public_dated": lambda: YearReviewFactory(state="publicity"),
    "year_review_issued_after_public": lambda: YearReviewFactory(
        state="issued",
        publicised_on=EARLY,
        public_until=LATE,
        awarded_on=LATE,
        issued_at=timezone.now(),
    ),
    "year_review_public_days": lambda: YearReviewFactory(publicity_days=0),
    "review_title_once": lambda: ReviewTitleFactory.create_batch(2, review=YearReviewFactory()),
    "review_title_has_places": lambda: ReviewTitleFactory(places=0),
    "nominee_once_a_title": lambda: NomineeFactory.create_batch(
        2, title=ReviewTitleFactory(), deputy=DeputyFactory()
    ),
    "nominee_honoured_is_chosen": lambda: NomineeFactory(honour=HonourFactory()),
    "nominee_struck_not_chosen": lambda: NomineeFactory(is_chosen=True, struck_reason="不实"),
    "recommendation_one_side": lambda: RecommendationFactory(group=GroupFactory()),
    "recommendation_region_once": lambda: RecommendationFactory.create_batch(
        2, nominee=NomineeFactory()
    ),
    "recommendation_group_once": lambda: RecommendationFactory.create_batch(
        2, nominee=NomineeFactory(), region=None, group=GroupFactory()
    ),
    "review_objection_answered_whole": lambda: ReviewObjectionFactory(upheld=True),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("evaluations")
