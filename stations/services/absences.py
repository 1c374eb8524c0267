"""Days on which a deputy cannot be put on duty."""

import datetime as dt

from django.db import transaction

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.models import User
from deputies.models import Deputy
from stations.models import RotaDuty, Unavailability
from stations.selectors.rota import duties_of


@transaction.atomic
def add_absence(
    *, actor: User, deputy: Deputy, first_on: dt.date, last_on: dt.date, reason: str = ""
) -> list[RotaDuty]:
    """Note the days; saying the same again adds nothing.

    Returns the released duties that lie in them: those stay until they are swapped. Raises
    ValidationError.
    """
    same = {"deputy": deputy, "first_on": first_on, "last_on": last_on}
    if not Unavailability.objects.filter(**same).exists():
        save_recorded(Unavailability(**same, reason=reason.strip(), entered_by=actor))
    rows = duties_of(deputy).exclude(state="swapped")
    return list(rows.filter(held_on__range=(first_on, last_on)))


def remove_absence(row: Unavailability) -> None:
    delete_recorded(row)
