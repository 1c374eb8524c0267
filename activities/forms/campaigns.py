"""Forms of campaigns and circulars."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from activities.enums import CircularKind, JointStep
from activities.models import ActivityForm, Campaign, CampaignTask, Circular, TagAxis
from activities.selectors.campaigns import activities_of, axes_in_use
from congress_portal.core.enums import TOWN_LEVELS, Dictionary, RegionLevel
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.listing import ListFilter, PeriodField, TownField
from congress_portal.core.models import DictionaryEntry, Region, User
from congress_portal.core.periods import Period
from congress_portal.core.stale import fingerprint
from congress_portal.core.uploads import PaperField

_MOST_TASKS = 10


def places_of(user: User) -> QuerySet[Region]:
    """The county and towns that the person writes for."""
    rows = Region.objects.editable_by(user)
    return rows.filter(level__in=(RegionLevel.COUNTY, *TOWN_LEVELS)).order_by("code")


class CampaignForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    title = forms.CharField(label="行动名称", max_length=80)
    region = forms.ModelChoiceField(Region.objects.none(), label="哪里组织", empty_label=None)
    parent = forms.ModelChoiceField(
        Campaign.objects.none(),
        label="属于哪个主题",
        required=False,
        empty_label="本身就是主题",
        help_text="镇（街道）的子主题（1＋N）选县里的主题。",
    )
    theme = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.THEME).active(),
        label="主题活动",
        required=False,
        empty_label="不按主题计",
        help_text="选了以后，活动登记表里填这个主题的活动也算在内。",
    )
    begins_on = DayField("开始日期")
    ends_on = DayField("结束日期", required=False)
    purpose = WordsField("目的和要求", required=False)
    summary = WordsField("总结", required=False, help_text="行动结束后填写。")

    def __init__(self, data: Any = None, *, user: User, campaign: Campaign | None = None) -> None:
        super().__init__(data)
        self.fields["region"].queryset = places_of(user)
        parents = Campaign.objects.filter(parent=None)
        self.fields["parent"].queryset = parents.exclude(pk=campaign.pk) if campaign else parents
        if campaign:
            names = ("title", "begins_on", "ends_on", "purpose", "summary")
            self.initial = {name: getattr(campaign, name) for name in names}
            self.initial |= {
                "seen": fingerprint(campaign),
                "region": campaign.region_id,
                "parent": campaign.parent_id,
                "theme": campaign.theme_id,
            }

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class TaskForm(forms.Form):
    name = forms.CharField(label="任务", max_length=160)
    form = forms.ModelChoiceField(
        ActivityForm.objects.none(), label="按哪种活动计", required=False, empty_label="全部活动"
    )
    target = forms.IntegerField(label="目标次数", required=False, min_value=1, max_value=100_000)
    due_on = DayField("完成时限", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].queryset = ActivityForm.objects.filter(is_active=True)


TaskFormSet = forms.formset_factory(
    TaskForm, extra=3, max_num=_MOST_TASKS, validate_max=True, can_delete=True
)


def tasks_form(data: Any, campaign: Campaign) -> Any:
    rows = [
        {"name": task.name, "form": task.form_id, "target": task.target, "due_on": task.due_on}
        for task in CampaignTask.objects.filter(campaign=campaign)
    ]
    return TaskFormSet(data, initial=rows, prefix="task")


def tasks_in(formset: Any) -> list[dict[str, Any]]:
    """The tasks that stay, in the order of the page."""
    names = ("name", "form", "target", "due_on")
    return [
        {name: form.cleaned_data[name] for name in names}
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


class StepForm(forms.Form):
    kind = forms.ChoiceField(label="哪一步", choices=JointStep.choices, widget=forms.RadioSelect)
    held_on = held_on()
    content = forms.CharField(label="做了什么", max_length=400)
    activity = forms.ModelChoiceField(
        None, label="对应的活动", required=False, empty_label="没有登记成活动"
    )

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data)
        self.fields["activity"].queryset = activities_of(campaign).order_by("-held_on")


class CircularForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    kind = forms.ChoiceField(label="种类", choices=CircularKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="标题", max_length=160)
    region = forms.ModelChoiceField(Region.objects.none(), label="发给哪里的代表", empty_label=None)
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label="属于哪个行动", required=False, empty_label="不属于行动"
    )
    body = WordsField("正文", required=False, rows=10, longest=20_000)
    file = PaperField(required=False)
    wants_response = forms.BooleanField(label="请代表写一句回应", required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User,
        circular: Circular | None = None,
        campaign: Campaign | None = None,
    ) -> None:
        super().__init__(data, files)
        self.fields["region"].queryset = places_of(user)
        self.fields["campaign"].queryset = Campaign.objects.editable_by(user)
        self.initial = {"kind": CircularKind.MATERIAL, "campaign": campaign}
        if circular:
            names = ("kind", "title", "body", "wants_response")
            self.initial = {name: getattr(circular, name) for name in names}
            self.initial |= {
                "seen": fingerprint(circular),
                "region": circular.region_id,
                "campaign": circular.campaign_id,
            }

    @property
    def values(self) -> dict[str, Any]:
        return {k: v for k, v in self.cleaned_data.items() if k not in {"seen", "file"}}


class ResponseForm(forms.Form):
    response = WordsField("您的回应", rows=2, longest=400)


class MatrixFilter(ListFilter):
    """Which two axes, which period and place."""

    down = forms.ModelChoiceField(TagAxis.objects.none(), label="竖列", empty_label=None)
    across = forms.ModelChoiceField(TagAxis.objects.none(), label="横行", empty_label=None)
    period = PeriodField()
    town = TownField()

    def __init__(self, data: Any, *, user: User) -> None:
        axes = list(axes_in_use())
        chosen = {
            "down": str(axes[0].pk) if axes else "",
            "across": str(axes[min(1, len(axes) - 1)].pk) if axes else "",
        }
        given = {**chosen, **{key: value for key, value in data.items() if value}}
        super().__init__(given, user=user)
        for name in chosen:
            self.fields[name].queryset = axes_in_use()

    def by_down(self, rows: QuerySet[Any], axis: TagAxis) -> QuerySet[Any]:
        return rows

    by_across = by_down

    def by_period(self, rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
        return rows.in_period(period)

    def by_town(self, rows: QuerySet[Any], town: Region) -> QuerySet[Any]:
        return rows.filter(region=town)

    @property
    def query(self) -> str:
        """What the links of the cells keep: period and town."""
        parts = [(name, self.data.get(name)) for name in ("period", "town")]
        return "".join(f"&{name}={value}" for name, value in parts if value)
