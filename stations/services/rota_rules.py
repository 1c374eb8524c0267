"""Rules of reception days, for many stations at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from congress_portal.core.audit import save_recorded
from congress_portal.core.models import User
from stations.models import RotaRule, Station
from stations.services.rota import RotaError


@transaction.atomic
def add_rules(*, actor: User, stations: Iterable[Station], fields: Mapping[str, Any]) -> int:
    """The same rule for each station; one that has just this rule keeps it and gets no second.

    Returns how many were added. Raises RotaError, ValidationError.
    """
    added = 0
    for station in stations:
        if not Station.objects.editable_by(actor).filter(pk=station.pk).exists():
            raise RotaError(f"您不能登记{station}的接待日规则。")
        if not RotaRule.objects.filter(station=station, **fields).exists():
            save_recorded(RotaRule(station=station, **fields))
            added += 1
    return added
