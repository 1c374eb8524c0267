"""Forms of inquiries (专题询问)."""

from typing import Any

from django import forms

from activities.forms.calling import SeenForm
from activities.forms.findings import people_of, units_for
from activities.models import Activity, Question
from activities.services.questions import MOST_AT_ONCE
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.models import Unit
from deputies.fields import DeputyChoiceField
from deputies.models import Deputy


class QuestionForm(forms.Form):
    text = WordsField("问题", rows=2, longest=2000)
    asker = DeputyChoiceField(
        Deputy.objects.none(), label="提问代表", required=False, empty_label="没有记下"
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="应询单位", required=False, empty_label="没有定"
    )
    answered_by = forms.CharField(label="答复人", max_length=60, required=False)
    answer = WordsField("答复", rows=3, longest=5000, required=False)
    follow_up = forms.CharField(
        label="答应接着办的事",
        max_length=400,
        required=False,
        help_text="当场答应的事，写明做到什么。",
    )
    due_on = DayField("什么时候办好", required=False)

    def __init__(self, *args: Any, activity: Activity, unit: Unit | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["asker"].queryset = people_of(activity)
        self.fields["unit"].queryset = units_for(unit)


_QuestionFormSet = forms.formset_factory(
    QuestionForm, extra=3, max_num=MOST_AT_ONCE, validate_max=True
)


def questions_form(data: Any, activity: Activity) -> Any:
    return _QuestionFormSet(data, prefix="question", form_kwargs={"activity": activity})


def questions_in(formset: Any) -> list[dict[str, Any]]:
    return [form.cleaned_data for form in formset.forms if form.cleaned_data.get("text")]


class ChangeQuestionForm(QuestionForm):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, row: Question, **kw: Any) -> None:
        super().__init__(data, activity=row.activity, unit=row.unit, **kw)
        names = ("text", "asker", "unit", "answered_by", "answer", "follow_up", "due_on")
        initial = {name: getattr(row, name) for name in names}
        self.initial = {"seen": SeenForm(row=row).initial["seen"], **initial}
        if row.asker_id:
            rows = self.fields["asker"].queryset | Deputy.objects.filter(pk=row.asker_id).distinct()
            self.fields["asker"].queryset = rows

    @property
    def values(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return {"values": given}


class FinishForm(SeenForm):
    follow_up = forms.CharField(label="办得怎么样", max_length=400)
    on = held_on("哪天办好的")

    def __init__(self, data: Any = None, *, row: Question, **kw: Any) -> None:
        super().__init__(data, row=row, **kw)
        self.initial["follow_up"] = row.follow_up
        if row.done_on:
            self.initial["on"] = row.done_on

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
