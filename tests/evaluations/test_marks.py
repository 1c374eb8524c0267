"""Ratings with their spread, adjustments, quarters and grades; sums and orders that hold."""

import datetime as dt
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.periods import quarter, year
from congress_portal.evaluations.enums import Rater
from congress_portal.evaluations.frozen import is_intact
from congress_portal.evaluations.marks import check_indicator, parse_raters, parse_weights
from congress_portal.evaluations.models import Grade, Rating, Score, ScoreSheet
from congress_portal.evaluations.points import Rule, Share, add_up, grade_of, ranks, score_line
from congress_portal.evaluations.services import (
    compute_sheet,
    open_sheet,
    publish_sheet,
    rate,
    recompute_open,
)
from deputies.enums import GroupRole
from tests.factories.activities import ActivityFactory
from tests.factories.core import TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import ReceptionFactory, StationFactory

Q3 = quarter(2026, 3)
D = Decimal
CENTS = st.integers(0, 100_000).map(lambda n: D(n) / 100)


@pytest.fixture
def scheme(db):
    scheme = SchemeFactory(subject_type="deputy")
    IndicatorFactory(
        scheme=scheme, name="综合评价", metric="评分人评分", method="manual", target=None,
        full=20, raters="自评20、小组30、镇街50",
    )  # fmt: skip
    IndicatorFactory(
        scheme=scheme, name="加减分", metric="人工加减分", method="adjust", target=None, full=5
    )
    return scheme


@pytest.fixture
def deputy(db):
    found = DeputyFactory(user=UserFactory(role=Role.DEPUTY))
    MandateFactory(deputy=found)
    return found


@pytest.fixture
def opened(scheme, deputy):
    return open_sheet(scheme=scheme, period=Q3, actor=staff())


def mark(sheet, actor, subject, rater, points, **more):
    name = "加减分" if rater == Rater.ADJUST else "综合评价"
    return rate(
        actor=actor, sheet=sheet, indicator=name, subject=subject, rater=rater,
        points=D(points), **more,
    )  # fmt: skip


def test_raters_are_weighted_and_each_mark_is_shown(opened, scheme, deputy):
    leader = DeputyFactory(user=UserFactory(role=Role.DEPUTY), town=deputy.town)
    group = GroupFactory()
    GroupMembershipFactory(group=group, deputy=leader, role=GroupRole.LEADER)
    GroupMembershipFactory(group=group, deputy=deputy)
    mark(opened, deputy.user, deputy, Rater.SELF, "20")
    mark(opened, leader.user, deputy, Rater.GROUP, "16", reason="按时参加")
    mark(opened, town_clerk(deputy.town), deputy, Rater.TOWN, "15")
    mark(opened, town_clerk(deputy.town), deputy, Rater.TOWN, "17")

    sheet = compute_sheet(scheme=scheme, period=Q3, actor=None)

    line = Score.objects.get(sheet=sheet, deputy=deputy).lines.get(indicator="综合评价")
    assert line.points == D("16.80")  # 20×20% + 16×30% + 16×50%
    assert line.spread == [
        "自评 20 分", "小组 16 分：按时参加", "镇街 15 分", "镇街 17 分",
        "按权重：自评 20×20/100＋小组 16×30/100＋镇街 16×50/100",
    ]  # fmt: skip
    assert len(line.evidence["evaluations.Rating"]) == 4
    assert is_intact(sheet)


def test_an_adjustment_carries_author_reason_and_evidence(opened, scheme, deputy):
    office = staff()
    mark(opened, deputy.user, deputy, Rater.SELF, "18")
    mark(opened, office, deputy, Rater.ADJUST, "2", reason="省级表彰", proof="赣人〔2026〕3号")
    mark(opened, office, deputy, Rater.ADJUST, "-0.5", reason="无故缺席", proof="签到表")

    sheet = compute_sheet(scheme=scheme, period=Q3, actor=None)

    score = Score.objects.get(sheet=sheet, deputy=deputy)
    assert (score.total, score.lines.get(indicator="加减分").points) == (D("19.50"), D("1.50"))
    assert score.lines.get(indicator="加减分").spread == [
        f"+2 分，{office}：省级表彰（依据：赣人〔2026〕3号）",
        f"−0.5 分，{office}：无故缺席（依据：签到表）",
    ]


def test_a_rater_changes_the_own_mark_instead_of_adding_one(opened, deputy):
    mark(opened, deputy.user, deputy, Rater.SELF, "18")
    mark(opened, deputy.user, deputy, Rater.SELF, "19")

    assert list(Rating.objects.values_list("points", flat=True)) == [D("19.00")]


