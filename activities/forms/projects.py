"""Forms of projects and their inspections."""

from typing import Any

from django import forms
from django.db.models import Q

from activities.enums import CountsAs
from activities.forms.campaigns import places_of
from activities.forms.findings import KeyForm, units_for
from activities.models import Activity, ActivityForm, Project
from activities.selectors.projects import to_link
from congress_portal.core.enums import Dictionary
from congress_portal.core.fields import DayField, WordsField, held_on
from congress_portal.core.models import DictionaryEntry, Region, Unit, User
from congress_portal.core.stale import fingerprint
from deputies.fields import DeputyNamesField
from deputies.models import Deputy

_OFFERED = 300


class ProjectForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    name = forms.CharField(label="项目名称", max_length=120)
    region = forms.ModelChoiceField(Region.objects.none(), label="所在区划", empty_label=None)
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label="建设单位", required=False, empty_label="没有定"
    )
    field = forms.ModelChoiceField(
        DictionaryEntry.objects.of(Dictionary.FIELD).active(),
        label="领域",
        required=False,
        empty_label="不分领域",
    )
    investment = forms.DecimalField(
        label="投资（万元）", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    content = WordsField("建设内容", rows=3, required=False)
    progress = forms.CharField(label="进度", max_length=200, required=False)
    begins_on = DayField("开工日期", required=False)
    due_on = DayField("计划完工", required=False)
    done_on = DayField("实际完工", past=True, required=False)

    def __init__(self, data: Any = None, *, user: User, project: Project | None = None) -> None:
        super().__init__(data)
        self.fields["region"].queryset = places_of(user)
        self.fields["unit"].queryset = units_for(project.unit if project else None)
        if project:
            names = [name for name in self.fields if name != "seen"]
            self.initial = {name: getattr(project, name) for name in names}
            self.initial["seen"] = fingerprint(project)

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class InspectionForm(KeyForm):
    form = forms.ModelChoiceField(ActivityForm.objects.none(), label="形式", empty_label=None)
    title = forms.CharField(label="名称", max_length=120)
    held_on = held_on()
    deputies = DeputyNamesField("参加的代表")
    place = forms.CharField(label="地点", max_length=120, required=False)
    content = WordsField("内容", rows=3, required=False)

    def __init__(self, data: Any = None, *, project: Project, user: User) -> None:
        super().__init__(data)
        usual = Q(is_active=True, counts_as=CountsAs.INSPECTION)
        self.fields["form"].queryset = ActivityForm.objects.filter(usual)
        self.fields["deputies"].rows = Deputy.objects.visible_to(user)
        self.fields["deputies"].near = (project.region.prefix, *user.scope.write_prefixes)
        self.initial["title"] = f"视察{project.name}"[:120]

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class LinkForm(forms.Form):
    activity = forms.ModelChoiceField(
        Activity.objects.none(), label="已登记的活动", empty_label="请选择"
    )

    def __init__(self, data: Any = None, *, project: Project, user: User) -> None:
        super().__init__(data)
        near = to_link(project, user).filter(region__code__startswith=project.region.prefix)
        newest = near.values_list("pk", flat=True)[:_OFFERED]
        rows = Activity.objects.filter(pk__in=list(newest)).order_by("-held_on", "-pk")
        self.fields["activity"].queryset = rows
        self.fields["activity"].label_from_instance = _dated


def _dated(activity: Activity) -> str:
    return f"{activity.held_on:%Y-%m-%d} {activity.title}"
