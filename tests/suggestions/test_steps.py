"""The one road: every undeclared move is refused whoever tries, and changes nothing."""

import pytest

from congress_portal.core.enums import AuditAction, Rating
from congress_portal.core.models import AuditEntry, Notice
from suggestions import services
from suggestions.enums import HandlingState, State
from suggestions.models import Handling, Suggestion, TransitionLog
from suggestions.selectors import actions_for, handling_actions_for, parties_of
from suggestions.selectors.parties import handling_parties_of
from suggestions.services.steps import ChangedMeanwhileError, part_step, step
from suggestions.workflow import (
    HANDLING_TABLE,
    SUGGESTION_TABLE,
    NotYoursError,
    TransitionNotAllowedError,
)
from tests.factories.core import UserFactory
from tests.factories.workflow import (
    accepted,
    handed_over,
    in_state,
    make_cast,
    part_in_state,
    submitted,
    with_government,
)

pytestmark = pytest.mark.django_db


def _everyone(cast):
    return [
        cast.office,
        cast.lead.user,
        cast.mate.user,
        cast.stranger.user,
        cast.officer(0),
        cast.leader(0),
        cast.officer(1),
        cast.officer(2),  # the government office
        UserFactory(),
    ]


@pytest.mark.parametrize("state", State)
def test_undeclared_moves_change_nothing(state):
    cast = make_cast()
    with_government(cast)
    item = in_state(cast, state)
    before = Suggestion.objects.filter(pk=item.pk).values().get()
    steps, notices = TransitionLog.objects.count(), Notice.objects.count()

    refused = 0
    for user in _everyone(cast):
        parties = parties_of(user, item)
        for action, row in SUGGESTION_TABLE.items():
            if state in row.sources and row.who & parties:
                continue
            with (
                pytest.raises((TransitionNotAllowedError, NotYoursError, Suggestion.DoesNotExist)),
                step(action, suggestion_pk=item.pk, actor=user, comment="理由"),
            ):
                pytest.fail("the block must not be entered")
            refused += 1

    assert refused > 200
    assert Suggestion.objects.filter(pk=item.pk).values().get() == before
    assert (TransitionLog.objects.count(), Notice.objects.count()) == (steps, notices)


@pytest.mark.parametrize("state", HandlingState)
def test_undeclared_moves_of_a_part_change_nothing(state):
    cast = make_cast()
    part = part_in_state(cast, state)
    before = Handling.objects.filter(pk=part.pk).values().get()
    steps = TransitionLog.objects.count()

    refused = 0
    for user in _everyone(cast):
        parties = handling_parties_of(user, part)
        for action, row in HANDLING_TABLE.items():
            if state in row.sources and row.who & parties:
                continue
            with (
                pytest.raises((TransitionNotAllowedError, NotYoursError, Handling.DoesNotExist)),
                part_step(action, handling_pk=part.pk, actor=user, comment="理由"),
            ):
                pytest.fail("the block must not be entered")
            refused += 1

    assert refused > 90
    assert Handling.objects.filter(pk=part.pk).values().get() == before
    assert TransitionLog.objects.count() == steps


def test_step_leaves_log_audit_and_notices():
    cast = make_cast()
    item = submitted(cast)
    Notice.objects.all().delete()

    services.accept_suggestion(pk=item.pk, actor=cast.office)

    log = TransitionLog.objects.latest("pk")
    assert (log.action, log.from_state, log.to_state) == ("accept", "submitted", "accepted")
    assert (log.actor, log.label) == (cast.office, "受理并编号")
    entry = AuditEntry.objects.latest("sequence")
    assert entry.action == AuditAction.TRANSITION
    assert entry.changes["state"] == ["submitted", "accepted"]
    assert [(n.user, n.title) for n in Notice.objects.all()] == [
        (cast.lead.user, f"受理并编号：第001号《{item.title}》")
    ]


def test_step_that_fails_inside_leaves_nothing():
    cast = make_cast()
    item = submitted(cast)
    entries = AuditEntry.objects.count()

    def fail_inside():
        with step("accept", suggestion_pk=item.pk, actor=cast.office) as now:
            now.suggestion.number = "009"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()

    item.refresh_from_db()
    assert (item.state, item.number) == (State.SUBMITTED, "")
    assert AuditEntry.objects.count() == entries


def test_stale_page_is_told_who_acted():
    cast = make_cast()
    item = handed_over(cast)
    part = item.handlings.get()
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())

    with pytest.raises(ChangedMeanwhileError, match=str(cast.officer())):
        services.sign_receipt(handling_pk=part.pk, actor=cast.leader(), seen="pending")


def test_buttons_are_the_partys_own():
    cast = make_cast()
    item = accepted(cast)

    def names(user):
        return [button.action for button in actions_for(user, item)]

    assert names(cast.office) == ["withdraw", "merge", "convert", "hand_over", "mark_key"]
    assert names(cast.lead.user) == ["withdraw"]
    assert names(cast.mate.user) == []
    with_government(cast)
    assert "pass_on" in names(cast.office)


def test_units_buttons_follow_the_share():
    cast = make_cast()
    item = handed_over(cast, assisting=1)
    for number in (0, 1):
        part = item.handlings.get(unit=cast.units[number])
        services.sign_receipt(handling_pk=part.pk, actor=cast.officer(number))
    lead, assisting = (item.handlings.get(unit=unit) for unit in cast.units[:2])

    def names(user, part):
        return [button.action for button in handling_actions_for(user, part)]

    assert names(cast.officer(0), lead) == [
        "ask_return", "log_contact", "ask_extension", "draft_reply",
    ]  # fmt: skip
    assert names(cast.officer(1), assisting) == ["ask_return", "log_contact", "give_opinion"]
    assert names(cast.officer(1), lead) == []
    assert names(cast.lead.user, lead) == []


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_services(state):
    cast = make_cast()
    with_government(cast)

    assert in_state(cast, state).state == state


def test_rating_words_are_needed_for_dissatisfaction():
    cast = make_cast()
    item = in_state(cast, State.ANSWERED)
    sheet = item.appraisals.get()

    with pytest.raises(services.RefusedError, match="请写明意见"):
        services.appraise_reply(
            appraisal_pk=sheet.pk,
            actor=cast.lead.user,
            process=Rating.SATISFIED,
            result=Rating.UNSATISFIED,
        )
