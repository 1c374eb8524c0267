"""Changes that a station's own people make to its card (M17, M33)."""

import datetime as dt

from django.db import transaction

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from congress_portal.core.stale import refuse_stale
from stations.models import Station, StationOfficer


class StationCardError(DomainError):
    """The card of a station cannot be changed so."""


def _kept(actor: User, station_pk: int) -> Station:
    """The station, locked. Raises Station.DoesNotExist for whoever does not keep it."""
    kept = Station.objects.editable_by(actor).filter(pk=station_pk).values("pk")
    return Station.objects.select_for_update(of=("self",)).get(pk__in=kept)


@transaction.atomic
def update_opening(
    *, actor: User, station_pk: int, address: str, opening_hours: str, rooms: str, seen: str
) -> Station:
    """Raises StaleRecordError, ValidationError, Station.DoesNotExist."""
    station = _kept(actor, station_pk)
    refuse_stale(station, seen)
    station.address, station.opening_hours, station.rooms = address, opening_hours, rooms
    save_recorded(station)
    return station


@transaction.atomic
def add_officer(
    *,
    actor: User,
    station_pk: int,
    kind: str,
    name: str,
    phone: str = "",
    begins_on: dt.date | None = None,
) -> StationOfficer:
    """The same person in the same office once only: sending the form again adds nobody.

    Raises ValidationError, Station.DoesNotExist.
    """
    station = _kept(actor, station_pk)
    day = begins_on or dt.date.min
    for known in station.officers.filter(kind=kind, name=name):
        if known.ends_on is None or known.ends_on >= day:
            return known
    fresh = StationOfficer(station=station, kind=kind, name=name, phone=phone, begins_on=begins_on)
    save_recorded(fresh)
    return fresh


@transaction.atomic
def end_officer(*, actor: User, officer_pk: int, ends_on: dt.date, seen: str) -> StationOfficer:
    """Raises StationCardError, StaleRecordError, ValidationError, StationOfficer.DoesNotExist."""
    rows = StationOfficer.objects.select_for_update(of=("self",))
    officer = rows.get(pk__in=StationOfficer.objects.editable_by(actor).values("pk"), pk=officer_pk)
    refuse_stale(officer, seen)
    if officer.ends_on is not None:
        raise StationCardError("这位同志的截止日期已经登记。")
    officer.ends_on = ends_on
    save_recorded(officer)
    return officer
