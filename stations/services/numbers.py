"""Numbers of visitors' forms: one series a station and year, for screen and paper."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import User
from congress_portal.core.submissions import claim, found_by
from stations.models import ReceptionNumber, Station
from stations.services.receptions import ReceptionError, locked_station

_MOST_SHEETS = 50


def next_number(station: Station, year: int) -> ReceptionNumber:
    """The next of the series; the caller holds the station's lock."""
    row = ReceptionNumber(station=station, year=year, serial=_last(station, year) + 1)
    row.save()
    return row


def _last(station: Station, year: int) -> int:
    rows = ReceptionNumber.objects.filter(station=station, year=year)
    return rows.aggregate(last=Max("serial"))["last"] or 0


@transaction.atomic
def give_sheets(
    *, actor: User, station: Station, count: int, key: uuid.UUID | None = None
) -> list[ReceptionNumber]:
    """Give numbers to paper forms that are about to be printed; the same ``key`` gives the same.

    Raises ReceptionError.
    """
    if not 1 <= count <= _MOST_SHEETS:
        raise ReceptionError(f"一次打印 1 至 {_MOST_SHEETS} 张。")
    station = locked_station(actor, station)
    if done := found_by(key, actor=actor, model=ReceptionNumber):
        return _batch_of(ReceptionNumber.objects.get(pk=done))
    now = timezone.now()
    year = timezone.localdate().year
    last = _last(station, year)
    ReceptionNumber.objects.bulk_create(
        ReceptionNumber(
            station=station, year=year, serial=last + n, printed_at=now, printed_by=actor
        )
        for n in range(1, count + 1)
    )
    first = ReceptionNumber.objects.get(station=station, year=year, serial=last + 1)
    claim(key, actor=actor, row=first)
    record(AuditAction.CREATE, first, changes={"sheets": [None, count]})
    return _batch_of(first)


def _batch_of(first: ReceptionNumber) -> list[ReceptionNumber]:
    """The sheets that were given their numbers together."""
    rows = ReceptionNumber.objects.filter(
        station=first.station_id, year=first.year, printed_at=first.printed_at
    )
    return list(rows.select_related("station").order_by("serial"))


@transaction.atomic
def void_sheet(*, actor: User, number_pk: int, reason: str) -> ReceptionNumber:
    """A spoilt or lost form keeps its number and says why. Raises ReceptionError."""
    rows = ReceptionNumber.objects.editable_by(actor).select_for_update(of=("self",))
    row: ReceptionNumber | None = rows.select_related("station").filter(pk=number_pk).first()
    if row is None or row.printed_at is None:
        raise ReceptionError("没有这张纸质登记表。")
    if row.void_reason:
        raise ReceptionError("这张登记表已经作废。")
    if not reason.strip():
        raise ReceptionError("请写明作废的原因。")
    row.void_reason = reason.strip()
    save_recorded(row)
    return row
