import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activities.enums import Presence
from activities.models import Attendance
from congress_portal.core.enums import Level, RegionLevel, Verification
from congress_portal.core.periods import quarter
from congress_portal.core.periods import year as year_period
from congress_portal.core.reference import load_reference
from congress_portal.evaluations.duties.calendar import period_on
from congress_portal.evaluations.duties.figures import in_full
from congress_portal.evaluations.duties.pages import grid_of, parts_shown, periods_of_year
from congress_portal.evaluations.duties.selectors import board_of, boards_now, own_boards
from congress_portal.evaluations.duties.subjects import visible
from congress_portal.evaluations.enums import Bound, DutySubject, OwedBy, PeriodKind
from congress_portal.evaluations.models import Requirement
from stations.models import Unavailability
from suggestions.models import Call
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    NewsItemFactory,
)
from tests.factories.contact import CommitteeMemberFactory, PairingFactory
from tests.factories.core import CountyFactory, TownFactory, UserFactory, staff, town_clerk
from tests.factories.deputies import (
    DeputyFactory,
    GroupFactory,
    GroupMembershipFactory,
    MandateFactory,
    TermFactory,
)
from tests.factories.requirements import (
    ExemptionFactory,
    PartFactory,
    RequirementFactory,
    TypeThresholdFactory,
)
from tests.factories.stations import ReceptionFactory, StationFactory, StationTypeFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)


def full(requirement):
    return in_full(Requirement.objects.filter(pk=requirement.pk)).get()


def board(requirement, period=Q3, user=None):
    return board_of(full(requirement), period, visible(requirement.subject_kind, user))


def three_ones():
    requirement = RequirementFactory(
        name="三个一", period_kind=PeriodKind.TERM, owed_by=OwedBy.COUNTY
    )
    for name, forms in (
        ("列席", ["列席会议"]),
        ("调研或执法检查", ["专题调研", "执法检查"]),
        ("视察", ["视察"]),
    ):
        rows = [ActivityFormFactory(name=each) for each in forms]
        PartFactory(requirement=requirement, name=name, forms=rows)
    return requirement


def attends(deputy, form, **fields):
    return ActivityFactory(form=ActivityFormFactory(name=form), deputies=[deputy], **fields)


def test_two_of_three_with_the_missing_one_named():
    requirement, deputy = three_ones(), DeputyFactory(seat=True)
    attends(deputy, "列席会议", held_on=dt.date(2022, 3, 1))
    attends(deputy, "执法检查")
    attends(deputy, "执法检查")  # a second one makes no third part

    (row,) = board(requirement, TermFactory().period).rows

    assert (row.count, row.missing_words, row.state_words) == ("2/3", "视察", "部分完成")


def test_all_parts_done():
    requirement, deputy = three_ones(), DeputyFactory(seat=True)
    for form in ("列席会议", "专题调研", "视察"):
        attends(deputy, form)

    found = board(requirement, TermFactory().period)

    assert (found.rows[0].count, found.rows[0].missing, str(found.rate)) == (
        "3/3", [], "100.0%（1/1）",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held_on", "counts"),
    [("2026-06-30", 0), ("2026-07-01", 1), ("2026-09-30", 1), ("2026-10-01", 0)],
)
def test_a_quarter_counts_from_its_first_to_its_last_day(held_on, counts):
    part, deputy = PartFactory(), DeputyFactory(seat=True)
    attends(deputy, "视察", held_on=dt.date.fromisoformat(held_on))

    assert board(part.requirement).rows[0].parts[0].value == counts


def test_unverified_leave_and_absence_do_not_count():
    part, deputy = PartFactory(), DeputyFactory(seat=True)
    attends(deputy, "视察", verification=Verification.PENDING)
    away = ActivityFactory()
    Attendance.objects.create(activity=away, deputy=deputy, presence=Presence.LEAVE)

    assert board(part.requirement).rows[0].missing_words == part.name


