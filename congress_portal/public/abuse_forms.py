"""The form of who complains of a published text, and the office's decision."""

import uuid
from typing import Any

from django import forms

from congress_portal.core.fields import WordsField
from congress_portal.public.abuse_services import LONGEST
from congress_portal.public.asking import AskingForm
from congress_portal.public.enums import AbuseReason, AbuseState


class ReportForm(AskingForm):
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请重新打开再填。"})
    website = forms.CharField(  # people do not see it; machines fill it
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )
    reason = forms.ChoiceField(
        label="为什么举报", choices=AbuseReason.choices, widget=forms.RadioSelect
    )
    words = WordsField("说明", rows=3, longest=LONGEST, required=False)

    def __init__(self, data: Any = None, *, asks: bool) -> None:
        super().__init__(data)
        self.initial["key"] = uuid.uuid4()
        if asks:
            self.ask()

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("没有收下，请重新打开再填。")
        return ""

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("reason", "words", "key")}


class DecisionForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label="怎样处理",
        choices=[
            (AbuseState.HIDDEN.value, "停止公开"),
            (AbuseState.KEPT.value, "继续公开"),
        ],
        widget=forms.RadioSelect,
        help_text="停止公开的，网页、订阅和接口里都不再出现；以后可以改回来。",
    )
    answer = WordsField("处理说明（举报的人会看到）", rows=3, longest=LONGEST)
