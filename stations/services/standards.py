"""The office's writes about standards: a new version, what a place is held to, what lacks."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from congress_portal.core.audit import delete_recorded, record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from stations.bookkeeping import book_views
from stations.enums import StandardSubject
from stations.models import (
    CheckEntry,
    Rectification,
    Standard,
    StandardChoice,
    StandardItem,
    StandardUse,
    Station,
    StationCheck,
    TownCheck,
)
from stations.selectors.parts import is_county_office
from stations.selectors.standards import (
    Gap,
    Standing,
    choices_for,
    gaps_in,
    standards_in_use,
)
from stations.services.findings import open_finding


class StandardError(DomainError):
    """The standard cannot be changed or chosen in this way."""


@dataclass(frozen=True)
class ItemDraft:
    """One line of the editor. ``rule`` is the code of a book view, or empty: a person checks."""

    name: str
    section: str = ""
    demand: str = ""
    rule: str = ""


def is_in_use(standard: Standard) -> bool:
    """Whether something was checked by this version."""
    return (
        StationCheck.objects.filter(item__standard=standard).exists()
        or TownCheck.objects.filter(item__standard=standard).exists()
        or CheckEntry.objects.filter(item__standard=standard).exists()
    )


@transaction.atomic
def new_version(
    *,
    actor: User,
    standard_pk: int,
    items: Sequence[ItemDraft],
    source: str,
    in_force_on: dt.date,
    seen: int,
) -> Standard:
    """Put a next version in the place of this one, which stays readable with its checks.

    What is bound to the old one (types, chosen places) is bound to the new one; a check of an
    item whose name, demand and rule stay as they are holds for the new version, too, so that an
    added item does not undo the work on all others. ``seen``: the version on the editor's page.
    Raises StandardError, ValidationError.
    """
    rows = Standard.objects.editable_by(actor).select_for_update(of=("self",)).order_by()
    old: Standard | None = rows.filter(pk=standard_pk).first()
    if old is None:
        raise StandardError("没有这个标准，或者您不能修改。")
    if old.version != seen or not old.is_active:
        raise StandardError("这个标准刚有了新的一版，请刷新页面再改。")
    _refuse(items)
    old.is_active = False
    save_recorded(old)
    new = Standard(
        name=old.name,
        version=old.version + 1,
        supersedes=old,
        subject=old.subject,
        kind=old.kind,
        source=source.strip(),
        in_force_on=in_force_on,
        is_optional=old.is_optional,
    )
    save_recorded(new)
    made = []
    for number, draft in enumerate(items, start=1):
        item = StandardItem(
            standard=new, number=number, name=draft.name.strip(), section=draft.section.strip(),
            demand=draft.demand.strip(), rule=draft.rule,
        )  # fmt: skip
        save_recorded(item)
        made.append(item)
    _rebind(old, new, in_force_on)
    _carry_over(old, made)
    return new


def _refuse(items: Sequence[ItemDraft]) -> None:
    if not items:
        raise StandardError("标准至少要有一项。")
    names = [draft.name.strip() for draft in items]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise StandardError(f"「{twice}」写了两次。")
    unknown = next((each.rule for each in items if each.rule and each.rule not in book_views()), "")
    if unknown:
        raise StandardError(f"没有「{unknown}」这个口径。")


def _rebind(old: Standard, new: Standard, begins_on: dt.date) -> None:
    for use in StandardUse.objects.filter(standard=old).order_by("pk"):
        row = StandardUse(standard=new, type_id=use.type_id, region_level=use.region_level)
        save_recorded(row)
    for choice in StandardChoice.objects.filter(standard=old).order_by("pk"):
        place = {"station_id": choice.station_id, "region_id": choice.region_id}
        save_recorded(StandardChoice(standard=new, begins_on=begins_on, **place))


def _carry_over(old: Standard, made: Sequence[StandardItem]) -> None:
    before = {(i.name, i.demand, i.rule): i for i in old.items.order_by("pk")}
    same = {
        before[key].pk: item
        for item in made
        if (key := (item.name, item.demand, item.rule)) in before
    }
    carried = 0
    for model in (StationCheck, TownCheck, CheckEntry):
        rows = list(model._default_manager.filter(item__in=same).order_by("pk"))
        for row in rows:
            row.pk, row.item = None, same[row.item_id]
            row._state.adding = True
        carried += len(model._default_manager.bulk_create(rows))
    if carried:
        words = {"沿用检查": [0, carried]}
        record(
            AuditAction.UPDATE, made[0].standard, changes=words, reason="项目没有改，检查情况沿用"
        )


@transaction.atomic
def choose_standard(
    *, actor: User, place: Station | Region, kind: str, standard: Standard | None
) -> None:
    """Hold this place to another standard of the kind (九有 for 十有); None: to that of its type.

    What was checked under the other one stays. Raises StandardError.
    """
    region = place.region if isinstance(place, Station) else place
    if not is_county_office(actor, region):
        raise StandardError("改用哪个标准由县人大机关定。")
    # Reason for locking: two offices that choose at once would leave two standards of a kind.
    type(place)._default_manager.select_for_update(of=("self",)).order_by().get(pk=place.pk)
    if standard and (
        standard.kind != kind or not choices_for(place).filter(pk=standard.pk).exists()
    ):
        raise StandardError("这个标准不能指定给这里。")
    mine = {"station": place} if isinstance(place, Station) else {"region": place}
    held = StandardChoice.objects.filter(standard__kind=kind, standard__is_active=True, **mine)
    for choice in held.order_by("pk"):
        if standard is None or choice.standard_id != standard.pk:
            delete_recorded(choice, reason="改用别的标准")
    if standard and not held.filter(standard=standard).exists():
        save_recorded(StandardChoice(standard=standard, begins_on=timezone.localdate(), **mine))


def open_gaps(place: Station | Region, standard: Standard) -> list[Gap]:
    """Gaps of the place by this standard that nobody is putting right yet."""
    standing = Standing()
    if isinstance(place, Station):
        standards = standards_in_use()
        progress = standing.of_stations(Station.objects.filter(pk=place.pk), standards)
        under: dict[str, Station | Region | None] = {"station": place}
    else:
        standards = standards_in_use(StandardSubject.TOWN)
        progress = standing.of_towns(Region.objects.filter(pk=place.pk), standards)
        under = {"station": None, "region": place}
    rows = Rectification.objects.all().open().filter(**under)
    being_mended = set(rows.values_list("item", flat=True))
    mine = gaps_in(each for each in progress if each.standard == standard)
    return [gap for gap in mine if gap.line.item.pk not in being_mended]


@transaction.atomic
def mend_gaps(
    *,
    actor: User,
    place: Station | Region,
    standard: Standard,
    items: Collection[int],
    due_on: dt.date,
) -> list[Rectification]:
    """Make the chosen gaps things to be put right by a day, in one step (M24).

    Raises StandardError when one is no gap any more or is being put right already, FindingError.
    """
    if due_on < timezone.localdate():
        raise StandardError("整改期限不能早于今天。")
    gaps = {gap.line.item.pk: gap for gap in open_gaps(place, standard)}
    if not items or not set(items) <= set(gaps):
        raise StandardError("缺项刚有变化，或者已经在整改，请刷新页面再看。")
    where = {"station": place} if isinstance(place, Station) else {"region": place}
    return [
        open_finding(
            actor=actor, words=gaps[pk].words, due_on=due_on, item=gaps[pk].line.item, **where
        )
        for pk in sorted(items, key=lambda pk: gaps[pk].line.item.number)
    ]
