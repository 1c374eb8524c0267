"""Two officers on one sheet: one wins, the other is told (PostgreSQL only: row locks)."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.errors import DomainError
from congress_portal.core.models import CalendarYear
from congress_portal.core.periods import quarter
from congress_portal.evaluations.models import Appeal, Score, ScoreSheet
from congress_portal.evaluations.services import (
    check_sheet,
    close_objections,
    compute_sheet,
    decide_appeal,
    disclose_sheet,
    new_version,
    publish_sheet,
    raise_appeal,
)
from tests.factories.core import UserFactory, staff
from tests.factories.evaluations import IndicatorFactory, SchemeFactory
from tests.factories.stations import OfficerFactory, StationFactory

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


@pytest.fixture
def objected(scheme):
    """Disclosed by one officer, with an objection of the station's own officer."""
    year = timezone.localdate().year
    for each in (year, year + 1):  # weekends only: no race depends on the holidays
        CalendarYear.objects.get_or_create(year=each)
    scheme.objection_days = 5
    scheme.save()
    scorer, person = staff(), UserFactory(role=Role.STATION_OFFICER)
    OfficerFactory(station=StationFactory(), user=person)
    sheet = compute_sheet(scheme=scheme, period=Q3, actor=scorer)
    check_sheet(actor=scorer, sheet_pk=sheet.pk, digest=sheet.digest)
    disclose_sheet(actor=scorer, sheet_pk=sheet.pk)
    score = Score.objects.visible_to(person).get(sheet=sheet)
    return raise_appeal(actor=person, score_pk=score.pk, words="少记一天")


def test_one_of_several_answers_stands(objected):
    others = iter([staff() for _ in range(4)])

    def answer():
        decide_appeal(actor=next(others), appeal_pk=objected.pk, upheld=False, answer="没有少记")

    told = at_once(answer)

    assert (told[0], len(told)) == ("done", 4)
    assert all("没有重复处理" in words for words in told[1:])
    assert Appeal.objects.get().state == "refused"


def test_closing_and_objecting_never_leave_an_open_objection(objected):
    other = staff()
    decide_appeal(actor=other, appeal_pk=objected.pk, upheld=False, answer="没有少记")
    ScoreSheet.objects.update(objections_until=timezone.localdate() - dt.timedelta(days=1))
    acts = iter(
        [
            lambda: close_objections(actor=other, sheet_pk=objected.score.sheet_id),
            lambda: raise_appeal(
                actor=objected.raised_by, score_pk=objected.score_id, words="还是不对"
            ),
        ]
    )

    told = at_once(lambda: next(acts)(), people=2)

    assert "done" in told
    assert not Appeal.objects.open().exists()
    assert ScoreSheet.objects.get().state == "decided"
