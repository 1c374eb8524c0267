"""Fields that the workflow's forms share."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import DayField, WordsField, held_on, yes_no
from congress_portal.core.models import DictionaryEntry, Unit, User
from congress_portal.core.periods import Period
from deputies.fields import DeputyNamesField
from deputies.models import Deputy
from suggestions.models import Handling, Suggestion

__all__ = [
    "DayField",
    "DeputyNamesField",
    "StepForm",
    "WordsField",
    "class_field",
    "colleagues_of",
    "comment_field",
    "held_on",
    "unit_field",
    "units_field",
    "yes_no",
]


def comment_field(*, required: bool = True, label: str = "理由") -> WordsField:
    return WordsField(label, rows=3, longest=900, required=required)


def unit_field(label: str, **kwargs: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Unit.objects.active(), label=label, empty_label="请选择", **kwargs
    )


def units_field(label: str, **kwargs: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        Unit.objects.active(),
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )


def class_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.REPLY_CLASS).active(),
        label="办理结果",
        widget=forms.RadioSelect,
        empty_label=None,
    )


def colleagues_of(suggestion: Suggestion) -> QuerySet[Deputy]:
    """Deputies in office of the congress the suggestion goes to; their names are public."""
    today = timezone.localdate()
    rows = Deputy.objects.filter(mandates__region=suggestion.region)
    return rows.in_office(Period(today, today, "")).select_related("town").distinct()


class StepForm(forms.Form):
    """Base of the workflow's forms: they know the case, the part and the person.

    ``seen`` is the state that the page showed; a step on anything newer is refused and told.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        suggestion: Suggestion,
        part: Handling | None = None,
        auto_id: str = "id_%s",
    ) -> None:
        self.user, self.suggestion, self.handling = user, suggestion, part
        super().__init__(data, files, auto_id=auto_id)
        self.initial["seen"] = part.state if part else suggestion.state
        self.prepare()

    def prepare(self) -> None:
        """Querysets and initial values that depend on the case."""

    @property
    def part(self) -> Handling:
        if self.handling is None:
            raise TypeError("this form belongs to a unit's part")
        return self.handling

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class PlainForm(StepForm):
    """A step that asks nothing."""


class CommentForm(StepForm):
    comment = comment_field()


class NoteForm(StepForm):
    comment = comment_field(required=False, label="说明")
