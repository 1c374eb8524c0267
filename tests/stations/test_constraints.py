import datetime as dt

import pytest

from stations.enums import (
    CampaignKind,
    DutyState,
    InspectionCampaignState,
    ObjectionState,
    RectificationState,
    RectificationStepKind,
    RotaState,
    RulePattern,
    SheetState,
    SwapState,
)
from stations.models import ReceptionDuty, StandardChoice, StandardItem
from stations.models.standard import StandardUse
from tests.constraints import assert_refused, constraint_names, twice
from tests.factories import homes
from tests.factories.core import TownFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import (
    InspectionMarkFactory,
    OfficerFactory,
    PostingFactory,
    ReceptionFactory,
    StandardFactory,
    StandardItemFactory,
    StationCheckFactory,
    StationFactory,
    StationTypeFactory,
)

pytestmark = pytest.mark.django_db

EARLY, LATE = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
NOW = dt.datetime(2026, 9, 30, 9, tzinfo=dt.UTC)


def _again(first, *names):
    """A second row with the same values in these columns."""
    type(first).objects.create(**{name: getattr(first, name) for name in names})


def _postings():
    first = PostingFactory()
    PostingFactory(station=first.station, deputy=first.deputy)


def _receptions():
    first = ReceptionFactory()
    ReceptionFactory(station=first.station, held_on=first.held_on)


def _checks():
    first = StationCheckFactory()
    StationCheckFactory(station=first.station, item=first.item)


def _duties():
    deputy = DeputyFactory()
    reception = ReceptionFactory(deputies=[deputy])
    ReceptionDuty.objects.create(reception=reception, deputy=deputy)


def _items():
    first = StandardItemFactory()
    StandardItem.objects.create(standard=first.standard, name=first.name, number=9)


def _uses():
    use = StandardUse.objects.create(standard=StandardFactory(), type=StationTypeFactory())
    _again(use, "standard", "type", "region_level")


def _double_booked():
    duty = homes.RotaDutyFactory()
    homes.RotaDutyFactory(deputy=duty.deputy)


def _duty_again():
    duty = homes.RotaDutyFactory(state=DutyState.SWAPPED)
    homes.RotaDutyFactory(slot=duty.slot, deputy=duty.deputy)


def _swaps():
    duty = homes.RotaDutyFactory()
    twice(homes.SwapRequestFactory, duty=duty)()


def _swap_with_itself():
    duty = homes.RotaDutyFactory()
    homes.SwapRequestFactory(duty=duty, in_return=duty)


def _same(factory, *names, **changed):
    """A second row that agrees with the first in these columns."""

    def make():
        first = factory(**changed)
        factory(**changed, **{name: getattr(first, name) for name in names})

    return make


def _choice(**fields):
    return lambda: StandardChoice.objects.create(standard=StandardFactory(), **fields)


def _leaders():
    first = homes.TeamMemberFactory(is_leader=True)
    homes.TeamMemberFactory(team=first.team, is_leader=True)


def _towns_assigned():
    team, town = homes.TeamFactory(), TownFactory()
    twice(homes.AssignmentFactory, team=team, station=None, region=town)()


def _cancelled_though_held():
    slot = homes.RotaSlotFactory()
    slot.reception = ReceptionFactory(station=slot.station)
    slot.cancelled_reason = "停电"
    slot.save()


def _objection_without_line():
    sheet = homes.SheetFactory()
    homes.ObjectionFactory(sheet=sheet, line=None, new_deduction=1)


def _own_parent():
    station = StationFactory()
    station.parent = station
    station.save()


