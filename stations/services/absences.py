"""Days on which a deputy cannot be put on duty."""

import datetime as dt

from django.db import transaction

from congress_portal.core.audit import delete_recorded, save_recorded
from congress_portal.core.models import User
from congress_portal.core.notices import Message, notify, office_people
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
    rows = duties_of(deputy).exclude(state="swapped").select_related("slot__station__region")
    clashes = list(rows.filter(held_on__range=(first_on, last_on), slot__reception=None))
    _tell_office(deputy, clashes)
    return clashes


def _tell_office(deputy: Deputy, clashes: list[RotaDuty]) -> None:
    """No day is to stand empty unseen: who draws up the rota learns of each."""
    for duty in clashes:
        slot = duty.slot
        message = Message(
            key=f"rota-away:{duty.pk}:{slot.held_on}",
            title=f"{deputy.name}{slot.held_on.month}月{slot.held_on.day}日不便，已排了值班",
            body=f"{slot.station}，{slot.held_on.year}年。请联系换班，或另安排代表。",
            link=f"/rota/days/{slot.pk}/",
        )
        notify(office_people(slot.station.region), message)


def remove_absence(row: Unavailability) -> None:
    delete_recorded(row)
