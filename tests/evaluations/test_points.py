from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from congress_portal.evaluations.enums import Method, WhenEmpty
from congress_portal.evaluations.points import (
    Rule,
    Share,
    add_up,
    half_up,
    plain,
    ranks,
    score_line,
)

D = Decimal


def rule(method, full, **more):
    numbers = {k: D(v) for k, v in more.items() if k in ("target", "first", "further")}
    words = {k: v for k, v in more.items() if k not in numbers}
    return Rule(method, D(full), **numbers, **words)


TARGET = rule(Method.TARGET, "15", target="3", unit="天")
RATIO = rule(Method.RATIO, "10", unit="名", base_unit="名")
FIRST = rule(Method.FIRST_THEN_EACH, "12", first="4", further="2", unit="天")
ONCE = rule(Method.FIRST_THEN_EACH, "5", first="3", further="0", unit="次")
MANUAL = rule(Method.MANUAL, "10", unit="分")
DEDUCTION = rule(Method.DEDUCTION, "5", first="2", unit="册")

GOLDEN = [
    (TARGET, "3", None, "15.00", False, "3 天 ÷ 目标 3 天 × 15 分 = 15.00 分"),
    (TARGET, "2", None, "10.00", False, "2 天 ÷ 目标 3 天 × 15 分 = 10.00 分"),
    (TARGET, "5", None, "15.00", True, "5 天 ÷ 目标 3 天 × 15 分，最多 15 分 = 15.00 分"),
    (TARGET, "0", None, "0.00", False, "0 天 ÷ 目标 3 天 × 15 分 = 0.00 分"),
    (TARGET, "-2", None, "0.00", False, "-2 天 ÷ 目标 3 天 × 15 分，最低 0 分 = 0.00 分"),
    (RATIO, "11", "12", "9.17", False, "11 名 ÷ 12 名 × 10 分 = 9.17 分"),
    (RATIO, "0", "4", "0.00", False, "0 名 ÷ 4 名 × 10 分 = 0.00 分"),
    (RATIO, "5", "4", "10.00", True, "5 名 ÷ 4 名 × 10 分，最多 10 分 = 10.00 分"),
    (FIRST, "0", None, "0.00", False, "0 天 = 0.00 分"),
    (FIRST, "1", None, "4.00", False, "第一天 4 分 = 4.00 分"),
    (FIRST, "3", None, "8.00", False, "第一天 4 分 + 其余 2 天 × 2 分 = 8.00 分"),
    (FIRST, "9", None, "12.00", True, "第一天 4 分 + 其余 8 天 × 2 分，最多 12 分 = 12.00 分"),
    (ONCE, "4", None, "3.00", False, "第一次 3 分 + 其余 3 次 × 0 分 = 3.00 分"),
    (MANUAL, "8.3333", None, "8.33", False, "平均 8.3333 分 = 8.33 分"),
    (MANUAL, "12", None, "10.00", True, "平均 12 分，最多 10 分 = 10.00 分"),
    (DEDUCTION, "0", None, "5.00", False, "5 分 − 0 册 × 2 分 = 5.00 分"),
    (DEDUCTION, "1", None, "3.00", False, "5 分 − 1 册 × 2 分 = 3.00 分"),
    (DEDUCTION, "3", None, "0.00", True, "5 分 − 3 册 × 2 分，最低 0 分 = 0.00 分"),
]


@pytest.mark.parametrize(("given", "value", "base", "points", "capped", "formula"), GOLDEN)
def test_score_line_follows_the_table(given, value, base, points, capped, formula):
    line = score_line(given, D(value), None if base is None else D(base))

    assert (line.points, line.is_capped, line.formula) == (D(points), capped, formula)


