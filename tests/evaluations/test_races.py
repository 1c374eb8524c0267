"""Two officers on one sheet: one wins, the other is told (PostgreSQL only: row locks)."""

import threading

import pytest
from django.db import connection

from congress_portal.core.errors import DomainError
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import ScoreSheet
from congress_portal.evaluations.services import compute_sheet, new_version, publish_sheet
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import StationFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
Q3 = quarter(2026, 3)


def at_once(work, people=4):
    """Run the same work in threads that start together; returns what each was told."""
    told, start = [], threading.Barrier(people)

    def act():
        start.wait()
        try:
            work()
            told.append("done")
        except DomainError as error:
            told.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.fixture
def scheme():
    scheme = SchemeFactory()
    IndicatorFactory(scheme=scheme)
    StationFactory.create_batch(3)
    return scheme


def test_one_of_several_publications_wins(scheme):
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=None)

    told = at_once(lambda: publish_sheet(sheet=sheet, actor=None))

    assert told == ["done", *["这份结果已经发布。"] * 3]


def test_computing_at_once_leaves_one_draft(scheme):
    told = at_once(lambda: compute_sheet(scheme=scheme, period=Q3, actor=None))

    assert told == ["done"] * 4
    assert ScoreSheet.objects.get().scores.count() == 3


def test_one_of_several_corrections_makes_the_second_version(scheme):
    first = publish_sheet(sheet=compute_sheet(scheme=scheme, period=Q3, actor=None), actor=None)

    told = at_once(lambda: new_version(sheet=first, reason="更正", actor=None))

    assert told == ["done", *["已有更新的版本，请在最新的版本上更正。"] * 3]
    assert list(ScoreSheet.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_publishing_while_computing_never_freezes_a_half_sheet(scheme):
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=None)

    def both():
        compute_sheet(scheme=scheme, period=Q3, actor=None)
        publish_sheet(sheet=sheet, actor=None)

    at_once(both, people=3)

    stored = ScoreSheet.objects.published().get()
    assert stored.scores.count() == 3
