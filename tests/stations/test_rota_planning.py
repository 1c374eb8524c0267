"""Days from rules, and the fair plan, over random stations, holidays and absences."""

import datetime as dt
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from congress_portal.core.workdays import CalendarMissingError
from stations.enums import HolidayShift, MonthPattern, RulePattern, Weekday
from stations.models import RotaRule
from stations.services.planning import Candidate, Seat, plan
from stations.services.rota_days import days_of, planned_days

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
YEAR = [FIRST + dt.timedelta(days=n) for n in range(365)]


class Work:
    """A calendar of chosen days off besides weekends; other years are unknown."""

    def __init__(self, off=(), on=()):
        self.off, self.on = set(off), set(on)

    def is_workday(self, day):
        if day.year not in (2025, 2026):
            raise CalendarMissingError(day.year)
        return day not in self.off and (day in self.on or day.weekday() < 5)


def rule(**fields):
    fields = {"pattern": RulePattern.MONTHLY, "begins_on": FIRST, "station_id": 1, **fields}
    return RotaRule(**fields)


def days(made, work=None, first=FIRST, last=LAST):
    found = days_of([made], first, last, work or Work())
    return [each.held_on for each in found.days]


def test_the_15th_of_odd_months_moves_off_weekends():
    found = days(rule(day_of_month=15, months=MonthPattern.ODD))

    assert found == [
        dt.date(2026, 1, 15),
        dt.date(2026, 3, 16),  # a Sunday
        dt.date(2026, 5, 15),
        dt.date(2026, 7, 15),
        dt.date(2026, 9, 15),
        dt.date(2026, 11, 16),  # a Sunday
    ]


def test_the_31st_is_the_last_day_of_short_months():
    made = rule(day_of_month=31, holiday_shift=HolidayShift.KEEP)

    assert days(made, last=dt.date(2026, 4, 30)) == [
        dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31), dt.date(2026, 4, 30),
    ]  # fmt: skip


def test_wednesdays_in_the_national_holidays_move_behind_them():
    holidays = [dt.date(2026, 10, n) for n in range(1, 8)]
    made = rule(pattern=RulePattern.WEEKLY, weekday=Weekday.WEDNESDAY)

    found = days(made, Work(holidays), dt.date(2026, 9, 28), dt.date(2026, 10, 14))

    assert found == [dt.date(2026, 9, 30), dt.date(2026, 10, 8), dt.date(2026, 10, 14)]


def test_a_saturday_made_a_workday_is_one():
    saturday = dt.date(2026, 10, 10)
    made = rule(pattern=RulePattern.WEEKLY, weekday=Weekday.SATURDAY)
    work = Work(on=[saturday])

    assert days(made, work, saturday, saturday) == [saturday]


def test_market_days_come_every_fifth_day_on_holidays_too():
    made = rule(pattern=RulePattern.CYCLE, interval=5, holiday_shift=HolidayShift.KEEP)

    found = days(made, first=dt.date(2026, 2, 1), last=dt.date(2026, 2, 14))

    assert found == [dt.date(2026, 2, 5), dt.date(2026, 2, 10)]


def test_every_second_monday_counts_from_the_first_week():
    made = rule(
        pattern=RulePattern.WEEKLY, weekday=Weekday.MONDAY, interval=2,
        begins_on=dt.date(2026, 1, 7),
    )  # fmt: skip

    found = days(made, last=dt.date(2026, 2, 10))

    assert found == [dt.date(2026, 1, 19), dt.date(2026, 2, 2)]


def test_the_last_friday_of_each_quarter():
    made = rule(
        pattern=RulePattern.NTH_WEEKDAY, weekday=Weekday.FRIDAY, week_of_month=5,
        months=MonthPattern.QUARTER,
    )  # fmt: skip

    assert days(made) == [
        dt.date(2026, 3, 27), dt.date(2026, 6, 26), dt.date(2026, 9, 25), dt.date(2026, 12, 25),
    ]  # fmt: skip


def test_a_holiday_that_is_skipped_is_named():
    holiday = dt.date(2026, 5, 1)
    made = rule(day_of_month=1, holiday_shift=HolidayShift.SKIP)

    found = days_of([made], holiday, holiday, Work([holiday]))

    assert (found.days, found.dropped) == ([], [(made, holiday)])


