"""Groups and towns are scored like deputies, stations and units: counts, marks, sight, papers."""

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from activities.models import Attendance
from congress_portal.core.enums import Role
from congress_portal.core.metrics import measure
from congress_portal.core.periods import quarter
from congress_portal.evaluations.enums import Rater, SubjectType
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.models import Rating, Score
from congress_portal.evaluations.raters import raters_for, subjects_to_rate
from congress_portal.evaluations.registry import metric_for
from congress_portal.evaluations.reports import bulletin_pdf, bulletin_xlsx, subject_sheet_pdf
from congress_portal.evaluations.selectors import subject_rows
from congress_portal.evaluations.services import compute_sheet, publish_sheet, rate
from congress_portal.evaluations.services.ratings import RatingError
from congress_portal.evaluations.standing import people_of_scores
from deputies.enums import GroupRole
from tests.factories.activities import (
    ActivityFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import DeputyFactory, GroupFactory, GroupMembershipFactory
from tests.factories.evaluations import GradeFactory, IndicatorFactory, SchemeFactory
from tests.factories.suggestions import SuggestionFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
DAY = dt.date(2026, 8, 12)


@pytest.fixture
def town():
    return TownFactory(name="清河镇")


@pytest.fixture
def group(town):
    return GroupFactory(name="第一代表小组", region=town)


@pytest.fixture
def leader(group):
    deputy = DeputyFactory(town=group.region, user=UserFactory(role=Role.DEPUTY))
    GroupMembershipFactory(group=group, deputy=deputy, role=GroupRole.LEADER)
    return deputy


def scheme_of(kind, **more):
    scheme = SchemeFactory(name="小组考评", subject_type=kind, ranks=True, **more)
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", full=60, target=2)
    IndicatorFactory(
        scheme=scheme, name="综合", metric="rating", method="manual", target=None, full=40,
        raters="自评20、镇街30、县50" if kind == SubjectType.GROUP else "自评40、县60",
    )  # fmt: skip
    return scheme


def figure(code, group):
    rows = subject_rows(SubjectType.GROUP, Q3)
    return measure([metric_for(SubjectType.GROUP, code)], Q3, rows)[code]


def test_a_group_is_counted_by_its_activities_and_those_who_came(group, leader):
    other = DeputyFactory(town=group.region)
    for presence in ("present", "absent", "leave"):
        activity = ActivityFactory(group=group, held_on=DAY)
        Attendance.objects.create(activity=activity, deputy=leader)
        Attendance.objects.create(activity=activity, deputy=other, presence=presence)
    ActivityFactory(held_on=DAY)

    assert figure("activities", group)[group.pk] == 3
    assert figure("attendances", group)[group.pk] == 4
    assert figure("attendances_due", group)[group.pk] == 5


@pytest.mark.parametrize(
    ("begins", "ends", "counted"),
    [
        (None, None, 1),
        (DAY, DAY, 1),
        (DAY + dt.timedelta(days=1), None, 0),
        (None, DAY - dt.timedelta(days=1), 0),
    ],
)
def test_members_records_count_on_the_days_of_the_membership(group, begins, ends, counted):
    deputy = DeputyFactory(town=group.region)
    GroupMembershipFactory(group=group, deputy=deputy, begins_on=begins, ends_on=ends)
    elsewhere = GroupMembershipFactory(deputy=deputy).group
    visit = VisitFactory(deputy=deputy, held_on=DAY)
    suggestion = SuggestionFactory(lead=deputy, submitted_on=DAY)

    visits, led = figure("visits", group), figure("suggestions_led", group)

    assert (visits[group.pk], led[group.pk]) == (counted, counted)
    assert (visits[elsewhere.pk], led[elsewhere.pk]) == (1, 1)
    assert [row.pk for row in visits.evidence(group.pk)[0]] == [visit.pk] * counted
    assert led.evidence_keys().get(group.pk, {}) == (
        {"suggestions.Suggestion": [suggestion.pk]} if counted else {}
    )


def test_two_spells_in_one_group_count_a_visit_once(group):
    deputy = DeputyFactory(town=group.region)
    early = dt.date(2026, 7, 31)
    GroupMembershipFactory(group=group, deputy=deputy, ends_on=early)
    GroupMembershipFactory(group=group, deputy=deputy, begins_on=dt.date(2026, 8, 1))
    VisitFactory(deputy=deputy, held_on=DAY)

    assert figure("visits", group)[group.pk] == 1


def test_a_groups_sheet_is_marked_computed_and_frozen(group, leader, town):
    scheme = scheme_of(SubjectType.GROUP)
    county, clerk = staff(), town_clerk(town)
    ActivityFactory(group=group, held_on=DAY)
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    given = ((leader.user, Rater.SELF, 40), (clerk, Rater.TOWN, 20), (county, Rater.COUNTY, 30))
    for actor, rater, points in given:
        rate(
            actor=actor, sheet=sheet, indicator="综合", subject=group, rater=rater,
            points=Decimal(points),
        )  # fmt: skip

    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    score = Score.objects.get(sheet=sheet, group=group)

    # 60 × 1 ÷ 2, and (40 × 20 + 20 × 30 + 30 × 50) ÷ 100
    assert (score.total, score.rank, score.key) == (Decimal("59.00"), 1, "第一代表小组")
    publish_sheet(sheet=sheet, digest=sheet.digest, actor=county)
    sheet.refresh_from_db()
    assert is_intact(sheet)
    assert people_of_scores([score]) == {score.pk: [leader.user]}


def test_a_town_rates_itself_and_is_scored_by_the_county(town):
    scheme = scheme_of(SubjectType.TOWN)
    county, clerk, neighbour = staff(), town_clerk(town), town_clerk(TownFactory(name="双桥镇"))
    ActivityFactory(region=town, held_on=DAY)
    ActivityFactory(region=town, held_on=DAY)
    NewsItemFactory(region=town, held_on=DAY)
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    indicator = sheet.scheme_data["indicators"][1]

    assert raters_for(clerk, sheet, indicator, town) == [Rater.SELF]
    assert raters_for(neighbour, sheet, indicator, town) == []
    assert list(subjects_to_rate(clerk, sheet)) == [town]
    with pytest.raises(RatingError, match="不由您评分"):
        rate(
            actor=neighbour, sheet=sheet, indicator="综合", subject=town, rater=Rater.SELF,
            points=Decimal(40),
        )  # fmt: skip
    rate(
        actor=county, sheet=sheet, indicator="综合", subject=town, rater=Rater.COUNTY,
        points=Decimal(35),
    )  # fmt: skip
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    totals = {score.town.name: (score.total, score.rank) for score in sheet.scores.all()}

    assert totals == {"清河镇": (Decimal("95.00"), 1), "双桥镇": (Decimal("0.00"), 2)}
    assert Rating.objects.get().subject == town


@pytest.mark.parametrize("kind", [SubjectType.GROUP, SubjectType.TOWN])
def test_who_sees_a_score_and_when(client, group, leader, town, kind):
    scheme = scheme_of(kind)
    county, clerk, stranger = staff(), town_clerk(town), town_clerk(TownFactory())
    member = DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY))
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    page = reverse("evaluations:score", args=[sheet.scores.get(**{kind: _of(kind, group)}).pk])

    def seen_by(user):
        client.force_login(user)
        return client.get(page).status_code

    before = [seen_by(user) for user in (county, clerk, leader.user, member.user, stranger)]
    publish_sheet(sheet=sheet, digest=sheet.digest, actor=county)
    after = [seen_by(user) for user in (county, clerk, leader.user, member.user, stranger)]

    assert before == [200, 200, 404, 404, 404]
    assert after == [200, 200, 200 if kind == SubjectType.GROUP else 404, 404, 404]


