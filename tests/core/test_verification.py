import pytest

from congress_portal.core.models import AuditEntry
from congress_portal.core.verification import VerificationError, may_verify, refuse, verify
from tests.factories.activities import VisitFactory
from tests.factories.core import TownFactory, UserFactory, town_clerk
from tests.factories.deputies import DeputyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return VisitFactory(verification="pending")


def test_verify_stamps_who_and_when(visit, freeze):
    at = freeze("2026-09-03 10:00")
    clerk = town_clerk(visit.region)

    verified = verify(visit, actor=clerk)

    stamps = (verified.verification, verified.verified_by, verified.verified_at)
    assert stamps == ("verified", clerk, at)
    entry = AuditEntry.objects.get(action="update", model="activities.Visit")
    assert entry.changes["verification"] == ["pending", "verified"]


def test_refuse_needs_a_reason(visit):
    clerk = town_clerk(visit.region)

    with pytest.raises(VerificationError, match="请写明未通过的原因"):
        refuse(visit, actor=clerk, reason=" ")

    assert refuse(visit, actor=clerk, reason="人次不对").refusal_reason == "人次不对"


def test_the_deputy_does_not_verify_the_own_record(visit):
    deputy = DeputyFactory(user=UserFactory(role="deputy"))
    own = VisitFactory(deputy=deputy, entered_by=deputy.user, verification="pending")

    assert may_verify(own, deputy.user) is False
    with pytest.raises(VerificationError):
        verify(own, actor=deputy.user)


def test_a_clerk_of_another_town_does_not_verify(visit):
    with pytest.raises(VerificationError):
        verify(visit, actor=town_clerk(TownFactory()))


def test_of_two_officers_one_wins_and_the_other_is_told(visit):
    first, second = town_clerk(visit.region), town_clerk(visit.region)
    verify(visit, actor=first)

    with pytest.raises(VerificationError, match="已由他人核实为「已核实」"):
        refuse(visit, actor=second, reason="人次不对")
