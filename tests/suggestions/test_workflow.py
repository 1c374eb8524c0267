"""State × action × party, generated from the tables; undeclared moves change nothing."""

import itertools

import pytest
from django.core.management import call_command

from suggestions.enums import HandlingState, Party, State
from suggestions.workflow import (
    HANDLING_TABLE,
    SUGGESTION_TABLE,
    Action,
    CommentNeededError,
    HandlingAction,
    NotYoursError,
    TransitionNotAllowedError,
    available_actions,
    available_handling_actions,
    next_handling_state,
    next_state,
)

TABLES = [
    (SUGGESTION_TABLE, Action, State, next_state, available_actions),
    (
        HANDLING_TABLE,
        HandlingAction,
        HandlingState,
        next_handling_state,
        available_handling_actions,
    ),
]
MATRIX = [(*case, *cell) for case in TABLES for cell in itertools.product(case[1], case[2])]
NAMES = ("table", "actions", "states", "move", "buttons", "action", "state")


@pytest.mark.parametrize(NAMES, MATRIX)
def test_move_follows_the_table(table, actions, states, move, buttons, action, state):
    row = table[action]
    for party in Party:
        allowed = state in row.sources and party in row.who

        assert (action in buttons(state, {party})) is allowed
        if allowed:
            assert move(action, state, {party}, "理由") == (row.to or state)
        else:
            error = NotYoursError if state in row.sources else TransitionNotAllowedError
            with pytest.raises(error):
                move(action, state, {party}, "理由")


@pytest.mark.parametrize("table", [SUGGESTION_TABLE, HANDLING_TABLE])
def test_comment_is_asked_where_the_table_says(table):
    move = next_state if table is SUGGESTION_TABLE else next_handling_state
    for action, row in table.items():
        state, party = min(row.sources), min(row.who)
        if row.needs_comment:
            with pytest.raises(CommentNeededError):
                move(action, state, {party}, "  ")
        else:
            assert move(action, state, {party}) == (row.to or state)


@pytest.mark.parametrize(
    ("table", "actions"), [(SUGGESTION_TABLE, Action), (HANDLING_TABLE, HandlingAction)]
)
def test_every_action_stands_in_the_table(table, actions):
    assert set(table) == set(actions)


@pytest.mark.parametrize(
    ("table", "states", "start"),
    [
        (SUGGESTION_TABLE, State, State.DRAFT),
        (HANDLING_TABLE, HandlingState, HandlingState.PENDING),
    ],
)
def test_every_state_can_be_reached(table, states, start):
    reached, grown = {start}, True
    while grown:
        fresh = {row.to for row in table.values() if row.to and row.sources & reached} - reached
        reached |= fresh
        grown = bool(fresh)

    assert reached == set(states)


def test_page_is_up_to_date():
    call_command("workflow_page", "--check", verbosity=0)
