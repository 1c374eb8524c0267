"""Fields that the workflow's forms share."""

import uuid
from typing import Any, ClassVar

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
from suggestions.services.steps import who_was_it
from suggestions.services.taking import seen_of

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

    ``seen`` is the digest of what the page showed, ``key`` the form's own name (see
    ``services.taking``). A form that only adds a line watches nothing.
    """

    watches: ClassVar[bool] = True

    seen = forms.CharField(
        widget=forms.HiddenInput,
        max_length=64,
        error_messages={"required": "请从建议的页面进入这一步。"},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

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
        self.initial["key"] = uuid.uuid4()
        if self.watches:
            self.initial["seen"] = seen_of(suggestion, part)
        else:
            self.fields["seen"].required = False
        self.prepare()

    def prepare(self) -> None:
        """Querysets and initial values that depend on the case."""

    def offer_rows(self, name: str, rows: QuerySet[Any], gone: str) -> None:
        """Choices that another officer may take away meanwhile; then one is told by whom."""
        self.fields[name].queryset = rows
        self.fields[name].error_messages["invalid_choice"] = (
            f"{gone}{who_was_it(self.suggestion)}请核对现在的情况。"
        )

    @property
    def part(self) -> Handling:
        if self.handling is None:
            raise TypeError("this form belongs to a unit's part")
        return self.handling

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name not in _CARRIED}

    @property
    def carried(self) -> dict[str, Any]:
        """What ``take_step`` takes."""
        return {name: self.cleaned_data[name] for name in _CARRIED}

    def renew(self) -> None:
        """After a warning: what is sent now was seen with the newer facts."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = self.initial["seen"]
        self.data = data


_CARRIED = ("seen", "key")


class PlainForm(StepForm):
    """A step that asks nothing."""


class CommentForm(StepForm):
    comment = comment_field()


class NoteForm(StepForm):
    comment = comment_field(required=False, label="说明")
