"""Writes about standards: what was found at a check of a station or a town (M24, M25, M35, M37)."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import save_recorded
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from stations.bookkeeping import book_views
from stations.enums import CheckState, StandardKind
from stations.models import (
    CheckEntry,
    Rectification,
    Standard,
    StandardItem,
    Station,
    StationCheck,
    TownCheck,
)

Found = Mapping[int, tuple[str, str]]
Photos = Mapping[int, ContentFile | None]


class CheckError(DomainError):
    """A check cannot be recorded in this way."""


def stamp_of(checks: Iterable[StationCheck | TownCheck]) -> str:
    """What a form was filled from; another stamp on arrival: somebody was faster."""
    rows = sorted(
        (check.item_id, check.state, str(check.checked_on), check.note) for check in checks
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def items_to_tick(standard: Standard) -> list[StandardItem]:
    """Those that no record tells; the others are never ticked by hand."""
    known = book_views()
    rows = standard.items.order_by("number", "pk")
    return [item for item in rows if item.rule not in known]


@transaction.atomic
def record_checks(
    *,
    actor: User,
    station_pk: int,
    standard: Standard,
    found: Found,
    on: dt.date,
    photos: Photos | None = None,
    seen: str | None = None,
) -> int:
    """Record what was found on the day ``on``: ``{item's key: (state, note)}``.

    ``since`` keeps the day on which the present state was first found. A new photo replaces the
    one before. For books ticked by hand the station's two counts follow the items, so that ledger
    and items never tell two stories. Returns how many items changed their state. Raises CheckError.
    """
    rows = Station.objects.editable_by(actor).select_for_update(of=("self",)).order_by()
    station = rows.filter(pk=station_pk).first()
    if station is None:
        raise CheckError("没有这个家站，或者您不能登记它的检查情况。")
    checks = station.checks.filter(item__standard=standard)
    before = {check.item_id: check for check in checks}
    if _is_sent_again(before, found, on, seen):
        return 0
    items = _refuse(standard, found, on, before, seen)
    changed = 0
    for pk, (state, note) in found.items():
        check = before.get(pk) or StationCheck(station=station, item=items[pk], state="")
        changed += _record(check, actor, state, note, on, (photos or {}).get(pk))
    if standard.kind == StandardKind.BOOKS and len(items) == standard.items.count():
        _count_books(station, found)
    return changed


@transaction.atomic
def record_town_checks(
    *,
    actor: User,
    region_pk: int,
    standard: Standard,
    found: Found,
    on: dt.date,
    photos: Photos | None = None,
    seen: str | None = None,
) -> int:
    """As ``record_checks``, of a town by a standard for towns. Raises CheckError."""
    rows = Region.objects.towns().select_for_update(of=("self",)).order_by()
    town = rows.filter(pk=region_pk).first()
    if town is None or not actor.scope.may_write_code(town.code):
        raise CheckError("没有这个镇（街道），或者您不能登记它的检查情况。")
    checks = TownCheck.objects.filter(region=town, item__standard=standard)
    before = {check.item_id: check for check in checks}
    if _is_sent_again(before, found, on, seen):
        return 0
    items = _refuse(standard, found, on, before, seen)
    changed = 0
    for pk, (state, note) in found.items():
        check = before.get(pk) or TownCheck(region=town, item=items[pk], state="")
        changed += _record(check, actor, state, note, on, (photos or {}).get(pk))
    return changed


def is_told_by_check(item: StandardItem | None) -> bool:
    """Whether a person ticks the item: of a checklist in use, and not told by records."""
    if item is None or item.standard.kind == StandardKind.INSPECTION:
        return False
    return item.standard.is_active and item.rule not in book_views()


def note_mended(*, actor: User, finding: Rectification, on: dt.date) -> None:
    """What was put right is there from now on; nobody has to tick it a second time."""
    item = finding.item
    if item is None:
        return
    place = {"station": finding.station} if finding.station_id else {"region": finding.region}
    model = StationCheck if finding.station_id else TownCheck
    rows = model._default_manager.select_for_update(of=("self",))
    check = rows.filter(item=item, **place).first() or model(item=item, state="", **place)
    if check.state == CheckState.YES or (check.checked_on and check.checked_on > on):
        return
    _record(check, actor, CheckState.YES, "整改复查合格", on, None)
    if finding.station and item.standard.kind == StandardKind.BOOKS:
        rows = StationCheck.objects.filter(station=finding.station, item__standard=item.standard)
        states = {row.item_id: (row.state, row.note) for row in rows}
        if len(states) == item.standard.items.count():
            _count_books(finding.station, states)


def _is_sent_again(
    before: Mapping[int, StationCheck] | Mapping[int, TownCheck],
    found: Found,
    on: dt.date,
    seen: str | None,
) -> bool:
    """The same form a second time: what it says is there already."""
    if seen is None or seen == stamp_of(before.values()):
        return False
    said = {pk: (state, note.strip(), on) for pk, (state, note) in found.items()}
    return said == {pk: (row.state, row.note, row.checked_on) for pk, row in before.items()}


def _refuse(
    standard: Standard,
    found: Found,
    on: dt.date,
    before: Mapping[int, StationCheck] | Mapping[int, TownCheck],
    seen: str | None,
) -> dict[int, StandardItem]:
    if seen is not None and seen != stamp_of(before.values()):
        raise CheckError("别人刚登记过这里的检查情况，请刷新页面再填。")
    if not standard.is_active:
        raise CheckError(f"「{standard}」已经停用，请按现在的一版检查。")
    if on > timezone.localdate():
        raise CheckError("检查日期不能晚于今天。")
    items = {item.pk: item for item in items_to_tick(standard)}
    if not items:
        raise CheckError(f"「{standard}」各项都从记录计算，不用登记。")
    if set(found) != set(items):
        raise CheckError(f"「{standard}」要检查的共 {len(items)} 项，请逐项填写。")
    if any(check.checked_on and check.checked_on > on for check in before.values()):
        raise CheckError("检查日期早于已登记的一次检查，请核对。")
    return items


def _record(
    check: StationCheck | TownCheck,
    actor: User,
    state: str,
    note: str,
    on: dt.date,
    photo: ContentFile | None,
) -> bool:
    is_other = check.state != state
    if is_other:
        check.since = on
    words = note.strip()
    is_new = is_other or check.checked_on != on or check.note != words
    check.state, check.note, check.checked_on, check.checked_by = state, words, on, actor
    if photo:
        check.photo.save("photo.jpg", photo, save=False)
    save_recorded(check)
    if is_new:
        place = (
            {"station": check.station} if isinstance(check, StationCheck)
            else {"region": check.region}
        )  # fmt: skip
        entry = CheckEntry(
            item=check.item, state=state, note=words, checked_on=on, checked_by=actor, **place
        )
        save_recorded(entry)
    return is_other


def _count_books(station: Station, found: Found) -> None:
    station.books_required = len(found)
    station.books_kept = sum(state == CheckState.YES for state, _ in found.values())
    save_recorded(station, clean=False)