def test_a_year_without_a_calendar_is_named_and_its_days_stay():
    made = rule(day_of_month=2)

    found = days_of([made], dt.date(2027, 1, 1), dt.date(2027, 1, 31), Work())

    assert [each.held_on for each in found.days] == [dt.date(2027, 1, 2)]
    assert found.years_unknown == {2027}


def test_two_rules_that_meet_on_a_day_are_one_reception():
    small, large = rule(day_of_month=15), rule(day_of_month=16, deputies_needed=2)
    weekend = [dt.date(2026, 8, 15), dt.date(2026, 8, 16)]

    found = days_of([small, large], *weekend, Work())

    assert [(each.held_on, each.rule) for each in found.days] == [(dt.date(2026, 8, 17), large)]


rules = st.one_of(
    st.builds(
        rule, day_of_month=st.integers(1, 31), months=st.sampled_from(MonthPattern),
        holiday_shift=st.sampled_from(HolidayShift),
    ),
    st.builds(
        rule, pattern=st.just(RulePattern.NTH_WEEKDAY), weekday=st.integers(0, 6),
        week_of_month=st.integers(1, 5), months=st.sampled_from(MonthPattern),
        holiday_shift=st.sampled_from(HolidayShift),
    ),
    st.builds(
        rule, pattern=st.just(RulePattern.WEEKLY), weekday=st.integers(0, 6),
        interval=st.integers(1, 4), holiday_shift=st.sampled_from(HolidayShift),
    ),
    st.builds(
        rule, pattern=st.just(RulePattern.CYCLE), interval=st.integers(2, 12),
        holiday_shift=st.sampled_from(HolidayShift),
    ),
)  # fmt: skip


def obeys(made, day):
    """The rule's words, asked of one day: written apart from the code that finds the days."""
    month = {"every": True, "odd": day.month % 2 == 1, "even": day.month % 2 == 0,
             "quarter": day.month in (3, 6, 9, 12)}[made.months]  # fmt: skip
    tomorrow, next_week = day + dt.timedelta(days=1), day + dt.timedelta(days=7)
    if made.pattern == RulePattern.MONTHLY:
        is_last = tomorrow.month != day.month
        return month and (day.day == made.day_of_month or (is_last and day.day < made.day_of_month))
    if made.pattern == RulePattern.NTH_WEEKDAY:
        nth, is_last = (day.day - 1) // 7 + 1, next_week.month != day.month
        right = is_last if made.week_of_month == 5 else nth == made.week_of_month
        return month and day.weekday() == made.weekday and right
    if made.pattern == RulePattern.WEEKLY:
        weeks = (day.toordinal() - 1) // 7 - (made.begins_on.toordinal() - 1) // 7
        return month and day.weekday() == made.weekday and weeks % made.interval == 0
    return (day - made.begins_on).days % made.interval == 0


@settings(max_examples=150, deadline=None)
@given(made=rules, off=st.sets(st.sampled_from(YEAR), max_size=40))
def test_days_are_those_of_the_rule_and_no_holiday(made, off):
    work = Work(off)
    expected = [day for day in YEAR if obeys(made, day)]

    assert list(planned_days(made, FIRST, LAST)) == expected
    found = days_of([made], FIRST, LAST, work)
    planned = {each.planned_on for each in found.days} | {day for _, day in found.dropped}
    assert planned <= set(expected)
    if made.holiday_shift == HolidayShift.KEEP:
        assert [each.held_on for each in found.days] == expected
        return
    for each in found.days:
        if each.held_on.year in (2025, 2026):
            assert work.is_workday(each.held_on)
            low, high = sorted((each.planned_on, each.held_on))
            between = [low + dt.timedelta(days=n) for n in range((high - low).days + 1)]
            assert not any(work.is_workday(day) for day in between if day != each.held_on)
    assert {day for _, day in found.dropped} <= set(off) | {d for d in YEAR if d.weekday() > 4}


class County:
    """Stations with days, deputies with postings, levels and absences."""

    def __init__(self, days, needed, levels, posted, away, people_levels, loads):
        self.seats, self.posted, self.away = [], posted, away
        self.people_levels, self.loads = people_levels, loads
        for place, own in enumerate(days):
            for day in sorted(own):
                for number in range(needed[place]):
                    level = levels[place] if number == 0 else ""
                    self.seats.append(Seat(len(self.seats), place, day, level))

    def may(self, person, seat):
        return (
            seat.place in self.posted[person]
            and seat.held_on not in self.away[person]
            and (not seat.level or seat.level in self.people_levels[person])
        )

    def plan(self):
        people = range(len(self.posted))
        candidates = {
            place: [
                Candidate(each, self.loads[each], busy=frozenset(self.away[each]))
                for each in people
                if place in self.posted[each]
            ]
            for place in {seat.place for seat in self.seats}
        }
        return plan(self.seats, candidates, lambda each, seat: self.may(each.key, seat))


