"""Forms of what has to be put right."""

from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.listing import ListFilter, TownField
from congress_portal.core.models import Region, User
from congress_portal.core.photos import PhotoField
from stations.enums import RectificationState
from stations.models import Rectification, Station
from stations.workflow import Step


class FindingFilter(ListFilter):
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), ("overdue", "■ 已逾期"), *RectificationState.choices],
    )
    town = TownField()
    q = forms.CharField(label="家站、问题", required=False, max_length=40)

    def by_state(self, rows: Any, state: str) -> Any:
        if state == "overdue":
            return rows.overdue(timezone.localdate())
        rows = rows.filter(state=state)
        if state == RectificationState.OPEN:  # those past their day are a choice of their own
            return rows.filter(due_on__gte=timezone.localdate())
        return rows

    def by_town(self, rows: Any, town: Region) -> Any:
        return rows.filter(region=town)

    def by_q(self, rows: Any, words: str) -> Any:
        return rows.filter(words__icontains=words) | rows.filter(station__name__icontains=words)


class FindingForm(forms.Form):
    """Of a station or of a town as such."""

    station = forms.ModelChoiceField(
        Station.objects.none(), label="家站", required=False, empty_label="镇（街道）本身的问题"
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label="镇（街道）", required=False, empty_label="按家站所属"
    )
    words = WordsField("问题", rows=2, longest=200)
    due_on = DayField("整改期限")

    def __init__(self, data: Any = None, *, user: User, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        stations = Station.objects.editable_by(user).active()
        self.fields["station"].queryset = stations.order_by("region__code", "number")
        levels = (RegionLevel.COUNTY, *TOWN_LEVELS)
        towns = Region.objects.editable_by(user).filter(level__in=levels)
        self.fields["region"].queryset = towns.order_by("code")

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError("整改期限不能早于今天。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("station") and not data.get("region"):
            self.add_error("station", "请选家站，或者选镇（街道）。")
        return data


class FindingStepForm(forms.Form):
    """``new_due_on`` where the step may set a later day."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=20)
    words = WordsField("情况", rows=3, longest=400)
    new_due_on = DayField("新的期限")
    photo = PhotoField()

    def __init__(
        self, data: Any = None, files: Any = None, *, step: Step, finding: Rectification
    ) -> None:
        super().__init__(data, files)
        self.initial["seen"] = finding.state
        if step in (Step.REPORT, Step.PASS):
            del self.fields["new_due_on"]
        elif step == Step.FAIL:
            self.fields["new_due_on"].required = False
        if step == Step.EXTEND:
            del self.fields["photo"]
