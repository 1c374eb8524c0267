"""The deputy's form for what a voter said, made to be filled on the way."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from activities.forms.entries import EntryForm, VillageField
from activities.models import Visit
from activities.selectors.entries import last_visit, villages_by_town, villages_first
from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.models import DictionaryEntry

_RECENT = dt.timedelta(days=30)


class VisitField(forms.ModelChoiceField):
    def label_from_instance(self, visit: Visit) -> str:
        return f"{visit.held_on:%-m月%-d日} {visit.village or visit.region}，{visit.channel}"


class VoiceForm(EntryForm):
    matter = WordsField("选民反映了什么", rows=4, longest=2000)
    raised_on = held_on()
    village = VillageField()
    visit = VisitField(
        Visit.objects.none(),
        label="是哪次走访听到的",
        required=False,
        empty_label="不是，或还没有记",
    )
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.none(), label="问题类别", required=False, empty_label="不填"
    )
    has_consent = forms.BooleanField(label="选民同意留下姓名和电话", required=False)
    visitor_name = forms.CharField(label="选民姓名", required=False, max_length=40)
    visitor_phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        validators=[RegexValidator(r"^[\d\- ]{5,20}$", "请填写电话号码，只用数字。")],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text="填了，办好之后工作人员可以回告本人；页面上只显示姓和后四位。",
    )

    def __init__(self, *args: Any, visit: Visit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].offer(
            villages_first(self.deputy, self.today), villages_by_town(self.deputy)
        )
        recent = Visit.objects.filter(deputy=self.deputy, held_on__gte=self.today - _RECENT)
        if visit is not None:
            recent |= Visit.objects.filter(pk=visit.pk)
            given = {"visit": visit.pk, "raised_on": visit.held_on, "village": visit.village_id}
            self.initial = {**self.initial, **given}
        related = recent.select_related("village", "region", "channel")
        self.fields["visit"].queryset = related.order_by("-held_on", "-pk")
        fields = DictionaryEntry.objects.of(Dictionary.FIELD).active()
        self.fields["field"].queryset = fields

    def remembered(self) -> dict[str, Any]:
        last = last_visit(self.deputy)
        village = last.village_id if last else self.deputy.village_id
        return {"raised_on": self.today, "village": village}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = cleaned.get("visitor_name") or cleaned.get("visitor_phone")
        if named and not cleaned.get("has_consent"):
            self.add_error(
                "has_consent", "选民同意，才能留下姓名和电话；不同意的，只写反映的事情。"
            )
        return cleaned
