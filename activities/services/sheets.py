"""Numbering paper forms, entering from them, and taking spoilt ones away (M119)."""

import re
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from activities.enums import SheetKind
from activities.models import EntrySheet
from activities.selectors.corrections import mark_of
from congress_portal.core.audit import record, save_recorded
from congress_portal.core.enums import AuditAction
from congress_portal.core.errors import DomainError
from congress_portal.core.models import Region, User
from congress_portal.core.submissions import claim, found_by
from deputies.models import Deputy

M = TypeVar("M", bound=models.Model)

_MOST_SHEETS = 50
_NUMBER = re.compile(r"^(\d{4})\s*-\s*0*(\d{1,6})$")


class SheetError(DomainError):
    """The form cannot be numbered, used or taken away."""


@transaction.atomic
def give_sheets(
    *, actor: User, region: Region, kind: str, count: int, key: uuid.UUID | None = None
) -> list[EntrySheet]:
    """Number blank forms that are about to be printed; the same ``key`` gives the same.

    Raises SheetError.
    """
    if not 1 <= count <= _MOST_SHEETS:
        raise SheetError(f"一次打印 1 至 {_MOST_SHEETS} 张。")
    if not actor.scope.may_write_code(region.code):
        raise SheetError(f"{region}的登记表由那里的人大工作人员编号。")
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    if done := found_by(key, actor=actor, model=EntrySheet):
        return batch_of(EntrySheet.objects.get(pk=done))
    now, year = timezone.now(), timezone.localdate().year
    series = EntrySheet.objects.filter(region=region, year=year)
    last = series.aggregate(last=Max("serial"))["last"] or 0
    EntrySheet.objects.bulk_create(
        EntrySheet(
            region=region, year=year, serial=last + n, kind=SheetKind(kind), printed_at=now,
            printed_by=actor,
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    first = series.get(serial=last + 1)
    claim(key, actor=actor, row=first)
    record(AuditAction.CREATE, first, changes={"sheets": [None, count]})
    return batch_of(first)


def batch_of(first: EntrySheet) -> list[EntrySheet]:
    """From this form on, those that were numbered together."""
    same = {"region": first.region_id, "kind": first.kind, "printed_at": first.printed_at}
    rows = EntrySheet.objects.filter(**same, serial__gte=first.serial)
    return list(rows.select_related("region").order_by("serial"))


def enter_from_sheet(
    save: Callable[..., M], *, actor: User, deputy: Deputy, kind: str, number: str, **given: Any
) -> M:
    """The record that ``save`` makes, tied to the paper form; both or neither.

    An empty ``number``: entered without a form. Raises ValidationError at ``paper``, and what
    ``save`` raises.
    """
    with transaction.atomic():
        if not number:
            return save(actor=actor, deputy=deputy, **given)
        sheet = _locked(deputy, number)
        made = save(actor=actor, deputy=deputy, **given)
        _use(sheet, actor, deputy, kind, made)
        return made


def _locked(deputy: Deputy, number: str) -> EntrySheet:
    match = _NUMBER.match(number.strip())
    if not match:
        raise ValidationError({"paper": "请照表上印的编号填，如 2026-0012。"})
    rows = EntrySheet.objects.select_for_update(of=("self",)).select_related("region")
    found = rows.filter(region=deputy.town_id, year=int(match[1]), serial=int(match[2])).first()
    if found is None:
        raise ValidationError({"paper": f"{deputy.town}没有编号 {number.strip()} 的登记表。"})
    return found


def _use(sheet: EntrySheet, actor: User, deputy: Deputy, kind: str, made: models.Model) -> None:
    mark = mark_of(made)
    if sheet.mark == mark:  # the same form sent twice
        return
    if sheet.void_reason:
        raise ValidationError({"paper": f"这张表已作废：{sheet.void_reason}。"})
    if sheet.mark:
        raise ValidationError({"paper": "这张表已经录过，请核对编号。"})
    if sheet.kind != kind:
        raise ValidationError({"paper": f"这个编号是「{sheet.get_kind_display()}」的登记表。"})
    sheet.mark, sheet.deputy = mark, deputy
    sheet.used_at, sheet.used_by = timezone.now(), actor
    save_recorded(sheet)


@transaction.atomic
def void_sheet(*, actor: User, sheet_pk: int, reason: str) -> EntrySheet:
    """A spoilt or lost form keeps its number and says why. Raises SheetError."""
    rows = EntrySheet.objects.editable_by(actor).select_for_update(of=("self",))
    row: EntrySheet | None = rows.select_related("region").filter(pk=sheet_pk).first()
    if row is None:
        raise SheetError("没有这张登记表。")
    if row.mark or row.void_reason:
        raise SheetError("这张登记表已经录过或作废。")
    if not reason.strip():
        raise SheetError("请写明作废的原因。")
    row.void_reason = reason.strip()
    save_recorded(row)
    return row
