import datetime as dt
from decimal import Decimal

import pytest

from congress_portal.core.periods import PeriodError, half, parse_calendar_period, quarter
from congress_portal.evaluations.duties.calendar import named_period, period_on
from congress_portal.evaluations.duties.spans import days, owed_part, within, without
from congress_portal.evaluations.enums import PeriodKind
from tests.factories.deputies import TermFactory
from tests.factories.requirements import RequirementFactory

Q3 = quarter(2026, 3)


def day(text):
    return dt.date.fromisoformat(text)


def span(first, last):
    return day(first), day(last)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("2026-06-30", "2026-10-01")], 92),  # the whole quarter
        ([("2026-09-30", "2027-01-01")], 1),  # the last day
        ([("2026-01-01", "2026-07-01")], 1),  # the first day
        ([("2026-01-01", "2026-06-30")], 0),
        ([("2026-10-01", "2026-12-31")], 0),
        ([("2026-07-01", "2026-08-15"), ("2026-08-01", "2026-09-30")], 92),  # two identities
        ([("2026-07-01", "2026-07-10"), ("2026-09-21", "2026-09-30")], 20),
    ],
)
def test_days_of_a_quarter_are_the_union_inside_it(given, expected):
    assert days(within([span(*each) for each in given], Q3)) == expected


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([], 92),
        ([("2026-07-01", "2026-07-31")], 61),
        ([("2026-06-01", "2026-07-31"), ("2026-07-15", "2026-08-31")], 30),  # overlapping leaves
        ([("2026-08-01", "2026-08-01")], 91),
        ([("2026-01-01", "2026-12-31")], 0),
    ],
)
def test_leave_takes_its_days_out_once(gaps, expected):
    whole = within([(Q3.first, Q3.last)], Q3)

    assert days(without(whole, [span(*each) for each in gaps])) == expected


@pytest.mark.parametrize(
    ("number", "there", "expected"),
    [
        (1, 92, 1),
        (1, 46, 1),  # half a quarter: 0.5, half-up
        (1, 45, 0),
        (2, 46, 1),
        (2, 69, 2),  # 1.5, half-up
        (2, 68, 1),
        (10, 1, 0),
        (10, 5, 1),
        (3, 0, 0),
    ],
)
def test_owed_part_is_by_days_half_up_to_whole_ones(number, there, expected):
    assert owed_part(Decimal(number), there, 92) == expected


def test_a_whole_period_owes_the_number_as_it_is():
    assert owed_part(Decimal("2.5"), 92, 92) == Decimal("2.5")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "on", "code", "last"),
    [
        (PeriodKind.MONTH, "2026-02-28", "2026-02", "2026-02-28"),
        (PeriodKind.QUARTER, "2026-03-31", "2026Q1", "2026-03-31"),
        (PeriodKind.QUARTER, "2026-04-01", "2026Q2", "2026-06-30"),
        (PeriodKind.HALF, "2026-06-30", "2026H1", "2026-06-30"),
        (PeriodKind.HALF, "2026-07-01", "2026H2", "2026-12-31"),
        (PeriodKind.YEAR, "2026-12-31", "2026", "2026-12-31"),
        (PeriodKind.TERM, "2026-10-08", "第十八届", "2026-11-30"),
    ],
)
def test_the_period_of_a_day(kind, on, code, last):
    TermFactory()

    period = period_on(RequirementFactory(period_kind=kind), day(on))

    assert (period.code, period.last) == (code, day(last))


@pytest.mark.django_db
def test_no_term_no_period():
    assert period_on(RequirementFactory(period_kind=PeriodKind.TERM), day("2026-10-08")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["2026", "2026-09", "2026H2", "第十八届", "x"])
def test_a_period_of_another_length_is_refused(code):
    with pytest.raises(PeriodError):
        named_period(RequirementFactory(), code)


def test_halves_are_read_and_named():
    assert parse_calendar_period("2026H1") == half(2026, 1)
    assert half(2026, 2).label == "2026年下半年"
    assert half(2026, 1).previous() == half(2025, 2)
