"""Calls, and topics proposed for supervision."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone

from congress_portal.core.enums import TOWN_LEVELS, Dictionary, RegionLevel
from congress_portal.core.fields import year_near
from congress_portal.core.models import DictionaryEntry, Region, User
from suggestions.enums import CallKind, TopicState
from suggestions.forms.fields import DayField, WordsField
from suggestions.models import TopicProposal


class OnceForm(forms.Form):
    """A form that belongs to no case; its key makes a double tap one entry."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.initial["key"] = uuid.uuid4()


class CallForm(OnceForm):
    kind = forms.ChoiceField(label="征集什么", choices=CallKind.choices, widget=forms.RadioSelect)
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里的人大", empty_label=None)
    title = forms.CharField(label="标题", max_length=120)
    notice = WordsField("征集说明", required=False)
    themes = forms.ModelMultipleChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="征集领域",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = WordsField("征集选题", required=False, help_text="一行一题。")
    opens_on = DayField("开始日期", initial=timezone.localdate)
    closes_on = DayField("截止日期")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        rows = Region.objects.editable_by(user)
        levels = (RegionLevel.COUNTY, *TOWN_LEVELS)
        self.fields["region"].queryset = rows.filter(level__in=levels).order_by("code")
        self.initial["kind"] = CallKind.SUGGESTIONS


class TopicForm(OnceForm):
    title = forms.CharField(label="议题", max_length=160)
    reason = WordsField("理由", required=False)
    proposer = forms.CharField(
        label="提出人", required=False, max_length=60, help_text="群众提出的填姓名或单位。"
    )

    def __init__(self, data: Any = None, *, is_office: bool) -> None:
        super().__init__(data)
        if not is_office:
            del self.fields["proposer"]


class TopicDecisionForm(forms.Form):
    state = forms.ChoiceField(
        label="决定",
        choices=[each for each in TopicState.choices if each[0] != TopicState.RECEIVED],
        widget=forms.RadioSelect,
    )
    plan_year = forms.IntegerField(label="列入哪一年的监督计划", required=False)
    merged_into = forms.ModelChoiceField(
        TopicProposal.objects.none(), label="并入哪个议题", required=False, empty_label="不合并"
    )
    decision = WordsField("说明", rows=3, longest=400, required=False)

    def __init__(self, data: Any = None, *, topic: TopicProposal) -> None:
        super().__init__(data)
        rows = TopicProposal.objects.filter(call=topic.call_id).exclude(pk=topic.pk)
        closed = (TopicState.MERGED, TopicState.DROPPED)
        self.fields["merged_into"].queryset = rows.exclude(state__in=closed)
        self.initial["plan_year"] = topic.plan_year or topic.call.closes_on.year + 1
        if topic.state != TopicState.RECEIVED:
            self.fields["decision"].help_text = "改变决定，请写明理由。"

    def clean_plan_year(self) -> int | None:
        year: int | None = self.cleaned_data["plan_year"]
        return year if year is None else year_near(year)

    def clean(self) -> dict[str, Any]:
        """Fields that the decision does not need are left out; missing ones are named."""
        data = super().clean() or {}
        needs = {
            TopicState.ADOPTED: ("plan_year", "请写列入哪一年的计划。"),
            TopicState.MERGED: ("merged_into", "请选择并入哪个议题。"),
            TopicState.DROPPED: ("decision", "不采纳要写明理由。"),
        }
        state = data.get("state")
        if state in needs and not data.get(needs[TopicState(state)][0]):
            self.add_error(*needs[TopicState(state)])
        if state != TopicState.ADOPTED:
            data["plan_year"] = None
        if state != TopicState.MERGED:
            data["merged_into"] = None
        return data