@pytest.mark.parametrize(
    ("begins", "ends", "owed", "state"),
    [
        (None, None, 2, "none"),
        ("2026-08-16", None, 1, "none"),  # 46 of 92 days: exactly one
        ("2026-09-08", None, 1, "none"),  # 23 days: 0.5, half-up
        ("2026-09-09", None, 0, "excused"),  # 22 days
        (None, "2026-07-22", 0, "excused"),
        (None, "2026-09-07", 2, "none"),  # 69 days: 1.5, half-up
    ],
)
def test_part_of_a_period_owes_its_part(begins, ends, owed, state):
    part = PartFactory(threshold=2)
    ends_on = dt.date.fromisoformat(ends) if ends else None
    MandateFactory(
        begins_on=dt.date.fromisoformat(begins) if begins else None,
        ends_on=ends_on,
        end_kind="resigned" if ends else "",
    )

    (row,) = board(part.requirement).rows

    assert (row.parts[0].owed, row.state) == (owed, state)


def test_mandate_that_ended_before_owes_nothing_at_all():
    part = PartFactory()
    MandateFactory(ends_on=dt.date(2026, 6, 30), end_kind="resigned")

    assert board(part.requirement).rows == []


def test_two_identities_are_one_person_counted_once():
    part, deputy = PartFactory(threshold=2), DeputyFactory()
    MandateFactory(deputy=deputy, ends_on=dt.date(2026, 8, 15), end_kind="resigned")
    term = TermFactory(level=Level.TOWN, region=deputy.town, name="第九届")
    MandateFactory(deputy=deputy, term=term, begins_on=dt.date(2026, 8, 1))
    attends(deputy, "视察")

    (row,) = board(part.requirement).rows

    assert (row.days, row.count) == (92, "1/2")


@pytest.mark.parametrize(
    ("owed_by", "names"), [("county", ["甲"]), ("town", ["乙"]), ("", ["甲", "乙"])]
)
def test_levels_owe_their_own(owed_by, names):
    part = PartFactory(requirement__owed_by=owed_by)
    town = TownFactory()
    DeputyFactory(name="甲", town=town, seat=True)
    term = TermFactory(level=Level.TOWN, region=town, name="第九届")
    MandateFactory(deputy=DeputyFactory(name="乙", town=town), term=term)

    assert [row.who.label for row in board(part.requirement).rows] == names


def test_exemption_for_good_and_for_one_requirement():
    first, second = PartFactory(), PartFactory()
    deputy = DeputyFactory(seat=True)
    ExemptionFactory(deputy=deputy, requirement=first.requirement, reason="驻外学习")

    (row,) = board(first.requirement).rows
    assert (row.state, row.excuse) == ("excused", "92 天中计 0 天（驻外学习）")
    assert board(second.requirement).rows[0].state == "none"

    ExemptionFactory(deputy=deputy)
    assert board(second.requirement).rows[0].state == "excused"


def test_leave_and_days_away_take_their_part():
    part, deputy = PartFactory(threshold=2), DeputyFactory(seat=True)
    leave = {"begins_on": dt.date(2026, 7, 1), "ends_on": dt.date(2026, 7, 31)}
    ExemptionFactory(deputy=deputy, reason="病假", **leave)
    Unavailability.objects.create(
        deputy=deputy, first_on=dt.date(2026, 7, 20), last_on=dt.date(2026, 8, 31)
    )

    (row,) = board(part.requirement).rows

    assert (row.days, row.parts[0].owed) == (30, 1)
    assert row.excuse == "92 天中计 30 天（病假、办公室登记的不便履职的日子）"


@pytest.mark.parametrize(("by_self", "days"), [(True, 92), (False, 61)])
def test_nobody_excuses_themselves(by_self, days):
    part, user = PartFactory(), UserFactory()
    deputy = DeputyFactory(seat=True, user=user)
    Unavailability.objects.create(
        deputy=deputy, first_on=dt.date(2026, 7, 1), last_on=dt.date(2026, 7, 31),
        entered_by=user if by_self else staff(),
    )  # fmt: skip

    assert board(part.requirement).rows[0].days == days


def test_requirement_counts_from_the_day_it_was_begun():
    part = PartFactory(threshold=2, requirement__active_from=dt.date(2026, 8, 16))
    DeputyFactory(seat=True)

    assert board(part.requirement).rows[0].parts[0].owed == 1


