import datetime as dt
from decimal import Decimal

import pytest

from activities.enums import CountsAs, Presence
from activities.models import Attendance
from congress_portal.core.enums import Verification
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import Region
from congress_portal.core.periods import parse_calendar_period, quarter
from deputies.models import Deputy
from stations.models import Station
from tests.factories.activities import (
    ActivityFactory,
    ActivityFormFactory,
    DutyReportFactory,
    NewsItemFactory,
    VisitFactory,
)
from tests.factories.contact import FixedVoterFactory
from tests.factories.core import TownFactory, VillageFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import PostingFactory, ReceptionFactory, StationFactory

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
DEPUTY_CODES = [
    "activities", "inspections", "trainings", "training_hours",
    "people_visited", "villages_contacted", "duty_reports",
]  # fmt: skip


def figures(model, codes, subject, period=Q3):
    found = measure([find_metric(model, code) for code in codes], period, model.objects.all())
    return {code: found[code][subject.pk] for code in codes}


def talk(**kwargs):
    form = ActivityFormFactory(name="座谈交流", counts_as=CountsAs.OTHER)
    return ActivityFactory(form=form, **kwargs)


def training(**kwargs):
    form = ActivityFormFactory(name="培训学习", counts_as=CountsAs.TRAINING)
    return ActivityFactory(form=form, **kwargs)


def test_deputy_without_records_has_zeros():
    deputy = DeputyFactory(seat=True)

    assert figures(Deputy, DEPUTY_CODES, deputy) == dict.fromkeys(DEPUTY_CODES, 0)


def test_training_is_no_activity_and_inspections_are_some_of_them():
    deputy, other = DeputyFactory(), DeputyFactory()
    ActivityFactory(deputies=[deputy, other])
    talk(deputies=[deputy])
    training(deputies=[deputy], hours=Decimal("4"))
    training(deputies=[deputy], hours=Decimal("2.5"))
    training(deputies=[deputy])

    found = figures(Deputy, DEPUTY_CODES[:4], deputy)

    assert found == {
        "activities": 2, "inspections": 1, "trainings": 3, "training_hours": Decimal("6.5"),
    }  # fmt: skip


@pytest.mark.parametrize("presence", [Presence.LEAVE, Presence.ABSENT])
def test_only_those_present_count(presence):
    deputy = DeputyFactory()
    activity = ActivityFactory(deputies=[deputy])
    Attendance.objects.update(presence=presence)

    assert figures(Deputy, ["activities"], deputy) == {"activities": 0}
    assert figures(Region, ["attendances"], activity.region) == {"attendances": 0}


@pytest.mark.parametrize("state", [Verification.PENDING, Verification.REFUSED])
def test_only_verified_records_count(state):
    deputy, station = DeputyFactory(), StationFactory()
    ActivityFactory(deputies=[deputy], station=station, verification=state)
    VisitFactory(deputy=deputy, verification=state)
    DutyReportFactory(deputy=deputy, verification=state)

    assert figures(Deputy, DEPUTY_CODES, deputy) == dict.fromkeys(DEPUTY_CODES, 0)
    assert figures(Station, ["activities"], station) == {"activities": 0}


@pytest.mark.parametrize(
    ("day", "counted"),
    [("2026-06-30", 0), ("2026-07-01", 1), ("2026-09-30", 1), ("2026-10-01", 0)],
)
def test_period_runs_from_its_first_to_its_last_day(day, counted):
    deputy = DeputyFactory()
    ActivityFactory(deputies=[deputy], held_on=dt.date.fromisoformat(day))
    DutyReportFactory(deputy=deputy, held_on=dt.date.fromisoformat(day))

    assert figures(Deputy, ["activities", "duty_reports"], deputy) == {
        "activities": counted, "duty_reports": counted,
    }  # fmt: skip


