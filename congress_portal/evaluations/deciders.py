"""Who may decide an objection: the committee's staff without those who scored."""

from django.utils import timezone

from congress_portal.core.enums import Role
from congress_portal.core.models import RoleAssignment, User
from congress_portal.evaluations.models import Appeal
from congress_portal.evaluations.standing import scorers_of


def deciders_of(appeal: Appeal) -> list[User]:
    """Accounts that are asked to decide; everyone on the staff where all of them scored, so
    that the objection does not fall silent (the service still refuses the scorer)."""
    holders = RoleAssignment.objects.in_force(timezone.localdate()).filter(role=Role.STAFF)
    staff = User.objects.filter(is_active=True, pk__in=holders.values("user")).order_by("pk")
    barred = {*scorers_of(appeal.score), appeal.scored_by_id, appeal.raised_by_id}
    others = [user for user in staff if user.pk not in barred]
    return others or list(staff)