@pytest.mark.parametrize(
    ("who", "rater", "points", "told"),
    [
        ("stranger", Rater.SELF, "10", "不由您评分"),
        ("own", Rater.TOWN, "10", "不由您评分"),
        ("own", Rater.SELF, "20.01", "0 到 20"),
        ("own", Rater.SELF, "-1", "0 到 20"),
        ("own", Rater.ADJUST, "2", "不由您评分"),
        ("office", Rater.ADJUST, "2", "理由和依据"),
        ("office", Rater.ADJUST, "6", "到 5"),
        ("office", Rater.COUNTY, "10", "不由您评分"),
        ("clerk elsewhere", Rater.TOWN, "10", "不由您评分"),
    ],
)
def test_marks_that_are_refused(opened, deputy, who, rater, points, told):
    people = {
        "stranger": lambda: UserFactory(role=Role.DEPUTY),
        "own": lambda: deputy.user,
        "office": staff,
        "clerk elsewhere": lambda: town_clerk(TownFactory()),
    }

    with pytest.raises(DomainError, match=told):
        mark(opened, people[who](), deputy, rater, points)

    assert not Rating.objects.exists()


@pytest.mark.django_db
def test_a_year_is_made_of_its_quarters_by_weight():
    station = StationFactory()
    by_quarter = SchemeFactory(name="家站季度")
    IndicatorFactory(scheme=by_quarter, name="接待")
    for number, days in ((1, 3), (2, 0), (3, 1)):
        for day in range(days):
            ReceptionFactory(station=station, held_on=dt.date(2026, number * 3 - 2, day + 1))
        sheet = compute_sheet(scheme=by_quarter, period=quarter(2026, number), actor=None)
        publish_sheet(sheet=sheet, actor=None)
    by_year = SchemeFactory(name="家站年度")
    IndicatorFactory(
        scheme=by_year, name="各季", metric="各季得分", method="quarters", full=100, target=10,
        source="家站季度", weights="1、1、2、2",
    )  # fmt: skip

    sheet = compute_sheet(scheme=by_year, period=year(2026), actor=None)

    score = Score.objects.get(sheet=sheet)
    assert score.total == D("41.65")  # (10 + 0 + 2 × 3.33) ÷ 4, of 10
    assert score.lines.get().spread == [
        "2026年第一季度 10 分，权重 1", "2026年第二季度 0 分，权重 1",
        "2026年第三季度 3.33 分，权重 2",
    ]  # fmt: skip
    assert is_intact(sheet)


def test_edited_thresholds_reach_open_periods_only(db):
    scheme = SchemeFactory()
    IndicatorFactory(scheme=scheme, name="接待")
    StationFactory()
    Grade.objects.create(scheme=scheme, name="不合格", at_least=0)
    past = publish_sheet(
        sheet=compute_sheet(scheme=scheme, period=quarter(2026, 2), actor=None), actor=None
    )
    draft = compute_sheet(scheme=scheme, period=Q3, actor=None)
    Grade.objects.update(name="待改进")

    assert recompute_open(scheme=scheme, actor=None) == 1

    grades = dict(Score.objects.values_list("sheet", "grade"))
    assert grades == {past.pk: "不合格", draft.pk: "待改进"}
    assert all(is_intact(sheet) for sheet in ScoreSheet.objects.all())


@pytest.mark.parametrize("text", ["自评", "自评20、自评30", "本人20", "自评0"])
def test_raters_that_are_not_understood(text):
    with pytest.raises(DomainError, match="看不懂"):
        parse_raters(text)


@pytest.mark.parametrize("text", ["1、2", "0、0、0、0", "1、1、1、x"])
def test_weights_that_are_not_understood(text):
    with pytest.raises(DomainError, match="各季权重"):
        parse_weights(text)


@pytest.mark.parametrize(
    ("metric", "method"), [("rating", "target"), ("activities", "adjust"), ("adjustment", "manual")]
)
def test_each_metric_of_ours_has_one_way_of_counting(metric, method):
    with pytest.raises(DomainError):
        check_indicator(metric, method)


