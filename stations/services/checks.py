"""Writes about stations: what was found at a check of one of the standards."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import User
from stations.enums import CheckState, StandardKind
from stations.models import Standard, StandardItem, Station, StationCheck


class CheckError(DomainError):
    """A check cannot be recorded in this way."""


@transaction.atomic
def record_checks(
    *,
    actor: User,
    station_pk: int,
    standard: Standard,
    found: Mapping[int, tuple[str, str]],
    on: dt.date,
) -> int:
    """Record what was found on the day ``on``: ``{item's key: (state, note)}``.

    ``since`` keeps the day on which the present state was first found. For books the station's
    two counts follow the items, so that ledger and items never tell two stories. Returns how
    many items changed their state. Raises CheckError.
    """
    rows = Station.objects.editable_by(actor).select_for_update(of=("self",))
    station = rows.filter(pk=station_pk).first()
    if station is None:
        raise CheckError("没有这个家站，或者您不能登记它的检查情况。")
    if on > timezone.localdate():
        raise CheckError("检查日期不能晚于今天。")
    items = {item.pk: item for item in standard.items.all()}
    if set(found) != set(items):
        raise CheckError(f"「{standard}」共 {len(items)} 项，请逐项填写。")
    before = {check.item_id: check for check in station.checks.filter(item__in=items)}
    if any(check.checked_on and check.checked_on > on for check in before.values()):
        raise CheckError("检查日期早于已登记的一次检查，请核对。")
    changed = 0
    for pk, (state, note) in found.items():
        changed += _record(station, items[pk], before.get(pk), state, note, on)
    if standard.kind == StandardKind.BOOKS:
        _count_books(station, found)
    return changed


def _record(
    station: Station,
    item: StandardItem,
    check: StationCheck | None,
    state: str,
    note: str,
    on: dt.date,
) -> bool:
    check = check or StationCheck(station=station, item=item, state="")
    is_other = check.state != state
    if is_other:
        check.since = on
    check.state, check.note, check.checked_on = state, note.strip(), on
    save_recorded(check)
    return is_other


def _count_books(station: Station, found: Mapping[int, tuple[str, str]]) -> None:
    station.books_required = len(found)
    station.books_kept = sum(state == CheckState.YES for state, _ in found.values())
    save_recorded(station, clean=False)
