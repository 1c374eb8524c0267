"""Several workers and several clicks at one moment (PostgreSQL only: threads on one database)."""

import threading
import time
import uuid

import pytest
from django.db import connection

from congress_portal.core.batches import registry, services
from congress_portal.core.models import Batch, Notice
from tests.factories.batches import Steered, order
from tests.factories.core import staff

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kind():
    steered = Steered()
    steered.before = lambda item: time.sleep(0.01)
    registry.register_kind(steered)
    yield steered
    registry._kinds.pop("steered")


def at_once(work, people=4):
    """Run the work in threads that start together; returns what they gave or raised."""
    given, start = [], threading.Barrier(people)

    def act():
        start.wait()
        try:
            given.append(work())
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            given.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_four_workers_make_each_paper_once_and_one_result(kind):
    keys = [str(n) for n in range(30)]
    batch, _ = services.start(actor=staff(), order=order(*keys))

    assert at_once(lambda: services.work(batch.pk)) == [False] * 4

    batch.refresh_from_db()
    assert sorted(kind.made, key=int) == keys
    assert batch.state == "done"
    assert set(batch.items.values_list("attempts", flat=True)) == {1}
    assert Notice.objects.count() == 1


def test_four_clicks_at_once_are_one_batch(kind):
    user, key = staff(), uuid.uuid4()

    given = at_once(lambda: services.start(actor=user, order=order("1", "2"), key=key))

    assert sorted(is_new for _, is_new in given) == [False, False, False, True]
    assert Batch.objects.count() == 1


def test_the_same_order_from_four_windows_is_one_batch(kind):
    user = staff()

    given = at_once(lambda: services.start(actor=user, order=order("1", "2"), key=uuid.uuid4()))

    assert sorted(is_new for _, is_new in given) == [False, False, False, True]
    assert Batch.objects.count() == 1


def test_clean_up_at_once_expires_once(kind, freeze):
    batch, _ = services.start(actor=staff(), order=order("1"))
    services.work(batch.pk)
    Batch.objects.update(expires_on="2020-01-01")

    assert sorted(at_once(lambda: services.expire(batch))) == [False, False, False, True]
