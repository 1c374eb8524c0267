"""Rates, ageing, league table, likeness, unit proposals: each by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from congress_portal.core.enums import Rating, Role
from congress_portal.core.figures import Rate
from suggestions import services
from suggestions.enums import HandlingState, NominationState, Share, State, SupervisionForm
from suggestions.models import Call, Handling, HandlingRule, Suggestion
from suggestions.selectors import (
    ageing_table,
    call_counts,
    honours_of,
    key_suggestions,
    league_table,
    overdue_parts,
    propose_units,
    similar_suggestions,
    unit_rates,
    year_report,
)
from suggestions.services import RefusedError
from tests.factories.core import EntryFactory, UnitFactory, UserFactory
from tests.factories.suggestions import (
    HandlingFactory,
    ReplyClassFactory,
    ReplyFactory,
    SuggestionFactory,
)
from tests.factories.workflow import in_state, make_cast, submitted

pytestmark = pytest.mark.django_db
D = dt.date


def _case(unit, code=None, rating="", *, replied=None, handed=None, **kwargs):
    handed = handed or D(2026, 3, 2)
    item = SuggestionFactory(
        submitted_on=D(2026, 2, 1), handed_over_on=handed, state=State.HANDLING, **kwargs
    )
    part = HandlingFactory(
        suggestion=item, unit=unit, state=HandlingState.UNDERWAY, due_on=item.due_on
    )
    if code:
        entry = ReplyClassFactory(name=f"{code}类", code=code)
        ReplyFactory(
            handling=part, replied_on=replied or D(2026, 4, 1), reply_class=entry, rating=rating
        )
        state = State.CLOSED if rating in (Rating.SATISFIED, Rating.BASICALLY) else State.ANSWERED
        Suggestion.objects.filter(pk=item.pk).update(state=state)
        Handling.objects.filter(pk=part.pk).update(state=HandlingState.ANSWERED)
    return item


@pytest.fixture
def units():
    return [UnitFactory(), UnitFactory(), UnitFactory()]


@pytest.fixture
def cases(units):
    one, two, three = units
    _case(one, "A", Rating.SATISFIED)
    _case(one, "A", Rating.BASICALLY)
    _case(one, "B", Rating.UNSATISFIED, replied=D(2026, 6, 3))
    _case(one)
    _case(two, "C", Rating.SATISFIED)
    _case(three)


def test_rates_stand_with_their_denominators(cases, units):
    line = next(line for line in unit_rates(Suggestion.objects.all()) if line.unit == units[0])

    rates = line.rates
    assert (rates.replied, rates.on_time, rates.closed, rates.solved, rates.satisfied) == (
        Rate(3, 4), Rate(2, 3), Rate(2, 4), Rate(2, 3), Rate(2, 3),
    )  # fmt: skip
    assert rates.by_class == {"A": 2, "B": 1, "C": 0, "D": 0}


def test_nine_of_ten_satisfied_is_ninety_percent(units):
    for number in range(10):
        _case(units[0], "A", Rating.UNSATISFIED if number == 0 else Rating.SATISFIED)

    assert str(unit_rates(Suggestion.objects.all())[0].rates.satisfied) == "90.0%（9/10）"


def test_returned_unit_is_not_counted(cases, units):
    Handling.objects.filter(unit=units[2]).update(
        state=HandlingState.RETURNED, ended_on=D(2026, 3, 5), return_asked_on=D(2026, 3, 4),
        return_reason="不属我局职责",
    )  # fmt: skip

    assert units[2] not in [line.unit for line in unit_rates(Suggestion.objects.all())]


def test_league_table_can_be_done_by_hand(cases, units):
    table = league_table(Suggestion.objects.all(), HandlingRule(), D(2026, 3, 1))

    # unit 2: 20 × 1/1 + 50 × 1/1 + 30 × 0/1; unit 1: 20 × 2/3 + 50 × 2/3 + 30 × 2/3
    assert [(line.unit, line.total, line.rank) for line in table] == [
        (units[1], Decimal("70.00"), 1),
        (units[0], Decimal("66.66"), 2),
        (units[2], None, None),
    ]
    assert (table[1].speed, table[1].quality, table[1].result) == (
        Decimal("13.33"), Decimal("33.33"), Decimal("20.00"),
    )  # fmt: skip
    assert "按时答复 66.7%（2/3） 得 13.33" in table[1].formula


def test_rates_take_as_many_queries_for_one_as_for_many(units, django_assert_num_queries):
    _case(units[0], "A", Rating.SATISFIED)
    with django_assert_num_queries(2):
        unit_rates(Suggestion.objects.all())
    for unit in units:
        _case(unit, "A", Rating.SATISFIED)
    with django_assert_num_queries(2):
        unit_rates(Suggestion.objects.all())


def test_ageing_table_by_days_since_hand_over(units):
    on = D(2026, 6, 30)
    for days in (0, 30, 31, 60, 61, 90, 91, 200):
        _case(units[0], handed=on - dt.timedelta(days=days) if days < 140 else D(2026, 2, 2))

    groups = ageing_table(Suggestion.objects.all(), on)

    assert [(group.label, len(group.cases)) for group in groups] == [
        ("30 天以内", 2), ("31—60 天", 2), ("61—90 天", 2), ("超过 90 天", 2),
    ]  # fmt: skip


def test_overdue_parts_name_every_late_unit(units):
    late = _case(units[0])
    _case(units[1], handed=D(2026, 5, 2))
    HandlingFactory(
        suggestion=late, unit=units[2], share=Share.ASSIST, due_on=D(2026, 4, 2),
        state=HandlingState.UNDERWAY,
    )  # fmt: skip

    parts = overdue_parts(Suggestion.objects.all(), D(2026, 6, 3))

    assert [part.unit for part in parts] == [units[2], units[0]]


def test_similar_ones_are_found_across_years():
    road = SuggestionFactory(title="关于修复白鹤村通村公路的建议", year=2024)
    near = SuggestionFactory(title="关于加快维修白鹤村通村公路的建议")
    SuggestionFactory(title="关于增加县医院儿科床位的建议")

    found = similar_suggestions(Suggestion.objects.all(), title="关于修复白鹤村通村公路的建议")

    assert [each.suggestion for each in found] == [road, near]
    assert found[0].is_same


def test_same_frame_alone_is_not_alike():
    SuggestionFactory(title="关于进一步解决食品安全问题的建议")

    assert similar_suggestions(Suggestion.objects.all(), title="关于进一步解决停车问题的建议") == []


def test_drafts_of_others_are_never_shown():
    cast = make_cast(1)
    services.save_draft(actor=cast.lead.user, data={"title": "关于修复白鹤村通村公路的建议"})

    found = similar_suggestions(
        Suggestion.objects.visible_to(cast.office), title="关于修复白鹤村通村公路的建议"
    )

    assert found == []


def test_units_are_proposed_with_their_reasons(units):
    field = EntryFactory()
    for _ in range(2):
        _case(units[0], "A", title="关于维修通村公路坑槽的建议", field=field)
    _case(units[1], "A", title="关于增加校车的建议")
    wanted = SuggestionFactory(title="关于维修白鹤村通村公路的建议", field=field)

    proposals = propose_units(Suggestion.objects.all(), wanted)

    assert proposals[0].unit == units[0]
    assert len(proposals[0].because) == 2


def test_leader_sees_own_key_suggestions_and_the_minimum():
    cast = make_cast(1)
    leader = UserFactory(role=Role.LEADER, role__region=cast.county)
    for _ in range(3):
        item = in_state(cast, State.HANDLING)
        services.mark_key(pk=item.pk, actor=cast.office, leading_member=leader)
    services.mark_key(pk=in_state(cast, State.HANDLING).pk, actor=cast.office)
    for form in SupervisionForm:
        services.record_supervision(pk=item.pk, actor=leader, form=form, content="督办情况")

    own = key_suggestions(Suggestion.objects.all(), HandlingRule(), leader=leader)
    everyones = key_suggestions(Suggestion.objects.all(), HandlingRule())

    assert (len(own.suggestions), own.supervised) == (3, 1)
    assert (len(everyones.suggestions), everyones.missing) == (4, 1)
    assert item.supervisions.count() == 5
    with pytest.raises(RefusedError, match="不是常委会领导"):
        services.mark_key(pk=item.pk, actor=cast.office, leading_member=cast.office)


def test_nomination_becomes_an_honour_in_the_file():
    cast = make_cast(1)
    item = in_state(cast, State.CLOSED)
    nomination = services.nominate_suggestion(pk=item.pk, actor=cast.lead.user, reason="办得实")

    services.decide_nomination(
        nomination_pk=nomination.pk, actor=cast.office, honoured=True, votes=31
    )

    assert [(each.honour, each.state) for each in honours_of(cast.lead)] == [
        (f"{item.year}年度优秀代表建议", NominationState.HONOURED)
    ]
    assert list(honours_of(cast.mate)) == []


def test_call_counts_what_it_brought():
    cast = make_cast(1)
    call = Call.objects.create(
        region=cast.county, title="征集", opens_on=D(2020, 1, 1), closes_on=D(2099, 1, 1)
    )
    submitted(cast, call=call)
    services.save_draft(actor=cast.lead.user, data={"title": "草稿", "call": call})

    assert call_counts(call) == {"received": 1, "motions": 0, "accepted": 0}


def test_year_report_adds_up(cases):
    report = year_report(Suggestion.objects.all(), 2026)

    assert (report.total, report.rates.replied, len(report.units)) == (6, Rate(4, 6), 3)
    assert sum(report.states.values()) == 6
    assert (len(report.unsatisfied), len(report.unanswered)) == (1, 2)
