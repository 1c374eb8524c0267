"""Two at once, on PostgreSQL: one wins, the other reads why; numbers and notices stay single."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from congress_portal.core.models import Notice
from suggestions import services
from suggestions.enums import State
from suggestions.models import Handling, LetterSeries, Reminder, Suggestion, TransitionLog
from suggestions.services.review import _highest, _written
from suggestions.services.steps import AlreadyDoneError, ChangedMeanwhileError
from suggestions.services.taking import seen_of, take_step
from suggestions.workflow import TransitionNotAllowedError
from tests.factories.workflow import (
    accepted,
    make_cast,
    part_of,
    reply_drafted,
    signed,
    submitted,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _at_once(*jobs):
    """Run the jobs together, each on its own connection; results or exceptions in order."""
    start = threading.Barrier(len(jobs))

    def run(job):
        close_old_connections()
        try:
            start.wait(timeout=20)
            return job()
        except Exception as error:  # noqa: BLE001 - the test looks at what came
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, j) for j in jobs]]


def test_fifty_numberings_at_once_give_fifty_numbers():
    cast = make_cast(1)
    items = [submitted(cast) for _ in range(50)]

    results = _at_once(
        *(
            lambda pk=item.pk: services.accept_suggestion(pk=pk, actor=cast.office).number
            for item in items
        )
    )

    assert sorted(results) == [f"{n:03d}" for n in range(1, 51)]


def test_replies_signed_out_at_once_get_different_letter_numbers():
    cast = make_cast(1)
    parts = [reply_drafted(cast) for _ in range(8)]

    results = _at_once(
        *(
            lambda pk=part.pk: (
                services.approve_reply(handling_pk=pk, actor=cast.leader()).letter_number
            )
            for part in parts
        )
    )

    prefix = f"{cast.units[0].short_name}建复〔{parts[0].assigned_on.year}〕"
    assert sorted(results) == [f"{prefix}{n}号" for n in range(1, 9)]


def test_without_the_series_lock_letter_numbers_are_given_twice():
    """The control: read the last number, then write it, and two letters bear the same one."""
    cast = make_cast(1)
    series = LetterSeries.objects.create(unit=cast.units[0], kind="reply", year=2026)
    read = threading.Barrier(2)

    def give():
        with transaction.atomic():
            row = LetterSeries.objects.get(pk=series.pk)
            read.wait(timeout=20)
            row.last += 1
            row.save(update_fields=["last"])
            return row.last

    assert _at_once(give, give) == [1, 1]


def test_without_the_series_lock_numbers_collide():
    """The control: the same numbering without its lock is caught by the database at best."""
    cast = make_cast(1)
    items = [submitted(cast) for _ in range(4)]  # fewer than the pool's connections
    read = threading.Barrier(len(items))

    def number(item):
        with transaction.atomic():
            highest = _highest(item.region, item.year, item.kind)
            read.wait(timeout=20)  # everybody has read before anybody writes
            Suggestion.objects.filter(pk=item.pk).update(
                number=_written(highest + 1, item.kind), state=State.ACCEPTED
            )

    results = _at_once(*(lambda item=item: number(item) for item in items))

    assert sum(isinstance(result, IntegrityError) for result in results) == 3


def test_two_officers_one_wins_and_the_other_reads_why():
    cast = make_cast()
    item = accepted(cast)

    results = _at_once(
        *(
            lambda unit=unit: services.hand_over(pk=item.pk, actor=cast.office, lead=unit)
            for unit in cast.units[:2]
        )
    )

    lost = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in lost] == [TransitionNotAllowedError]
    assert "最近一步：代表工委于" in lost[0].message
    assert Handling.objects.count() == 1
    assert TransitionLog.objects.filter(action="hand_over").count() == 1


def test_two_same_extension_requests_one_wins_and_the_other_reads_why():
    cast = make_cast()
    part = signed(cast)
    item, until = part.suggestion, part.suggestion.due_on + dt.timedelta(days=20)
    shown = seen_of(item, part)

    results = _at_once(
        *(
            lambda actor=actor: take_step(
                services.ask_extension,
                case_pk=item.pk, part_pk=part.pk, seen=shown, key=uuid.uuid4(),
                actor=actor, handling_pk=part.pk, until=until, comment="要等资金下达",
            )
            for actor in (cast.officer(), cast.leader())
        )
    )  # fmt: skip

    lost = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in lost] == [ChangedMeanwhileError]
    assert "「申请延期」" in lost[0].message
    assert part.extensions.count() == 1


def test_a_double_tap_at_once_writes_one_note():
    cast = make_cast()
    item, key = submitted(cast), uuid.uuid4()

    def tap():
        return take_step(
            services.add_internal_note,
            case_pk=item.pk, seen="", key=key, actor=cast.office, pk=item.pk, text="请核实里程",
        )  # fmt: skip

    results = _at_once(tap, tap, tap)

    assert sum(isinstance(result, AlreadyDoneError) for result in results) == 2
    assert item.notes.count() == 1


def test_without_a_key_a_double_tap_writes_two_notes():
    """The control: the same form without its key."""
    cast = make_cast()
    item = submitted(cast)

    def tap():
        return services.add_internal_note(pk=item.pk, actor=cast.office, text="请核实里程")

    _at_once(tap, tap)

    assert item.notes.count() == 2


def test_without_the_row_lock_both_would_hand_over():
    """The control: the same steps without ``select_for_update`` both pass the table."""
    cast = make_cast()
    item = accepted(cast)
    read = threading.Barrier(2)

    def hand_over(unit):
        with transaction.atomic():
            found = Suggestion.objects.get(pk=item.pk)
            read.wait(timeout=20)
            assert found.state == State.ACCEPTED
            TransitionLog.objects.create(
                suggestion=found, action="hand_over", label="交办", from_state=found.state,
                to_state=State.HANDLING, actor_name=str(unit),
            )  # fmt: skip
            Suggestion.objects.filter(pk=item.pk).update(
                state=State.HANDLING, handed_over_on=item.submitted_on
            )

    _at_once(*(lambda unit=unit: hand_over(unit) for unit in cast.units[:2]))

    assert TransitionLog.objects.filter(action="hand_over").count() == 2


def test_leader_approves_while_the_officer_gives_back():
    cast = make_cast()
    part = signed(cast)

    results = _at_once(
        lambda: services.ask_return(
            handling_pk=part.pk, actor=cast.officer(), comment="不属我局职责",
            on=part.assigned_on,
        ),
        lambda: services.withdraw_suggestion(
            pk=part.suggestion_id, actor=cast.lead.user, comment="另行提出"
        ),
    )  # fmt: skip

    part.refresh_from_db()
    item = Suggestion.objects.get()
    assert item.state == State.WITHDRAWN  # a return asked first is released, too
    assert part.state == "released"
    assert sum(isinstance(result, Exception) for result in results) <= 1


def test_batch_and_single_do_not_lock_each_other():
    cast = make_cast()
    items = [accepted(cast) for _ in range(6)]
    rows = [services.Assignment(item.pk, cast.units[0]) for item in items]

    results = _at_once(
        lambda: services.hand_over_batch(rows=rows, actor=cast.office),
        lambda: services.hand_over_batch(rows=rows[::-1], actor=cast.office),
    )

    assert sum(isinstance(result, TransitionNotAllowedError) for result in results) == 1
    assert Handling.objects.count() == 6


def test_reminders_in_parallel_say_each_thing_once():
    cast = make_cast()
    for _ in range(3):
        part = signed(cast)
    Notice.objects.all().delete()
    due = part_of(part.suggestion, cast.units[0]).due_on

    results = _at_once(*(lambda: services.send_reminders(due) for _ in range(6)))

    assert sum(sum(result.values()) for result in results) == 3
    assert Reminder.objects.count() == 3
    assert Notice.objects.count() == 6  # officer and leader, three cases
