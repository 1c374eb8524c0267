"""Two at once, on PostgreSQL: one officer verifies, one entry is made, one answer is given."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from activities.models import Visit
from activities.selectors.verifying import kind_of
from activities.services import log_visit
from activities.services.corrections import CorrectionError, refuse_correction
from activities.services.verifying import check_records
from congress_portal.core.enums import Dictionary, Role
from congress_portal.core.models import AuditEntry, Notice
from congress_portal.core.stale import fingerprint
from suggestions.models import Voice
from suggestions.services import log_voice
from tests.factories.activities import VisitFactory
from tests.factories.core import EntryFactory, UserFactory, town_clerk
from tests.factories.corrections import CorrectionRequestFactory
from tests.factories.deputies import DeputyFactory

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


@pytest.fixture
def deputy():
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY))


def test_of_two_officers_with_the_same_list_one_wins_each_row(deputy):
    visits = VisitFactory.create_batch(
        6, deputy=deputy, entered_by=deputy.user, verification="pending"
    )
    rows = [(visit.pk, fingerprint(visit)) for visit in visits]
    first, second = town_clerk(deputy.town), town_clerk(deputy.town)
    kind = kind_of("visit")

    outcomes = _at_once(
        lambda: check_records(actor=first, kind=kind, rows=rows),
        lambda: check_records(actor=second, kind=kind, rows=rows[::-1], reason="人次不对"),
    )

    assert sum(outcome.done for outcome in outcomes) == 6
    assert sum(len(left) for outcome in outcomes for left in outcome.left.values()) == 6
    assert AuditEntry.objects.filter(model="activities.Visit", action="update").count() == 6
    assert Notice.objects.count() == Visit.objects.filter(verification="refused").count()


def test_an_entry_sent_four_times_at_once_is_one_record(deputy):
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    day, key = dt.date(2026, 9, 3), uuid.uuid4()

    visits = _at_once(
        *(
            lambda: log_visit(
                actor=deputy.user, deputy=deputy, held_on=day, village=None, channel=channel,
                people=4, key=key,
            )
            for _ in range(4)
        )
    )  # fmt: skip
    voices = _at_once(
        *(
            lambda: log_voice(
                actor=deputy.user, deputy=deputy, raised_on=day, matter="路灯不亮", key=key
            )
            for _ in range(4)
        )
    )

    assert {visit.pk for visit in visits} == {Visit.objects.get().pk}
    assert {voice.pk for voice in voices} == {Voice.objects.get().pk}


def test_of_two_answers_one_is_given(deputy):
    request = CorrectionRequestFactory(row=VisitFactory(deputy=deputy))
    clerks = [town_clerk(deputy.town) for _ in range(2)]

    answers = _at_once(
        *(
            lambda clerk=clerk: refuse_correction(actor=clerk, pk=request.pk, answer="已核对")
            for clerk in clerks
        )
    )

    assert sum(isinstance(answer, CorrectionError) for answer in answers) == 1
    assert Notice.objects.filter(user=deputy.user).count() == 1