SOME_DAYS = YEAR[:14]


@st.composite
def counties(draw):
    places = draw(st.integers(1, 4))
    people = draw(st.integers(1, 7))
    rows = st.lists
    return County(
        draw(rows(st.sets(st.sampled_from(SOME_DAYS), max_size=8), min_size=places,
                  max_size=places)),
        draw(rows(st.integers(1, 3), min_size=places, max_size=places)),
        draw(rows(st.sampled_from(["", "", "county"]), min_size=places, max_size=places)),
        draw(rows(st.sets(st.integers(0, places - 1), max_size=3), min_size=people,
                  max_size=people)),
        draw(rows(st.sets(st.sampled_from(SOME_DAYS), max_size=6), min_size=people,
                  max_size=people)),
        draw(rows(st.sets(st.sampled_from(["town", "county"])), min_size=people,
                  max_size=people)),
        draw(rows(st.integers(0, 2), min_size=people, max_size=people)),
    )  # fmt: skip


def most_seats(county):
    """The most seats that anybody could fill, day by day, by trying every choice."""
    total = 0
    by_day = defaultdict(list)
    for seat in county.seats:
        by_day[seat.held_on].append(seat)
    for seats in by_day.values():
        reached = {frozenset(): 0}
        for seat in seats:
            step = dict(reached)
            for used, filled in reached.items():
                for person in range(len(county.posted)):
                    if person not in used and county.may(person, seat):
                        key = used | {person}
                        step[key] = max(step.get(key, 0), filled + 1)
            reached = step
        total += max(reached.values())
    return total


@settings(max_examples=300, deadline=None)
@given(county=counties())
def test_plan_breaks_no_rule_fills_what_can_be_filled_and_is_fair(county):
    made = county.plan()
    seats = {seat.key: seat for seat in county.seats}
    days = Counter((person, seats[key].held_on) for key, person in made.holder.items())
    loads = Counter(made.holder.values())
    load = {person: county.loads[person] + loads[person] for person in range(len(county.posted))}

    assert all(times == 1 for times in days.values()), "double booked"
    assert all(county.may(person, seats[key]) for key, person in made.holder.items())
    assert len(made.holder) == most_seats(county)
    for key, person in made.holder.items():
        for other in range(len(county.posted)):
            is_free = (other, seats[key].held_on) not in days
            if is_free and county.may(other, seats[key]):
                assert load[person] - load[other] <= 1, "somebody free has two less"


@settings(max_examples=150, deadline=None)
@given(
    people=st.integers(1, 9),
    needed=st.integers(1, 3),
    days=st.sets(st.sampled_from(YEAR), min_size=1, max_size=30),
    away=st.lists(st.sets(st.sampled_from(YEAR), max_size=200), min_size=3, max_size=3),
)
def test_who_is_always_there_differs_by_one_at_most(people, needed, days, away):
    """One station; the last three deputies are often away, the others never."""
    posted = [{0}] * (people + 3)
    absences = [set() for _ in range(people)] + away
    county = County([days], [needed], [""], posted, absences, [set()] * len(posted),
                    [0] * len(posted))  # fmt: skip

    loads = Counter(county.plan().holder.values())

    always = [loads[person] for person in range(people)]
    assert max(always) - min(always) <= 1


def test_chains_reach_the_one_who_has_less():
    """A stands in at both stations, B only at the first: A's surplus goes on through B to C."""
    days = [[dt.date(2026, 1, n) for n in (5, 6, 7, 8)], [dt.date(2026, 1, 9)] * 1]
    county = County(days, [1, 1], ["", ""], [{0, 1}, {0}, {0}], [set()] * 3, [set()] * 3,
                    [1, 1, 0])  # fmt: skip

    made = county.plan()

    assert sorted(made.load.values()) == [2, 2, 3]


@pytest.mark.parametrize("seed", range(3))
def test_same_input_gives_the_same_plan(seed):
    county = County([YEAR[seed:90:7]], [2], [""], [{0}] * 5, [set()] * 5, [set()] * 5, [0] * 5)

    assert county.plan() == county.plan()
