"""Forms of the rota: drawing up, rules for many stations, single changes, swaps, absences."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.fields import DayField
from congress_portal.core.models import Region, User
from deputies.models import Deputy
from stations.enums import DutyState, HolidayShift, RulePattern
from stations.models import RotaDuty, RotaRule, RotaSlot, Station, Unavailability
from stations.selectors.rota import candidates_for


def _places(user: User) -> QuerySet[Region]:
    """Where the person may draw up rotas: towns, and the county for its own stations."""
    rows = Region.objects.editable_by(user).filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS))
    return rows.filter(stations__isnull=False).distinct().order_by("code")


class RotaForm(forms.Form):
    """``regions``: one rota each, so that a county can plan all its towns at once."""

    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(),
        label="给哪里的家站编排",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选至少一个镇（街道）。"},
    )
    first_on = DayField("从哪一天")
    last_on = DayField("到哪一天")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        places = _places(user)
        cast("forms.ModelMultipleChoiceField", self.fields["regions"]).queryset = places
        first = (timezone.localdate().replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        last = first.replace(year=first.year + 1) - dt.timedelta(days=1)
        self.initial.update(first_on=first, last_on=last)
        if len(places) == 1:
            self.initial["regions"] = list(places)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", "结束日期不能早于开始日期。")
        return data


class RuleForm(forms.ModelForm):
    """One rule for as many stations as are ticked."""

    stations = forms.ModelMultipleChoiceField(
        Station.objects.none(),
        label="用于哪些家站",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请勾选至少一个家站。"},
    )

    class Meta:
        model = RotaRule
        fields = (
            "pattern", "interval", "months", "day_of_month", "week_of_month", "weekday",
            "begins_on", "ends_on", "starts_at", "ends_at", "holiday_shift", "deputies_needed",
            "level_needed", "notice_days", "source",
        )  # fmt: skip
        widgets = {
            "begins_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "ends_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "starts_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "ends_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        rows = Station.objects.editable_by(user).active().order_by("number")
        cast("forms.ModelMultipleChoiceField", self.fields["stations"]).queryset = rows
        self.order_fields(["stations", *self.Meta.fields])
        self.initial["begins_on"] = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        """A market stands on its own days, whatever the calendar says."""
        cleaned = super().clean() or {}
        moved = cleaned.get("holiday_shift") in (HolidayShift.NEXT, HolidayShift.PREVIOUS)
        if cleaned.get("pattern") == RulePattern.CYCLE and moved:
            told = "圩日不能挪到别的日子，请选「照常」或者「取消这一次」。"
            self.add_error("holiday_shift", told)
        return cleaned


class DeputyChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return self.words.get(obj.pk, str(obj))

    words: dict[int, str] = {}


class ReplaceForm(forms.Form):
    """Who stands in; the least loaded of those who can come stands first."""

    deputy = DeputyChoice(
        Deputy.objects.none(), label="由谁值班", required=False, empty_label="暂时空着"
    )
    reason = forms.CharField(label="原因", required=False, max_length=120)

    def __init__(self, data: Any = None, *, slot: RotaSlot, is_new: bool = False) -> None:
        super().__init__(data)
        field = cast("DeputyChoice", self.fields["deputy"])
        self.candidates = candidates_for(slot)
        able = [row for row in self.candidates if not row.why_not]
        field.queryset = Deputy.objects.filter(pk__in=[row.deputy.pk for row in able])
        field.words = {row.deputy.pk: f"{row.deputy.name}（本年 {row.load} 次）" for row in able}
        field.choices = [("", field.empty_label), *((row.deputy.pk, field.words[row.deputy.pk])
                                                    for row in able)]  # fmt: skip
        if is_new:
            field.required, field.empty_label = True, "请选择"
            field.choices = [("", "请选择"), *field.choices[1:]]
            del self.fields["reason"]


class CallOffForm(forms.Form):
    reason = forms.CharField(label="取消的原因", max_length=120, help_text="公开的日历上会写明。")


class MoveForm(forms.Form):
    day = DayField("改到哪一天")
    reason = forms.CharField(label="原因", required=False, max_length=120)


class AbsenceForm(forms.ModelForm):
    """Days on which a deputy cannot come; the reason is theirs to give or not."""

    class Meta:
        model = Unavailability
        fields = ("first_on", "last_on", "reason")
        widgets = {
            "first_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "last_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def clean(self) -> dict[str, Any]:
        """Days to come, of a year at most: a slip in the year would take one off every rota."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if last and last < timezone.localdate():
            self.add_error("last_on", "这些日子已经过去，不用再填。")
        if first and last and last - first > dt.timedelta(days=366):
            self.add_error("last_on", "一次最多填一年，请核对年份。")
        return cleaned


class SwapForm(forms.Form):
    asked = DeputyChoice(Deputy.objects.none(), label="请谁", empty_label="请选择")
    in_return = forms.ModelChoiceField(
        RotaDuty.objects.none(),
        label="换对方的哪一次",
        required=False,
        empty_label="不换，请对方代班",
    )
    reason = forms.CharField(label="原因", required=False, max_length=120)

    def __init__(self, data: Any = None, *, duty: RotaDuty) -> None:
        super().__init__(data)
        rows = [row for row in candidates_for(duty.slot) if row.why_not in ("", _TAKEN)]
        field = cast("DeputyChoice", self.fields["asked"])
        keys = [row.deputy.pk for row in rows]
        field.queryset = Deputy.objects.filter(pk__in=keys)
        field.words = {row.deputy.pk: f"{row.deputy.name}（本年 {row.load} 次）" for row in rows}
        own = Q(deputy__in=keys, held_on__gt=timezone.localdate())
        theirs = duties_open().filter(own, slot__station=duty.slot.station_id)
        back = cast("forms.ModelChoiceField", self.fields["in_return"])
        back.queryset = theirs.exclude(slot=duty.slot)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        back, asked = data.get("in_return"), data.get("asked")
        if back and asked and back.deputy_id != asked.pk:
            self.add_error("in_return", f"这一次不是{asked.name}的值班，请选{asked.name}的。")
        return data


_TAKEN = "当天已在别处值班"


def duties_open() -> QuerySet[RotaDuty]:
    """Released duties that can still change hands, with what names them."""
    states = (DutyState.PLANNED, DutyState.CONFIRMED)
    rows = RotaDuty.objects.filter(
        state__in=states, slot__reception__isnull=True, slot__cancelled_reason=""
    ).exclude(slot__rota__state="draft")
    return rows.select_related("deputy", "slot__station").order_by("held_on", "pk")