@pytest.mark.parametrize(("code", "counted"), [("2026", 2), ("2026-07", 1), ("2025", 0)])
def test_years_and_months_are_periods_too(code, counted):
    deputy = DeputyFactory()
    ActivityFactory(deputies=[deputy], held_on=dt.date(2026, 7, 8))
    ActivityFactory(deputies=[deputy], held_on=dt.date(2026, 1, 8))

    period = parse_calendar_period(code)

    assert figures(Deputy, ["activities"], deputy, period) == {"activities": counted}


def test_visits_add_up_people_and_count_villages_once():
    deputy = DeputyFactory()
    village = VillageFactory(parent=deputy.town)
    VisitFactory(deputy=deputy, village=village, people=3)
    VisitFactory(deputy=deputy, village=village, people=2)
    VisitFactory(deputy=deputy, village=VillageFactory(parent=deputy.town), people=1)
    VisitFactory(deputy=deputy, village=None, people=4)

    assert figures(Deputy, ["people_visited", "villages_contacted"], deputy) == {
        "people_visited": 10, "villages_contacted": 2,
    }  # fmt: skip


def test_station_counts_every_form():
    station = StationFactory()
    ActivityFactory(station=station)
    training(station=station)
    ActivityFactory(station=StationFactory())

    assert figures(Station, ["activities"], station) == {"activities": 2}


def test_deputies_active_are_attached_ones_who_took_part_there():
    station = StationFactory()
    twice, received, elsewhere, left = (PostingFactory(station=station).deputy for _ in range(4))
    station.postings.filter(deputy=left).update(ends_on=dt.date(2026, 6, 30))
    stranger = DeputyFactory()
    ActivityFactory(station=station, deputies=[twice, stranger, left])
    ActivityFactory(deputies=[elsewhere])
    ReceptionFactory(station=station, deputies=[twice, received, stranger])

    found = measure(
        [find_metric(Station, "deputies_active")], Q3, Station.objects.filter(pk=station.pk)
    )["deputies_active"]

    assert found[station.pk] == 2
    assert {row.pk for (rows,) in [found.evidence(station.pk)] for row in rows} == {
        twice.pk, received.pk,
    }  # fmt: skip


def test_places_count_their_own_records():
    town = TownFactory()
    deputy = DeputyFactory(town=town)
    ActivityFactory(region=town, deputies=[deputy, DeputyFactory()])
    VisitFactory(deputy=deputy)
    NewsItemFactory(region=town)
    NewsItemFactory()

    assert figures(Region, ["activities", "attendances", "visits", "news"], town) == {
        "activities": 1, "attendances": 2, "visits": 1, "news": 1,
    }  # fmt: skip


def test_evidence_is_the_records_counted():
    deputy = DeputyFactory()
    inspection, other = ActivityFactory(deputies=[deputy]), talk(deputies=[deputy])
    metrics = [find_metric(Deputy, code) for code in ("activities", "inspections")]

    found = measure(metrics, Q3, Deputy.objects.all())

    assert [set(rows) for rows in found["activities"].evidence(deputy.pk)] == [{inspection, other}]
    assert found["inspections"].evidence_keys() == {
        deputy.pk: {"activities.Activity": [inspection.pk]}
    }


def test_own_visits_and_fixed_voters_reached():
    deputy = DeputyFactory(seat=True)
    one, two = FixedVoterFactory.create_batch(2, deputy=deputy)
    for voters in ([one, two], [one]):
        VisitFactory(deputy=deputy).fixed_voters.set(voters)
    VisitFactory(deputy=deputy, self_initiated=False)
    VisitFactory(deputy=deputy, verification=Verification.PENDING).fixed_voters.set([two])

    codes = ["self_initiated_visits", "fixed_voters_contacted", "people_visited"]

    assert figures(Deputy, codes, deputy) == {
        "self_initiated_visits": 2, "fixed_voters_contacted": 2, "people_visited": 9,
    }  # fmt: skip