def test_station_types_have_their_own_number():
    requirement = RequirementFactory(subject_kind=DutySubject.STATION)
    part = PartFactory(requirement=requirement, metric="contacts_held", threshold=2)
    one, other = StationFactory(), StationFactory()
    hall = StationTypeFactory(name="人民议事厅")
    other.type = TypeThresholdFactory(part=part, station_type=hall, threshold=0).station_type
    other.save()
    ReceptionFactory(station=one)

    rows = {row.who.pk: row for row in board(requirement).rows}

    assert rows[one.pk].missing_words == f"{part.name}（还差 1）"
    assert rows[other.pk].state == "excused"


def test_a_station_built_late_owes_its_part():
    requirement = RequirementFactory(subject_kind=DutySubject.STATION)
    PartFactory(requirement=requirement, metric="contacts_held", threshold=2)
    StationFactory(established_on=dt.date(2026, 8, 16))
    StationFactory(established_on=dt.date(2026, 10, 1))

    assert [row.parts[0].owed for row in board(requirement).rows] == [1]


def test_groups_show_times_and_person_times():
    requirement = RequirementFactory(subject_kind=DutySubject.GROUP, also_shown="attendances")
    PartFactory(requirement=requirement)
    first, second = GroupFactory(name="一组"), GroupFactory(name="二组")
    people = [DeputyFactory(), DeputyFactory(), DeputyFactory()]
    ActivityFactory(group=first, deputies=people)
    ActivityFactory(group=first, deputies=people[:2])

    rows = {row.who.pk: row for row in board(requirement).rows}

    assert (rows[first.pk].count, rows[first.pk].beside) == ("2/1", 5)
    assert (rows[second.pk].count, rows[second.pk].state) == ("0/1", "none")


def test_a_group_owes_nothing_before_it_was_founded():
    requirement = RequirementFactory(subject_kind=DutySubject.GROUP)
    PartFactory(requirement=requirement)
    old, later = GroupFactory(name="老组"), GroupFactory(name="新组")
    GroupMembershipFactory(group=old, begins_on=None)
    GroupMembershipFactory(group=old, begins_on=dt.date(2026, 10, 5))
    GroupMembershipFactory(group=later, begins_on=dt.date(2026, 10, 5))

    assert [row.who.pk for row in board(requirement).rows] == [old.pk]


def test_six_ones_of_a_town_name_the_missing_one():
    load_reference()
    requirement = Requirement.objects.get(name="镇人大六个一")
    town = TownFactory()
    TownFactory(name="某街道", code="421299109000", level=RegionLevel.SUBDISTRICT)
    for form in ("视察", "专题调研", "培训学习"):
        ActivityFactory(region=town, form=ActivityFormFactory(name=form))
    DutyReportFactory(deputy=DeputyFactory(town=town))
    opened = {"opens_on": dt.date(2026, 3, 1), "closes_on": dt.date(2026, 3, 31)}
    Call.objects.create(region=town, title="议案建议征集", **opened)

    (row,) = board(requirement, year_period(2026)).rows  # a sub-district owes none

    assert (row.who.label, row.count, row.missing_words) == (town.name, "5/6", "监督议题征集")
    Call.objects.create(region=town, kind="topics", title="议题征集", **opened)
    assert board(requirement, year_period(2026)).rows[0].count == "6/6"


@pytest.mark.parametrize(
    ("pairs", "missing"), [(1, "至少2名（还差 1）"), (2, ""), (3, ""), (4, "至多3名（多 1）")]
)
def test_members_keep_two_to_three_pairs(pairs, missing):
    requirement = RequirementFactory(subject_kind=DutySubject.MEMBER, period_kind=PeriodKind.YEAR)
    given = {"requirement": requirement, "metric": "pairs", "is_prorated": False}
    PartFactory(name="至少2名", threshold=2, **given)
    PartFactory(name="至多3名", threshold=3, comparison=Bound.AT_MOST, **given)
    member = CommitteeMemberFactory()
    for _ in range(pairs):
        PairingFactory(member=member)

    assert board(requirement, year_period(2026)).rows[0].missing_words == missing