# Golden table, worked out by hand: zero denominators, caps, negatives, half-up, part of a period.
@pytest.mark.parametrize(
    ("rule", "value", "base", "share", "points"),
    [
        (Rule("ratio", D(10)), D(0), D(0), Share(1, 1), D("0.00")),
        (Rule("ratio", D(10), when_empty="full"), D(0), D(0), Share(1, 1), D("10.00")),
        (Rule("ratio", D(10), when_empty="skip"), None, None, Share(1, 1), None),
        (Rule("ratio", D(10)), D(2), D(3), Share(1, 1), D("6.67")),
        (Rule("target", D(10), target=D(3)), D(5), None, Share(1, 1), D("10.00")),
        (Rule("target", D(1), target=D(8)), D(1), None, Share(1, 1), D("0.13")),  # 0.125 half-up
        (Rule("target", D(10), target=D(4)), D(1), None, Share(46, 92), D("5.00")),
        (Rule("first_then_each", D(5), first=D(3), further=D(1)), D(9), None, Share(1, 1), D(5)),
        (Rule("deduction", D(10), first=D(3)), D(4), None, Share(1, 1), D("0.00")),
        (Rule("adjust", D(5)), D("-7.5"), None, Share(1, 1), D("-5.00")),
        (Rule("adjust", D(5)), D("-0.125"), None, Share(1, 1), D("-0.13")),
        (Rule("quarters", D(100), target=D(40)), D("35.125"), None, Share(1, 1), D("87.81")),
    ],
)
def test_golden_points(rule, value, base, share, points):
    assert score_line(rule, value, base, share).points == points


def test_golden_totals_ties_and_grades():
    grades = [("优秀", D(90)), ("称职", D(60)), ("不称职", D(0))]

    assert ranks([D(9), D(8), D(8), None, D(7)]) == [1, 2, 2, None, 4]
    assert add_up([(D(10), D("9.99"))], D("-20")).points == D("0.00")
    assert add_up([(D(10), D(5)), (D(10), None)], D(1)).points == D("11.00")  # 5 × 20 ÷ 10 + 1
    assert [grade_of(total, grades) for total in (D(90), D("89.99"), D(0), None)] == [
        "优秀", "称职", "不称职", "",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 100), CENTS), min_size=1, max_size=8))
def test_total_is_the_sum_of_the_lines_shown(lines):
    rows = [(D(full), min(points, D(full))) for full, points in lines]

    assert add_up(rows).points == sum((points for _, points in rows), D(0))


@given(st.lists(CENTS, min_size=1, max_size=12), st.randoms())
def test_ranks_do_not_depend_on_the_order(totals, chance):
    order = list(range(len(totals)))
    chance.shuffle(order)
    shuffled = ranks([totals[i] for i in order])

    assert dict(zip(order, shuffled, strict=True)) == dict(enumerate(ranks(totals)))


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 100))
def test_points_are_the_exact_fraction_rounded_half_up(value, base, full):
    points = score_line(Rule("ratio", D(full)), D(value), D(base)).points

    exact = min(Fraction(full), Fraction(full * value, base))
    assert -Fraction(1, 200) < Fraction(points) - exact <= Fraction(1, 200)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_records_are_entered_never_matters(db, seed):
    """Two identities, a changed station and a mandate from the middle of the period."""
    town = TownFactory(code="421299101000")
    deputies = [DeputyFactory(name=name, town=town) for name in ("甲", "乙", "丙")]
    MandateFactory(deputy=deputies[0])
    MandateFactory(deputy=deputies[0], term=TermFactory(level="town", region=town))
    MandateFactory(deputy=deputies[1], begins_on=dt.date(2026, 8, 16))
    MandateFactory(deputy=deputies[2])
    homes = [StationFactory(region=town), StationFactory(region=town)]
    scheme = SchemeFactory(subject_type="deputy")
    IndicatorFactory(scheme=scheme, name="接待", target=4)
    IndicatorFactory(scheme=scheme, name="活动", metric="activities", target=2)
    entries = [
        *((ReceptionFactory, {"station": homes[n % 2], "held_on": dt.date(2026, 8, 16 + n),
           "deputies": [deputies[n % 3]]}) for n in range(5)),
        *((ActivityFactory, {"held_on": dt.date(2026, 9, 1 + n), "deputies": [deputies[n]]})
          for n in range(3)),
    ]  # fmt: skip
    random.Random(seed).shuffle(entries)
    for make, values in entries:
        make(**values)

    compute_sheet(scheme=scheme, period=Q3, actor=None)

    totals = dict(Score.objects.values_list("label", "total"))
    assert totals == {"甲": D("10.00"), "乙": D("20.00"), "丙": D("7.50")}
