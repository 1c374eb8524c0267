"""The one road: every undeclared move is refused whoever tries, and changes nothing."""

import datetime as dt
import uuid

import pytest

from congress_portal.core.enums import AuditAction, Rating
from congress_portal.core.errors import DomainError
from congress_portal.core.models import AuditEntry, Notice
from suggestions import services
from suggestions.enums import HandlingState, State
from suggestions.models import Handling, Reply, Suggestion, TransitionLog
from suggestions.selectors import actions_for, handling_actions_for, parties_of
from suggestions.selectors.parties import handling_parties_of
from suggestions.services.steps import (
    AlreadyDoneError,
    ChangedMeanwhileError,
    part_step,
    step,
)
from suggestions.services.taking import seen_of, take_step
from suggestions.workflow import (
    HANDLING_TABLE,
    SUGGESTION_TABLE,
    NotYoursError,
    TransitionNotAllowedError,
)
from tests.factories.core import UserFactory
from tests.factories.workflow import (
    accepted,
    contacted,
    handed_over,
    in_state,
    make_cast,
    part_in_state,
    reply_data,
    reply_drafted,
    signed,
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
    shown = seen_of(item, part)
    services.sign_receipt(handling_pk=part.pk, actor=cast.officer())

    with pytest.raises(ChangedMeanwhileError, match=str(cast.officer())):
        _take(services.sign_receipt, item, part, seen=shown, actor=cast.leader())


def _take(service, item, part=None, *, seen="", key=None, **given):
    own = {"handling_pk": part.pk} if part else {"pk": item.pk}
    return take_step(
        service,
        case_pk=item.pk,
        part_pk=part.pk if part else None,
        seen=seen,
        key=key,
        **own,
        **given,
    )


def test_leader_signs_only_the_draft_that_was_shown():
    cast = make_cast()
    part = reply_drafted(cast)
    shown = seen_of(part.suggestion, part)
    services.send_back_reply(handling_pk=part.pk, actor=cast.leader(), comment="补充时间")
    services.draft_reply(
        handling_pk=part.pk, actor=cast.officer(), data=reply_data(cast, body="十月完工。")
    )

    with pytest.raises(ChangedMeanwhileError):
        _take(services.approve_reply, part.suggestion, part, seen=shown, actor=cast.leader())

    assert Reply.objects.count() == 0


def test_a_double_tap_writes_one_note():
    cast = make_cast()
    item, key = submitted(cast), uuid.uuid4()

    _take(services.add_internal_note, item, key=key, actor=cast.office, text="请核实里程")
    with pytest.raises(AlreadyDoneError, match="没有重复办理"):
        _take(services.add_internal_note, item, key=key, actor=cast.office, text="请核实里程")

    assert item.notes.count() == 1


def test_a_refused_form_may_be_sent_again():
    cast = make_cast()
    item, key = submitted(cast), uuid.uuid4()

    with pytest.raises(DomainError):
        _take(services.add_internal_note, item, key=key, actor=cast.office, text=" ")

    assert _take(services.add_internal_note, item, key=key, actor=cast.office, text="请核实").pk


def test_what_only_adds_a_line_leaves_other_pages_fresh():
    cast = make_cast()
    part = signed(cast)
    shown = seen_of(part.suggestion, part)
    contacted(cast, part)
    services.add_internal_note(pk=part.suggestion_id, actor=cast.office, text="请核实")

    assert seen_of(part.suggestion, part) == shown


def test_an_extension_asked_changes_what_the_next_officer_saw():
    cast = make_cast()
    part = signed(cast)
    shown = seen_of(part.suggestion, part)
    until = part.suggestion.due_on + dt.timedelta(days=20)
    asked = {"until": until, "comment": "要等资金下达"}
    _take(services.ask_extension, part.suggestion, part, actor=cast.officer(), **asked)

    with pytest.raises(ChangedMeanwhileError, match="申请延期"):
        _take(
            services.ask_extension, part.suggestion, part, seen=shown, actor=cast.leader(), **asked
        )

    assert part.extensions.count() == 1


def test_buttons_are_the_partys_own():
    cast = make_cast()
    item = accepted(cast)

    def names(user):
        return [button.action for button in actions_for(user, item)]

    assert names(cast.office) == [
        "withdraw", "merge", "convert", "hand_over", "mark_key", "consent",
    ]  # fmt: skip
    assert names(cast.lead.user) == ["withdraw", "consent"]
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