@pytest.mark.parametrize(
    ("when_empty", "points"),
    [(WhenEmpty.FULL, D("10.00")), (WhenEmpty.ZERO, D("0.00")), (WhenEmpty.SKIP, None)],
)
@pytest.mark.parametrize(
    ("method", "value", "base"),
    [
        (Method.RATIO, D(0), D(0)),
        (Method.RATIO, D(3), D(0)),
        (Method.RATIO, None, D(4)),
        (Method.MANUAL, None, None),
        (Method.TARGET, None, None),
    ],
)
def test_score_line_with_nothing_to_count_does_what_the_scheme_says(
    method, value, base, when_empty, points
):
    line = score_line(rule(method, "10", target="2", when_empty=when_empty), value, base)

    assert (line.points, bool(line.note)) == (points, True)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(15, 1000), "0.02"),
        (Fraction(14999, 1000000), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(0), "0.00"),
        (Fraction(2, 3), "0.67"),
    ],
)
def test_half_up_rounds_the_exact_fraction_once(exact, rounded):
    assert half_up(exact) == D(rounded)


def test_score_line_multiplies_before_it_divides():
    """1 ÷ 3 × 0.015 is exactly 0.005; a division first would lose it."""
    assert score_line(rule(Method.RATIO, "0.015"), D(1), D(3)).points == D("0.01")


def test_target_is_prorated_by_days_in_office():
    line = score_line(rule(Method.TARGET, "20", target="2", unit="次"), D(1), share=Share(46, 92))

    assert line.points == D("20.00")
    assert line.formula == ("1 次 ÷（目标 2 次 × 在任 46 天 ÷ 全期 92 天）× 20 分 = 20.00 分")
    assert not line.is_capped


def test_first_then_each_is_not_prorated():
    assert score_line(FIRST, D(1), share=Share(1, 92)).points == D("4.00")


def test_add_up_scales_the_total_when_lines_are_left_out():
    total = add_up([(D(20), D("18.00")), (D(70), D("60.50")), (D(10), None)])

    assert total.points == D("87.22")
    assert total.formula == "各项相加 78.5 分 × 满分 100 分 ÷ 计入各项满分 90 分 = 87.22 分"


def test_add_up_without_a_counted_line_gives_no_total():
    assert add_up([(D(20), None), (D(30), None)]).points is None


def test_ranks_share_places_and_skip_those_without_total():
    totals = [D("80"), None, D("95.50"), D("80.00"), D("70")]

    assert ranks(totals) == [2, None, 1, 2, 4]


def test_plain_drops_zeros_only_behind_the_point():
    assert [plain(D(n)) for n in ("10.00", "9.50", "100", "0", "-0.00")] == [
        "10", "9.5", "100", "0", "0",
    ]  # fmt: skip


counts = st.decimals(min_value=0, max_value=10_000, places=2)
marks = st.decimals(min_value="0.01", max_value=1000, places=2)
rules = st.builds(
    Rule,
    method=st.sampled_from(list(Method)),
    full=marks,
    target=marks,
    first=counts,
    further=counts,
    when_empty=st.sampled_from(list(WhenEmpty)),
)
given_lines = st.lists(
    st.tuples(rules, st.none() | counts, st.none() | counts), min_size=1, max_size=12
)


@given(given_lines)
def test_every_line_lies_between_zero_and_full(rows):
    for each, value, base in rows:
        points = score_line(each, value, base).points
        assert points is None or 0 <= points <= half_up(Fraction(each.full))


@given(given_lines)
def test_total_is_the_sum_of_the_shown_lines(rows):
    lines = [(each.full, score_line(each, value, base).points) for each, value, base in rows]

    total = add_up(lines).points

    counted = [points for _, points in lines if points is not None]
    if len(counted) == len(lines):
        assert total == sum(counted)
    elif not counted:
        assert total is None


@given(given_lines, st.randoms())
def test_order_of_lines_never_matters(rows, random):
    lines = [(each.full, score_line(each, value, base).points) for each, value, base in rows]
    mixed = random.sample(lines, len(lines))

    assert add_up(mixed).points == add_up(lines).points


@given(st.lists(st.none() | st.decimals(0, 100, places=2)), st.randoms())
def test_order_of_subjects_never_matters_for_ranks(totals, random):
    order = random.sample(range(len(totals)), len(totals))

    mixed = ranks(totals[index] for index in order)

    assert mixed == [ranks(totals)[index] for index in order]
