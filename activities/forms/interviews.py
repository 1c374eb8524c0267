"""Forms of 约见: asked on the phone, arranged and concluded by the office."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from activities.forms.calling import SeenForm
from activities.forms.findings import KeyForm, units_for
from activities.models import Interview
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.models import Region, Unit
from congress_portal.core.periods import Period
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyNamesField
from deputies.models import Deputy


def congresses_of(deputy: Deputy) -> QuerySet[Region]:
    """Where the deputy sits today."""
    today = timezone.localdate()
    seats = deputy.mandates.in_force(Period(today, today, ""))
    return Region.objects.filter(pk__in=seats.values("region")).order_by("code")


class AskForm(KeyForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    unit = forms.ModelChoiceField(Unit.objects.none(), label="约见哪个单位", empty_label="请选择")
    subject = forms.CharField(
        label="约见事由", max_length=120, help_text="一句话，如 学校门口的交通安全。"
    )
    questions = WordsField("要问的问题", rows=4, longest=2000)
    wanted_on = DayField("希望哪一天", required=False)
    fellows = DeputyNamesField("一同约见的代表", required=False)
    region = forms.ModelChoiceField(
        Region.objects.none(), label="请哪里的人大安排", empty_label=None
    )

    def __init__(self, data: Any = None, *, deputy: Deputy, row: Interview | None = None) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units_for(row.unit if row else None)
        self.fields["region"].queryset = congresses_of(deputy)
        same = Deputy.objects.filter(town__code__startswith=deputy.town.code[:6])
        self.fields["fellows"].rows = same.exclude(pk=deputy.pk)
        self.fields["fellows"].near = (deputy.town.prefix,)
        if row:
            names = ("unit", "subject", "questions", "wanted_on", "region")
            self.initial.update({name: getattr(row, name) for name in names})
            fellows = row.fellows.select_related("town").order_by("pinyin", "pk")
            self.initial["fellows"] = "、".join(
                f"{each.name}（{each.town.name}）" for each in fellows
            )
            self.initial["seen"] = fingerprint(row)

    def clean_wanted_on(self) -> Any:
        day = self.cleaned_data["wanted_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("希望的日期不能早于今天。")
        return day

    @property
    def values(self) -> dict[str, Any]:
        return {k: v for k, v in self.cleaned_data.items() if k not in {"seen", "key"}}


class _StepForm(SeenForm):
    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ArrangeForm(_StepForm):
    arranged_on = DayField("哪一天")
    arranged_time = forms.TimeField(
        label="几点",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "请填写时间，如 09:30。"},
    )
    place = forms.CharField(label="地点", max_length=120)
    official = forms.CharField(
        label="出面的负责人", max_length=60, required=False, help_text="姓名和职务。"
    )

    def __init__(self, data: Any = None, *, row: Interview, **kw: Any) -> None:
        super().__init__(data, row=row, **kw)
        self.initial.update(
            arranged_on=row.arranged_on or row.wanted_on,
            arranged_time=row.arranged_time,
            place=row.place,
            official=row.official,
        )


class EndForm(_StepForm):
    reason = forms.CharField(label="原因", max_length=180)


class HoldForm(_StepForm):
    held_on = held_on("哪天约见的")
    official = forms.CharField(label="出面的负责人", max_length=60, required=False)
    outcome = WordsField("约见结果", help_text="答复了什么，答应了什么，什么时候办好。")

    def __init__(self, data: Any = None, *, row: Interview, **kw: Any) -> None:
        super().__init__(data, row=row, **kw)
        day, today = row.arranged_on, timezone.localdate()
        self.initial["held_on"] = min(day, today) if day else today
        self.initial["official"] = row.official
