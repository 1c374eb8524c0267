"""Metrics of the standing committee's members."""

from django.db.models import Count, Q

from congress_portal.core.metrics import Each, Trail, beside, metric
from congress_portal.core.periods import Period
from deputies.models import CommitteeMember, Deputy, Pairing


@metric("pairs", "联系代表数", of=CommitteeMember, unit="名", reported=False)
def pairs(period: Period) -> Each:
    """Deputies that the member keeps in touch with on the period's last day (双联系, M70)."""
    rows = Pairing.objects.filter(
        Q(begins_on__lte=period.last), Q(ends_on__isnull=True) | Q(ends_on__gte=period.last)
    )
    count = beside(rows, "member", Count("deputy", distinct=True))
    return Each((count,), Trail(rows, "member", "deputy", Deputy))