BROKEN = {
    "station_type_least_area_positive": lambda: StationTypeFactory(name="新类", least_area=0),
    "station_point_whole": lambda: StationFactory(longitude=110),
    "enterprise_name_unique": _same(homes.EnterpriseFactory, "region", "name"),
    "fixture_need_once": _same(homes.FixtureNeedFactory, "type", "kind"),
    "fixture_need_at_least_one": lambda: homes.FixtureNeedFactory(least_count=0),
    "fixture_counted": lambda: homes.FixtureFactory(count=0),
    "fixture_area_positive": lambda: homes.FixtureFactory(area=0),
    "feature_profile_once": _same(homes.FeatureProfileFactory, "station", "title"),
    "feature_figure_once_a_day": _same(homes.FeatureFigureFactory, "profile", "kind"),
    "model_station_once": _same(homes.ModelStationFactory, "station"),
    "model_station_dates_ordered": lambda: homes.ModelStationFactory(ends_on=EARLY),
    "material_not_empty": lambda: homes.MaterialFactory(text=""),
    "standard_version_unique": _same(StandardFactory, "name", is_active=False),
    "standard_one_version_in_use": lambda: [
        StandardFactory(name="十有", version=version) for version in (1, 2)
    ],
    "standard_version_positive": lambda: StandardFactory(version=0),
    "standard_item_points_sound": lambda: homes.PointsItemFactory(points=None, deduction=1),
    "standard_choice_one_place": _choice(),
    "standard_choice_station_once": _same(homes.StandardChoiceFactory, "standard", "station"),
    "standard_choice_town_once": lambda: _same(
        homes.StandardChoiceFactory, "standard", station=None, region=TownFactory()
    )(),
    "check_entry_one_place": lambda: homes.CheckEntryFactory(region=TownFactory()),
    "town_check_once": _same(homes.TownCheckFactory, "region", "item"),
    "rota_rule_pattern_filled": lambda: homes.RotaRuleFactory(day_of_month=None),
    "rota_rule_times_ordered": lambda: homes.RotaRuleFactory(ends_at=dt.time(8)),
    "rota_rule_dates_ordered": lambda: homes.RotaRuleFactory(ends_on=dt.date(2025, 1, 1)),
    "rota_rule_somebody_needed": lambda: homes.RotaRuleFactory(deputies_needed=0),
    "rota_dates_ordered": lambda: homes.RotaFactory(last_on=dt.date(2025, 1, 1)),
    "rota_released_when_stamped": lambda: homes.RotaFactory(state=RotaState.RELEASED),
    "themed_reception_once_a_day": _same(homes.ThemedReceptionFactory, "station"),
    "rota_slot_once_a_day": _same(homes.RotaSlotFactory, "station"),
    "rota_slot_times_ordered": lambda: homes.RotaSlotFactory(ends_at=dt.time(8)),
    "rota_slot_cancelled_or_held": _cancelled_though_held,
    "rota_duty_not_double_booked": _double_booked,
    "rota_duty_once": _duty_again,
    "unavailability_dates_ordered": lambda: homes.UnavailabilityFactory(last_on=EARLY),
    "swap_request_one_open": _swaps,
    "swap_request_answered_when_stamped": lambda: homes.SwapRequestFactory(state=SwapState.AGREED),
    "swap_request_for_another_duty": _swap_with_itself,
    "reception_number_once": _same(homes.ReceptionNumberFactory, "station", "serial"),
    "reception_number_positive": lambda: homes.ReceptionNumberFactory(serial=0),
    "campaign_quarter_by_kind": lambda: homes.InspectionCampaignFactory(quarter=None),
    "campaign_quarter_once": _same(homes.InspectionCampaignFactory),
    "campaign_year_end_once": _same(
        homes.InspectionCampaignFactory, kind=CampaignKind.YEAR_END, quarter=None
    ),
    "campaign_dates_ordered": lambda: homes.InspectionCampaignFactory(closes_on=EARLY),
    "campaign_mark_scale": lambda: homes.InspectionCampaignFactory(mark_full=0),
    "campaign_some_team": lambda: homes.InspectionCampaignFactory(teams_per_place=0),
    "campaign_locked_when_stamped": lambda: homes.InspectionCampaignFactory(
        state=InspectionCampaignState.LOCKED
    ),
    "team_name_unique": _same(homes.TeamFactory, "campaign", "name"),
    "team_member_once": _same(homes.TeamMemberFactory, "team", "user"),
    "team_one_leader": _leaders,
    "assignment_station_once": _same(homes.AssignmentFactory, "team", "station"),
    "assignment_town_once": _towns_assigned,
    "year_weights_once": _same(homes.YearWeightsFactory),
    "year_weights_sum": lambda: homes.YearWeightsFactory(first=30),
    "year_weights_full_positive": lambda: homes.YearWeightsFactory(performance_full=0),
    "year_grade_within_hundred": lambda: homes.YearGradeFactory(least=101),
    "sheet_submitted_when_stamped": lambda: homes.SheetFactory(state=SheetState.SUBMITTED),
    "sheet_locked_when_stamped": lambda: homes.SheetFactory(score=90),
    "sheet_score_positive": lambda: homes.SheetFactory(
        state=SheetState.LOCKED, submitted_at=NOW, locked_at=NOW, score=-1
    ),
    "sheet_line_once": _same(homes.SheetLineFactory, "sheet", "item"),
    "sheet_line_deduction_within": lambda: homes.SheetLineFactory(deduction=11, reason="缺"),
    "sheet_line_deduction_told": lambda: homes.SheetLineFactory(deduction=1),
    "objection_answered_in_words": lambda: homes.ObjectionFactory(
        state=ObjectionState.REFUSED, answered_at=NOW
    ),
    "objection_change_needs_line": _objection_without_line,
    "finding_dates_ordered": lambda: homes.RectificationFactory(due_on=EARLY),
    "finding_closed_when_dated": lambda: homes.RectificationFactory(
        state=RectificationState.CLOSED
    ),
    "finding_open_once_station": _same(homes.RectificationFactory, "station", "item"),
    "finding_open_once_town": lambda: _same(
        homes.RectificationFactory, "item", station=None, region=TownFactory()
    )(),
    "finding_step_due_by_kind": lambda: homes.RectificationStepFactory(
        kind=RectificationStepKind.EXTENDED
    ),
    "station_area_positive": lambda: StationFactory(area=-1),
    "station_not_its_own_parent": _own_parent,
    "posting_once": _postings,
    "posting_dates_ordered": lambda: PostingFactory(begins_on=LATE, ends_on=EARLY),
    "station_officer_dates_ordered": lambda: OfficerFactory(begins_on=LATE, ends_on=EARLY),
    "reception_once_a_day": _receptions,
    "reception_duty_once": _duties,
    "standard_item_name_unique": _items,
    "standard_use_once": _uses,
    "station_check_once": _checks,
    "inspection_mark_quarter_known": lambda: InspectionMarkFactory(quarter=5),
    "inspection_mark_positive": lambda: InspectionMarkFactory(score=-1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("stations")


def test_a_deputy_may_be_posted_again_after_leaving():
    first = PostingFactory(ends_on=LATE)

    PostingFactory(station=first.station, deputy=first.deputy)


def test_two_stations_cannot_share_a_number():
    assert_refused(lambda: StationFactory.create_batch(2, number="JZ900"))


@pytest.mark.parametrize(
    "fields",
    [
        {"pattern": RulePattern.NTH_WEEKDAY, "weekday": 2},
        {"pattern": RulePattern.WEEKLY},
        {"pattern": RulePattern.CYCLE, "interval": 1},
        {"pattern": RulePattern.MONTHLY, "day_of_month": 32},
    ],
)
def test_a_rule_without_what_its_pattern_needs_is_refused(fields):
    assert_refused(
        lambda: homes.RotaRuleFactory(**{"day_of_month": None, **fields}),
        "rota_rule_pattern_filled",
    )


def test_who_handed_a_duty_on_may_stand_elsewhere_that_day():
    duty = homes.RotaDutyFactory(state=DutyState.SWAPPED)

    homes.RotaDutyFactory(deputy=duty.deputy)
