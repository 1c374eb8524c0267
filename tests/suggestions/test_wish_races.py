"""Ten deputies reach for one wish at once, on PostgreSQL: one has it, nine read that it is gone."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from suggestions.models import Wish, WishClaim
from suggestions.services.wishes import WishError, claim_wish
from tests.factories.voices import WishFactory
from tests.factories.workflow import deputy_with_account

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_one_claim_of_ten_at_once_stands():
    wish, deputies = WishFactory(open=True), [deputy_with_account() for _ in range(10)]
    promised, start = timezone.localdate() + dt.timedelta(days=7), threading.Barrier(10)

    def reach(deputy):
        close_old_connections()
        try:
            start.wait(timeout=20)
            given = {"actor": deputy.user, "deputy": deputy, "promised_on": promised}
            return claim_wish(wish_pk=wish.pk, **given)
        except WishError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(reach, deputies, timeout=60))

    assert sum(isinstance(each, WishClaim) for each in results) == 1
    assert sum("刚刚有人认领" in str(getattr(each, "message", "")) for each in results) == 9
    assert WishClaim.objects.count() == 1
    assert Wish.objects.get().state == "claimed"
