"""Votes at the same moment, on PostgreSQL: one vote each, none lost, none after the end."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from activities.enums import BallotState
from activities.models import BallotMark, BallotPaper, BallotVoter
from activities.services import ballots as services
from activities.workflow import TransitionNotAllowedError
from congress_portal.core.enums import Role
from tests.factories.core import TownFactory, UserFactory, staff
from tests.factories.deputies import DeputyFactory
from tests.factories.supervision import BallotFactory

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


def _running(count):
    town = TownFactory()
    people = [DeputyFactory(town=town, user=UserFactory(role=Role.DEPUTY)) for _ in range(count)]
    return people, BallotFactory(items=["甲"], voters=people, state=BallotState.OPEN)


def _cast(ballot, deputy, label="满意"):
    item, option = ballot.items.get().pk, ballot.scale.options.get(label=label).pk
    services.cast_vote(actor=deputy.user, ballot_pk=ballot.pk, choices={item: option})


def test_one_deputy_at_four_telephones_votes_once():
    [deputy], ballot = _running(1)

    results = _at_once(*[lambda: _cast(ballot, deputy)] * 4)

    assert results.count(None) == 1
    assert {type(each) for each in results if each} == {services.AlreadyVotedError}
    assert BallotPaper.objects.count() == 1


def test_eight_deputies_at_once_lose_no_vote_while_papers_are_exchanged():
    people, ballot = _running(8)
    labels = ["满意"] * 5 + ["不满意"] * 3

    results = _at_once(
        *(
            lambda d=deputy, label=label: _cast(ballot, d, label)
            for deputy, label in zip(people, labels, strict=True)
        )
    )

    assert results == [None] * 8
    marks = BallotMark.objects.values_list("option__label", flat=True)
    assert sorted(marks) == sorted(labels)


def test_a_vote_and_the_end_at_once_agree():
    people, ballot = _running(3)
    ballot.is_anonymous = False
    ballot.save()
    office = staff()

    results = _at_once(
        *(lambda d=deputy: _cast(ballot, d) for deputy in people),
        lambda: services.close_ballot(actor=office, ballot_pk=ballot.pk),
    )

    late = [each for each in results[:3] if each]
    assert all(isinstance(each, TransitionNotAllowedError) for each in late)
    voted = BallotVoter.objects.exclude(voted_on=None).count()
    assert (BallotPaper.objects.count(), voted) == (3 - len(late), 3 - len(late))
    services.count_ballot(actor=office, ballot_pk=ballot.pk) if voted else None
