"""The term summaries of all deputies of a term, in the background (M112)."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.batches.registry import ItemOrder, Order
from congress_portal.core.documents.pdf import render_html, render_pdf
from congress_portal.core.errors import DomainError
from congress_portal.core.listing import TownField
from congress_portal.core.models import Batch, BatchItem, Region, User
from congress_portal.desk.registers.duty_files import DutyFiles
from congress_portal.desk.registers.selectors.composition import terms_with_deputies
from congress_portal.desk.registers.selectors.summary import term_summary
from congress_portal.evaluations.output import file_name
from deputies.models import Deputy, Mandate, Term
from deputies.selectors import with_seats


class TermFilesForm(forms.Form):
    term = forms.ModelChoiceField(Term.objects.none(), label="届次", empty_label=None)
    town = TownField()
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User, term: Term | None, key: uuid.UUID) -> None:
        super().__init__(data, initial={"key": key, "term": term})
        self.fields["term"].queryset = terms_with_deputies(user)  # type: ignore[attr-defined]
        towns = Region.objects.towns().in_scope_of_reader(user)
        if len(towns) > 1:
            self.fields["town"].queryset = towns  # type: ignore[attr-defined]
        else:
            del self.fields["town"]


class TermSummaries(DutyFiles):
    code = "term_summaries"

    def make(self, batch: Batch, item: BatchItem) -> bytes:
        rows = with_seats(Deputy.objects.visible_to(batch.actor)).select_related("town__parent")
        deputy = rows.prefetch_related("expertise").filter(pk=int(item.key)).first()
        term = Term.objects.filter(pk=batch.arguments["term"]).first()
        if deputy is None or term is None:
            raise DomainError("这位代表已删除，或已不在您能查看的范围内。")
        if not any(mandate.term_id == term.pk for mandate in deputy.mandates.all()):
            raise DomainError("这位代表在这一届已没有任职的登记。")
        day = timezone.localdate(batch.created_at)
        return render_pdf(render_html(term_summary(deputy, term, reader=batch.actor, today=day)))


def term_files_order(term: Term, town: Region | None, user: User) -> Order:
    """Everyone who held a seat in the term and whom the person may see; ``town`` narrows."""
    held = Mandate.objects.visible_to(user).filter(term=term)
    rows = Deputy.objects.visible_to(user).filter(pk__in=held.values("deputy"))
    if town:
        rows = rows.filter(town=town)
    found = rows.order_by("town__code", "pk").values_list("pk", "name", "town__name")
    where = town.name if town else "全部"
    return Order(
        TermSummaries.code,
        title=f"{term}履职总结（{where}）",
        file_name=file_name(f"{term}履职总结", where),
        items=[
            ItemOrder(
                str(pk),
                f"{name}（{home}）",
                f"{file_name(home)}/{file_name(f'{name}代表{term}履职总结')}.pdf",
            )
            for pk, name, home in found
        ],
        arguments={"term": term.pk, "town": town.code if town else ""},
    )
