"""履职保障: to whom letters go, a line of the ledger, the ledger's filters."""

import uuid
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from activities.enums import Answer, SupportKind
from activities.models import Invitation, SupportItem
from congress_portal.core.fields import held_on
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import Region, User
from congress_portal.core.periods import Period
from deputies.fields import DeputyNamesField
from deputies.models import Deputy


class LettersForm(forms.Form):
    """One line for each on the list: a tick, and the employer to whom the letter goes."""

    def __init__(
        self,
        data: Any = None,
        *,
        rows: list[Invitation],
        issued: dict[int, SupportItem],
        drafts: dict[int, str],
    ) -> None:
        super().__init__(data)
        self.rows, self.issued = rows, issued
        for row in rows:
            pk = row.deputy_id
            if pk in issued:
                continue
            self.fields[f"unit_{pk}"] = forms.CharField(
                label=f"{row.deputy.name}的单位",
                max_length=120,
                required=False,
                initial=drafts.get(pk, ""),
            )
            self.fields[f"tick_{pk}"] = forms.BooleanField(
                label=row.deputy.name,
                required=False,
                initial=bool(drafts.get(pk)) and row.answer == Answer.ACCEPTED,
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "item": self.issued.get(row.deputy_id),
                "tick": None if row.deputy_id in self.issued else self[f"tick_{row.deputy_id}"],
                "unit": None if row.deputy_id in self.issued else self[f"unit_{row.deputy_id}"],
            }
            for row in self.rows
        ]

    @property
    def addressed(self) -> dict[int, str]:
        """Deputy to employer, for the ticked lines."""
        given = self.cleaned_data
        return {
            row.deputy_id: given[f"unit_{row.deputy_id}"]
            for row in self.rows
            if given.get(f"tick_{row.deputy_id}")
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.rows:
            pk = row.deputy_id
            if cleaned.get(f"tick_{pk}") and not cleaned.get(f"unit_{pk}"):
                self.add_error(f"unit_{pk}", "勾选了发函，请填写收函单位。")
        return cleaned


class SupportForm(forms.Form):
    deputy = DeputyNamesField("代表", help_text="写姓名；同名的加镇名，如 张伟（云溪镇）。")
    kind = forms.ChoiceField(
        label="种类",
        choices=[each for each in SupportKind.choices if each[0] != SupportKind.LETTER],
        widget=forms.RadioSelect,
    )
    held_on = held_on()
    detail = forms.CharField(label="给了什么", max_length=200)
    amount = forms.DecimalField(
        label="金额（元）",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text="误工补贴要填。",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        field = cast("DeputyNamesField", self.fields["deputy"])
        field.rows = Deputy.objects.editable_by(user)
        field.near = user.scope.write_prefixes
        self.initial = {"key": uuid.uuid4()}

    def clean_deputy(self) -> Deputy:
        found: list[Deputy] = self.cleaned_data["deputy"]
        if len(found) != 1:
            raise forms.ValidationError("一次写一位代表。")
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == SupportKind.SUBSIDY and cleaned.get("amount") is None:
            self.add_error("amount", "误工补贴请填写金额。")
        return cleaned


class SupportFilter(ListFilter):
    q = forms.CharField(label="代表姓名", required=False, max_length=40)
    period = PeriodField()
    town = TownField()
    kind = forms.ChoiceField(
        label="种类", required=False, choices=[("", "全部"), *SupportKind.choices]
    )
    deputy = forms.ModelChoiceField(None, label="代表", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("Any", self.fields["deputy"]).queryset = Deputy.objects.visible_to(self.user)

    def by_q(self, rows: QuerySet[SupportItem], words: str) -> QuerySet[SupportItem]:
        return rows.filter(deputy__in=Deputy.objects.search(words))

    def by_period(self, rows: Any, period: Period) -> Any:
        return rows.in_period(period)

    def by_town(self, rows: QuerySet[SupportItem], town: Region) -> QuerySet[SupportItem]:
        return rows.filter(deputy__town=town)

    def by_kind(self, rows: QuerySet[SupportItem], kind: str) -> QuerySet[SupportItem]:
        return rows.filter(kind=kind)

    def by_deputy(self, rows: QuerySet[SupportItem], deputy: Deputy) -> QuerySet[SupportItem]:
        return rows.filter(deputy=deputy)
