"""Forms of the page on which paper forms are numbered."""

import uuid
from typing import Any

from django import forms

from activities.enums import SheetKind
from activities.selectors.sheets import places_with_sheets
from congress_portal.core.models import Region, User


class SheetsForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label="哪种表", choices=SheetKind.choices, widget=forms.RadioSelect, initial=SheetKind.VISIT
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label="哪个镇（街道）", empty_label="请选择"
    )
    count = forms.IntegerField(label="几张", min_value=1, max_value=50, initial=10)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        places = places_with_sheets(user)
        self.fields["region"].queryset = places  # type: ignore[attr-defined]
        self.initial = {"key": uuid.uuid4(), "kind": SheetKind.VISIT, "count": 10}
        if len(found := list(places[:2])) == 1:
            self.initial["region"] = found[0].pk


class VoidForm(forms.Form):
    reason = forms.CharField(label="为什么作废", max_length=80, help_text="如：填坏了。")