def _of(kind, group):
    return group if kind == SubjectType.GROUP else group.region


@pytest.mark.parametrize(
    ("kind", "title", "noun"),
    [
        (SubjectType.GROUP, "代表小组活动考评情况的通报", "代表小组得分排名"),
        (SubjectType.TOWN, "镇街人大工作考评情况的通报", "镇街得分排名"),
    ],
)
def test_the_bulletin_names_the_kind(group, leader, kind, title, noun):
    sheet = compute_sheet(scheme=scheme_of(kind), period=Q3, actor=staff())

    pages = PdfReader(io.BytesIO(bulletin_pdf(sheet))).pages
    text = "".join("".join(page.extract_text() for page in pages).split())

    assert title in text
    assert noun in text
    assert str(_of(kind, group).name) in text


def test_papers_name_the_grade_and_who_gave_what(group, leader):
    scheme = scheme_of(SubjectType.GROUP)
    GradeFactory(scheme=scheme, name="先进小组", at_least=30)
    GradeFactory(scheme=scheme, name="一般小组", at_least=0)
    county = staff()
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)
    rate(
        actor=county, sheet=sheet, indicator="综合", subject=group, rater=Rater.COUNTY,
        points=Decimal(35), reason="资料齐全",
    )  # fmt: skip
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=county)

    def words(content):
        pages = PdfReader(io.BytesIO(content)).pages
        return "".join("".join(page.extract_text() for page in pages).split())

    assert "先进小组" in words(bulletin_pdf(sheet))
    own = words(subject_sheet_pdf(sheet.scores.get()))
    assert "（先进小组）" in own
    assert "县35分：资料齐全" in own
    book = openpyxl.load_workbook(io.BytesIO(bulletin_xlsx(sheet)))
    cells = [[cell.value for cell in row] for row in book["得分"].iter_rows()]
    head = next(row for row in cells if "等次" in row)
    assert cells[cells.index(head) + 1][head.index("等次")] == "先进小组"
