"""A voice's state × action × party, and the ways that must and must not exist."""

import itertools

import pytest

from suggestions.enums import VoiceParty, VoiceState
from suggestions.voice_workflow import (
    VOICE_TABLE,
    VoiceAction,
    available_voice_actions,
    next_voice_state,
)
from suggestions.workflow import CommentNeededError, NotYoursError, TransitionNotAllowedError

A, P, S = VoiceAction, VoiceParty, VoiceState
WAYS = [
    [(A.SOLVE_AT_ONCE, P.OFFICE), (A.CONFIRM, P.VOTER)],
    [(A.ACCEPT, P.OFFICE), (A.CONSULT, P.OFFICE), (A.ANSWER, P.OFFICE), (A.CLOSE, P.SYSTEM)],
    [
        (A.FORWARD, P.DEPUTY),
        (A.ACCEPT, P.OFFICE),
        (A.ASSIGN, P.OFFICE),
        (A.ANSWER, P.UNIT),
        (A.REOPEN, P.VOTER),
        (A.TURN, P.OFFICE),
        (A.RELAY, P.SYSTEM),
        (A.CONFIRM, P.VOTER),
    ],
    [(A.MERGE, P.OFFICE), (A.RELAY, P.SYSTEM), (A.CONFIRM, P.VOTER)],
]


@pytest.mark.parametrize(("action", "state", "party"), list(itertools.product(A, S, P)))
def test_move_follows_the_table(action, state, party):
    row = VOICE_TABLE[action]
    allowed = state in row.sources and party in row.who

    assert (action in available_voice_actions(state, {party})) is allowed
    if allowed:
        assert next_voice_state(action, state, {party}, "理由") == (row.to or state)
    else:
        error = NotYoursError if state in row.sources else TransitionNotAllowedError
        with pytest.raises(error):
            next_voice_state(action, state, {party}, "理由")


@pytest.mark.parametrize("action", list(A))
def test_comment_is_asked_where_the_table_says(action):
    row = VOICE_TABLE[action]
    state, party = min(row.sources), min(row.who)
    if row.needs_comment:
        with pytest.raises(CommentNeededError):
            next_voice_state(action, state, {party}, "  ")
    else:
        assert next_voice_state(action, state, {party}) == (row.to or state)


@pytest.mark.parametrize("way", WAYS)
def test_each_track_ends_closed(way):
    state = S.LOGGED
    for action, party in way:
        state = next_voice_state(action, state, {party}, "说明")

    assert state == S.CLOSED


def test_deputy_forwards_comments_and_suggests_but_never_answers():
    moves = {action for state in S for action in available_voice_actions(state, {P.DEPUTY})}

    assert moves == {A.FORWARD, A.COMMENT, A.TURN}


def test_voter_says_only_whether_it_is_solved():
    moves = {action for state in S for action in available_voice_actions(state, {P.VOTER})}

    assert moves == {A.CONFIRM, A.REOPEN}


def test_from_every_state_something_can_still_be_done():
    assert {state for row in VOICE_TABLE.values() for state in row.sources} == set(S)
