"""Fields that the workflow's forms share."""

import datetime as dt
import re
import uuid
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.models import DictionaryEntry, Unit, User
from congress_portal.core.periods import Period
from congress_portal.core.text import printable
from deputies.models import Deputy
from suggestions.models import Handling, Suggestion
from suggestions.services.steps import who_was_it
from suggestions.services.taking import seen_of

_BETWEEN = re.compile(r"[、，,；;\s]+")
_WITH_TOWN = re.compile(r"^(.+?)[（(](.+?)[)）]$")


class DayField(forms.DateField):
    """A day; ``past`` refuses days after today (what has not been cannot be entered)."""

    def __init__(self, label: str, *, past: bool = False, **kwargs: Any) -> None:
        self.past = past
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        faults = {"invalid": "请填写日期，如 2026-09-03。"}
        super().__init__(label=label, widget=widget, error_messages=faults, **kwargs)

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day and self.past and day > timezone.localdate():
            raise forms.ValidationError("日期不能晚于今天。")
        if day and not 2000 <= day.year <= 2100:
            raise forms.ValidationError("请核对日期的年份。")
        return day


def held_on(label: str = "哪一天") -> DayField:
    """A day that has been, today unless changed."""
    return DayField(label, past=True, initial=timezone.localdate)


class WordsField(forms.CharField):
    def __init__(self, label: str, *, rows: int = 4, longest: int = 5000, **kwargs: Any) -> None:
        area = forms.Textarea(attrs={"rows": rows})
        super().__init__(label=label, max_length=longest, widget=area, **kwargs)

    def to_python(self, value: Any) -> str:
        """Control marks that came with a paste are dropped."""
        text: str = super().to_python(printable(value) if isinstance(value, str) else value) or ""
        return text


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


def yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class DeputyNamesField(forms.CharField):
    """Names of deputies in one line, for pages on which a list of 200 would be no help.

    ``rows`` is set by the form. Two of one name are told apart by the town: 张伟（云溪镇）.
    """

    rows: QuerySet[Deputy] = Deputy.objects.none()

    def __init__(self, label: str, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "写姓名，用顿号分开；同名的加镇名，如 张伟（云溪镇）。")
        super().__init__(label=label, max_length=600, **kwargs)

    def clean(self, value: Any) -> list[Deputy]:  # type: ignore[override]
        text = super().clean(value)
        found: dict[int, Deputy] = {}
        for name in filter(None, _BETWEEN.split(text)):
            deputy = self._one(name)
            found[deputy.pk] = deputy
        return list(found.values())

    def _one(self, words: str) -> Deputy:
        match = _WITH_TOWN.match(words)
        name, town = (match[1], match[2]) if match else (words, "")
        rows = self.rows.filter(name=name)
        if town:
            rows = rows.filter(town__name=town)
        found = list(rows[:2])
        if not found:
            raise forms.ValidationError(f"没有找到代表「{words}」。")
        if len(found) > 1:
            raise forms.ValidationError(f"有几位代表叫「{name}」，请加镇名，如 {name}（云溪镇）。")
        return found[0]


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
