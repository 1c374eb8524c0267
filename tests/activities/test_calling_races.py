"""Two at once, on PostgreSQL: one answer, one letter, one message, one number each."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import close_old_connections, connection

from activities.enums import ActivityState, Answer
from activities.models import CalendarFeed, Invitation, SupportItem
from activities.services import planning
from activities.services.calling import answer_invitation, decide_leave
from activities.services.feeds import open_feed
from activities.services.reminding import remind_of_activities
from activities.services.support import issue_letters
from activities.workflow import TransitionNotAllowedError
from congress_portal.core.channels import carry_waiting
from congress_portal.core.enums import Role
from congress_portal.core.models import Notice
from congress_portal.core.notices import Message, notify
from congress_portal.core.stale import fingerprint
from tests.factories.calling import PlanFactory
from tests.factories.core import CountyFactory, UserFactory, staff
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
def office():
    return staff(role__region=CountyFactory())


def _plan(count, state=ActivityState.NOTIFIED):
    people = [
        DeputyFactory(user=UserFactory(role=Role.DEPUTY), seat=True) for _ in range(count)
    ]  # fmt: skip
    held_on = dt.date.today() + dt.timedelta(days=1)
    return PlanFactory(
        region=CountyFactory(), called=people, state=state, held_on=held_on, reply_by=None
    )


def test_letters_of_many_activities_at_once_have_their_own_numbers(office):
    plans = [_plan(2) for _ in range(6)]

    def issue(plan):
        wanted = {row.deputy_id: "县医院" for row in plan.invitations.all()}
        return lambda: issue_letters(actor=office, activity_pk=plan.pk, addressed=wanted)

    results = _at_once(*(issue(plan) for plan in [*plans, *plans]))

    assert not [result for result in results if isinstance(result, Exception)]
    serials = sorted(SupportItem.objects.values_list("serial", flat=True))
    assert serials == list(range(1, 13))


def test_two_who_notify_tell_each_deputy_once(office):
    plan = _plan(3, ActivityState.PLANNED)

    job = lambda: planning.notify_invited(actor=office, activity_pk=plan.pk)  # noqa: E731
    results = _at_once(job, job)

    assert sorted(map(type, results), key=str) == sorted([int, TransitionNotAllowedError], key=str)
    assert Notice.objects.count() == 3


def test_two_who_decide_a_leave_one_wins_and_the_deputy_hears_once(office):
    row = _plan(1).invitations.get()
    Invitation.objects.filter(pk=row.pk).update(answer=Answer.LEAVE_ASKED, leave_kind="ill")
    row.refresh_from_db()
    seen = fingerprint(row)

    def decide(grants):
        return lambda: decide_leave(
            actor=office, invitation_pk=row.pk, grants=grants, words="要开会", seen=seen
        )

    results = _at_once(decide(True), decide(False))

    assert sum(isinstance(result, Invitation) for result in results) == 1
    assert Notice.objects.count() == 1


def test_reminders_in_parallel_say_each_thing_once():
    plan = _plan(5)
    day = plan.held_on - dt.timedelta(days=1)
    plan.invitations.update(sent_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    _at_once(*(lambda: remind_of_activities(day) for _ in range(4)))

    assert Notice.objects.count() == 10  # five receipts, five for tomorrow


def test_double_tap_on_a_new_calendar_address_leaves_one(office):
    results = _at_once(*(lambda: open_feed(actor=office) for _ in range(3)))

    assert not [result for result in results if isinstance(result, Exception)]
    assert CalendarFeed.objects.get(user=office).token in {feed.token for feed in results}


def test_double_tap_is_one_answer():
    row = _plan(1).invitations.get()

    def answer():
        return answer_invitation(actor=row.deputy.user, invitation_pk=row.pk, accepts=True)

    results = _at_once(answer, answer)

    assert {result.answer for result in results} == {Answer.ACCEPTED}
    assert len({result.answered_at for result in results}) == 1


def test_carriers_in_parallel_send_each_message_once(settings):
    settings.NOTICE_EMAIL = True
    people = [UserFactory(email=f"u{n}@example.com") for n in range(8)]
    notify(people, Message("a", "开会"))

    results = _at_once(*([carry_waiting] * 4))

    assert sum(results) == 8
    assert sorted(each.to[0] for each in mail.outbox) == [f"u{n}@example.com" for n in range(8)]
