import datetime as dt

import pytest

from congress_portal.core.enums import Rating, Verification
from congress_portal.core.metrics import find_metric, measure
from congress_portal.core.models import Region, Unit
from congress_portal.core.periods import quarter
from deputies.models import Deputy
from stations.models import Station
from suggestions.enums import Share, State
from tests.factories.activities import VisitFactory
from tests.factories.deputies import DeputyFactory
from tests.factories.stations import ReceptionFactory
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyClassFactory,
    ReplyFactory,
    SuggestionFactory,
    VoiceFactory,
)

pytestmark = pytest.mark.django_db
Q3 = quarter(2026, 3)
OF_UNIT = ["replied", "on_time", "solved", "satisfied"]


def figures(model, codes, subject, period=Q3):
    found = measure([find_metric(model, code) for code in codes], period, model.objects.all())
    return [found[code][subject.pk] for code in codes]


def test_opinions_belong_to_every_deputy_on_duty_and_to_the_station():
    deputy, other = DeputyFactory(), DeputyFactory()
    reception = ReceptionFactory(deputies=[deputy, other], held_on=dt.date(2026, 9, 20))
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 9, 30))
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 10, 1))
    OpinionFactory(reception=reception)
    VoiceFactory(station=reception.station, raised_on=dt.date(2026, 9, 20))

    codes = ["opinions_taken", "opinions_closed"]
    for person in (deputy, other):
        assert figures(Deputy, codes, person) == [3, 1]
    assert figures(Station, [*codes, "voters_received"], reception.station) == [3, 1, 3]
    assert figures(Region, ["voters_received"], reception.station.region) == [3]


def test_opinions_of_unverified_receptions_do_not_count():
    deputy = DeputyFactory()
    reception = ReceptionFactory(deputies=[deputy], verification=Verification.PENDING)
    OpinionFactory(reception=reception)

    assert figures(Deputy, ["opinions_taken", "voters_contacted"], deputy) == [0, 0]


def test_opinion_closed_in_a_later_quarter_counts_where_it_was_taken():
    reception = ReceptionFactory(held_on=dt.date(2026, 6, 30))
    OpinionFactory(reception=reception, closed_on=dt.date(2026, 7, 1))

    codes = ["opinions_taken", "opinions_closed"]
    assert figures(Station, codes, reception.station, quarter(2026, 2)) == [1, 0]
    assert figures(Station, codes, reception.station, quarter(2026, 3)) == [0, 0]


def test_voters_contacted_adds_visits_and_receptions():
    deputy = DeputyFactory()
    reception = ReceptionFactory(deputies=[deputy])
    voice = OpinionFactory(reception=reception)
    visit = VisitFactory(deputy=deputy, people=4)

    found = measure([find_metric(Deputy, "联系选民人次")], Q3, Deputy.objects.all())
    contacted = found["voters_contacted"]

    assert contacted[deputy.pk] == 5
    assert contacted.evidence_keys()[deputy.pk] == {
        "suggestions.Voice": [voice.pk], "activities.Visit": [visit.pk],
    }  # fmt: skip


def test_suggestions_count_by_submission_date():
    lead, cosigner = DeputyFactory(), DeputyFactory()
    SuggestionFactory(lead=lead, cosigners=[cosigner], submitted_on=dt.date(2026, 7, 1))
    SuggestionFactory(lead=lead, cosigners=[cosigner], submitted_on=dt.date(2026, 6, 30))

    codes = ["suggestions_led", "suggestions_cosigned"]
    assert figures(Deputy, codes, lead) == [1, 0]
    assert figures(Deputy, codes, cosigner) == [0, 1]
    assert figures(Region, ["suggestions_submitted"], lead.town) == [1]


def replied(day, *, handed_over="2026-05-31", share=Share.LEAD, extended=None, **more):
    suggestion = SuggestionFactory(
        submitted_on=dt.date(2025, 11, 1),
        handed_over_on=dt.date.fromisoformat(handed_over),
        extended_to=extended and dt.date.fromisoformat(extended),
    )
    handling = HandlingFactory(suggestion=suggestion, share=share)
    return ReplyFactory(handling=handling, replied_on=dt.date.fromisoformat(day), **more)


@pytest.mark.parametrize(
    ("handed_over", "extended", "day", "on_time"),
    [
        ("2026-05-31", None, "2026-08-31", 1),
        ("2026-05-31", None, "2026-09-01", 0),
        ("2026-06-30", None, "2026-09-30", 1),
        ("2026-04-01", "2026-07-15", "2026-07-15", 1),
        ("2026-04-01", "2026-07-15", "2026-07-16", 0),
    ],
)
def test_reply_is_on_time_up_to_its_due_date(handed_over, extended, day, on_time):
    unit = replied(day, handed_over=handed_over, extended=extended).handling.unit

    assert figures(Unit, ["replied", "on_time"], unit) == [1, on_time]


def test_due_date_is_clamped_to_the_months_end():
    reply = replied("2026-02-28", handed_over="2025-11-30")

    assert figures(Unit, ["on_time"], reply.handling.unit, quarter(2026, 1)) == [1]


@pytest.mark.parametrize(
    ("code", "rating", "expected"),
    [
        ("A", Rating.SATISFIED, [1, 1, 1, 1]),
        ("B", Rating.BASICALLY, [1, 1, 0, 1]),
        ("C", Rating.UNSATISFIED, [1, 1, 0, 0]),
        ("D", "", [1, 1, 0, 0]),
    ],
)
def test_solved_is_class_a_and_satisfied_the_two_good_ratings(code, rating, expected):
    reply_class = ReplyClassFactory(name=f"{code}类", code=code)
    unit = replied("2026-07-01", reply_class=reply_class, rating=rating).handling.unit

    assert figures(Unit, OF_UNIT, unit) == expected


def test_assisting_units_and_other_periods_do_not_count():
    assisting = replied("2026-07-01", share=Share.ASSIST).handling.unit
    early = replied("2026-06-30").handling.unit

    assert figures(Unit, OF_UNIT, assisting) == [0, 0, 0, 0]
    assert figures(Unit, OF_UNIT, early) == [0, 0, 0, 0]


def test_places_count_replies_by_the_leading_deputys_town():
    reply = replied("2026-09-01")

    town = reply.handling.suggestion.lead.town
    assert figures(Region, ["suggestions_replied", "replied_on_time"], town) == [1, 0]


def test_later_round_is_measured_by_its_own_limit():
    """Handed over on 2 March, dissatisfied in June: the second reply has its own two months."""
    suggestion = SuggestionFactory(
        submitted_on=dt.date(2026, 2, 1), handed_over_on=dt.date(2026, 3, 2)
    )
    handling = HandlingFactory(suggestion=suggestion)
    ReplyFactory(handling=handling, replied_on=dt.date(2026, 5, 30))
    ReplyFactory(
        handling=handling, round=2, replied_on=dt.date(2026, 7, 30), due_on=dt.date(2026, 8, 1)
    )

    assert figures(Unit, ["replied", "on_time"], handling.unit) == [1, 1]


def test_withdrawn_suggestion_counts_for_nobody():
    lead, mate = DeputyFactory(), DeputyFactory()
    SuggestionFactory(lead=lead, cosigners=[mate], state=State.WITHDRAWN)

    assert figures(Deputy, ["suggestions_led", "suggestions_cosigned"], lead) == [0, 0]
    assert figures(Deputy, ["suggestions_led", "suggestions_cosigned"], mate) == [0, 0]
