import datetime as dt

import pytest

from suggestions.enums import Share
from suggestions.models import CoSigner
from tests.constraints import assert_refused, constraint_names
from tests.factories.deputies import DeputyFactory
from tests.factories.suggestions import (
    HandlingFactory,
    OpinionFactory,
    ReplyFactory,
    SuggestionFactory,
    VoiceFactory,
)

pytestmark = pytest.mark.django_db


def _cosigners():
    deputy = DeputyFactory()
    suggestion = SuggestionFactory(cosigners=[deputy])
    CoSigner.objects.create(suggestion=suggestion, deputy=deputy)


def _same_unit():
    first = HandlingFactory()
    HandlingFactory(suggestion=first.suggestion, unit=first.unit, share=Share.ASSIST)


def _two_leads():
    HandlingFactory(suggestion=HandlingFactory().suggestion)


def _same_round():
    ReplyFactory(handling=ReplyFactory().handling)


def _same_number():
    first = SuggestionFactory()
    SuggestionFactory(region=first.region, year=first.year, number=first.number)


BROKEN = {
    "suggestion_number_unique": _same_number,
    "suggestion_handed_over_after_submission": lambda: SuggestionFactory(
        submitted_on=dt.date(2026, 7, 12), handed_over_on=dt.date(2026, 7, 11)
    ),
    "suggestion_extended_after_hand_over": lambda: SuggestionFactory(
        handed_over_on=dt.date(2026, 7, 20), extended_to=dt.date(2026, 7, 19)
    ),
    "cosigner_once": _cosigners,
    "handling_unit_once": _same_unit,
    "handling_one_lead": _two_leads,
    "reply_round_once": _same_round,
    "voice_closed_after_raised": lambda: VoiceFactory(
        raised_on=dt.date(2026, 7, 13), closed_on=dt.date(2026, 7, 12)
    ),
    "voice_of_reception_has_one": lambda: VoiceFactory(source="reception"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name):
    assert_refused(BROKEN[name], name)


def test_every_constraint_is_tried():
    assert set(BROKEN) == constraint_names("suggestions")


def test_what_was_heard_at_a_reception_may_be_closed_the_same_day():
    OpinionFactory(closed_on=dt.date(2026, 7, 7))
