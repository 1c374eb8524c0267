"""The duty files of all deputies of a year (履职档案), in the background, one file a deputy."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.batches.registry import ItemOrder, Order
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import TownField
from congress_portal.core.models import Batch, BatchItem, Region, User
from congress_portal.core.periods import year as year_period
from congress_portal.desk.registers.selectors.file import duty_file
from congress_portal.evaluations.output import file_name
from deputies.models import Deputy, Term
from deputies.selectors import with_seats

_MOST_YEARS = 15


class DutyFilesForm(forms.Form):
    """A reader of one town is not asked for the town."""

    year = forms.ChoiceField(label="年度")
    town = TownField()
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User, today: dt.date, key: uuid.UUID) -> None:
        super().__init__(data, initial={"key": key})
        first = Term.objects.order_by("begins_on").values_list("begins_on", flat=True).first()
        oldest = max(min(first.year if first else today.year, today.year), today.year - _MOST_YEARS)
        years = [(str(n), f"{n}年") for n in range(today.year, oldest - 1, -1)]
        self.fields["year"].choices = years  # type: ignore[attr-defined]
        towns = Region.objects.towns().in_scope_of_reader(user)
        if len(towns) > 1:
            self.fields["town"].queryset = towns  # type: ignore[attr-defined]
        else:
            del self.fields["town"]


class DutyFiles:
    code = "duty_files"

    def make(self, batch: Batch, item: BatchItem) -> bytes:
        rows = with_seats(Deputy.objects.visible_to(batch.actor)).select_related("town__parent")
        deputy = rows.prefetch_related("expertise").filter(pk=int(item.key)).first()
        if deputy is None:
            raise DomainError("这位代表已删除，或已不在您能查看的范围内。")
        file = duty_file(
            deputy,
            batch.arguments["year"],
            reader=batch.actor,
            today=timezone.localdate(batch.created_at),
            verified_only=True,
        )
        return render_pdf(render_html(file))

    def may_take(self, batch: Batch, user: User) -> bool:
        wanted = {int(key) for key in batch.items.values_list("key", flat=True)}
        rows = Deputy.objects.filter(pk__in=wanted)
        hidden = rows.exclude(pk__in=Deputy.objects.visible_to(user).filter(pk__in=wanted))
        return not hidden.exists()


def duty_files_order(year: int, town: Region | None, user: User) -> Order:
    """Everyone with a mandate in the year whom the person may see; ``town`` narrows."""
    rows = Deputy.objects.visible_to(user).in_office(year_period(year))
    if town:
        rows = rows.filter(town=town)
    found = rows.order_by("town__code", "pk").values_list("pk", "name", "town__name")
    where = town.name if town else "全部"
    return Order(
        DutyFiles.code,
        title=f"{year}年履职档案（{where}）",
        file_name=file_name(f"{year}年履职档案", where),
        items=[
            ItemOrder(
                str(pk),
                f"{name}（{home}）",
                f"{file_name(home)}/{file_name(f'{name}代表{year}年履职档案')}.pdf",
            )
            for pk, name, home in found
        ],
        arguments={"year": year, "town": town.code if town else ""},
    )
