import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError

from activities.models import Visit
from activities.services import NotEditableError, change_visit, log_activity, log_visit
from congress_portal.core.enums import Dictionary, Role
from congress_portal.core.models import AuditEntry
from congress_portal.core.stale import StaleRecordError, fingerprint
from tests.factories.activities import ActivityFormFactory, VisitFactory
from tests.factories.core import EntryFactory, UserFactory, VillageFactory, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deputy():
    return DeputyFactory(user=UserFactory(role=Role.DEPUTY))


def visit_facts(**changes):
    channel = EntryFactory(dictionary=Dictionary.CHANNEL, name="走访")
    facts = {"held_on": dt.date(2026, 9, 3), "village": None, "channel": channel, "people": 4}
    return {**facts, **changes}


def test_log_visit_waits_for_verification(deputy):
    village = VillageFactory(parent=deputy.town)

    visit = log_visit(actor=deputy.user, deputy=deputy, **visit_facts(village=village))

    assert (visit.verification, visit.on_behalf) == ("pending", False)
    assert (visit.region, visit.village) == (deputy.town, village)
    entry = AuditEntry.objects.get(action="create", model="activities.Visit")
    assert entry.object_key == str(visit.pk)


def test_log_visit_twice_with_one_key_makes_one_record(deputy):
    key = uuid.uuid4()

    first = log_visit(actor=deputy.user, deputy=deputy, key=key, **visit_facts())
    second = log_visit(actor=deputy.user, deputy=deputy, key=key, **visit_facts())

    assert first == second
    assert Visit.objects.count() == 1


def test_log_visit_by_town_staff_is_on_behalf_and_verified(deputy):
    clerk = town_clerk(deputy.town)

    visit = log_visit(actor=clerk, deputy=deputy, **visit_facts())

    assert (visit.on_behalf, visit.entered_by) == (True, clerk)
    assert (visit.verification, visit.verified_by) == ("verified", clerk)


def test_log_visit_refuses_another_dictionary(deputy):
    field = EntryFactory(dictionary=Dictionary.FIELD)

    with pytest.raises(ValidationError) as refused:
        log_visit(actor=deputy.user, deputy=deputy, **visit_facts(channel=field))

    assert set(refused.value.error_dict) == {"channel"}
    assert Visit.objects.count() == 0


def test_change_visit_refuses_a_stale_form(deputy):
    visit = log_visit(actor=deputy.user, deputy=deputy, **visit_facts())
    seen = fingerprint(visit)
    Visit.objects.filter(pk=visit.pk).update(people=9)

    with pytest.raises(StaleRecordError):
        change_visit(actor=deputy.user, visit_pk=visit.pk, seen=seen, **visit_facts(people=5))

    visit.refresh_from_db()
    assert visit.people == 9


def test_change_visit_refuses_a_verified_record(deputy):
    visit = VisitFactory(deputy=deputy, entered_by=deputy.user)

    with pytest.raises(NotEditableError):
        change_visit(actor=deputy.user, visit_pk=visit.pk, seen=fingerprint(visit), **visit_facts())


def test_change_visit_sends_a_refused_record_back_to_checking(deputy):
    visit = VisitFactory(
        deputy=deputy, entered_by=deputy.user, verification="refused", refusal_reason="人次不对"
    )

    changed = change_visit(
        actor=deputy.user, visit_pk=visit.pk, seen=fingerprint(visit), **visit_facts(people=2)
    )

    assert (changed.verification, changed.refusal_reason, changed.people) == ("pending", "", 2)


def test_log_activity_enters_fellows_once(deputy):
    fellow = DeputyFactory(town=deputy.town)

    activity = log_activity(
        actor=deputy.user,
        deputy=deputy,
        held_on=dt.date(2026, 9, 3),
        form=ActivityFormFactory(),
        title="视察农村公路",
        fellows=[fellow, deputy],
    )

    assert [each.deputy for each in activity.attendances.order_by("serial")] == [deputy, fellow]
    assert (activity.region, activity.verification) == (deputy.town, "pending")
