"""Opinions on the committee's own work: writing, assigning, answering."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from activities.enums import OpinionState
from activities.models import Activity, WorkOpinion
from congress_portal.core.enums import TOWN_LEVELS, RegionLevel
from congress_portal.core.fields import WordsField, held_on
from congress_portal.core.listing import ListFilter
from congress_portal.core.models import Region, User
from deputies.fields import DeputyNamesField
from deputies.models import CommitteeOffice, Deputy

_RECENT = 50


class OpinionForm(forms.Form):
    """A deputy's own; the congress is asked only where there are two to choose from."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    region = forms.ModelChoiceField(
        Region.objects.none(), label="给哪里的人大", widget=forms.RadioSelect, empty_label=None
    )
    text = WordsField("您对人大工作有什么意见", rows=5, longest=4000)

    def __init__(self, data: Any = None, *, regions: QuerySet[Region]) -> None:
        super().__init__(data)
        self.initial = {"key": uuid.uuid4()}
        field: Any = self.fields["region"]
        field.queryset = regions
        field.label_from_instance = lambda region: f"{region.name}人大"
        only = list(regions[:2])
        if len(only) == 1:
            field.widget, field.initial = forms.HiddenInput(), only[0].pk
            self.initial["region"] = only[0].pk
        elif only:
            self.initial["region"] = only[0].pk


class NotedOpinionForm(forms.Form):
    """Noted by the staff, at a meeting or elsewhere."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    deputy = DeputyNamesField("哪位代表提的", help_text="写一位代表的姓名；同名的加镇名。")
    region = forms.ModelChoiceField(Region.objects.none(), label="给哪里的人大", empty_label=None)
    raised_on = held_on("哪天提的")
    activity = forms.ModelChoiceField(
        Activity.objects.none(),
        label="在哪次座谈（活动）上",
        required=False,
        empty_label="不在活动上",
        help_text=f"列出最近 {_RECENT} 次活动。",
    )
    text = WordsField("意见", rows=5, longest=4000)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.initial = {"key": uuid.uuid4(), "raised_on": timezone.localdate()}
        self.fields["deputy"].rows = Deputy.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["deputy"].near = user.scope.write_prefixes  # type: ignore[attr-defined]
        places = Region.objects.editable_by(user).filter(
            level__in=(RegionLevel.COUNTY, *TOWN_LEVELS)
        )
        self.fields["region"].queryset = places.order_by("code")  # type: ignore[attr-defined]
        recent = Activity.objects.visible_to(user).order_by("-held_on", "-pk")
        keys = list(recent.values_list("pk", flat=True)[:_RECENT])
        field: Any = self.fields["activity"]
        field.queryset = Activity.objects.filter(pk__in=keys).order_by("-held_on", "-pk")
        field.label_from_instance = lambda row: f"{row.held_on:%-m月%-d日} {row.title[:30]}"

    def clean_deputy(self) -> Deputy:
        found = self.cleaned_data["deputy"]
        if len(found) != 1:
            raise forms.ValidationError("请只写一位代表。")
        return found[0]  # type: ignore[no-any-return]


class AssignForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    office = forms.ModelChoiceField(
        CommitteeOffice.objects.none(), label="由哪个委室答复", empty_label="请选择"
    )

    def __init__(self, data: Any = None, *, opinion: WorkOpinion) -> None:
        super().__init__(data, auto_id="assign_%s")
        rows = CommitteeOffice.objects.filter(region=opinion.region_id, is_active=True)
        self.fields["office"].queryset = rows  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    answer = WordsField("答复", rows=5, longest=4000)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="answer_%s", **kwargs)


class AgainForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = WordsField("还有什么没有答复", rows=3, longest=1000)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="again_%s", **kwargs)


class OpinionFilter(ListFilter):
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *OpinionState.choices]
    )
    office = forms.ModelChoiceField(
        CommitteeOffice.objects.none(), label="委室", required=False, empty_label="全部"
    )
    unassigned = forms.BooleanField(
        label="还没有指定委室", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = CommitteeOffice.objects.visible_to(self.user)  # type: ignore[attr-defined]

    def by_state(self, rows: QuerySet[WorkOpinion], state: str) -> QuerySet[WorkOpinion]:
        return rows.filter(state=state)

    def by_office(
        self, rows: QuerySet[WorkOpinion], office: CommitteeOffice
    ) -> QuerySet[WorkOpinion]:
        return rows.filter(office=office)

    def by_unassigned(self, rows: QuerySet[WorkOpinion], _: bool) -> QuerySet[WorkOpinion]:
        return rows.filter(office=None, state=OpinionState.OPEN)
