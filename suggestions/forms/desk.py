"""The desk's forms: one visitor, and what was told back to voter and deputies."""

import re
import uuid
from typing import Any, cast

from django import forms

from congress_portal.core.enums import VILLAGE_LEVELS, Dictionary, Rating
from congress_portal.core.fields import DayField, WordsField
from congress_portal.core.models import DictionaryEntry, Region, Unit
from stations.models import Enterprise, ReceptionNumber, Station
from suggestions.models import Voice
from suggestions.services.desk import Visitor

_PHONE = re.compile(r"^(1[3-9]\d{9}|0?\d{2,4}-?\d{7,8}|\d{7,8})$")

TO_UNIT = "unit"  # code of the way of handling that needs a unit


class VisitorForm(forms.Form):
    """Only the matter must be filled; the rest as far as the visitor likes to say it."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    sheet = forms.ModelChoiceField(
        ReceptionNumber.objects.none(),
        label="纸质登记号",
        required=False,
        empty_label="不是纸质登记表，现在编号",
        help_text="照纸质登记表代录的，选表上印的号。",
    )
    matter = WordsField("反映什么", rows=3, longest=2000)
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="哪一类",
        required=False,
        empty_label="以后再分",
    )
    route = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.ROUTE).active(),
        label="怎么处理",
        required=False,
        widget=forms.RadioSelect,
        empty_label="还没有定",
    )
    unit = forms.ModelChoiceField(
        Unit.objects.active(), label="转给哪个单位", required=False, empty_label="不转单位"
    )
    is_settled = forms.BooleanField(label="当场已经办结", required=False)
    visitor_name = forms.CharField(label="选民姓名", required=False, max_length=40)
    visitor_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    village = forms.ModelChoiceField(
        Region.objects.none(), label="哪个村（社区）", required=False, empty_label="没有说"
    )
    enterprise = forms.ModelChoiceField(
        Enterprise.objects.none(), label="哪家企业", required=False, empty_label="不是企业的事"
    )
    is_confidential = forms.BooleanField(
        label="要求保密", required=False, help_text="页面上不显示姓名电话；确需查看的要写明理由。"
    )
    wants_answer = forms.BooleanField(label="要求反馈结果", required=False)

    def __init__(
        self, data: Any = None, *, station: Station, sheets: list[ReceptionNumber]
    ) -> None:
        super().__init__(data)
        self.initial["key"] = uuid.uuid4()
        villages = Region.objects.filter(parent=station.region_id, level__in=VILLAGE_LEVELS)
        self._offer("village", villages.order_by("code"))
        if sheets:
            keys = [row.pk for row in sheets]
            self._offer(
                "sheet", ReceptionNumber.objects.filter(pk__in=keys).select_related("station")
            )
        else:
            del self.fields["sheet"]
        enterprises = Enterprise.objects.filter(region=station.region_id).order_by("name")
        if enterprises.exists():
            self._offer("enterprise", enterprises)
            self.initial["enterprise"] = station.enterprise_id
        else:
            del self.fields["enterprise"]
        self.initial["village"] = station.village_id

    def clean(self) -> dict[str, Any]:
        """What is handed to a unit names it."""
        cleaned = super().clean() or self.cleaned_data
        route = cleaned.get("route")
        if route and route.code == TO_UNIT and not cleaned.get("unit"):
            self.add_error("unit", f"处理方式是「{route.name}」，请选转给哪个单位。")
        return cleaned

    def _offer(self, name: str, rows: Any) -> None:
        cast("forms.ModelChoiceField", self.fields[name]).queryset = rows

    def clean_visitor_phone(self) -> str:
        phone = re.sub(r"\s", "", self.cleaned_data["visitor_phone"])
        if phone and not _PHONE.match(phone):
            raise forms.ValidationError("请核对电话号码：手机 11 位，座机可以带区号。")
        return phone

    @property
    def values(self) -> dict[str, Any]:
        """What ``receive_visitor`` takes."""
        data = dict(self.cleaned_data)
        key, sheet = data.pop("key"), data.pop("sheet", None)
        return {"key": key, "sheet": sheet, "visitor": Visitor(**data)}


class AnswerForm(forms.Form):
    closed_on = DayField("办结日期", past=True, required=False)
    voter_told_on = DayField("告知选民的日期", past=True, required=False)
    voter_told_how = forms.CharField(
        label="怎样告知的", required=False, max_length=80, help_text="如：电话告知、上门答复。"
    )
    deputies_told_on = DayField("告知接待代表的日期", past=True, required=False)
    rating = forms.ChoiceField(
        label="选民评价",
        required=False,
        choices=[("", "还没有评价"), *Rating.choices],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, voice: Voice) -> None:
        super().__init__(data)
        self.initial.update({name: getattr(voice, name) for name in self.fields})
