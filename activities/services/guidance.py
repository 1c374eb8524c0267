"""Leaders' areas and visits (M41), meetings on experience (M136)."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from activities.models import Activity
from activities.models.support import AreaPairing, AreaVisit, Exchange
from activities.services.keeping import KeepingError, keep, locked
from congress_portal.core.audit import record
from congress_portal.core.enums import AuditAction
from congress_portal.core.models import User
from congress_portal.core.stale import StaleRecordError, fingerprint
from congress_portal.core.submissions import found_by


def save_pairing(
    *, actor: User, values: Mapping[str, Any], pk: int | None = None, seen: str = "",
    key: uuid.UUID | None = None,
) -> AreaPairing:  # fmt: skip
    """Give a leader or an office a town or a station to guide, or mend it; the office's work."""
    station = values.get("station")
    if station and station.region_id != values["region"].pk:
        raise KeepingError(f"{station}不在{values['region']}，请改选。")
    return keep(AreaPairing, actor=actor, values=values, pk=pk, seen=seen, key=key)


def save_area_visit(
    *, actor: User, pairing_pk: int, values: Mapping[str, Any], pk: int | None = None,
    seen: str = "", key: uuid.UUID | None = None,
) -> AreaVisit:  # fmt: skip
    """Log a visit or mend it: by the leader, the office or the visited town."""
    pairing = AreaPairing.objects.get(pk=pairing_pk)
    day = values["held_on"]
    if day < pairing.begins_on or (pairing.ends_on and day > pairing.ends_on):
        raise KeepingError("这一天不在联系的起止日期里，请核对日期。")
    same = AreaVisit.objects.filter(pairing=pairing, held_on=day).exclude(pk=pk)
    is_again = found_by(key, actor=actor, model=AreaVisit)  # the same form, no second visit
    if not is_again and (other := same.select_related("entered_by").first()):
        raise KeepingError(
            f"这一天已由{other.entered_by or '系统'}登记过一次，请在那条记录里补充，不重复计算。"
        )
    given = {**values, "pairing": pairing}
    return keep(AreaVisit, actor=actor, values=given, pk=pk, seen=seen, key=key)


def exchange_seen(exchange: Exchange) -> str:
    """A digest of the record with its stations and materials."""
    text = f"{fingerprint(exchange)} {_lists(exchange)}"
    return hashlib.sha256(text.encode()).hexdigest()


def _lists(exchange: Exchange) -> str:
    visitors = ".".join(map(str, exchange.visitors.order_by("pk").values_list("pk", flat=True)))
    materials = ".".join(map(str, exchange.materials.order_by("pk").values_list("pk", flat=True)))
    return f"v{visitors}m{materials}"


@transaction.atomic
def save_exchange(
    *, actor: User, activity_pk: int, values: Mapping[str, Any], seen: str = ""
) -> Exchange:
    """Say of an activity that it was a meeting on experience, and what was learnt.

    Once for each activity; the second sending mends the same. Raises KeepingError,
    StaleRecordError, ValidationError.
    """
    activity = locked(Activity, activity_pk)
    found = Exchange.objects.filter(activity=activity).first()
    visitors, materials = list(values["visitors"]), list(values["materials"])
    given = {"activity": activity, "host": values["host"], "lessons": values["lessons"]}
    if found and _is_same(found, given, visitors, materials):
        return found
    if (exchange_seen(found) if found else "") != seen:
        raise StaleRecordError
    before = _lists(found) if found else ""
    pk = found.pk if found else None
    print_of = fingerprint(found) if found else ""
    row = keep(Exchange, actor=actor, values=given, pk=pk, seen=print_of)
    row.visitors.set(visitors)
    row.materials.set(materials)
    if (after := _lists(row)) != before:
        record(AuditAction.UPDATE, row, changes={"visitors, materials": [before, after]})
    return row


def _is_same(
    found: Exchange, given: Mapping[str, Any], visitors: list[Any], materials: list[Any]
) -> bool:
    return (
        found.host == given["host"]
        and found.lessons == given["lessons"]
        and set(found.visitors.all()) == set(visitors)
        and set(found.materials.all()) == set(materials)
    )
