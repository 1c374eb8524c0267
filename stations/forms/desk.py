"""Forms of a reception day: who came, themed receptions, numbered paper forms."""

import uuid
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone

from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.models import DictionaryEntry, Unit, User
from congress_portal.core.stale import fingerprint
from deputies.models import Deputy
from stations.enums import DutyState
from stations.models import Posting, Reception, RotaSlot, Station, ThemedReception


class PresenceForm(forms.Form):
    """Planned deputies first, then the others posted to the station; a reason for each absence."""

    present = forms.ModelMultipleChoiceField(
        Deputy.objects.none(),
        label="到岗的代表",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="来了的打勾。没有排班而来了的也勾上。",
    )
    place = forms.CharField(
        label="地点", required=False, max_length=120, help_text="在站里接待的不填。"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        station: Station,
        slot: RotaSlot | None,
        reception: Reception | None,
        held_on: Any,
    ) -> None:
        super().__init__(data)
        duties = list(slot.duties.all()) if slot else []
        self.planned = [each.deputy for each in duties if each.state != DutyState.SWAPPED]
        came = list(reception.duties.values_list("deputy", flat=True)) if reception else []
        posted = Posting.objects.on(held_on).filter(station=station).values("deputy")
        keys = [each.pk for each in self.planned]
        rows = Deputy.objects.filter(Q(pk__in=posted) | Q(pk__in=[*keys, *came]))
        field = cast("forms.ModelMultipleChoiceField", self.fields["present"])
        field.queryset = rows
        people = sorted(rows, key=lambda each: (each.pk not in keys, each.pinyin, each.pk))
        field.choices = [
            (each.pk, f"{each.name}（今天值班）" if each.pk in keys else each.name)
            for each in people
        ]
        self.initial["present"] = came or keys
        self.initial["place"] = reception.place if reception else ""
        reasons = {each.deputy_id: each.reason for each in duties}
        for deputy in self.planned:
            self.fields[f"reason_{deputy.pk}"] = forms.CharField(
                label=f"{deputy.name}没有来的原因",
                required=False,
                max_length=120,
                initial=reasons.get(deputy.pk, ""),
            )

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        order = {key: n for n, (key, _) in enumerate(self.choices)}
        return {
            "present": sorted(data["present"], key=lambda each: order[each.pk]),
            "reasons": {each.pk: data[f"reason_{each.pk}"] for each in self.planned},
            "place": data["place"],
        }

    @property
    def choices(self) -> list[tuple[int, str]]:
        field = cast("forms.ModelMultipleChoiceField", self.fields["present"])
        return list(field.choices)


class ThemedForm(forms.ModelForm):
    """With ``row`` an edit: station, day and hours stay, the summary is written."""

    deputies = forms.ModelMultipleChoiceField(
        Deputy.objects.none(),
        label="参加接待的代表",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="那天已排了接待日的不用选，按轮值表。",
    )
    starts_at = forms.TimeField(label="开始时间", widget=forms.TimeInput(attrs={"type": "time"}))
    ends_at = forms.TimeField(label="结束时间", widget=forms.TimeInput(attrs={"type": "time"}))
    held_on = DayField("日期")
    summary = WordsField("情况小结", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = ThemedReception
        fields = (
            "station", "held_on", "title", "theme", "place", "on_market_day", "partners",
            "other_partners", "summary",
        )  # fmt: skip
        widgets = {"partners": forms.CheckboxSelectMultiple}

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        row: ThemedReception | None = None,
        station: Station | None = None,
    ) -> None:
        self.row = row
        super().__init__(data, instance=row)
        stations = Station.objects.editable_by(user).active().order_by("number")
        self._offer("station", stations)
        self._offer("theme", DictionaryEntry.objects.of(Dictionary.THEME).active())
        self._offer("partners", Unit.objects.active())
        if row is not None:
            for name in ("station", "held_on", "deputies", "starts_at", "ends_at"):
                del self.fields[name]
            self.initial["seen"] = fingerprint(row)
            return
        del self.fields["summary"]
        self.initial.update(starts_at="09:00", ends_at="11:00", held_on=timezone.localdate())
        posted = Posting.objects.on(timezone.localdate()).filter(
            station__in=[station] if station else stations
        )
        people = Deputy.objects.filter(pk__in=posted.values("deputy")).order_by("pinyin", "pk")
        self._offer("deputies", people)
        if station:
            self.initial["station"] = station.pk
        self.order_fields(
            ["title", "station", "held_on", "starts_at", "ends_at", "place", "on_market_day",
             "partners", "other_partners", "theme", "deputies"]
        )  # fmt: skip

    def _offer(self, name: str, rows: Any) -> None:
        cast("forms.ModelChoiceField", self.fields[name]).queryset = rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "结束时间应晚于开始时间。")
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class SheetsForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    count = forms.IntegerField(
        label="打印几张",
        min_value=1,
        max_value=50,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="一次最多 50 张；每张有自己的登记号，录入时按号找。",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.initial.update(key=uuid.uuid4(), count=10)


class VoidForm(forms.Form):
    reason = forms.CharField(label="作废的原因", max_length=80)
