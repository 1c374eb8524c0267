"""What a station's own people keep up to date: address, hours, officers."""

from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.fields import DayField
from congress_portal.core.stale import fingerprint
from stations.enums import OfficerKind
from stations.models import Station, StationOfficer


class OpeningForm(forms.Form):
    address = forms.CharField(label="地址", max_length=200, required=False)
    opening_hours = forms.CharField(
        label="开放时间", max_length=120, required=False,
        help_text="如：周一至周五 9:00—11:30。上墙的公开栏按这里印。",
    )  # fmt: skip
    rooms = forms.CharField(label="功能分区", max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, station: Station) -> None:
        initial = {
            "address": station.address,
            "opening_hours": station.opening_hours,
            "rooms": station.rooms,
            "seen": fingerprint(station),
        }
        super().__init__(data, initial=initial)


class OfficerForm(forms.Form):
    kind = forms.ChoiceField(label="职务", choices=OfficerKind.choices)
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.RegexField(
        r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$", label="联系电话", required=False,
        error_messages={"invalid": "请填写 11 位手机号，或带区号的座机，如 0712-1234567。"},
    )  # fmt: skip
    begins_on = DayField("起始日期", initial=timezone.localdate)


class OfficerEndForm(forms.Form):
    ends_on = DayField("截止日期", past=True, initial=timezone.localdate)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, officer: StationOfficer) -> None:
        super().__init__(data, initial={"seen": fingerprint(officer)})
