"""The work list's own form: ticked rows, each with the fingerprint that the page showed."""

import re
from typing import Any

from django import forms

from congress_portal.core.models import Region, User
from congress_portal.core.models.record import Record
from congress_portal.core.stale import fingerprint

_MARK = re.compile(r"^(\d{1,18})-([0-9a-f]{64})$")


def mark_of(row: Record) -> str:
    """What a tick box carries: which row, and in which state it was seen."""
    return f"{row.pk}-{fingerprint(row)}"


class CheckForm(forms.Form):
    VERIFY, REFUSE = "verify", "refuse"

    do = forms.ChoiceField(choices=[(VERIFY, "核实"), (REFUSE, "退回")])
    reason = forms.CharField(label="未通过的原因", max_length=200, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.marks = data.getlist("rows")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = [_MARK.match(mark) for mark in self.marks]
        cleaned["rows"] = [(int(match[1]), match[2]) for match in found if match]
        if not cleaned["rows"] or len(cleaned["rows"]) != len(found):
            raise forms.ValidationError("请先勾选要核实的记录。")
        if cleaned.get("do") == self.REFUSE and not cleaned.get("reason", "").strip():
            self.add_error("reason", "请写明未通过的原因，录入人会看到。")
        return cleaned


class PlaceForm(forms.Form):
    """Which town's records are shown; the whole scope without it."""

    town = forms.ModelChoiceField(
        Region.objects.none(), label="镇（街道）", required=False, empty_label="全部"
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["town"].queryset = Region.objects.towns().in_scope_of_reader(user)

    @property
    def town_chosen(self) -> Region | None:
        return self.cleaned_data.get("town") if self.is_valid() else None