def test_months_of_a_town_stand_in_one_table():
    requirement = RequirementFactory(subject_kind=DutySubject.TOWN, period_kind=PeriodKind.MONTH)
    PartFactory(requirement=requirement, metric="news")
    town = TownFactory()
    for number in (1, 3, 3):
        NewsItemFactory(region=town, held_on=dt.date(2026, number, 31))
    today = dt.date(2026, 4, 15)

    periods = periods_of_year(full(requirement), 2026, today)
    grid = grid_of(full(requirement), periods, visible("town", None), today)

    states = [cell.state if cell else "" for _, cell in grid.rows[0].cells]
    assert states == ["done", "none", "done", "none", *[""] * 8]
    assert grid.heads[:2] == ["1月", "2月"]
    assert [str(rate) for _, rate in grid.totals[:2]] == ["100.0%（1/1）", "0.0%（0/1）"]


def test_figures_open_to_their_records():
    requirement, deputy = three_ones(), DeputyFactory(seat=True)
    seen = attends(deputy, "视察")
    (row,) = board(requirement, TermFactory().period).rows

    shown = parts_shown(row, staff())

    assert [[item.text for group in each.groups for item in group.items] for each in shown] == [
        [], [], [seen.title],
    ]  # fmt: skip


def test_town_staff_read_their_own_only():
    part = PartFactory()
    mine = TownFactory(name="甲镇", code="421299101000")
    DeputyFactory(town=mine, seat=True)
    DeputyFactory(town=TownFactory(name="乙镇", code="421299102000"), seat=True)
    rows = board(part.requirement, user=town_clerk(mine)).rows

    assert [row.who.place for row in rows] == ["甲镇"]


@pytest.mark.parametrize("size", [1, 3])
def test_a_board_reads_a_fixed_number_of_queries(size):
    requirement = three_ones()
    period = TermFactory().period
    for deputy in [DeputyFactory(seat=True) for _ in range(size)]:
        attends(deputy, "视察")
        ExemptionFactory(deputy=deputy, begins_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 1, 2))
    requirement = full(requirement)

    with CaptureQueriesContext(connection) as queries:
        found = board_of(requirement, period, visible("deputy", None))

    assert (len(found.rows), len(queries)) == (size, 6)


def test_the_board_does_not_depend_on_the_order_of_records():
    part, deputy = PartFactory(threshold=3), DeputyFactory(seat=True)
    days = [dt.date(2026, 9, 30), dt.date(2026, 7, 1), dt.date(2026, 8, 8)]
    for held_on in days:
        attends(deputy, "视察", held_on=held_on)

    assert board(part.requirement).rows[0].count == "3/3"


def test_running_boards_leave_out_what_is_not_asked_now():
    DeputyFactory(seat=True)
    running = PartFactory().requirement
    PartFactory(requirement__is_active=False)
    PartFactory(requirement__active_to=dt.date(2026, 6, 30))
    PartFactory(requirement__active_from=dt.date(2026, 10, 1))
    subjects = {"deputy": visible("deputy", None)}

    found = boards_now(Requirement.objects.all(), dt.date(2026, 9, 30), subjects)

    assert [each.requirement for each in found] == [running]


def test_own_boards_are_of_one_subject():
    PartFactory()
    deputy = DeputyFactory(seat=True)
    DeputyFactory(seat=True)

    (found,) = own_boards("deputy", deputy.pk, dt.date(2026, 9, 30))

    assert [row.who.pk for row in found.rows] == [deputy.pk]


def test_seeds_come_once_and_their_parts_with_them():
    load_reference()
    three = Requirement.objects.get(name="三个一")
    assert [part.name for part in three.parts.all()] == ["列席", "调研或执法检查", "视察"]
    three.parts.get(name="视察").delete()

    assert load_reference() == 0
    assert three.parts.count() == 2


@pytest.mark.parametrize("kind", DutySubject.values)
def test_every_seed_can_be_computed(kind):
    load_reference()
    CountyFactory()
    TermFactory()
    for requirement in in_full(Requirement.objects.filter(subject_kind=kind)):
        period = period_on(requirement, dt.date(2026, 9, 30))
        assert board_of(requirement, period, visible(kind, None)).rows == []
