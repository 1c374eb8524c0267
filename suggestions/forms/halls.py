"""Forms of the people's halls."""

import uuid
from typing import Any

from django import forms

from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.models import DictionaryEntry, Unit, User
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyChoiceField, DeputyNamesField
from deputies.models import Deputy
from stations.models import Station
from stations.selectors.posted import deputies_near
from suggestions.enums import Speaker
from suggestions.models import Hall, HallTask, HallView


def _unit(label: str) -> forms.ModelChoiceField:
    rows = Unit.objects.all()
    return forms.ModelChoiceField(rows, label=label, required=False, empty_label="不填")


class HallForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    topic = forms.CharField(label="议题", max_length=100, help_text="如 老旧小区加装电梯怎么办。")
    held_on = held_on("哪天议的")
    station = forms.ModelChoiceField(
        Station.objects.none(), label="在哪个家站", required=False, empty_label="不在家站"
    )
    place = forms.CharField(label="地点", max_length=120, required=False)
    deputies = DeputyNamesField("参加代表")
    observers = forms.CharField(
        label="参加的选民、单位", max_length=200, required=False,
        help_text="单位写名称，选民写人数，如 县住建局、选民 12 人。",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        station: Any = self.fields["station"]
        station.queryset = Station.objects.editable_by(user).active()
        names: Any = self.fields["deputies"]
        names.rows, names.near = deputies_near(user), user.scope.write_prefixes


class ViewForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    speaker = forms.ChoiceField(label="谁的意见", choices=Speaker.choices)
    deputy = DeputyChoiceField(
        Deputy.objects.none(), label="哪位代表", required=False, empty_label="不是代表"
    )
    unit = _unit("哪个单位")
    voter_name = forms.CharField(
        label="选民姓名", max_length=40, required=False,
        help_text="本人同意才填；不填的写作 选民（第3条意见）。",
    )  # fmt: skip
    has_consent = forms.BooleanField(label="本人同意留下姓名", required=False)
    words = WordsField("意见", rows=4, longest=2000)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()
        deputy: Any = self.fields["deputy"]
        deputy.queryset = hall.activity.deputies.all()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        speaker = data.get("speaker")
        for name, words in (("deputy", "代表"), ("unit", "单位")):
            if speaker == name and not data.get(name) and name not in self.errors:
                self.add_error(name, f"{words}的意见，请选是哪个{words}。")
            if speaker != name:
                data[name] = None
        if speaker != Speaker.VOTER:
            data["voter_name"], data["has_consent"] = "", False
        if data.get("voter_name") and not data.get("has_consent"):
            self.add_error("voter_name", "选民同意，才能留下姓名。")
        return data

    @property
    def given(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return {"key": values.pop("key"), "values": values}


class ConcludeForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    topic = forms.CharField(label="议题", max_length=120)
    conclusion = WordsField("议定事项", rows=5, longest=5000, required=False)
    concluded_on = DayField("议定日期", past=True, required=False)
    is_published = forms.BooleanField(
        label="在公开网页公布议题和议定事项", required=False,
        help_text="意见和发言人不公布。",
    )  # fmt: skip

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("topic", "conclusion", "concluded_on", "is_published"):
            self.initial[name] = getattr(hall, name)
        self.initial["seen"] = fingerprint(hall)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if bool(data.get("conclusion")) != bool(data.get("concluded_on")):
            name = "concluded_on" if data.get("conclusion") else "conclusion"
            if name not in self.errors:
                self.add_error(name, "议定事项和议定日期要一起填。")
        return data

    @property
    def given(self) -> dict[str, Any]:
        return self.cleaned_data


class TaskForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.CharField(label="要办的事", max_length=200)
    unit = _unit("责任单位")
    owner = forms.CharField(label="责任人", max_length=60, required=False)
    due_on = DayField("办理时限", coming=True)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = uuid.uuid4()

    @property
    def given(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return {"key": values.pop("key"), "values": values}


class DoneForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    done_on = held_on("哪天办成的")
    result = WordsField("办理结果", rows=3, longest=400)

    def __init__(self, *args: Any, task: HallTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = fingerprint(task)


class PassOnForm(forms.Form):
    """问题 → 责任单位 → 对策: what the voice says, and what is to be done by when."""

    matter = WordsField("反映问题", rows=4, longest=2000)
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="问题类别", required=False, empty_label="不填"
    )
    unit = _unit("责任单位")
    measure = forms.CharField(label="对策措施", max_length=200, required=False)
    due_on = DayField("办理时限", coming=True, required=False)

    def __init__(self, *args: Any, view: HallView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["field"]
        field.queryset = DictionaryEntry.objects.of(Dictionary.FIELD).active()
        self.initial.update(matter=view.words, unit=view.unit_id)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("measure"):
            for name, words in (("unit", "责任单位"), ("due_on", "办理时限")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"写了对策措施，要填{words}。")
        return data
