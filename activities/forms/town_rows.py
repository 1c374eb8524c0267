"""What the forms of the towns' registers share: fields from the model, choices by scope."""

import copy
import uuid
from typing import Any, cast

from django import forms
from django.db import models

from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.models import User
from congress_portal.core.stale import fingerprint
from congress_portal.core.uploads import PaperField

_CARRIED = frozenset({"key", "seen"})
_PAST = frozenset({"held_on", "spent_on", "adopted_on", "published_on", "done_on"})


def town_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Days, long texts and papers as everywhere in the portal; the rest as Django makes it."""
    label, needed = str(field.verbose_name), not field.blank
    told = {"required": needed, "help_text": field.help_text}
    if isinstance(field, models.DateField):
        return DayField(label, past=field.name in _PAST, **told)
    if isinstance(field, models.FileField):
        return PaperField(label, required=needed)
    if isinstance(field, models.TextField):
        return WordsField(label, rows=4, longest=20_000, **told)
    return field.formfield(**kwargs)


def _left_to_the_service(exclude: Any = None) -> None:
    """The form's own instance is thrown away; Django would ask its constraints before ``keep``."""


class RowForm(forms.ModelForm):
    """A blank form's number (``key``) and, for a change, what it was made from (``seen``).

    The service checks uniqueness and constraints: a form sent twice must reach it.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, row: Any = None, **given: Any
    ) -> None:
        super().__init__(data, files, instance=copy.copy(row), initial=given)
        self.user = user
        cast("Any", self.instance).validate_constraints = _left_to_the_service
        if row:
            self.initial["seen"] = fingerprint(row)
        else:
            self.initial.setdefault("key", uuid.uuid4())
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.required:
                field.empty_label = None
        self.narrow(row)

    def narrow(self, row: Any) -> None:
        """Leave of each choice what the person may choose; ``row`` is what is changed."""

    def choose(self, name: str, rows: models.QuerySet[Any], empty: str = "") -> None:
        field = cast("forms.ModelChoiceField", self.fields[name])
        field.queryset = rows
        if empty:
            field.empty_label = empty

    def validate_unique(self) -> None:
        """Left to the service."""

    @property
    def values(self) -> dict[str, Any]:
        return {name: v for name, v in self.cleaned_data.items() if name not in _CARRIED}
