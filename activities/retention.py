"""Where voters' names and contacts lie in this app."""

import datetime as dt

from django.db.models import QuerySet

from activities.models import FixedVoter
from congress_portal.core.retention import Kept, keeps


def _ended(day: dt.date) -> QuerySet[FixedVoter]:
    return FixedVoter.objects.filter(ends_on__lt=day)


VOTERS = keeps(Kept("fixed_voter", "固定联系选民", FixedVoter, _ended, "phone", texts=("note",)))
