"""The hand-over meeting's list: one small form a row."""

from typing import Any

from django import forms

from congress_portal.core.models import Unit
from suggestions.forms.fields import held_on
from suggestions.models import Suggestion
from suggestions.selectors import UnitProposal
from suggestions.services import Assignment


class BatchForm(forms.Form):
    on = held_on("交办日期")


class RowForm(forms.Form):
    """Rows not ticked stay as they are; of a ticked one the lead unit must be named."""

    take = forms.BooleanField(label="交办这一件", required=False)
    lead = forms.ChoiceField(label="主办单位", required=False)
    assisting = forms.MultipleChoiceField(
        label="会办单位", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        data: Any,
        *,
        suggestion: Suggestion,
        proposals: list[UnitProposal],
        units: dict[int, Unit],
    ) -> None:
        self.suggestion, self.proposals, self.units = suggestion, proposals, units
        super().__init__(data, prefix=f"s{suggestion.pk}")
        choices = [(str(pk), str(unit)) for pk, unit in units.items()]
        self.fields["lead"].choices = [("", "请选择"), *choices]
        self.fields["assisting"].choices = choices
        self.initial = {"take": True, "lead": str(proposals[0].unit.pk) if proposals else ""}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("take") and not data.get("lead"):
            self.add_error("lead", "请选择主办单位，或不勾选这一件。")
        if data.get("lead") and data["lead"] in data.get("assisting", ()):
            self.add_error("assisting", "主办单位不能同时会办。")
        return data

    @property
    def assignment(self) -> Assignment | None:
        """None for a row that is not ticked."""
        data = self.cleaned_data
        if not data["take"]:
            return None
        assisting = tuple(self.units[int(pk)] for pk in data["assisting"])
        return Assignment(self.suggestion.pk, self.units[int(data["lead"])], assisting)
